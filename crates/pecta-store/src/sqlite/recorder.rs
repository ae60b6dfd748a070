//! One group of batches as one transaction.

use super::agent_events::AgentEvent;
use super::cache::{Agent, Agents, Changes, MOST_UNFILED, SharedCache};
use super::lane::Lane;
use super::pragmas::{Covered, DataVersion, Owner};
use super::{agent_events, agents, deletion, events, replay};
use crate::clock::now_micros;
use crate::erasure::digest;
use crate::error::StoreError;
use crate::id::IdGenerator;
use crate::org::OrgId;
use crate::queue::Batch;
use crate::record::{
    AgentReputation, NewEvent, Origin, Outcome, Receipt, counting_order, evaluation_id, stored_time,
};
use diesel::prelude::*;
use pecta_reputation::Scoring;
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Events that are recorded for each turn of an agent in memory. Fewer would write more windows; more
/// would leave more events to be counted again after a crash, which are up to so many per agent.
const EVENTS_PER_TURN: usize = 32;

/// Records groups and keeps the agents in memory true to the database.
pub(super) struct Recorder {
    agents: SharedCache,
    ids: IdGenerator,
    scoring: Scoring,
    /// Events since the last turn.
    events: usize,
    /// What was last written.
    covered: Covered,
    /// What the agents in memory were read from; another process may have changed the database since.
    basis: Option<Basis>,
}

/// A connection, by the faults before it, and what it said of the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Basis {
    faults: u64,
    data_version: i64,
    owner: Owner,
}

impl Recorder {
    pub(super) fn new(agents: SharedCache, scoring: Scoring) -> Self {
        Self {
            agents,
            ids: IdGenerator::default(),
            scoring,
            events: 0,
            covered: Covered::default(),
            basis: None,
        }
    }

    /// Records every batch of a group, in order, and commits.
    pub(super) fn record(
        &mut self,
        lane: &mut Lane,
        group: &[Batch],
    ) -> Result<Vec<Receipt>, StoreError> {
        self.events += group.iter().map(|batch| batch.events.len()).sum::<usize>();
        let turns = self.events / EVENTS_PER_TURN;
        self.events %= EVENTS_PER_TURN;
        self.run(lane, turns, |transaction| {
            let receipts = group.iter().map(|batch| transaction.record(batch));
            receipts.collect()
        })
    }

    /// Gives so many agents their turn, and sees whether another process changed the database.
    pub(super) fn save(&mut self, lane: &mut Lane, turns: usize) -> Result<(), StoreError> {
        self.run(lane, turns, |_| Ok(()))
    }

    /// Whether agents were read into memory.
    pub(super) const fn is_in_use(&self) -> bool {
        self.basis.is_some()
    }

    fn run<T>(
        &mut self,
        lane: &mut Lane,
        turns: usize,
        work: impl FnOnce(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let faults = lane.faults();
        let (basis, done, changes) = lane.run(|connection| {
            connection.immediate_transaction(|connection| {
                let basis = self.catch_up(connection, faults)?;
                let mut transaction = Transaction::new(connection, self);
                let done = work(&mut transaction)?;
                Ok::<_, StoreError>((basis, done, transaction.save(turns)?))
            })
        })?;
        // It is committed: whatever happens here, a group must not be recorded again.
        let apply = AssertUnwindSafe(|| self.agents.lock().apply(changes));
        if catch_unwind(apply).is_err() {
            lane.disconnect();
        }
        self.basis = Some(basis);
        Ok(done)
    }

    /// Makes the agents in memory true to the database again where they may not be; what that writes holds once the
    /// transaction is committed.
    ///
    /// Other processes change agents and events in two ways alone. Another server takes the agents over, and an agent is
    /// erased, which only concerns that one. What else they commit is nothing to a recorder.
    fn catch_up(
        &mut self,
        connection: &mut SqliteConnection,
        faults: u64,
    ) -> Result<Basis, StoreError> {
        let data_version = DataVersion.get_result(connection)?;
        let owner = match self.basis {
            Some(basis) if basis.faults == faults && basis.data_version == data_version => {
                basis.owner
            }
            Some(basis) if Owner::read(connection)? == basis.owner => {
                if basis.faults == faults {
                    self.forget_erased(connection)?;
                } else {
                    // Writes nothing, which a full disk would refuse again and again.
                    self.read_anew(connection)?;
                }
                basis.owner
            }
            _ => {
                self.read_anew(connection)?;
                Owner::next(connection)?
            }
        };
        Ok(Basis {
            faults,
            data_version,
            owner,
        })
    }

    fn read_anew(&mut self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        deletion::take_erasures(connection)?;
        let empty = self.agents.lock().emptied();
        let agents = replay::load(connection, &mut self.ids, empty)?;
        *self.agents.lock() = agents;
        Ok(())
    }

    fn forget_erased(&self, connection: &mut SqliteConnection) -> Result<(), StoreError> {
        for (org, erased) in deletion::take_erasures(connection)? {
            let is_erased = |agent_id: &str| erased.contains(&digest(agent_id)[..]);
            self.agents.lock().forget(org, is_erased);
        }
        Ok(())
    }
}

struct Transaction<'t> {
    connection: &'t mut SqliteConnection,
    ids: &'t mut IdGenerator,
    memory: &'t SharedCache,
    covered: &'t mut Covered,
    scoring: Scoring,
    now: i64,
    /// The milliseconds of the newest id before this transaction.
    began: u64,
    /// Every agent that the group touches, as a copy, so that a rollback leaves nothing behind.
    agents: Agents,
}

