//! `POST /v1/evaluate`.

use super::judge::{Judged, Outcome, judge};
use super::reputation_fields;
use crate::caller::{Caller, Evaluate, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::http::header::{ContentType, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use pecta_reputation::Latency;
use pecta_store::{self as store, AgentReputation, EventRecord, NewEvent, Source, StoreError};
use pecta_wire::{EvaluateReputation, EvaluateResponse, Finding, idempotency_key, number};
use serde_json::value::RawValue;

const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// In so many bytes fit most answers, so that they need no second look for room.
const USUAL_LENGTH: usize = 1024;

pub(super) async fn evaluate(
    Posted { caller, body }: Posted<Evaluate>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let mut judged = judge(&caller, body).await?;
    let key = repeat_key(&request)?;
    let redacted = judged.redacted.take();
    let answer = if judged.dry_run {
        let standing = standing(&caller, judged.agent_id).await?;
        answer(None, judged.outcome, &standing)
    } else {
        record(&caller, judged, key).await?
    };
    let mut body = Vec::with_capacity(USUAL_LENGTH);
    serde_json::to_writer(&mut body, &with_redacted(answer, redacted))
        .map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok()
        .content_type(ContentType::json())
        .body(body))
}

/// A repeat answers the recorded verdict, but the output is that of this request.
pub(super) fn with_redacted(
    answer: EvaluateResponse,
    output: Option<Box<RawValue>>,
) -> EvaluateResponse {
    EvaluateResponse {
        redacted_output: output,
        ..answer
    }
}

fn repeat_key(request: &HttpRequest) -> Result<Option<String>, ApiError> {
    let mut headers = request.headers().get_all(IDEMPOTENCY_KEY);
    let Some(header) = headers.next() else {
        return Ok(None);
    };
    // Two keys cannot both be the one; together they break the rule as any other wrong value does.
    let value = if headers.next().is_some() {
        &[][..]
    } else {
        header.as_bytes()
    };
    Ok(Some(idempotency_key(value)?))
}

/// The standing that a dry run shows, which is worth no question to the database.
pub(super) async fn standing(
    caller: &Caller<Evaluate>,
    agent_id: String,
) -> Result<AgentReputation, ApiError> {
    let (store, org) = (caller.store(), caller.org());
    match store.known_reputation(org, &agent_id) {
        Some(standing) => Ok(standing),
        None => Ok(Box::pin(store.reputation(org, agent_id)).await?),
    }
}

/// The event of an output that was judged.
pub(super) fn new_event(
    judged: &Judged,
    idempotency_key: Option<String>,
) -> Result<NewEvent, ApiError> {
    let outcome = &judged.outcome;
    let counted = judged
        .latency_ms
        .map_or(Some(outcome.total_latency), Latency::from_millis);
    Ok(NewEvent {
        agent_id: judged.agent_id.clone(),
        tool: judged.tool.clone(),
        passed: outcome.passed,
        gates: serde_json::to_string(&outcome.gates).map_err(ApiError::internal)?,
        total_latency: outcome.total_latency,
        latency: counted
            .ok_or_else(|| ApiError::internal("a validated latency is out of range"))?,
        created_at: Clock::wall(),
        evaluation_id: None,
        idempotency_key,
        source: Source::Evaluated,
        policy_version: outcome.policy_version,
        findings: findings(&outcome.findings)?,
    })
}

async fn record(
    caller: &Caller<Evaluate>,
    mut judged: Judged,
    idempotency_key: Option<String>,
) -> Result<EvaluateResponse, ApiError> {
    let event = new_event(&judged, idempotency_key.clone())?;
    let mut receipt = caller.store().record(caller.origin(), vec![event]).await?;
    let standing = receipt.agents.pop();
    match (receipt.outcomes.pop(), standing, idempotency_key) {
        (Some(store::Outcome::Recorded(id)), Some(standing), _) => {
            judged.count(&caller.app, caller.org());
            Ok(answer(id, judged.outcome, &standing))
        }
        (Some(store::Outcome::Duplicate), _, Some(key)) => {
            Box::pin(repeat(caller, key, &judged.agent_id)).await
        }
        _ => Err(StoreError::Internal("a receipt without an outcome").into()),
    }
}

fn findings(findings: &[Finding]) -> Result<Option<String>, ApiError> {
    if findings.is_empty() {
        return Ok(None);
    }
    let json = serde_json::to_string(findings);
    json.map(Some).map_err(ApiError::internal)
}

/// Answers the verdict that was recorded under an idempotency key, if it is one of this agent: for another, who may write for
/// the one would decide what becomes of the other.
async fn repeat(
    caller: &Caller<Evaluate>,
    key: String,
    agent_id: &str,
) -> Result<EvaluateResponse, ApiError> {
    let event = caller
        .store()
        .event_by_idempotency_key(caller.org(), key)
        .await?;
    let event = event.ok_or_else(deleted_meanwhile)?;
    if event.agent_id != agent_id {
        return Err(ApiError::Conflict(
            "the Idempotency-Key was used for another agent",
        ));
    }
    let standing = caller
        .store()
        .reputation(caller.org(), event.agent_id.clone())
        .await?;
    recorded(event, &standing)
}

/// The event of a key was there a moment ago. Who repeats the request has it judged and recorded anew.
fn deleted_meanwhile() -> StoreError {
    StoreError::Unavailable("the event of the Idempotency-Key was deleted meanwhile".to_owned())
}

fn recorded(event: EventRecord, standing: &AgentReputation) -> Result<EvaluateResponse, ApiError> {
    let outcome = Outcome {
        passed: event.passed,
        gates: serde_json::from_str(&event.gates).map_err(ApiError::internal)?,
        total_latency: event.total_latency,
        policy_version: event.policy_version,
        findings: Vec::new(),
    };
    Ok(answer(event.evaluation_id, outcome, standing))
}

pub(super) fn answer(
    evaluation_id: Option<String>,
    outcome: Outcome,
    standing: &AgentReputation,
) -> EvaluateResponse {
    EvaluateResponse {
        evaluation_id,
        passed: outcome.passed,
        gates: outcome.gates,
        total_latency_ms: number(outcome.total_latency.as_millis()),
        reputation: EvaluateReputation {
            reputation: reputation_fields(&standing.reputation),
            lifecycle: standing.reputation.status.as_str().to_owned(),
            eval_count: standing.eval_count,
        },
        policy_version: outcome.policy_version,
        redacted_output: None,
    }
}
