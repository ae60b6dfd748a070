//! The statements on `events`.

use super::agents::unnest;
use crate::error::StoreError;
use crate::event::{EventFilter, EventPage, EventPosition, EventRecord, EventRow};
use crate::id::EventId;
use crate::org::OrgId;
use crate::query::events::{Index, Listing, Merge, Places, end_of, may_lack, of_key, wanted};
use crate::schema::events;
use diesel::IntoSql;
use diesel::pg::Pg;
use diesel::prelude::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, QueryResult,
    SelectableHelper,
};
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::{Array, BigInt, Binary, Bool, Nullable, SmallInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashSet;

/// Ids under which events are recorded once.
#[derive(Debug, Default)]
pub(super) struct Ids<S> {
    pub(super) evaluation_ids: HashSet<S>,
    pub(super) idempotency_keys: HashSet<S>,
}

/// Which of these ids the org has recorded.
pub(super) async fn recorded(
    connection: &AsyncPgConnection,
    org: OrgId,
    ids: &Ids<&str>,
) -> Result<Ids<String>, StoreError> {
    let (mut first, mut second, mut third) = (connection, connection, connection);
    let of_org = || events::table.filter(events::org_id.eq(org.get()));
    let by_evaluation = async {
        let ids: Vec<_> = ids.evaluation_ids.iter().copied().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let rows = of_org().filter(events::evaluation_id.eq_any(ids));
        let rows = rows.select(events::evaluation_id.assume_not_null());
        rows.load(&mut first).await
    };
    let by_own_id = async {
        let given = ids.evaluation_ids.iter();
        let own = given.filter_map(|id| EventId::of_evaluation(id));
        let ids: Vec<_> = own.map(|id| id.to_bytes().to_vec()).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let org_id = org.get();
        Evaluated { org_id, ids }.load(&mut third).await
    };
    let by_key = async {
        let keys: Vec<_> = ids.idempotency_keys.iter().copied().collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let rows = of_org().filter(events::idempotency_key.eq_any(keys));
        let rows = rows.select(events::idempotency_key.assume_not_null());
        rows.load(&mut second).await
    };
    let (mut evaluation_ids, own_ids, idempotency_keys): (Vec<String>, Vec<Vec<u8>>, Vec<String>) =
        tokio::try_join!(by_evaluation, by_own_id, by_key)?;
    for id in own_ids {
        evaluation_ids.push(EventId::from_bytes(&id)?.evaluation_id());
    }
    Ok(Ids {
        evaluation_ids: evaluation_ids.into_iter().collect(),
        idempotency_keys: idempotency_keys.into_iter().collect(),
    })
}

/// The evaluated events that have one of these ids and no evaluation id but that. A statement of our own,
/// which asks for the first event from each id on: only the primary key is in that order, where for the id
/// itself the plan of an empty table may as well read all of an org's events along another index.
#[derive(QueryId)]
struct Evaluated {
    org_id: i64,
    ids: Vec<Vec<u8>>,
}

impl QueryFragment<Pg> for Evaluated {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT event.id FROM unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.ids)?;
        out.push_sql(
            ") AS given (id), LATERAL (SELECT id, evaluation_id, source FROM events WHERE org_id = ",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(
            " AND id >= given.id ORDER BY id LIMIT 1) AS event WHERE event.id = given.id \
             AND event.evaluation_id IS NULL AND event.source = 'evaluated'",
        );
        Ok(())
    }
}

impl Query for Evaluated {
    type SqlType = Binary;
}

/// Events of one org as columns.
#[derive(Debug, Default)]
pub(super) struct Columns<'e> {
    pub(super) id: Vec<[u8; 16]>,
    pub(super) agent_id: Vec<&'e str>,
    pub(super) sequence: Vec<i64>,
    pub(super) tool: Vec<Option<&'e str>>,
    pub(super) passed: Vec<bool>,
    pub(super) gates: Vec<&'e str>,
    pub(super) total_latency: Vec<i64>,
    pub(super) latency: Vec<i64>,
    pub(super) score: Vec<i16>,
    pub(super) created_at: Vec<i64>,
    pub(super) evaluation_id: Vec<Option<&'e str>>,
    pub(super) idempotency_key: Vec<Option<&'e str>>,
    pub(super) source: Vec<&'static str>,
    pub(super) key: Vec<i64>,
    pub(super) policy_version: Vec<Option<i64>>,
    pub(super) findings: Vec<Option<&'e str>>,
}

