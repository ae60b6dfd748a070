//! The agents in memory: counting an event neither reads nor writes its agent's row.
//!
//! The row of an agent in memory may be *behind*: events after its `window_sequence` are in the table
//! `events` and counted here, but not in the row. Agents take turns at having their rows saved, one turn
//! for every few events. So the events that some row lacks are always the newest of the database, and
//! whoever starts anew counts just these again (`replay`). An agent that is not in memory has a row that
//! lacks nothing. What a row lacks the index of its agent's events lacks too, so memory holds their places.

use super::agent_events::AgentEvent;
use crate::org::OrgId;
use crate::record::{AgentReputation, AgentState};
use pecta_reputation::Scoring;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Agents that are kept: at 4 KB each with a full window, 64 MB; twice that where all have unverified events. On average
/// 32 events of each are not filed, which take about 2 KB.
pub(super) const CAPACITY: usize = 16 << 10;
/// Events of an agent that are not filed, at most: one that is busier than the others need not wait for its turn.
pub(super) const MOST_UNFILED: usize = 128;

/// Agents by org and id.
pub(super) type Agents = HashMap<OrgId, HashMap<Arc<str>, Agent>>;

/// An agent in memory.
#[derive(Debug, Clone)]
pub(super) struct Agent {
    pub(super) state: AgentState,
    /// The sequence of the newest event that its row covers; `None` while it has no row.
    pub(super) saved: Option<i64>,
    /// Events that its row does not cover and that are not filed; in a transaction those that it adds.
    pub(super) unfiled: Vec<AgentEvent>,
}

impl Agent {
    /// As its row says.
    pub(super) fn stored(state: AgentState) -> Self {
        let saved = state.seen.map(|_| state.eval_count);
        Self {
            state,
            saved,
            unfiled: Vec::new(),
        }
    }

    /// For a transaction to work on.
    pub(super) fn to_change(&self) -> Self {
        Self {
            state: self.state.clone(),
            saved: self.saved,
            unfiled: Vec::new(),
        }
    }

    pub(super) fn is_behind(&self) -> bool {
        self.saved
            .is_some_and(|saved| saved < self.state.eval_count)
    }
}

/// What a committed transaction did to agents.
#[derive(Debug)]
pub(super) struct Changes {
    /// The agents that it worked on, as they are now.
    pub(super) agents: Agents,
    /// How many agents had their turn: their rows cover what was committed before it.
    pub(super) turns: usize,
    /// Agents all of whose events are filed.
    pub(super) filed: Vec<(OrgId, Arc<str>)>,
    /// The milliseconds of the newest id when it began.
    pub(super) began: u64,
}

/// The agents in memory, as committed. The writer alone changes them.
#[derive(Debug)]
pub(super) struct Cache {
    agents: Agents,
    /// One turn per agent, the next one first.
    turns: VecDeque<Turn>,
    capacity: usize,
    /// Of agents that are not in memory, as their rows say.
    read: ReadStandings,
}

#[derive(Debug)]
struct Turn {
    org: OrgId,
    agent_id: Arc<str>,
    /// The agent's row covers its events whose ids are of earlier milliseconds.
    covered: u64,
}

