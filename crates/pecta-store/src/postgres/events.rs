//! The statements on `events`.

use super::agents::unnest;
use crate::error::StoreError;
use crate::event::{EventFilter, EventRecord, EventRow};
use crate::org::OrgId;
use crate::query;
use crate::schema::events;
use diesel::IntoSql;
use diesel::prelude::{
    ExpressionMethods, NullableExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper,
};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, SmallInt, Text};
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
    let (mut first, mut second) = (connection, connection);
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
    let by_key = async {
        let keys: Vec<_> = ids.idempotency_keys.iter().copied().collect();
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let rows = of_org().filter(events::idempotency_key.eq_any(keys));
        let rows = rows.select(events::idempotency_key.assume_not_null());
        rows.load(&mut second).await
    };
    let (evaluation_ids, idempotency_keys): (Vec<String>, Vec<String>) =
        tokio::try_join!(by_evaluation, by_key)?;
    Ok(Ids {
        evaluation_ids: evaluation_ids.into_iter().collect(),
        idempotency_keys: idempotency_keys.into_iter().collect(),
    })
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
    pub(super) evaluation_id: Vec<Option<String>>,
    pub(super) idempotency_key: Vec<Option<&'e str>>,
    pub(super) source: Vec<&'static str>,
    pub(super) key: Vec<i64>,
}

/// Stores events; `false` when another transaction has recorded one of their ids meanwhile, and this
/// one must not be committed.
///
/// The one hot insert: a single statement for any number of rows, which stays prepared.
pub(super) async fn insert(
    connection: &AsyncPgConnection,
    org: OrgId,
    events: &Columns<'_>,
) -> Result<bool, StoreError> {
    if events.id.is_empty() {
        return Ok(true);
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
        ))
        .on_conflict_do_nothing()
        .execute(&mut connection)
        .await?;
    Ok(inserted == events.id.len())
}

/// Whether an event is stored.
pub(super) async fn exists(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    id: [u8; 16],
) -> Result<bool, StoreError> {
    let event = events::table.find((org.get(), id.as_slice()));
    let found = diesel::select(diesel::dsl::exists(event));
    Ok(found.get_result(connection).await?)
}

/// The events that match a filter, newest first.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<Vec<EventRecord>, StoreError> {
    let rows = query::events(org, filter).select(EventRow::as_select());
    let rows: Vec<EventRow> = rows.load(connection).await?;
    rows.into_iter().map(EventRecord::try_from).collect()
}

/// The event that was recorded under an idempotency key.
pub(super) async fn by_idempotency_key(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    key: &str,
) -> Result<Option<EventRecord>, StoreError> {
    let row = query::event_of_key(org, key).select(EventRow::as_select());
    let row = row.first(connection).await.optional()?;
    row.map(EventRecord::try_from).transpose()
}
