//! The agents that this process recorded events of.
//!
//! A row names the newest event that was counted in it. As long as that is the one which is remembered here
//! nobody else has counted for the agent, and its window need not be read. So what is remembered may as well
//! be too old, or never have been committed: it is then of no use, and does no harm.

use crate::error::StoreError;
use crate::org::OrgId;
use crate::record::{AgentState, NewEvent, decoded, decoded_or_empty};
use pecta_reputation::{Window, Windows};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Agents that are kept, beyond which all are forgotten: at 4 KB each with a full window, 64 MB; twice that where
/// all have unverified events.
const CAPACITY: usize = 16 << 10;
/// The longest tail, in evaluations. The windows are written when one more would be in it.
const TAIL: i64 = 32;

/// An agent, with what tells how much of its row must be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Agent {
    pub(super) state: AgentState,
    /// The sequence of the newest event that the stored windows cover; the others are in the tails.
    pub(super) window_sequence: i64,
    /// How many evaluations are in the verified tail; `None` while no verified window is stored.
    pub(super) verified_tail: Option<usize>,
    /// The newest event that was counted; `None` before the first one.
    pub(super) newest_event: Option<[u8; 16]>,
}

/// The columns that hold an agent's windows: each whole, and what that lacks. Without a verified window it
/// is the same as the other. When they are written a window that is not given stays as it is.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) window: Option<Vec<u8>>,
    pub(super) tail: Option<Vec<u8>>,
    pub(super) verified_window: Option<Vec<u8>>,
    pub(super) verified_tail: Option<Vec<u8>>,
}

impl Stored {
    /// The windows, and how many evaluations are in the verified tail.
    pub(super) fn windows(&self) -> Result<(Windows, Option<usize>), StoreError> {
        let mut all = decoded_or_empty(self.window.as_deref())?;
        append(&mut all, self.tail.as_deref())?;
        let Some(verified) = self.verified_window.as_deref() else {
            return Ok((Windows::of(all, None), None));
        };
        let mut verified = decoded(verified)?;
        let length = append(&mut verified, self.verified_tail.as_deref())?;
        Ok((Windows::of(all, Some(verified)), Some(length)))
    }
}

impl Agent {
    /// One that nothing was recorded of.
    pub(super) fn unknown() -> Self {
        Self {
            state: AgentState::unknown(),
            window_sequence: 0,
            verified_tail: None,
            newest_event: None,
        }
    }

    /// Counts an event that is recorded now.
    pub(super) fn count(&mut self, event: &NewEvent, created_at: i64, id: [u8; 16]) {
        self.state.count(event, created_at);
        self.newest_event = Some(id);
        if let Some(length) = &mut self.verified_tail {
            *length += usize::from(event.source.is_verified());
        }
    }

    /// What is to be written of its windows now: their tails, or the windows when these would be too long.
    pub(super) fn write(&mut self) -> Stored {
        if let Some(tails) = self.tails() {
            return tails;
        }
        let windows = &self.state.windows;
        self.window_sequence = self.state.eval_count;
        self.verified_tail = windows.apart().map(|_| 0);
        Stored {
            window: Some(windows.all().encode()),
            verified_window: windows.apart().map(Window::encode),
            ..Stored::default()
        }
    }

    /// `None` where the stored windows and tails would not make the windows.
    fn tails(&self) -> Option<Stored> {
        let length = self.state.eval_count - self.window_sequence;
        let length = usize::try_from(length).ok().filter(|_| length <= TAIL)?;
        let tail = tail(self.state.windows.all(), length)?;
        let verified_tail = match self.state.windows.apart() {
            Some(verified) => Some(self::tail(verified, self.verified_tail?)?),
            None => None,
        };
        Some(Stored {
            tail: Some(tail),
            verified_tail,
            ..Stored::default()
        })
    }
}

/// So many of the newest evaluations, in the form of a window.
fn tail(window: &Window, length: usize) -> Option<Vec<u8>> {
    let before_tail = window.len().checked_sub(length)?;
    let mut tail = Window::new();
    let evaluations = window.iter().skip(before_tail);
    evaluations.for_each(|evaluation| tail.push(evaluation));
    Some(tail.encode())
}

/// Counts what is in a tail; says how much.
fn append(window: &mut Window, tail: Option<&[u8]>) -> Result<usize, StoreError> {
    let tail = decoded_or_empty(tail)?;
    tail.iter().for_each(|evaluation| window.push(evaluation));
    Ok(tail.len())
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
    use crate::event::Source;
    use proptest::prelude::*;

    fn event(passed: bool, source: Source) -> NewEvent {
        NewEvent {
            passed,
            source,
            ..crate::queue::tests::event("a")
        }
    }

    /// Verdicts with their sources: groups of signed ones first, then a share of unsigned ones.
    fn groups() -> impl Strategy<Value = Vec<Vec<(bool, Source)>>> {
        let groups = |unsigned: f64| {
            let source = proptest::bool::weighted(unsigned);
            let source = source
                .prop_map(|unsigned| [Source::Signed, Source::Unsigned][usize::from(unsigned)]);
            let group = proptest::collection::vec((any::<bool>(), source), 0..90);
            proptest::collection::vec(group, 0..15)
        };
        let then = prop_oneof![Just(0.0), Just(0.1), Just(0.9), Just(1.0)];
        let then = then.prop_flat_map(groups);
        (groups(0.0), then).prop_map(|(first, then)| [first, then].concat())
    }

    proptest! {
        #[test]
        fn what_is_written_makes_the_windows(groups in groups()) {
            let mut agent = Agent::unknown();
            let mut row = Stored::default();
            for group in groups {
                for (passed, source) in group {
                    agent.count(&event(passed, source), 0, [1; 16]);
                }
                let written = agent.write();
                row = Stored {
                    window: written.window.or(row.window),
                    verified_window: written.verified_window.or(row.verified_window),
                    ..written
                };
                let read = row.windows().unwrap();
                prop_assert_eq!(read, (agent.state.windows.clone(), agent.verified_tail));
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
