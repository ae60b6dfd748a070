//! One group of batches as one transaction.

use super::writer::Batch;
use super::{agents, events};
use crate::clock::now_micros;
use crate::error::StoreError;
use crate::id::IdGenerator;
use crate::org::OrgId;
use crate::record::{
    AgentReputation, AgentState, EvaluationId, NewEvent, Origin, Outcome, Receipt, counting_order,
    stored_time,
};
use diesel::prelude::*;
use pecta_reputation::Scoring;
use std::collections::{HashMap, HashSet};

/// Records every batch of a group, in order, and commits.
pub(super) fn record(
    connection: &mut SqliteConnection,
    group: &[Batch],
    ids: &mut IdGenerator,
    scoring: Scoring,
) -> Result<Vec<Receipt>, StoreError> {
    connection.immediate_transaction(|connection| {
        let mut transaction = Transaction {
            connection,
            ids,
            scoring,
            now: now_micros(),
            agents: HashMap::new(),
        };
        let receipts = group.iter().map(|batch| transaction.record(batch));
        let receipts = receipts.collect::<Result<_, _>>()?;
        transaction.save()?;
        Ok(receipts)
    })
}

struct Transaction<'t> {
    connection: &'t mut SqliteConnection,
    ids: &'t mut IdGenerator,
    scoring: Scoring,
    now: i64,
    /// Every agent that the group touches, loaded and saved once.
    agents: HashMap<OrgId, HashMap<String, Agent>>,
}

struct Agent {
    state: AgentState,
    is_stored: bool,
    is_changed: bool,
}

impl Transaction<'_> {
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
        let evaluation_id = match &event.evaluation_id {
            EvaluationId::None => None,
            EvaluationId::Given(id) => Some(id.clone()),
            EvaluationId::Assigned => Some(id.with_prefix("ev_")),
        };
        let created_at = stored_time(event.created_at);
        let scoring = self.scoring;
        let agent = self.agent(origin.org, &event.agent_id)?;
        agent.state.count(event, created_at);
        agent.is_changed = true;
        let counted = events::Counted {
            id: id.to_bytes(),
            sequence: agent.state.eval_count,
            score: agent.state.window.reputation(&scoring).score.get(),
            created_at,
            evaluation_id: evaluation_id.as_deref(),
        };
        events::insert(self.connection, origin, event, &counted)?;
        Ok(Outcome::Recorded(evaluation_id))
    }

    fn agent(&mut self, org: OrgId, agent_id: &str) -> Result<&mut Agent, StoreError> {
        let agents = self.agents.entry(org).or_default();
        if !agents.contains_key(agent_id) {
            let state = agents::load(self.connection, org, agent_id)?;
            let agent = Agent {
                is_stored: state.seen.is_some(),
                is_changed: false,
                state,
            };
            agents.insert(agent_id.to_owned(), agent);
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

    fn save(self) -> Result<(), StoreError> {
        for (org, agents) in self.agents {
            for (agent_id, agent) in agents.iter().filter(|(_, agent)| agent.is_changed) {
                if agent.is_stored {
                    agents::update(self.connection, org, agent_id, &agent.state)?;
                } else {
                    agents::insert(self.connection, org, agent_id, &agent.state)?;
                }
            }
        }
        Ok(())
    }
}
