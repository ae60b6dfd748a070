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
        let mut rows = Rows::new();
        let mut place = EventId::before(covered);
        loop {
            let page = events::recorded_behind(connection, org, place, PAGE)?;
            let Some(last) = page.last() else { break };
            place = last.id;
            ids.go_on_behind(place);
            for event in &page {
                count_again(connection, (&mut cache, &mut rows), org, event, covered)?;
            }
        }
    }
    Ok(cache)
}

/// The agents that were met and are not in memory, with the newest event that their rows cover; `None` where the row
/// is missing or cannot be read. There may be more of them than memory has room for, so their rows are read again when
/// they turn out to lack something.
type Rows = HashMap<String, Option<i64>>;

/// Counts an event if its agent's row lacks it. Events of an org come in the order of counting.
fn count_again(
    connection: &mut SqliteConnection,
    (cache, rows): (&mut Cache, &mut Rows),
    org: OrgId,
    event: &events::Recorded,
    covered: u64,
) -> Result<(), StoreError> {
    let agent_id = event.agent_id.as_str();
    if let Some(agent) = cache.get_mut(org, agent_id) {
        count(agent, event);
        return Ok(());
    }
    let met = rows.get(agent_id).copied();
    if let Some(Some(saved)) = met
        && event.sequence <= saved
    {
        return Ok(());
    }
    if met != Some(None) {
        let mut agent = stored(connection, org, agent_id)?;
        rows.insert(agent_id.to_owned(), agent.saved);
        if agent.saved.is_some() {
            count(&mut agent, event);
            if agent.is_behind() {
                cache.put(org, Arc::from(agent_id), agent, covered);
            }
            return Ok(());
        }
    }
    // Nobody will have a turn for it.
    agent_events::file(connection, org, agent_id, &[event.to_file()])
}

fn count(agent: &mut Agent, event: &events::Recorded) {
    if event.sequence > agent.state.eval_count {
        agent
            .state
            .push(event.evaluation, event.source, event.created_at);
        agent.unfiled.push(event.to_file());
        // Another process may have deleted some in between, while it erases the agent.
        agent.state.eval_count = event.sequence;
    }
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
