//! The statements on `agents`.

use crate::agent::{AgentPage, AgentPosition, AgentRow};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::agents::{Registration, agent, page};
use crate::record::AgentState;
use crate::schema::agents;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::Sqlite;

/// An agent's row, or the state of an unknown one.
pub(crate) fn load(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<AgentState, StoreError> {
    let row = agent(org, agent_id).first(connection).optional()?;
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
    let update = Update {
        org_id: org.get(),
        agent_id,
        first_seen,
        last_seen,
        eval_count: state.eval_count,
        window: &state.window.encode(),
    };
    update.execute(connection)?;
    Ok(())
}

/// The hot update as a statement of our own: diesel never keeps `update(..).set(..)` prepared, and
/// parsing it anew for every agent of every group costs more than running it.
struct Update<'u> {
    org_id: i64,
    agent_id: &'u str,
    first_seen: i64,
    last_seen: i64,
    eval_count: i64,
    window: &'u [u8],
}

impl QueryFragment<Sqlite> for Update<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql("UPDATE agents SET first_seen = ");
        out.push_bind_param::<BigInt, _>(&self.first_seen)?;
        out.push_sql(", last_seen = ");
        out.push_bind_param::<BigInt, _>(&self.last_seen)?;
        out.push_sql(", eval_count = ");
        out.push_bind_param::<BigInt, _>(&self.eval_count)?;
        out.push_sql(", window_sequence = ");
        out.push_bind_param::<BigInt, _>(&self.eval_count)?;
        out.push_sql(", \"window\" = ");
        out.push_bind_param::<Binary, _>(self.window)?;
        out.push_sql(" WHERE org_id = ");
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(" AND agent_id = ");
        out.push_bind_param::<Text, _>(self.agent_id)
    }
}

impl QueryId for Update<'_> {
    type QueryId = Update<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for Update<'_> {}

/// Makes an agent's row, unless there is one.
pub(crate) fn register(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    diesel::insert_into(agents::table)
        .values(Registration::of(org, agent_id, now))
        .on_conflict_do_nothing()
        .execute(connection)?;
    Ok(())
}

/// A page of the agents of an org, newest last seen first.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    after: Option<AgentPosition>,
    limit: u32,
) -> Result<AgentPage, StoreError> {
    let rows = page(org, after, limit).select(AgentRow::as_select());
    AgentPage::of(rows.load(connection)?, limit)
}
