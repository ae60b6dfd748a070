//! The statements on `agents`.

use crate::error::StoreError;
use crate::event::time;
use crate::org::OrgId;
use crate::record::AgentState;
use crate::schema::agents;
use crate::store::AgentRecord;
use diesel::prelude::*;

/// An agent's row, or the state of an unknown one.
pub(crate) fn load(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<AgentState, StoreError> {
    let row = agents::table
        .filter(agents::org_id.eq(org.get()))
        .filter(agents::agent_id.eq(agent_id))
        .select((
            agents::first_seen,
            agents::last_seen,
            agents::eval_count,
            agents::window,
        ))
        .first(connection)
        .optional()?;
    row.map_or_else(|| Ok(AgentState::unknown()), AgentState::from_row)
}

/// Stores an agent that has no row.
pub(super) fn insert(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    state: &AgentState,
) -> Result<(), StoreError> {
    let (first_seen, last_seen) = state.seen.ok_or(StoreError::Internal("never seen"))?;
    diesel::insert_into(agents::table)
        .values((
            agents::org_id.eq(org.get()),
            agents::agent_id.eq(agent_id),
            agents::first_seen.eq(first_seen),
            agents::last_seen.eq(last_seen),
            agents::eval_count.eq(state.eval_count),
            agents::window_sequence.eq(state.eval_count),
            agents::window.eq(state.window.encode()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Stores an agent that has a row.
pub(super) fn update(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    state: &AgentState,
) -> Result<(), StoreError> {
    let (first_seen, last_seen) = state.seen.ok_or(StoreError::Internal("never seen"))?;
    let row = agents::table
        .filter(agents::org_id.eq(org.get()))
        .filter(agents::agent_id.eq(agent_id));
    diesel::update(row)
        .set((
            agents::first_seen.eq(first_seen),
            agents::last_seen.eq(last_seen),
            agents::eval_count.eq(state.eval_count),
            agents::window_sequence.eq(state.eval_count),
            agents::window.eq(state.window.encode()),
        ))
        .execute(connection)?;
    Ok(())
}

/// Makes an agent's row, unless there is one. Times are shown in milliseconds, so they are kept so.
pub(crate) fn register(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    let now = now - now.rem_euclid(1000);
    diesel::insert_into(agents::table)
        .values((
            agents::org_id.eq(org.get()),
            agents::agent_id.eq(agent_id),
            agents::first_seen.eq(now),
            agents::last_seen.eq(now),
            agents::eval_count.eq(0),
            agents::window_sequence.eq(0),
        ))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// The agents of an org, newest last seen first.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    limit: u32,
) -> Result<Vec<AgentRecord>, StoreError> {
    let rows: Vec<(String, i64, i64, i64)> = agents::table
        .filter(agents::org_id.eq(org.get()))
        .order((agents::last_seen.desc(), agents::agent_id.desc()))
        .limit(limit.into())
        .select((
            agents::agent_id,
            agents::first_seen,
            agents::last_seen,
            agents::eval_count,
        ))
        .load(connection)?;
    let records = rows
        .into_iter()
        .map(|(agent_id, first_seen, last_seen, eval_count)| {
            Ok(AgentRecord {
                agent_id,
                first_seen: time(first_seen)?,
                last_seen: time(last_seen)?,
                eval_count,
            })
        });
    records.collect()
}
