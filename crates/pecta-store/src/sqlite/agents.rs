//! The statements on `agents`.

use super::cache::Cache;
use crate::error::StoreError;
use crate::event::time;
use crate::org::OrgId;
use crate::record::AgentState;
use crate::schema::agents;
use crate::store::AgentRecord;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::sqlite::Sqlite;
use std::cmp::Ordering;
use std::collections::HashMap;

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

/// The columns of an agent that are listed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = agents)]
pub(super) struct Listed {
    agent_id: String,
    first_seen: i64,
    last_seen: i64,
    eval_count: i64,
}

impl Listed {
    fn newest_first(&self, other: &Self) -> Ordering {
        (other.last_seen, &other.agent_id).cmp(&(self.last_seen, &self.agent_id))
    }
}

impl TryFrom<Listed> for AgentRecord {
    type Error = StoreError;

    fn try_from(row: Listed) -> Result<Self, StoreError> {
        Ok(Self {
            agent_id: row.agent_id,
            first_seen: time(row.first_seen)?,
            last_seen: time(row.last_seen)?,
            eval_count: row.eval_count,
        })
    }
}

/// The agents of an org whose rows are behind, as they would be listed.
#[derive(Debug)]
pub(super) struct Unsaved(HashMap<String, Listed>);

impl Unsaved {
    pub(super) fn of(cache: &Cache, org: OrgId) -> Self {
        let unsaved = cache.behind(org).filter_map(|(agent_id, state)| {
            let (first_seen, last_seen) = state.seen?;
            let listed = Listed {
                agent_id: agent_id.to_string(),
                first_seen,
                last_seen,
                eval_count: state.eval_count,
            };
            Some((agent_id.to_string(), listed))
        });
        Self(unsaved.collect())
    }
}

/// The agents of an org, newest last seen first.
pub(super) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    Unsaved(mut unsaved): Unsaved,
    limit: u32,
) -> Result<Vec<AgentRecord>, StoreError> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut listed: Vec<Listed> = Vec::new();
    let mut rows_that_hold = 0;
    let rows = agents::table
        .filter(agents::org_id.eq(org.get()))
        .order((agents::last_seen.desc(), agents::agent_id.desc()))
        .select(Listed::as_select());
    for row in rows.load_iter(connection)? {
        if rows_that_hold == limit {
            break;
        }
        let row: Listed = row?;
        let current = unsaved.remove(&row.agent_id);
        rows_that_hold += usize::from(current.is_none());
        listed.push(current.unwrap_or(row));
    }
    // The rows of these are further down, or another process has erased them.
    let mut further_down: Vec<Listed> = unsaved.into_values().collect();
    further_down.sort_unstable_by(Listed::newest_first);
    for current in further_down.into_iter().take(limit) {
        if is_stored(connection, org, &current.agent_id)? {
            listed.push(current);
        }
    }
    listed.sort_unstable_by(Listed::newest_first);
    listed.truncate(limit);
    listed.into_iter().map(AgentRecord::try_from).collect()
}

fn is_stored(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<bool, StoreError> {
    let row = agents::table.find((org.get(), agent_id));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(connection)?)
}
