//! The statements on `agents`.

use super::memory::{Agent, Stored};
use crate::agent::{AgentPage, AgentPosition};
use crate::error::StoreError;
use crate::id::EventId;
use crate::org::OrgId;
use crate::query::agents::Registration;
use crate::record::AgentState;
use crate::schema::agents;
use diesel::IntoSql;
use diesel::pg::Pg;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, QueryResult, Queryable};
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

/// The columns that make an [`Agent`].
#[derive(Debug, Queryable)]
pub(super) struct Row {
    pub(super) agent_id: String,
    first_seen: i64,
    last_seen: i64,
    eval_count: i64,
    window_sequence: i64,
    newest_event: Option<Vec<u8>>,
    window: Option<Vec<u8>>,
    tail: Option<Vec<u8>>,
    verified_window: Option<Vec<u8>>,
    verified_tail: Option<Vec<u8>>,
}

type RowType = (
    Text,
    BigInt,
    BigInt,
    BigInt,
    BigInt,
    Nullable<Binary>,
    Nullable<Binary>,
    Nullable<Binary>,
    Nullable<Binary>,
    Nullable<Binary>,
);

impl Row {
    /// Whether nothing was counted since `agent` was as it is.
    pub(super) fn is_of(&self, agent: &Agent) -> bool {
        let newest = agent.newest_event.as_ref().map(<[u8; 16]>::as_slice);
        newest.is_some() && self.newest_event.as_deref() == newest
    }

    /// Whether one of these events is the newest that was counted.
    pub(super) fn counts_up_to(&self, events: &[[u8; 16]]) -> bool {
        let newest = self.newest_event.as_deref();
        newest.is_some_and(|newest| events.iter().any(|id| id == newest))
    }

    pub(super) fn agent(self) -> Result<Agent, StoreError> {
        let newest_event = self.newest_event.map(|id| EventId::from_bytes(&id));
        let stored = Stored {
            window: self.window,
            tail: self.tail,
            verified_window: self.verified_window,
            verified_tail: self.verified_tail,
        };
        let (windows, verified_tail) = stored.windows()?;
        Ok(Agent {
            state: AgentState {
                seen: Some((self.first_seen, self.last_seen)),
                eval_count: self.eval_count,
                windows,
            },
            window_sequence: self.window_sequence,
            verified_tail,
            newest_event: newest_event.transpose()?.map(EventId::to_bytes),
        })
    }
}

/// Locks the rows of agents, in the order of their ids, until the transaction ends. Those of agents that
/// have none are missing in what it returns. A row whose newest event is the one in `known` comes without
/// its windows.
pub(super) async fn lock(
    connection: &AsyncPgConnection,
    org: OrgId,
    agent_ids: &[&str],
    known: &[Option<[u8; 16]>],
) -> Result<Vec<Row>, StoreError> {
    let mut connection = connection;
    let known = known.iter().map(|id| id.as_ref().map(<[u8; 16]>::as_slice));
    let lock = Lock {
        org_id: org.get(),
        agent_ids,
        known: known.collect(),
    };
    Ok(lock.load(&mut connection).await?)
}

/// A statement of our own, which looks the agents up one by one, in the order given. A single condition on
/// all of them is answered by reading the agents of the org in order, because only that needs no sorting.
/// The range of one id and its order leave no way but the primary key.
struct Lock<'l> {
    org_id: i64,
    agent_ids: &'l [&'l str],
    known: Vec<Option<&'l [u8]>>,
}

impl QueryFragment<Pg> for Lock<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT agent.agent_id, first_seen, last_seen, eval_count, window_sequence, newest_event, \
             CASE WHEN newest_event = given.known THEN NULL ELSE \"window\" END, \
             CASE WHEN newest_event = given.known THEN NULL ELSE tail END, \
             CASE WHEN newest_event = given.known THEN NULL ELSE verified_window END, \
             CASE WHEN newest_event = given.known THEN NULL ELSE verified_tail END FROM unnest(",
        );
        out.push_bind_param::<Array<Text>, _>(self.agent_ids)?;
        out.push_sql(", ");
        out.push_bind_param::<Array<Nullable<Binary>>, _>(&self.known)?;
        out.push_sql(") AS given (id, known), LATERAL (SELECT * FROM agents WHERE org_id = ");
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
    type SqlType = RowType;
}

/// Stores agents whose rows are locked.
pub(super) async fn save(
    connection: &AsyncPgConnection,
    update: &Update,
) -> Result<(), StoreError> {
    if update.agent_ids.is_empty() {
        return Ok(());
    }
    let mut connection = connection;
    update.execute(&mut connection).await?;
    Ok(())
}

/// One statement for all agents of an org, whose rows are all there: an insert that always meets them is
/// led to each by the primary key, where the plan of a join could as well read all agents of the org. A
/// statement of our own, because diesel does not keep such a one prepared. Where no window is given the
/// stored one stays.
pub(super) struct Update {
    org_id: i64,
    agent_ids: Vec<String>,
    first_seen: Vec<i64>,
    last_seen: Vec<i64>,
    eval_counts: Vec<i64>,
    window_sequences: Vec<i64>,
    newest_events: Vec<Option<Vec<u8>>>,
    windows: Vec<Option<Vec<u8>>>,
    tails: Vec<Option<Vec<u8>>>,
    verified_windows: Vec<Option<Vec<u8>>>,
    verified_tails: Vec<Option<Vec<u8>>>,
}

