//! `POST /v1/ingest`.

use super::signed::Signed;
use crate::app::App;
use crate::caller::{Ingest, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::heavy::{is_short, on_body};
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{CustomizeResponder, HttpRequest, Responder};
use chrono::{DateTime, Utc};
use pecta_reputation::Latency;
use pecta_store::{NewEvent, Outcome, Receipt, Source};
use pecta_wire::{IngestEvent, IngestRequest, IngestResponse, ReputationUpdate};

pub(super) async fn ingest(
    Posted { caller, body }: Posted<Ingest>,
    request: HttpRequest,
) -> Result<CustomizeResponder<Json<IngestResponse>>, ApiError> {
    let signature = Signed::by(&caller, &request).await?;
    let agents = caller.agents();
    let read = move |_: &App, body: &[u8]| {
        let now = Clock::wall();
        let proof = signature.verify(body, now)?;
        let source = proof.source();
        let batch = IngestRequest::parse(body, now)?;
        for event in &batch.events {
            agents.check(&event.agent_id)?;
            proof.check(&event.agent_id)?;
        }
        let events = batch
            .events
            .into_iter()
            .map(|event| new_event(event, now, source));
        let events = events.collect::<Result<Vec<_>, ApiError>>()?;
        Ok((proof, events))
    };
    let is_quick = is_short(body.len());
    let (proof, events) = on_body(&caller.app, caller.org(), body, is_quick, read).await?;
    proof.claim(&caller).await?;
    let receipt = caller.store().record(caller.origin(), events).await?;
    Ok(Json(answer(receipt))
        .customize()
        .with_status(StatusCode::ACCEPTED))
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
        evaluation_id: event.evaluation_id,
        idempotency_key: None,
        source,
        policy_version: None,
        findings: None,
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