impl Cache {
    /// One of about so many agents at most.
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            agents: Agents::new(),
            turns: VecDeque::new(),
            capacity,
            read: ReadStandings::default(),
        }
    }

    /// One that is as large, without agents.
    pub(super) fn emptied(&self) -> Self {
        let mut emptied = Self::new(self.capacity);
        emptied.read.era = self.read.era;
        emptied.read.clear();
        emptied
    }

    pub(super) fn get(&self, org: OrgId, agent_id: &str) -> Option<(&Arc<str>, &Agent)> {
        self.agents.get(&org)?.get_key_value(agent_id)
    }

    pub(super) fn get_mut(&mut self, org: OrgId, agent_id: &str) -> Option<&mut Agent> {
        self.agents.get_mut(&org)?.get_mut(agent_id)
    }

    /// Forgets agents of an org that were erased, and what was read of any.
    pub(super) fn forget(&mut self, org: OrgId, is_erased: impl Fn(&str) -> bool) {
        if let Some(of_org) = self.agents.get_mut(&org) {
            of_org.retain(|agent_id, _| !is_erased(agent_id));
        }
        let agents = &self.agents;
        let is_here = |turn: &Turn| agents.get(&turn.org)?.get(&turn.agent_id);
        self.turns.retain(|turn| is_here(turn).is_some());
        self.read.clear();
    }

    /// The agents of an org whose rows are behind, with when they were seen first and last and how often.
    pub(super) fn behind(&self, org: OrgId) -> Vec<(Arc<str>, [i64; 3])> {
        let agents = self.agents.get(&org).into_iter().flatten();
        let behind = agents.filter(|(_, agent)| agent.is_behind());
        let seen = behind.filter_map(|(agent_id, agent)| {
            let (first, last) = agent.state.seen?;
            Some((Arc::clone(agent_id), [first, last, agent.state.eval_count]))
        });
        seen.collect()
    }

    /// At least so many turns, and as many more as there are agents too many.
    pub(super) fn turns(&self, at_least: usize) -> usize {
        let excess = self.turns.len().saturating_sub(self.capacity);
        self.turns.len().min(at_least.saturating_add(excess))
    }

    /// The latest events of an agent, which are not filed.
    pub(super) fn unfiled(&self, org: OrgId, agent_id: &str) -> &[AgentEvent] {
        let known = self.get(org, agent_id);
        known.map_or(&[], |(_, agent)| &agent.unfiled)
    }

    /// The agents of the next turns whose rows are behind.
    pub(super) fn due(&self, turns: usize) -> Vec<(OrgId, Arc<str>, Agent)> {
        let next = self.turns.iter().take(turns);
        let due = next.filter_map(|turn| {
            let (agent_id, agent) = self.get(turn.org, &turn.agent_id)?;
            let is_behind = agent.is_behind();
            is_behind.then(|| (turn.org, Arc::clone(agent_id), agent.clone()))
        });
        due.collect()
    }

    /// Once so many turns are over, rows cover all events whose ids are of earlier milliseconds than
    /// this; `None` when they then cover all there are.
    pub(super) fn covered(&self, turns: usize) -> Option<u64> {
        self.turns.get(turns).map(|turn| turn.covered)
    }

    /// Takes over what was committed.
    pub(super) fn apply(&mut self, changes: Changes) {
        for _ in 0..changes.turns {
            let Some(mut turn) = self.turns.pop_front() else {
                break;
            };
            let of_org = self.agents.entry(turn.org).or_default();
            let in_use = changes.agents.get(&turn.org);
            let is_in_use = in_use.is_some_and(|agents| agents.contains_key(&turn.agent_id));
            if self.turns.len() >= self.capacity && !is_in_use {
                of_org.remove(&turn.agent_id);
                self.read.era += 1;
                continue;
            }
            if let Some(agent) = of_org.get_mut(&turn.agent_id) {
                agent.saved = Some(agent.state.eval_count);
                agent.unfiled = Vec::new();
            }
            turn.covered = changes.began;
            self.turns.push_back(turn);
        }
        for (org, agents) in changes.agents {
            for (agent_id, agent) in agents {
                self.put(org, agent_id, agent, changes.began);
            }
        }
        for (org, agent_id) in changes.filed {
            let of_org = self.agents.get_mut(&org);
            if let Some(agent) = of_org.and_then(|agents| agents.get_mut(&agent_id)) {
                agent.unfiled = Vec::new();
            }
        }
    }

    /// Takes an agent in; of one that is here only the state and some events are new.
    pub(super) fn put(&mut self, org: OrgId, agent_id: Arc<str>, agent: Agent, covered: u64) {
        let of_org = self.agents.entry(org).or_default();
        if let Some(known) = of_org.get_mut(&agent_id) {
            known.state = agent.state;
            known.unfiled.extend(agent.unfiled);
            return;
        }
        self.read.forget(org, &agent_id);
        self.turns.push_back(Turn {
            org,
            agent_id: Arc::clone(&agent_id),
            covered,
        });
        of_org.insert(agent_id, agent);
    }
}

/// Standings that readers found in rows. While an agent is not in memory nothing is recorded of it, so its
/// row stays as it was read; when it comes into memory this is forgotten.
#[derive(Debug, Default)]
struct ReadStandings {
    by_org: HashMap<OrgId, HashMap<String, AgentReputation>>,
    count: usize,
    era: Era,
}

/// Grows whenever an agent leaves memory. What was read in an earlier one may be from before the agent came
/// into memory, and older than its row.
type Era = u64;

/// Standings that are kept, beyond which all are forgotten.
const READ_CAPACITY: usize = 16 << 10;

impl ReadStandings {
    fn get(&self, org: OrgId, agent_id: &str) -> Option<&AgentReputation> {
        self.by_org.get(&org)?.get(agent_id)
    }

    fn keep(&mut self, org: OrgId, standing: &AgentReputation, era: Era) {
        if era != self.era {
            return;
        }
        if self.count >= READ_CAPACITY {
            self.empty();
        }
        let of_org = self.by_org.entry(org).or_default();
        let known = of_org.insert(standing.agent_id.clone(), standing.clone());
        self.count += usize::from(known.is_none());
    }

    /// Forgets all of them, and those that are being read.
    fn clear(&mut self) {
        self.empty();
        self.era += 1;
    }

    fn empty(&mut self) {
        self.by_org.clear();
        self.count = 0;
    }

    fn forget(&mut self, org: OrgId, agent_id: &str) {
        let of_org = self.by_org.get_mut(&org);
        let known = of_org.and_then(|agents| agents.remove(agent_id));
        self.count -= usize::from(known.is_some());
    }
}

/// The agents in memory, for the writer and for readers.
#[derive(Debug, Clone)]
pub(super) struct SharedCache(Arc<Mutex<Cache>>);

