//! `GET /v1/events`.

use crate::caller::{Caller, Read};
use crate::error::ApiError;
use actix_web::HttpRequest;
use actix_web::web::Json;
use pecta_store::{EventFilter, EventPosition, EventRecord, Source};
use pecta_wire::{EventItem, EventSource, EventsCursor, EventsQuery, EventsResponse, number};

pub(super) async fn list(
    caller: Caller<Read>,
    request: HttpRequest,
) -> Result<Json<EventsResponse>, ApiError> {
    let query = EventsQuery::parse(request.query_string())?;
    let (limit, offset) = (query.limit, query.offset);
    let page = caller.store().events(caller.org(), filter(query)).await?;
    let events: Result<Vec<_>, _> = page.events.into_iter().map(event_item).collect();
    let events = events.map_err(ApiError::internal)?;
    Ok(Json(EventsResponse {
        count: events.len(),
        events,
        limit,
        offset,
        next_cursor: page.next.map(next_cursor),
    }))
}

fn filter(query: EventsQuery) -> EventFilter {
    EventFilter {
        agent_id: query.agent_id,
        tool: query.tool,
        source: query.source.map(|source| match source {
            EventSource::Evaluated => Source::Evaluated,
            EventSource::Signed => Source::Signed,
            EventSource::Unsigned => Source::Unsigned,
        }),
        passed: query.passed,
        from: query.from.map(Into::into),
        to: query.to.map(Into::into),
        after: query.cursor.map(|cursor| EventPosition {
            created_at_us: cursor.created_at_us,
            id: cursor.id,
        }),
        limit: query.limit,
        offset: query.offset,
    }
}

fn next_cursor(place: EventPosition) -> String {
    let cursor = EventsCursor {
        created_at_us: place.created_at_us,
        id: place.id,
    };
    cursor.to_string()
}

/// An event as it stands in answers.
///
/// # Errors
/// When the stored reports of its gates cannot be read back.
pub fn event_item(event: EventRecord) -> Result<EventItem, serde_json::Error> {
    Ok(EventItem {
        gates: serde_json::from_str(&event.gates)?,
        id: event.id,
        agent_id: event.agent_id,
        tool_name: event.tool,
        passed: event.passed,
        total_latency_ms: number(event.total_latency.as_millis()),
        reputation_score: event.score,
        created_at: event.created_at.into(),
        evaluation_id: event.evaluation_id,
        latency_ms: number(event.latency.as_millis()),
        sequence: event.sequence,
        source: match event.source {
            Source::Evaluated => EventSource::Evaluated,
            Source::Signed => EventSource::Signed,
            Source::Unsigned => EventSource::Unsigned,
        },
        policy_version: event.policy_version,
        findings: match event.findings {
            Some(findings) => serde_json::from_str(&findings)?,
            None => Vec::new(),
        },
    })
}
