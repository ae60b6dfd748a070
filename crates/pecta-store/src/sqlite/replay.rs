//! What a start does about rows that are behind: it counts the newest events again.

use super::cache::{Agent, Cache};
use super::pragmas::Covered;
use super::{agent_events, agents, events};
use crate::error::StoreError;
use crate::id::{EventId, IdGenerator};
use crate::org::OrgId;
use crate::record::AgentState;
use crate::schema::orgs;
use diesel::prelude::*;
use std::collections::HashMap;
use std::sync::Arc;

/// Events that are read at once.
const PAGE: u16 = 8192;

/// Fills an empty cache with the agents whose rows are behind, as their events say they are. Ids go on
/// behind those there are.
pub(super) fn load(
    connection: &mut SqliteConnection,
    ids: &mut IdGenerator,
    mut cache: Cache,
) -> Result<Cache, StoreError> {
    let covered = Covered::read(connection)?.millis();
    // Also when the events there were are deleted.
    ids.go_on_behind(EventId::before(covered));
    let orgs: Vec<i64> = orgs::table.select(orgs::id).load(connection)?;
    for org in orgs.into_iter().map(OrgId::from_row) {
        let mut place = EventId::before(covered);
        loop {
            let page = events::recorded_behind(connection, org, place, PAGE)?;
            let Some(last) = page.last() else { break };
            place = last.id;
            ids.go_on_behind(place);
            count_again(connection, &mut cache, org, &page, covered)?;
        }
    }
    Ok(cache)
}

/// Counts those of some events, of one org and in the order of counting, that their agents' rows lack.
fn count_again(
    connection: &mut SqliteConnection,
    cache: &mut Cache,
    org: OrgId,
    page: &[events::Recorded],
    covered: u64,
) -> Result<(), StoreError> {
    let mut rows: HashMap<&str, Agent> = HashMap::new();
    for event in page {
        let agent_id = event.agent_id.as_str();
        if !rows.contains_key(agent_id) {
            let in_memory = cache.get(org, agent_id);
            let in_memory = in_memory.map(|(_, agent)| agent.to_change());
            let agent = match in_memory {
                Some(agent) => agent,
                None => stored(connection, org, agent_id)?,
            };
            rows.insert(agent_id, agent);
        }
        if let Some(agent) = rows.get_mut(agent_id)
            && event.sequence > agent.state.eval_count
        {
            agent
                .state
                .push(event.evaluation, event.source, event.created_at);
            agent.unfiled.push(event.to_file());
            // Another process may have deleted some in between, while it erases the agent.
            agent.state.eval_count = event.sequence;
        }
    }
    for (agent_id, agent) in rows {
        if agent.is_behind() {
            cache.put(org, Arc::from(agent_id), agent, covered);
        } else {
            // Of one that cannot be read.
            agent_events::file(connection, org, agent_id, &agent.unfiled)?;
        }
    }
    Ok(())
}

/// An agent as its row says. Where that cannot be read only this agent must suffer: it does not come into
/// memory, and whoever asks for it is told.
fn stored(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<Agent, StoreError> {
    let state = match agents::load(connection, org, agent_id) {
        Err(StoreError::Corrupt(cause)) => {
            tracing::error!(cause, org = org.get(), agent_id, "a window cannot be read");
            AgentState::unknown()
        }
        read => read?,
    };
    Ok(Agent::stored(state))
}
