//! What a group changes, worked out in memory between reading and writing.

use super::agents::Update;
use super::events::{Columns, Ids};
use super::locks::Locked;
use super::memory::{Agent, Agents};
use crate::error::StoreError;
use crate::id::IdGenerator;
use crate::org::OrgId;
use crate::queue::Batch;
use crate::record::{
    AgentReputation, NewEvent, Origin, Outcome, Receipt, counting_order, evaluation_id, stored_time,
};
use pecta_reputation::Scoring;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

/// What must be read of an org before its part of a group can be counted.
#[derive(Debug, Default)]
pub(super) struct Needs<'g> {
    agent_ids: BTreeSet<&'g str>,
    pub(super) ids: Ids<&'g str>,
}

impl<'g> Needs<'g> {
    /// The agents, in the order in which their rows are locked.
    pub(super) fn agent_ids(&self) -> Vec<&'g str> {
        self.agent_ids.iter().copied().collect()
    }
}

/// The needs of a group, in the order of orgs.
pub(super) fn needs(group: &[Batch]) -> BTreeMap<OrgId, Needs<'_>> {
    let mut orgs: BTreeMap<OrgId, Needs<'_>> = BTreeMap::new();
    for batch in group {
        let needs = orgs.entry(batch.origin.org).or_default();
        for event in &batch.events {
            needs.agent_ids.insert(&event.agent_id);
            needs
                .ids
                .evaluation_ids
                .extend(event.evaluation_id.as_deref());
            needs
                .ids
                .idempotency_keys
                .extend(event.idempotency_key.as_deref());
        }
    }
    orgs
}

/// One org's part of a group: its agents and ids as they were, then as they will be.
pub(super) struct Book<'g> {
    agents: HashMap<String, Entry>,
    recorded: Ids<String>,
    pub(super) events: Columns<'g>,
}

struct Entry {
    agent: Agent,
    is_new: bool,
    is_changed: bool,
}

impl<'g> Book<'g> {
    pub(super) fn new(agents: Vec<Locked>, recorded: Ids<String>) -> Self {
        let agents = agents.into_iter().map(|locked| {
            let entry = Entry {
                agent: locked.agent,
                is_new: locked.is_new,
                is_changed: false,
            };
            (locked.agent_id, entry)
        });
        Self {
            agents: agents.collect(),
            recorded,
            events: Columns::default(),
        }
    }

    /// Counts the events of one request.
    pub(super) fn record(
        &mut self,
        batch: &'g Batch,
        ids: &mut IdGenerator,
        now: i64,
        scoring: Scoring,
    ) -> Result<Receipt, StoreError> {
        let mut outcomes = vec![Outcome::Duplicate; batch.events.len()];
        for (at, event) in counting_order(&batch.events) {
            if !self.claim(event) {
                continue;
            }
            let outcome = self.count(batch.origin, event, ids, now, scoring)?;
            if let Some(slot) = outcomes.get_mut(at) {
                *slot = outcome;
            }
        }
        let agents = self.standings(&batch.events, scoring)?;
        Ok(Receipt { outcomes, agents })
    }

    /// Takes the ids of an event for it; `false` when one of them is taken.
    fn claim(&mut self, event: &NewEvent) -> bool {
        let Ids {
            evaluation_ids,
            idempotency_keys,
        } = &mut self.recorded;
        let evaluation_id = event.evaluation_id.as_ref();
        let key = event.idempotency_key.as_ref();
        if evaluation_id.is_some_and(|id| evaluation_ids.contains(id))
            || key.is_some_and(|key| idempotency_keys.contains(key))
        {
            return false;
        }
        evaluation_ids.extend(evaluation_id.cloned());
        idempotency_keys.extend(key.cloned());
        true
    }

    fn count(
        &mut self,
        origin: Origin,
        event: &'g NewEvent,
        ids: &mut IdGenerator,
        now: i64,
        scoring: Scoring,
    ) -> Result<Outcome, StoreError> {
        let id = ids.next(now)?;
        let created_at = stored_time(event.created_at);
        let entry = self.agents.get_mut(&event.agent_id).ok_or_else(unlocked)?;
        entry.is_changed = true;
        let agent = &mut entry.agent;
        agent.count(event, created_at, id.to_bytes());
        let score = agent.state.score(scoring);

        let events = &mut self.events;
        events.id.push(id.to_bytes());
        events.agent_id.push(&event.agent_id);
        events.sequence.push(agent.state.eval_count);
        events.tool.push(event.tool.as_deref());
        events.passed.push(event.passed);
        events.gates.push(&event.gates);
        events
            .total_latency
            .push(event.total_latency.as_micros().into());
        events.latency.push(event.latency.as_micros().into());
        events
            .score
            .push(i16::try_from(score).map_err(StoreError::corrupt)?);
        events.created_at.push(created_at);
        events.evaluation_id.push(event.evaluation_id.as_deref());
        events
            .idempotency_key
            .push(event.idempotency_key.as_deref());
        events.source.push(event.source.as_str());
        events.policy_version.push(event.policy_version);
        events.findings.push(event.findings.as_deref());
        events.key.push(origin.key.get());
        let given = event.evaluation_id.clone();
        Ok(Outcome::Recorded(evaluation_id(given, event.source, id)))
    }

    fn standings(
        &self,
        events: &[NewEvent],
        scoring: Scoring,
    ) -> Result<Vec<AgentReputation>, StoreError> {
        let mut named = HashSet::new();
        let distinct = events.iter().map(|event| &event.agent_id);
        distinct
            .filter(|agent_id| named.insert(agent_id.as_str()))
            .map(|agent_id| {
                let entry = self.agents.get(agent_id).ok_or_else(unlocked)?;
                Ok(entry.agent.state.standing(agent_id.clone(), scoring))
            })
            .collect()
    }

    /// Writes the agents that were counted for.
    pub(super) fn update(&mut self, org: OrgId) -> Result<Update, StoreError> {
        let mut update = Update::of(org);
        let changed = self.agents.iter_mut().filter(|(_, entry)| entry.is_changed);
        for (agent_id, entry) in changed {
            update.add(agent_id, &mut entry.agent)?;
        }
        Ok(update)
    }

    /// The agents whose rows must go again: made for events that turned out to be duplicates.
    pub(super) fn superfluous(&self) -> Vec<&str> {
        let superfluous = |entry: &Entry| entry.is_new && !entry.is_changed;
        let agents = self.agents.iter().filter(|(_, entry)| superfluous(entry));
        agents.map(|(agent_id, _)| agent_id.as_str()).collect()
    }

    /// The agents as they are once the group is committed.
    pub(super) fn into_agents(self) -> Agents {
        let agents = self.agents.into_iter();
        let counted = agents.filter(|(_, entry)| entry.agent.newest_event.is_some());
        counted
            .map(|(agent_id, entry)| (agent_id, entry.agent))
            .collect()
    }
}

/// Nothing but an erasure between two statements makes it so; the group is tried again.
fn unlocked() -> StoreError {
    StoreError::Unavailable("an agent was removed meanwhile".to_owned())
}