impl Update {
    pub(super) fn of(org: OrgId) -> Self {
        Self {
            org_id: org.get(),
            agent_ids: Vec::new(),
            first_seen: Vec::new(),
            last_seen: Vec::new(),
            eval_counts: Vec::new(),
            window_sequences: Vec::new(),
            newest_events: Vec::new(),
            windows: Vec::new(),
            tails: Vec::new(),
            verified_windows: Vec::new(),
            verified_tails: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, agent_id: &str, agent: &mut Agent) -> Result<(), StoreError> {
        let never_seen = StoreError::Internal("never seen");
        let (first_seen, last_seen) = agent.state.seen.ok_or(never_seen)?;
        let stored = agent.write();
        self.agent_ids.push(agent_id.to_owned());
        self.first_seen.push(first_seen);
        self.last_seen.push(last_seen);
        self.eval_counts.push(agent.state.eval_count);
        self.window_sequences.push(agent.window_sequence);
        let newest_event = agent.newest_event.map(Vec::from);
        self.newest_events.push(newest_event);
        self.windows.push(stored.window);
        self.tails.push(stored.tail);
        self.verified_windows.push(stored.verified_window);
        self.verified_tails.push(stored.verified_tail);
        Ok(())
    }
}

impl QueryFragment<Pg> for Update {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO agents (org_id, agent_id, first_seen, last_seen, eval_count, \
             window_sequence, newest_event, \"window\", tail, verified_window, verified_tail) SELECT ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(", * FROM unnest(");
        out.push_bind_param::<Array<Text>, _>(&self.agent_ids)?;
        for column in [
            &self.first_seen,
            &self.last_seen,
            &self.eval_counts,
            &self.window_sequences,
        ] {
            out.push_sql(", ");
            out.push_bind_param::<Array<BigInt>, _>(column)?;
        }
        for column in [
            &self.newest_events,
            &self.windows,
            &self.tails,
            &self.verified_windows,
            &self.verified_tails,
        ] {
            out.push_sql(", ");
            out.push_bind_param::<Array<Nullable<Binary>>, _>(column)?;
        }
        out.push_sql(
            ") ON CONFLICT (org_id, agent_id) DO UPDATE SET first_seen = excluded.first_seen, \
             last_seen = excluded.last_seen, eval_count = excluded.eval_count, \
             window_sequence = excluded.window_sequence, newest_event = excluded.newest_event, \
             \"window\" = COALESCE(excluded.\"window\", agents.\"window\"), tail = excluded.tail, \
             verified_window = COALESCE(excluded.verified_window, agents.verified_window), \
             verified_tail = excluded.verified_tail",
        );
        Ok(())
    }
}

impl QueryId for Update {
    type QueryId = Self;
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
    let org_id = org.get();
    let row: Option<Row> = Load { org_id, agent_id }
        .get_result(connection)
        .await
        .optional()?;
    let agent = row.map_or_else(|| Ok(Agent::unknown()), Row::agent);
    Ok(agent?.state)
}

struct Load<'l> {
    org_id: i64,
    agent_id: &'l str,
}

impl QueryFragment<Pg> for Load<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT agent_id, first_seen, last_seen, eval_count, window_sequence, newest_event, \
             \"window\", tail, verified_window, verified_tail FROM agents WHERE org_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(" AND agent_id = ");
        out.push_bind_param::<Text, _>(self.agent_id)
    }
}

impl QueryId for Load<'_> {
    type QueryId = Load<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Load<'_> {
    type SqlType = RowType;
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
    let rows = Page {
        org_id: org.get(),
        after,
        limit: i64::from(limit) + 1,
    };
    AgentPage::of(rows.load(connection).await?, limit)
}

/// A statement of our own: the index holds when agents were last seen in spans (`seen_span`), so that
/// counting does not change it, and only within a span are they sorted.
struct Page {
    org_id: i64,
    after: Option<AgentPosition>,
    limit: i64,
}

impl QueryFragment<Pg> for Page {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT agent_id, first_seen, last_seen, eval_count FROM agents WHERE org_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        if let Some(place) = &self.after {
            out.push_sql(" AND seen_span <= ");
            out.push_bind_param::<BigInt, _>(&place.last_seen_us)?;
            out.push_sql(" >> 24 AND (last_seen, agent_id) < (");
            out.push_bind_param::<BigInt, _>(&place.last_seen_us)?;
            out.push_sql(", ");
            out.push_bind_param::<Text, _>(&place.agent_id)?;
            out.push_sql(")");
        }
        out.push_sql(" ORDER BY seen_span DESC, last_seen DESC, agent_id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.limit)
    }
}

/// The text depends on whether a place is given.
impl QueryId for Page {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Page {
    type SqlType = (Text, BigInt, BigInt, BigInt);
}
