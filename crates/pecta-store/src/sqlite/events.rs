//! The statements on `events`.

use crate::error::StoreError;
use crate::event::{EventFilter, EventRecord, EventRow, latency};
use crate::id::EventId;
use crate::org::OrgId;
use crate::record::{EvaluationId, NewEvent, Origin};
use crate::schema::events;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pecta_reputation::Evaluation;

/// What counting an event adds to it.
pub(super) struct Counted<'e> {
    pub(super) id: [u8; 16],
    pub(super) sequence: i64,
    pub(super) score: u16,
    pub(super) created_at: i64,
    pub(super) evaluation_id: Option<&'e str>,
}

/// Whether an event's evaluation id or idempotency key stands in the table. The writer holds the
/// write lock, so the answer stays true until it commits.
pub(super) fn is_recorded(
    connection: &mut SqliteConnection,
    org: OrgId,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let of_org = events::table.filter(events::org_id.eq(org.get()));
    if let EvaluationId::Given(id) = &event.evaluation_id {
        let same = of_org.filter(events::evaluation_id.eq(id));
        if diesel::select(diesel::dsl::exists(same)).get_result(connection)? {
            return Ok(true);
        }
    }
    if let Some(key) = &event.idempotency_key {
        let same = of_org.filter(events::idempotency_key.eq(key));
        return Ok(diesel::select(diesel::dsl::exists(same)).get_result(connection)?);
    }
    Ok(false)
}

/// Stores an event. The one hot insert: diesel's per-row form, whose statement stays prepared.
pub(super) fn insert(
    connection: &mut SqliteConnection,
    origin: Origin,
    event: &NewEvent,
    counted: &Counted<'_>,
) -> Result<(), StoreError> {
    diesel::insert_into(events::table)
        .values((
            events::org_id.eq(origin.org.get()),
            events::id.eq(counted.id.as_slice()),
            events::agent_id.eq(&event.agent_id),
            events::sequence.eq(counted.sequence),
            events::tool.eq(event.tool.as_deref()),
            events::passed.eq(event.passed),
            events::gates.eq(&event.gates),
            events::total_latency_us.eq(i64::from(event.total_latency.as_micros())),
            events::latency_us.eq(i64::from(event.latency.as_micros())),
            events::score.eq(i16::try_from(counted.score).map_err(StoreError::corrupt)?),
            events::created_at.eq(counted.created_at),
            events::evaluation_id.eq(counted.evaluation_id),
            events::idempotency_key.eq(event.idempotency_key.as_deref()),
            events::source.eq(event.source.as_str()),
            events::key_id.eq(origin.key.get()),
        ))
        .execute(connection)?;
    Ok(())
}

/// A recorded event, as far as it counts.
pub(super) struct Recorded {
    pub(super) id: EventId,
    pub(super) agent_id: String,
    pub(super) sequence: i64,
    pub(super) evaluation: Evaluation,
    pub(super) created_at: i64,
}

/// The next events behind an id, in the order in which they were recorded.
pub(super) fn recorded_behind(
    connection: &mut SqliteConnection,
    org: OrgId,
    id: EventId,
    limit: u16,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<(Vec<u8>, String, i64, bool, i64, i64)> = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::id.gt(id.to_bytes().as_slice()))
        .order(events::id)
        .limit(limit.into())
        .select((
            events::id,
            events::agent_id,
            events::sequence,
            events::passed,
            events::latency_us,
            events::created_at,
        ))
        .load(connection)?;
    let recorded =
        rows.into_iter()
            .map(|(id, agent_id, sequence, passed, latency_us, created_at)| {
                let latency = latency(latency_us)?;
                Ok(Recorded {
                    id: EventId::from_bytes(&id)?,
                    agent_id,
                    sequence,
                    evaluation: Evaluation { passed, latency },
                    created_at,
                })
            });
    recorded.collect()
}

/// The id of the event of an org that was recorded last.
pub(super) fn newest(
    connection: &mut SqliteConnection,
    org: OrgId,
) -> Result<Option<EventId>, StoreError> {
    let ids = events::table
        .filter(events::org_id.eq(org.get()))
        .select(events::id);
    let newest: Option<Vec<u8>> = ids.order(events::id.desc()).first(connection).optional()?;
    newest.map(|id| EventId::from_bytes(&id)).transpose()
}

/// The events that match a filter, newest first.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<Vec<EventRecord>, StoreError> {
    let mut query = events::table
        .filter(events::org_id.eq(org.get()))
        .select(EventRow::as_select())
        .order((events::created_at.desc(), events::id.desc()))
        .limit(filter.limit.into())
        .offset(filter.offset.into())
        .into_boxed();
    if let Some(agent_id) = &filter.agent_id {
        query = query.filter(events::agent_id.eq(agent_id));
    }
    // Written as the partial index has it, which a bound parameter would not match.
    query = match filter.passed {
        Some(true) => query.filter(events::passed),
        Some(false) => query.filter(diesel::dsl::not(events::passed)),
        None => query,
    };
    if let Some(from) = filter.from {
        query = query.filter(events::created_at.ge(micros_rounded_up(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(events::created_at.le(to.timestamp_micros()));
    }
    let rows: Vec<EventRow> = query.load(connection)?;
    rows.into_iter().map(EventRecord::try_from).collect()
}

/// The first whole microsecond that is not before a time.
fn micros_rounded_up(time: DateTime<Utc>) -> i64 {
    let is_whole = time.timestamp_subsec_nanos().is_multiple_of(1000);
    time.timestamp_micros() + i64::from(!is_whole)
}

/// The event that was recorded under an idempotency key.
pub(crate) fn by_idempotency_key(
    connection: &mut SqliteConnection,
    org: OrgId,
    key: &str,
) -> Result<Option<EventRecord>, StoreError> {
    let row = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::idempotency_key.eq(key))
        .select(EventRow::as_select())
        .first(connection)
        .optional()?;
    row.map(EventRecord::try_from).transpose()
}