impl<'t> Transaction<'t> {
    fn new(connection: &'t mut SqliteConnection, recorder: &'t mut Recorder) -> Self {
        Self {
            connection,
            began: recorder.ids.newest_millis(),
            ids: &mut recorder.ids,
            memory: &recorder.agents,
            covered: &mut recorder.covered,
            scoring: recorder.scoring,
            now: now_micros(),
            agents: Agents::new(),
        }
    }

    fn record(&mut self, batch: &Batch) -> Result<Receipt, StoreError> {
        let mut outcomes = vec![Outcome::Duplicate; batch.events.len()];
        for (at, event) in counting_order(&batch.events) {
            let outcome = self.record_event(batch.origin, event)?;
            if let Some(slot) = outcomes.get_mut(at) {
                *slot = outcome;
            }
        }
        let agents = self.standings(batch.origin.org, &batch.events)?;
        Ok(Receipt { outcomes, agents })
    }

    fn record_event(&mut self, origin: Origin, event: &NewEvent) -> Result<Outcome, StoreError> {
        if events::is_recorded(self.connection, origin.org, event)? {
            return Ok(Outcome::Duplicate);
        }
        let id = self.ids.next(self.now)?;
        let created_at = stored_time(event.created_at);
        let scoring = self.scoring;
        let agent = self.agent(origin.org, &event.agent_id)?;
        agent.state.count(event, created_at);
        agent
            .unfiled
            .push(AgentEvent::of(event, created_at, id.to_bytes()));
        let counted = events::Counted {
            id: id.to_bytes(),
            sequence: agent.state.eval_count,
            score: agent.state.score(scoring),
            created_at,
        };
        events::insert(self.connection, origin, event, &counted)?;
        let given = event.evaluation_id.clone();
        Ok(Outcome::Recorded(evaluation_id(given, event.source, id)))
    }

    fn agent(&mut self, org: OrgId, agent_id: &str) -> Result<&mut Agent, StoreError> {
        let agents = self.agents.entry(org).or_default();
        if !agents.contains_key(agent_id) {
            let in_memory = self
                .memory
                .lock()
                .get(org, agent_id)
                .map(|(id, agent)| (Arc::clone(id), agent.to_change()));
            let (agent_id, agent) = match in_memory {
                Some(known) => known,
                None => (
                    Arc::from(agent_id),
                    Agent::stored(agents::load(self.connection, org, agent_id)?),
                ),
            };
            agents.insert(agent_id, agent);
        }
        agents
            .get_mut(agent_id)
            .ok_or(StoreError::Internal("an agent was lost"))
    }

    fn standings(
        &mut self,
        org: OrgId,
        events: &[NewEvent],
    ) -> Result<Vec<AgentReputation>, StoreError> {
        let mut named = HashSet::new();
        let scoring = self.scoring;
        let distinct = events.iter().map(|event| &event.agent_id);
        distinct
            .filter(|agent_id| named.insert(agent_id.as_str()))
            .map(|agent_id| {
                let agent = self.agent(org, agent_id)?;
                Ok(agent.state.standing(agent_id.clone(), scoring))
            })
            .collect()
    }

    /// Stores the agents that are new, and those whose turn it is.
    fn save(mut self, turns: usize) -> Result<Changes, StoreError> {
        self.insert_new()?;
        let (turns, due, covered) = {
            let memory = self.memory.lock();
            let turns = memory.turns(turns);
            (turns, memory.due(turns), memory.covered(turns))
        };
        for (org, agent_id, agent) in &due {
            agents::update(self.connection, *org, agent_id, &agent.state)?;
            agent_events::file(self.connection, *org, agent_id, &agent.unfiled)?;
        }
        let filed = self.file_crowded()?;
        let covered = Covered::before(covered.unwrap_or(self.began));
        let writes = !due.is_empty() || self.agents.values().any(|agents| !agents.is_empty());
        if writes && *self.covered != covered {
            covered.write(self.connection)?;
            // After a rollback the database says less than this, which is true as well.
            *self.covered = covered;
        }
        Ok(Changes {
            agents: self.agents,
            turns,
            filed,
            began: self.began,
        })
    }

    /// Files the events of agents that have too many to wait for their turn.
    fn file_crowded(&mut self) -> Result<Vec<(OrgId, Arc<str>)>, StoreError> {
        let mut filed = Vec::new();
        for (org, agents) in &self.agents {
            for (agent_id, agent) in agents {
                let mut unfiled = {
                    let memory = self.memory.lock();
                    let earlier = memory.unfiled(*org, agent_id);
                    if earlier.len() + agent.unfiled.len() <= MOST_UNFILED {
                        continue;
                    }
                    earlier.to_vec()
                };
                unfiled.extend_from_slice(&agent.unfiled);
                agent_events::file(self.connection, *org, agent_id, &unfiled)?;
                filed.push((*org, Arc::clone(agent_id)));
            }
        }
        Ok(filed)
    }

    fn insert_new(&mut self) -> Result<(), StoreError> {
        for (org, agents) in &mut self.agents {
            // Named by duplicates only.
            agents.retain(|_, agent| agent.state.seen.is_some());
            for (agent_id, agent) in agents.iter_mut().filter(|(_, agent)| agent.saved.is_none()) {
                agents::insert(self.connection, *org, agent_id, &agent.state)?;
                agent_events::file(self.connection, *org, agent_id, &agent.unfiled)?;
                agent.unfiled.clear();
                agent.saved = Some(agent.state.eval_count);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
