//! `POST /v1/ingest`.

use crate::app::App;
use crate::caller::{Ingest, Posted, app};
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::http::StatusCode;
use actix_web::web::{Bytes, Json};
use actix_web::{CustomizeResponder, HttpRequest, Responder};
use chrono::{DateTime, Utc};
use pecta_auth::Signature;
use pecta_reputation::Latency;
use pecta_store::{EvaluationId, NewEvent, OrgId, Outcome, Receipt, Source};
use pecta_wire::{IngestEvent, IngestRequest, IngestResponse, ReputationUpdate};

const SIGNATURE: &str = "X-Pecta-Signature";

pub(super) async fn ingest(
    posted: Posted<Ingest>,
    request: HttpRequest,
) -> Result<CustomizeResponder<Json<IngestResponse>>, ApiError> {
    let app = app(&request)?;
    let origin = posted.caller.origin;
    let source = verify(app, origin.org, &request, &posted.body).await?;
    let now = Clock::wall();
    let batch = IngestRequest::parse(&posted.body, now)?;
    let events = batch
        .events
        .into_iter()
        .map(|event| new_event(event, now, source));
    let receipt = app
        .store()
        .record(origin, events.collect::<Result<_, _>>()?)
        .await?;
    Ok(Json(answer(receipt))
        .customize()
        .with_status(StatusCode::ACCEPTED))
}

/// Verifies the signature, if there is one, over the body as it was sent.
async fn verify(
    app: &App,
    org: OrgId,
    request: &HttpRequest,
    body: &Bytes,
) -> Result<Source, ApiError> {
    let mut headers = request.headers().get_all(SIGNATURE);
    let Some(header) = headers.next() else {
        return Ok(Source::Unsigned);
    };
    let keys = app.store().signing_keys(org).await?;
    if keys.is_empty() {
        return Err(ApiError::HmacNoSecret);
    }
    let text = header.to_str().ok().filter(|_| headers.next().is_none());
    let signature = text.and_then(|text| Signature::parse(text).ok());
    let signature = signature.ok_or(ApiError::HmacInvalid)?;
    if keys.iter().any(|key| signature.matches(body, key)) {
        Ok(Source::Signed)
    } else {
        Err(ApiError::HmacInvalid)
    }
}

fn new_event(event: IngestEvent, now: DateTime<Utc>, source: Source) -> Result<NewEvent, ApiError> {
    let latency = Latency::from_millis(event.total_latency_ms);
    let latency =
        latency.ok_or_else(|| ApiError::internal("a validated latency is out of range"))?;
    Ok(NewEvent {
        gates: serde_json::to_string(&event.gates).map_err(ApiError::internal)?,
        agent_id: event.agent_id,
        tool: event.tool,
        passed: event.passed,
        total_latency: latency,
        latency,
        created_at: event.timestamp.map_or(now, Into::into),
        evaluation_id: event
            .evaluation_id
            .map_or(EvaluationId::None, EvaluationId::Given),
        idempotency_key: None,
        source,
    })
}

fn answer(receipt: Receipt) -> IngestResponse {
    let duplicates = receipt
        .outcomes
        .iter()
        .filter(|outcome| **outcome == Outcome::Duplicate);
    let updates = receipt.agents.into_iter().map(|agent| ReputationUpdate {
        agent_id: agent.agent_id,
        score: agent.reputation.score.get(),
        status: agent.reputation.status.as_str().to_owned(),
    });
    IngestResponse {
        accepted: receipt.outcomes.len(),
        duplicates: duplicates.count(),
        reputation_updates: updates.collect(),
    }
}
