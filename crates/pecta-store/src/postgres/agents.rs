//! The statements on `agents`.

use crate::agent::{AgentPage, AgentPosition, AgentRow};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::agents::{Registration, agent, page};
use crate::record::AgentState;
use crate::schema::agents;
use diesel::IntoSql;
use diesel::pg::Pg;
use diesel::prelude::{
    ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, SelectableHelper,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Nullable, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashSet;

diesel::define_sql_function! {
    /// The elements of an array as rows.
    fn unnest<T: diesel::sql_types::SingleValue>(array: Array<T>) -> T;
}

/// Makes the rows of agents that have none; says which. `agent_ids` are in order, so that no two
/// transactions wait for each other.
pub(super) async fn make(
    connection: &AsyncPgConnection,
    org: OrgId,
    agent_ids: &[&str],
) -> Result<HashSet<String>, StoreError> {
    let mut connection = connection;
    let zero = || 0_i64.into_sql::<BigInt>();
    let missing = diesel::select((
        org.get().into_sql::<BigInt>(),
        unnest::<Text, _>(agent_ids),
        zero(),
        zero(),
        zero(),
        zero(),
    ));
    let made: Vec<String> = diesel::insert_into(agents::table)
        .values(missing)
        .into_columns((
            agents::org_id,
            agents::agent_id,
            agents::first_seen,
            agents::last_seen,
            agents::eval_count,
            agents::window_sequence,
        ))
        .on_conflict_do_nothing()
        .returning(agents::agent_id)
        .load(&mut connection)
        .await?;
    Ok(made.into_iter().collect())
}

/// A locked row, as it was before the transaction.
pub(super) type Row = (String, (i64, i64, i64, Option<Vec<u8>>));

/// Locks the rows of agents, in the order of their ids, until the transaction ends. Those of agents that
/// have none are missing in what it returns.
pub(super) async fn lock(
    connection: &AsyncPgConnection,
    org: OrgId,
    agent_ids: &[&str],
) -> Result<Vec<Row>, StoreError> {
    let mut connection = connection;
    let org_id = org.get();
    Ok(Lock { org_id, agent_ids }.load(&mut connection).await?)
}

/// A statement of our own, which looks the agents up one by one, in the order given. A single condition on
/// all of them is answered by reading the agents of the org in order, because only that needs no sorting.
/// The range of one id and its order leave no way but the primary key.
struct Lock<'l> {
    org_id: i64,
    agent_ids: &'l [&'l str],
}

impl QueryFragment<Pg> for Lock<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT agent.* FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(self.agent_ids)?;
        out.push_sql(
            ") AS given (id), LATERAL (SELECT agent_id, first_seen, last_seen, eval_count, \
             \"window\" FROM agents WHERE org_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(
            " AND agent_id >= given.id AND agent_id <= given.id ORDER BY agent_id FOR UPDATE) AS agent",
        );
        Ok(())
    }
}

impl QueryId for Lock<'_> {
    type QueryId = Lock<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Lock<'_> {
    type SqlType = (Text, (BigInt, BigInt, BigInt, Nullable<Binary>));
}

/// Stores agents whose rows are locked.
pub(super) async fn save(
    connection: &AsyncPgConnection,
    org: OrgId,
    agents: &[(&str, &AgentState)],
) -> Result<(), StoreError> {
    if agents.is_empty() {
        return Ok(());
    }
    let mut update = Update::of(org);
    for (agent_id, state) in agents {
        update.add(agent_id, state)?;
    }
    let mut connection = connection;
    update.execute(&mut connection).await?;
    Ok(())
}

/// One statement for all agents of an org, whose rows are all there: an insert that always meets them is
/// led to each by the primary key, where the plan of a join could as well read all agents of the org. A
/// statement of our own, because diesel does not keep such a one prepared.
struct Update<'u> {
    org_id: i64,
    agent_ids: Vec<&'u str>,
    first_seen: Vec<i64>,
    last_seen: Vec<i64>,
    eval_counts: Vec<i64>,
    windows: Vec<Vec<u8>>,
}

impl<'u> Update<'u> {
    fn of(org: OrgId) -> Self {
        Self {
            org_id: org.get(),
            agent_ids: Vec::new(),
            first_seen: Vec::new(),
            last_seen: Vec::new(),
            eval_counts: Vec::new(),
            windows: Vec::new(),
        }
    }

    fn add(&mut self, agent_id: &'u str, state: &AgentState) -> Result<(), StoreError> {
        let (first_seen, last_seen) = state.seen.ok_or(StoreError::Internal("never seen"))?;
        self.agent_ids.push(agent_id);
        self.first_seen.push(first_seen);
        self.last_seen.push(last_seen);
        self.eval_counts.push(state.eval_count);
        self.windows.push(state.window.encode());
        Ok(())
    }
}

impl QueryFragment<Pg> for Update<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO agents (org_id, agent_id, first_seen, last_seen, eval_count, \
             window_sequence, \"window\") SELECT ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(", * FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.agent_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.first_seen)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.last_seen)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.eval_counts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<BigInt>, _>(&self.eval_counts)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Binary>, _>(&self.windows)?;
        out.push_sql(
            ") ON CONFLICT (org_id, agent_id) DO UPDATE SET first_seen = excluded.first_seen, \
             last_seen = excluded.last_seen, eval_count = excluded.eval_count, \
             window_sequence = excluded.window_sequence, \"window\" = excluded.\"window\"",
        );
        Ok(())
    }
}

impl QueryId for Update<'_> {
    type QueryId = Update<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

/// Removes rows that the transaction made for agents that it then recorded nothing of.
pub(super) async fn remove(
    connection: &AsyncPgConnection,
    org: OrgId,
    agent_ids: &[&str],
) -> Result<(), StoreError> {
    if agent_ids.is_empty() {
        return Ok(());
    }
    let mut connection = connection;
    let rows = agents::table
        .filter(agents::org_id.eq(org.get()))
        .filter(agents::agent_id.eq_any(agent_ids));
    diesel::delete(rows).execute(&mut connection).await?;
    Ok(())
}

/// An agent's row, or the state of an unknown one.
pub(super) async fn load(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<AgentState, StoreError> {
    let row = agent(org, agent_id).first(connection).await;
    let row = row.optional()?;
    row.map_or_else(|| Ok(AgentState::unknown()), AgentState::from_row)
}

/// Makes an agent's row, unless there is one.
pub(super) async fn register(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    agent_id: &str,
    now: i64,
) -> Result<(), StoreError> {
    diesel::insert_into(agents::table)
        .values(Registration::of(org, agent_id, now))
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(())
}

/// A page of the agents of an org, newest last seen first.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    after: Option<AgentPosition>,
    limit: u32,
) -> Result<AgentPage, StoreError> {
    let rows = page(org, after, limit).select(AgentRow::as_select());
    AgentPage::of(rows.load(connection).await?, limit)
}
