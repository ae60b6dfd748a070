//! The statements on `agents`.

use crate::agent::{AgentPage, AgentPosition, AgentRow};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::agents::{Registration, agent, page};
use crate::record::AgentState;
use crate::schema::agents;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use diesel::sqlite::Sqlite;
use pecta_reputation::Window;
use std::collections::HashMap;
use std::sync::Arc;

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
            agents::window.eq(state.windows.all().encode()),
            agents::verified_window.eq(state.windows.apart().map(Window::encode)),
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
        window: &state.windows.all().encode(),
        verified_window: state.windows.apart().map(Window::encode),
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
    verified_window: Option<Vec<u8>>,
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
        out.push_sql(", verified_window = ");
        out.push_bind_param::<Nullable<Binary>, _>(&self.verified_window)?;
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

/// The agents of an org whose rows are behind, as they would be listed.
#[derive(Debug, Default)]
pub(super) struct Unsaved(HashMap<Arc<str>, AgentRow>);

impl Unsaved {
    pub(super) fn of(behind: Vec<(Arc<str>, [i64; 3])>) -> Self {
        let unsaved = behind.into_iter().map(|(agent_id, seen)| {
            let [first_seen, last_seen, eval_count] = seen;
            let row = AgentRow {
                agent_id: agent_id.to_string(),
                first_seen,
                last_seen,
                eval_count,
            };
            (agent_id, row)
        });
        Self(unsaved.collect())
    }
}

/// A page of the agents of an org, newest last seen first.
pub(super) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    after: Option<&AgentPosition>,
    Unsaved(mut unsaved): Unsaved,
    limit: u32,
) -> Result<AgentPage, StoreError> {
    let wanted = usize::try_from(limit)
        .unwrap_or(usize::MAX)
        .saturating_add(1);
    let mut listed = rows_behind(connection, org, after, &mut unsaved, wanted)?;
    // The rows of these are further down, or another process has erased them.
    let mut further_down: Vec<AgentRow> = unsaved.into_values().collect();
    for rows in [&mut listed, &mut further_down] {
        // An agent may have moved up, from behind the place to before it.
        rows.retain(|row| after.is_none_or(|place| row.is_behind(place)));
    }
    further_down.sort_unstable_by(AgentRow::newest_first);
    let mut stored = 0;
    for current in further_down {
        if stored == wanted {
            break;
        }
        if is_stored(connection, org, &current.agent_id)? {
            stored += 1;
            listed.push(current);
        }
    }
    listed.sort_unstable_by(AgentRow::newest_first);
    AgentPage::of(listed, limit)
}

/// The rows behind a place until so many of them are not in `unsaved`. Those that are give way to what
/// stands there, which is taken out.
fn rows_behind(
    connection: &mut SqliteConnection,
    org: OrgId,
    place: Option<&AgentPosition>,
    unsaved: &mut HashMap<Arc<str>, AgentRow>,
    wanted: usize,
) -> Result<Vec<AgentRow>, StoreError> {
    let query = page(org, place.cloned(), u32::MAX).select(AgentRow::as_select());
    let mut rows = Vec::new();
    let mut rows_that_hold = 0;
    for row in query.load_iter(connection)? {
        if rows_that_hold == wanted {
            break;
        }
        let row: AgentRow = row?;
        let current = unsaved.remove(row.agent_id.as_str());
        rows_that_hold += usize::from(current.is_none());
        rows.push(current.unwrap_or(row));
    }
    Ok(rows)
}

fn is_stored(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<bool, StoreError> {
    let row = agents::table.find((org.get(), agent_id));
    Ok(diesel::select(diesel::dsl::exists(row)).get_result(connection)?)
}
