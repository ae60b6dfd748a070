//! `POST /v1/evaluate`.

use super::reputation_fields;
use crate::app::App;
use crate::caller::{Caller, Evaluate, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::heavy::on_body;
use actix_web::HttpRequest;
use actix_web::web;
use pecta_gates::{GateVerdict, Json, Subject, Verdict};
use pecta_reputation::Latency;
use pecta_store::{AgentReputation, EventRecord, NewEvent, Outcome, Source, StoreError};
use pecta_wire::{
    EvaluateReputation, EvaluateRequest, EvaluateResponse, GateReport, idempotency_key, number,
};
use std::time::Duration;

const IDEMPOTENCY_KEY: &str = "Idempotency-Key";

pub(super) async fn evaluate(
    Posted { caller, body }: Posted<Evaluate>,
    request: HttpRequest,
) -> Result<web::Json<EvaluateResponse>, ApiError> {
    let judged = on_body(&caller.app, body, judge).await?;
    let key = repeat_key(&request)?;
    if judged.dry_run {
        let standing = standing(&caller, judged.agent_id).await?;
        return Ok(web::Json(answer(None, judged.outcome, &standing)));
    }
    record(&caller, judged, key).await.map(web::Json)
}

/// What is left of a request when its payloads have been judged and dropped.
struct Judged {
    agent_id: String,
    tool: Option<String>,
    latency_ms: Option<f64>,
    dry_run: bool,
    outcome: RunOutcome,
}

/// The part of an answer that the gates determine.
struct RunOutcome {
    passed: bool,
    gates: Vec<GateReport>,
    total_latency: Latency,
}

fn judge(app: &App, body: &[u8]) -> Result<Judged, ApiError> {
    let request = EvaluateRequest::<Json<'_>>::parse(body)?;
    let verdict = app.engine().evaluate(&subject(&request), app.clock());
    Ok(Judged {
        agent_id: request.agent_id,
        tool: request.tool,
        latency_ms: request.latency_ms,
        dry_run: request.dry_run,
        outcome: run_outcome(verdict),
    })
}

fn subject<'r>(request: &'r EvaluateRequest<Json<'r>>) -> Subject<'r> {
    let context = request.context.unwrap_or_default();
    let mut subject = Subject::new(&request.output);
    subject.input = request.input.as_ref();
    subject.tool = request.tool.as_deref();
    subject.latency_ms = request.latency_ms;
    subject.tmax_ms = context.tmax_ms;
    subject.elapsed_ms = context.elapsed_ms;
    subject
}

fn run_outcome(verdict: Verdict) -> RunOutcome {
    let gates = verdict.gates.into_iter().map(gate_report);
    RunOutcome {
        passed: verdict.passed,
        gates: gates.collect(),
        total_latency: latency(verdict.elapsed),
    }
}

/// The verdict of a gate as it is answered.
#[must_use]
pub fn gate_report(gate: GateVerdict) -> GateReport {
    GateReport {
        name: gate.name.to_string(),
        passed: gate.passed,
        reason: gate.reason.map(Into::into),
        latency_ms: number(latency(gate.elapsed).as_millis()),
        skipped: gate.skipped,
    }
}

/// To the nearest microsecond, as latencies are counted and stored.
fn latency(elapsed: Duration) -> Latency {
    Latency::from_millis(elapsed.as_secs_f64() * 1e3).unwrap_or(Latency::MAX)
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
async fn standing(
    caller: &Caller<Evaluate>,
    agent_id: String,
) -> Result<AgentReputation, ApiError> {
    let (store, org) = (caller.store(), caller.org());
    match store.known_reputation(org, &agent_id) {
        Some(standing) => Ok(standing),
        None => Ok(store.reputation(org, agent_id).await?),
    }
}

async fn record(
    caller: &Caller<Evaluate>,
    judged: Judged,
    idempotency_key: Option<String>,
) -> Result<EvaluateResponse, ApiError> {
    let outcome = judged.outcome;
    let counted = judged
        .latency_ms
        .map_or(Some(outcome.total_latency), Latency::from_millis);
    let event = NewEvent {
        agent_id: judged.agent_id,
        tool: judged.tool,
        passed: outcome.passed,
        gates: serde_json::to_string(&outcome.gates).map_err(ApiError::internal)?,
        total_latency: outcome.total_latency,
        latency: counted
            .ok_or_else(|| ApiError::internal("a validated latency is out of range"))?,
        created_at: Clock::wall(),
        evaluation_id: None,
        idempotency_key: idempotency_key.clone(),
        source: Source::Evaluated,
    };
    let mut receipt = caller.store().record(caller.origin, vec![event]).await?;
    let standing = receipt.agents.pop();
    match (receipt.outcomes.pop(), standing, idempotency_key) {
        (Some(Outcome::Recorded(id)), Some(standing), _) => Ok(answer(id, outcome, &standing)),
        (Some(Outcome::Duplicate), _, Some(key)) => repeat(caller, key).await,
        _ => Err(StoreError::Internal("a receipt without an outcome").into()),
    }
}

/// Answers the verdict that was recorded under an idempotency key.
async fn repeat(caller: &Caller<Evaluate>, key: String) -> Result<EvaluateResponse, ApiError> {
    let event = caller
        .store()
        .event_by_idempotency_key(caller.org(), key)
        .await?;
    let event = event.ok_or_else(|| ApiError::internal("a claimed key without an event"))?;
    let standing = caller
        .store()
        .reputation(caller.org(), event.agent_id.clone())
        .await?;
    recorded(event, &standing)
}

fn recorded(event: EventRecord, standing: &AgentReputation) -> Result<EvaluateResponse, ApiError> {
    let outcome = RunOutcome {
        passed: event.passed,
        gates: serde_json::from_str(&event.gates).map_err(ApiError::internal)?,
        total_latency: event.total_latency,
    };
    Ok(answer(event.evaluation_id, outcome, standing))
}

fn answer(
    evaluation_id: Option<String>,
    outcome: RunOutcome,
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
    }
}