/// Stores events. Fails when another transaction has recorded one of their ids meanwhile: the group is to be
/// tried again.
///
/// The one hot insert: a single statement for any number of rows, which stays prepared. With a clause for
/// conflicts each row would be looked for in all unique indexes first, and be confirmed in the log.
pub(super) async fn insert(
    connection: &AsyncPgConnection,
    org: OrgId,
    events: &Columns<'_>,
) -> Result<(), StoreError> {
    if events.id.is_empty() {
        return Ok(());
    }
    let ids: Vec<&[u8]> = events.id.iter().map(<[u8; 16]>::as_slice).collect();
    let rows = diesel::select((
        org.get().into_sql::<BigInt>(),
        unnest::<Binary, _>(&ids),
        unnest::<Text, _>(&events.agent_id),
        unnest::<BigInt, _>(&events.sequence),
        unnest::<Nullable<Text>, _>(&events.tool),
        unnest::<Bool, _>(&events.passed),
        unnest::<Text, _>(&events.gates),
        unnest::<BigInt, _>(&events.total_latency),
        unnest::<BigInt, _>(&events.latency),
        unnest::<SmallInt, _>(&events.score),
        unnest::<BigInt, _>(&events.created_at),
        unnest::<Nullable<Text>, _>(&events.evaluation_id),
        unnest::<Nullable<Text>, _>(&events.idempotency_key),
        unnest::<Text, _>(&events.source),
        unnest::<BigInt, _>(&events.key),
        unnest::<Nullable<BigInt>, _>(&events.policy_version),
        unnest::<Nullable<Text>, _>(&events.findings),
    ));
    let mut connection = connection;
    let inserted = diesel::insert_into(events::table)
        .values(rows)
        .into_columns((
            events::org_id,
            events::id,
            events::agent_id,
            events::sequence,
            events::tool,
            events::passed,
            events::gates,
            events::total_latency_us,
            events::latency_us,
            events::score,
            events::created_at,
            events::evaluation_id,
            events::idempotency_key,
            events::source,
            events::key_id,
            events::policy_version,
            events::findings,
        ))
        .execute(&mut connection)
        .await;
    match inserted {
        Err(DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
            let cause = "another transaction recorded one of the ids meanwhile";
            Err(StoreError::Unavailable(cause.to_owned()))
        }
        Err(error) => Err(error.into()),
        Ok(_) => Ok(()),
    }
}

/// Whether one of these events is stored.
pub(super) async fn is_any_stored(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    ids: &[[u8; 16]],
) -> Result<bool, StoreError> {
    let stored = Stored {
        org_id: org.get(),
        ids: ids.iter().map(<[u8; 16]>::as_slice).collect(),
    };
    let stored = stored.get_result::<Vec<u8>>(connection).await.optional()?;
    Ok(stored.is_some())
}

/// The first event that has one of these ids. A statement of our own, for the reason that [`Evaluated`] is one.
struct Stored<'s> {
    org_id: i64,
    ids: Vec<&'s [u8]>,
}

impl QueryFragment<Pg> for Stored<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT event.id FROM unnest(");
        out.push_bind_param::<Array<Binary>, _>(&self.ids)?;
        out.push_sql(") AS given (id), LATERAL (SELECT id FROM events WHERE org_id = ");
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(
            " AND id >= given.id ORDER BY id LIMIT 1) AS event WHERE event.id = given.id LIMIT 1",
        );
        Ok(())
    }
}

impl QueryId for Stored<'_> {
    type QueryId = Stored<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Stored<'_> {
    type SqlType = Binary;
}

/// A page of the events that match a filter.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<EventPage, StoreError> {
    let wanted = wanted(filter);
    let index = match filter.agent_id {
        Some(_) => Index::BY_AGENT,
        None => Index::BY_TIME,
    };
    let selections: Vec<_> = Listing::of(org, filter).indexed().collect();
    let mut merge = Merge::default();
    for selection in selections {
        let newest = Places::newest(index, selection, filter, wanted);
        let found = places(connection, newest).await?;
        let mut end = None;
        if may_lack(filter, &found) {
            end = end_of(&places(connection, Places::end(index, selection, filter)).await?);
        }
        merge.add(found, end);
    }
    let (page, next) = merge.page(filter);
    let rows = Rows {
        org_id: org.get(),
        ids: page.iter().map(|place| place.id.as_slice()).collect(),
    };
    EventPage::of(rows.load(connection).await?, next)
}

/// The events that have one of these ids; one that was deleted meanwhile is missing. A statement of our own,
/// for the reason that [`Evaluated`] is one.
struct Rows<'r> {
    org_id: i64,
    ids: Vec<&'r [u8]>,
}

impl QueryFragment<Pg> for Rows<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT event.id, agent_id, sequence, tool, passed, gates, total_latency_us, latency_us, \
             score, created_at, evaluation_id, source, policy_version, findings FROM unnest(",
        );
        out.push_bind_param::<Array<Binary>, _>(&self.ids)?;
        out.push_sql(") AS given (id), LATERAL (SELECT * FROM events WHERE org_id = ");
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(" AND id >= given.id ORDER BY id LIMIT 1) AS event WHERE event.id = given.id");
        Ok(())
    }
}

impl QueryId for Rows<'_> {
    type QueryId = Rows<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for Rows<'_> {
    /// The columns of an [`EventRow`].
    type SqlType = (
        Binary,
        Text,
        BigInt,
        Nullable<Text>,
        Bool,
        Text,
        BigInt,
        BigInt,
        SmallInt,
        BigInt,
        Nullable<Text>,
        Text,
        Nullable<BigInt>,
        Nullable<Text>,
    );
}

async fn places(
    connection: &mut AsyncPgConnection,
    places: Places<'_>,
) -> Result<Vec<EventPosition>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = places.load(connection).await?;
    let places = rows.iter();
    places
        .map(|(created_at, id)| EventPosition::from_row(*created_at, id))
        .collect()
}

/// How many events match a filter, its limit and offset aside.
pub(super) async fn count(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<u64, StoreError> {
    let matching: Vec<_> = Listing::of(org, filter).matching().collect();
    let mut total = 0;
    for selection in matching {
        let of_verdict = events::table.filter(selection).count();
        total += of_verdict.get_result::<i64>(connection).await?;
    }
    u64::try_from(total).map_err(StoreError::corrupt)
}

/// The event that was recorded under an idempotency key.
pub(super) async fn by_idempotency_key(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    key: &str,
) -> Result<Option<EventRecord>, StoreError> {
    let row = of_key(org, key).select(EventRow::as_select());
    let row = row.first(connection).await.optional()?;
    row.map(EventRecord::try_from).transpose()
}