impl SharedCache {
    pub(super) fn new(capacity: usize) -> Self {
        Self(Arc::new(Mutex::new(Cache::new(capacity))))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The standing of an agent, when it is in memory.
    pub(super) fn standing(
        &self,
        org: OrgId,
        agent_id: &str,
        scoring: Scoring,
    ) -> Option<AgentReputation> {
        let cache = self.lock();
        let (_, agent) = cache.get(org, agent_id)?;
        Some(agent.state.standing(agent_id.to_owned(), scoring))
    }

    /// The same, or as it was last read.
    pub(super) fn standing_or_read(
        &self,
        org: OrgId,
        agent_id: &str,
        scoring: Scoring,
    ) -> Option<AgentReputation> {
        let in_memory = self.standing(org, agent_id, scoring);
        in_memory.or_else(|| self.lock().read.get(org, agent_id).cloned())
    }

    /// To be asked before a row is read that is to be kept.
    pub(super) fn era(&self) -> Era {
        self.lock().read.era
    }

    /// Keeps what a row says that was read in `era`.
    pub(super) fn keep_read(&self, org: OrgId, standing: &AgentReputation, era: Era) {
        let mut cache = self.lock();
        if cache.get(org, &standing.agent_id).is_none() {
            cache.read.keep(org, standing, era);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::Source;
    use pecta_reputation::{Evaluation, Latency};

    fn org() -> OrgId {
        OrgId::from_row(1)
    }

    /// An agent whose row covers so many evaluations.
    fn agent(evaluations: i64) -> Agent {
        let mut state = AgentState::unknown();
        for at in 0..evaluations {
            let evaluation = Evaluation {
                passed: true,
                latency: Latency::ZERO,
            };
            state.push(evaluation, Source::Evaluated, at);
        }
        Agent::stored(state)
    }

    fn standing(agent_id: &str, evaluations: i64) -> AgentReputation {
        let state = agent(evaluations).state;
        state.standing(agent_id.to_owned(), Scoring::default())
    }

    fn eval_count(cache: &SharedCache, agent_id: &str) -> Option<i64> {
        let known = cache.standing_or_read(org(), agent_id, Scoring::default());
        known.map(|standing| standing.eval_count)
    }

    fn put(cache: &SharedCache, agent_id: &str, evaluations: i64) {
        let agent = agent(evaluations);
        cache.lock().put(org(), Arc::from(agent_id), agent, 0);
    }

    /// The agents of so many turns leave memory, as far as there are too many.
    fn take_turns(cache: &SharedCache, turns: usize) {
        cache.lock().apply(Changes {
            agents: Agents::new(),
            turns,
            filed: Vec::new(),
            began: 0,
        });
    }

    #[test]
    fn what_was_read_is_kept_until_the_agent_comes_into_memory() {
        let cache = SharedCache::new(1);
        cache.keep_read(org(), &standing("a", 1), cache.era());
        assert_eq!(eval_count(&cache, "a"), Some(1));
        assert_eq!(eval_count(&cache, "b"), None);

        put(&cache, "a", 2);
        assert_eq!(eval_count(&cache, "a"), Some(2));
        // Read before, kept after.
        cache.keep_read(org(), &standing("a", 1), cache.era());
        assert_eq!(eval_count(&cache, "a"), Some(2));

        put(&cache, "b", 1);
        take_turns(&cache, 1);
        assert_eq!(eval_count(&cache, "a"), None);
    }

    #[test]
    fn what_was_read_before_an_agent_left_memory_is_not_kept() {
        let cache = SharedCache::new(1);
        let era = cache.era();
        put(&cache, "a", 2);
        put(&cache, "b", 1);
        take_turns(&cache, 1);
        cache.keep_read(org(), &standing("a", 1), era);
        assert_eq!(eval_count(&cache, "a"), None);
    }

    #[test]
    fn what_was_read_before_memory_was_emptied_is_not_kept() {
        let cache = SharedCache::new(1);
        let era = cache.era();
        cache.keep_read(org(), &standing("a", 1), era);
        let emptied = cache.lock().emptied();
        *cache.lock() = emptied;
        cache.keep_read(org(), &standing("b", 1), era);
        assert_eq!(eval_count(&cache, "a"), None);
        assert_eq!(eval_count(&cache, "b"), None);
    }

    #[test]
    fn all_agents_have_their_turn_also_when_there_are_too_many() {
        let cache = SharedCache::new(1);
        put(&cache, "a", 1);
        put(&cache, "b", 1);
        assert_eq!(cache.lock().turns(usize::MAX), 2);
    }

    #[test]
    fn what_was_read_is_bounded() {
        let cache = SharedCache::new(1);
        for number in 0..=READ_CAPACITY {
            cache.keep_read(org(), &standing(&number.to_string(), 0), cache.era());
        }
        assert_eq!(eval_count(&cache, "0"), None);
        let last = READ_CAPACITY.to_string();
        assert_eq!(eval_count(&cache, &last), Some(0));
        assert_eq!(cache.lock().read.count, 1);
    }
}
