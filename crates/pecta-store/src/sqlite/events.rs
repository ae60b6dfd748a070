//! The statements on `events`.

use crate::error::StoreError;
use crate::event::{EventFilter, EventPage, EventPosition, EventRecord, EventRow};
use crate::org::OrgId;
use crate::query::events::{HORIZON, Listing, Selection, newest, nth_of, of_key};
use crate::record::{EvaluationId, NewEvent, Origin};
use crate::schema::events;
use diesel::prelude::*;

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

/// A page of the events that match a filter.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<EventPage, StoreError> {
    let mut listing = Listing::of(org, filter);
    let mut horizon = None;
    if filter.tool.is_some() {
        horizon = nth(connection, listing.indexed(), HORIZON)?;
        listing.range.down_to = horizon.or(listing.range.down_to);
    }
    if filter.offset > 0 {
        listing.range.after = nth(connection, listing.matching(), filter.offset)?;
        if listing.range.after.is_none() {
            return EventPage::merge(Vec::new(), filter.limit, horizon);
        }
    }
    let mut rows = Vec::new();
    for selection in listing.matching() {
        let page = newest(selection, filter.limit.saturating_add(1));
        rows.extend(
            page.select(EventRow::as_select())
                .load::<EventRow>(connection)?,
        );
    }
    EventPage::merge(rows, filter.limit, horizon)
}

/// The place of the event that is number `count`, the newest first, if there is another one behind it.
fn nth<'f>(
    connection: &mut SqliteConnection,
    selections: impl Iterator<Item = Selection<'f>>,
    count: u32,
) -> Result<Option<EventPosition>, StoreError> {
    let mut places = Vec::new();
    for selection in selections {
        let page = newest(selection, count.saturating_add(1));
        let rows = page.select((events::created_at, events::id));
        for (created_at, id) in rows.load::<(i64, Vec<u8>)>(connection)? {
            places.push(EventPosition::from_row(created_at, &id)?);
        }
    }
    Ok(nth_of(places, count))
}

/// How many events match a filter, its limit and offset aside.
pub(crate) fn count(
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<u64, StoreError> {
    let mut total = 0;
    for selection in Listing::of(org, filter).matching() {
        let of_verdict = events::table.filter(selection).count();
        total += of_verdict.get_result::<i64>(connection)?;
    }
    u64::try_from(total).map_err(StoreError::corrupt)
}

/// The event that was recorded under an idempotency key.
pub(crate) fn by_idempotency_key(
    connection: &mut SqliteConnection,
    org: OrgId,
    key: &str,
) -> Result<Option<EventRecord>, StoreError> {
    let row = of_key(org, key).select(EventRow::as_select());
    let row = row.first(connection).optional()?;
    row.map(EventRecord::try_from).transpose()
}
