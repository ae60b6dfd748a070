//! The agents that this process recorded events of.
//!
//! A row names the newest event that was counted in it. As long as that is the one which is remembered here
//! nobody else has counted for the agent, and its window need not be read. So what is remembered may as well
//! be too old, or never have been committed: it is then of no use, and does no harm.

use crate::error::StoreError;
use crate::org::OrgId;
use crate::record::AgentState;
use pecta_reputation::Window;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Agents that are kept, beyond which all are forgotten: at 4 KB each with a full window, 64 MB.
const CAPACITY: usize = 16 << 10;
/// The longest tail, in evaluations. A window is written when one more would be in it.
const TAIL: i64 = 32;

/// An agent, with what tells how much of its row must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) state: AgentState,
    /// The sequence of the newest event that the stored window covers; the others are in the tail.
    pub(super) window_sequence: i64,
    /// The newest event that was counted; `None` before the first one.
    pub(super) newest_event: Option<[u8; 16]>,
}

/// How an agent's window is written: whole, or what the stored one lacks.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Form {
    Window(Vec<u8>),
    Tail(Vec<u8>),
}

impl Agent {
    /// One that nothing was recorded of.
    pub(super) fn unknown() -> Self {
        Self {
            state: AgentState::unknown(),
            window_sequence: 0,
            newest_event: None,
        }
    }

    /// The form in which its window is to be written now.
    pub(super) fn write(&mut self) -> Form {
        let length = self.state.eval_count - self.window_sequence;
        let evaluations = self.state.window.iter();
        let before_tail = usize::try_from(length)
            .ok()
            .filter(|_| length <= TAIL)
            .and_then(|length| evaluations.len().checked_sub(length));
        let Some(before_tail) = before_tail else {
            self.window_sequence = self.state.eval_count;
            return Form::Window(self.state.window.encode());
        };
        let mut tail = Window::new();
        evaluations
            .skip(before_tail)
            .for_each(|evaluation| tail.push(evaluation));
        Form::Tail(tail.encode())
    }
}

/// A window that was written in both forms.
pub(super) fn window(window: Option<&[u8]>, tail: Option<&[u8]>) -> Result<Window, StoreError> {
    let decode = |bytes| Window::decode(bytes).map_err(StoreError::corrupt);
    let mut window = window.map_or(Ok(Window::new()), decode)?;
    let tail = tail.map_or(Ok(Window::new()), decode)?;
    tail.iter().for_each(|evaluation| window.push(evaluation));
    Ok(window)
}

/// Agents by id.
pub(super) type Agents = HashMap<String, Agent>;

/// What is remembered, for all lanes.
#[derive(Debug, Clone, Default)]
pub(super) struct Memory(Arc<Mutex<HashMap<OrgId, Agents>>>);

impl Memory {
    /// Takes those of these agents out that are remembered: who counts for them changes them.
    pub(super) fn take(&self, org: OrgId, agent_ids: &[&str]) -> Agents {
        let mut orgs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(agents) = orgs.get_mut(&org) else {
            return Agents::new();
        };
        let taken = agent_ids.iter().filter_map(|id| agents.remove_entry(*id));
        taken.collect()
    }

    /// Remembers agents of an org.
    pub(super) fn put(&self, org: OrgId, agents: Agents) {
        let mut orgs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count: usize = orgs.values().map(HashMap::len).sum();
        if count + agents.len() > CAPACITY {
            orgs.clear();
        }
        orgs.entry(org).or_default().extend(agents);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pecta_reputation::{Evaluation, Latency};
    use proptest::prelude::*;

    fn count(agent: &mut Agent, passed: bool) {
        let latency = Latency::ZERO;
        agent.state.push(Evaluation { passed, latency }, 0);
    }

    proptest! {
        #[test]
        fn what_is_written_makes_the_window(
            groups in proptest::collection::vec(
                proptest::collection::vec(any::<bool>(), 0..90), 0..30)
        ) {
            let mut agent = Agent::unknown();
            let mut stored: Option<Vec<u8>> = None;
            for group in groups {
                for passed in group {
                    count(&mut agent, passed);
                }
                let tail = match agent.write() {
                    Form::Window(bytes) => {
                        stored = Some(bytes);
                        None
                    }
                    Form::Tail(bytes) => Some(bytes),
                };
                let read = window(stored.as_deref(), tail.as_deref()).unwrap();
                prop_assert_eq!(&read, &agent.state.window);
                prop_assert!(agent.state.eval_count - agent.window_sequence <= TAIL);
            }
        }
    }

    #[test]
    fn what_is_remembered_is_taken_once_and_bounded() {
        let memory = Memory::default();
        let (org, other) = (OrgId::from_row(1), OrgId::from_row(2));
        let agents = |names: &[String]| {
            let agents = names.iter().map(|name| (name.clone(), Agent::unknown()));
            agents.collect::<Agents>()
        };
        memory.put(org, agents(&["a".to_owned(), "b".to_owned()]));
        assert!(memory.take(other, &["a"]).is_empty());
        assert_eq!(memory.take(org, &["a", "c"]), agents(&["a".to_owned()]));
        assert!(memory.take(org, &["a"]).is_empty());

        let many: Vec<String> = (0..CAPACITY).map(|number| number.to_string()).collect();
        memory.put(other, agents(&many));
        assert!(memory.take(org, &["b"]).is_empty(), "forgotten");
        assert_eq!(memory.take(other, &["7"]).len(), 1);
    }
}
