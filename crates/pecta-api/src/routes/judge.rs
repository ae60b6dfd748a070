//! From the body of a request to the verdict on its output.

use crate::app::App;
use crate::body::Body;
use crate::caller::{Caller, Evaluate, WritableAgents};
use crate::callouts::Questions;
use crate::candidate::Comparison;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::heavy::{is_short, on_body};
use crate::policies::OrgPolicy;
use pecta_gates::{GateVerdict, Json, Subject};
use pecta_policy::{Answer, Call, Hit, JudgedGate, Judgement, Question};
use pecta_reputation::Latency;
use pecta_store::OrgId;
use pecta_wire::{EvaluateRequest, Finding, GateMode, GateReport, RequestError, number};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How many findings an event holds at most.
const FINDINGS: usize = 20;

/// Above this product of bytes and effort judging may take more than some 10 milliseconds.
const QUICK_EFFORT: usize = 256 << 10;
/// Fewer bytes than these are no less effort: gates have to be found and begun.
const LEAST_BYTES: usize = 2 << 10;

/// What is left of a request when its payloads have been judged and dropped.
pub(super) struct Judged {
    pub(super) agent_id: String,
    pub(super) tool: Option<String>,
    pub(super) latency_ms: Option<f64>,
    pub(super) dry_run: bool,
    pub(super) outcome: Outcome,
    /// How a candidate policy judged, if there is one.
    pub(super) comparison: Option<Comparison>,
    /// The output without what was found in it, if it was asked for.
    pub(super) redacted: Option<Box<RawValue>>,
}

/// The part of an answer that the gates determine, and that is recorded.
pub(super) struct Outcome {
    pub(super) passed: bool,
    pub(super) gates: Vec<GateReport>,
    pub(super) total_latency: Latency,
    pub(super) policy_version: Option<i64>,
    /// Where the gates found something: the first so many.
    pub(super) findings: Vec<Finding>,
}

impl Judged {
    /// Counts what a candidate policy would have said, once the verdict is recorded for the first time. Nothing else comes
    /// of that.
    pub(super) fn count(&mut self, app: &App, org: OrgId) {
        if let Some(comparison) = self.comparison.take() {
            comparison.count(app, org, &self.agent_id, self.tool.as_deref());
        }
    }
}

/// Judges the output of a request, once the services have answered that its gates ask.
pub(super) async fn judge(caller: &Caller<Evaluate>, body: Body) -> Result<Judged, ApiError> {
    let (app, agents, policy) = (&caller.app, caller.agents(), caller.policy().await?);
    let is_quick = is_quick(&policy, &body);
    let answers = if policy.policy.has_callouts() {
        // Elsewhere, so that requests which ask nobody do not carry the room for it about.
        Box::pin(ask(caller, Arc::clone(&policy), body.clone())).await?
    } else {
        Vec::new()
    };
    let judge = move |app: &App, body: &[u8]| {
        let answers = answers.first().map_or(&[][..], Vec::as_slice);
        let request = allowed(&agents, EvaluateRequest::parse(body))?;
        judge_request(app, &policy, request, answers)
    };
    on_body(app, caller.org(), body, is_quick, judge).await
}

/// Whether judging a body is sure to hold up no other request for long. Usually no agent has gates that could.
fn is_quick(policy: &OrgPolicy, body: &[u8]) -> bool {
    let bytes = body.len().max(LEAST_BYTES);
    let fits = |effort: usize| effort.saturating_mul(bytes) <= QUICK_EFFORT;
    let fits_agent = || {
        let request = EvaluateRequest::<&RawValue>::parse(body);
        // What is no request is refused as quickly.
        request.map_or(true, |request| {
            fits(policy.effort_for(&request.agent_id, request.tool.as_deref()))
        })
    };
    is_short(body.len()) && (fits(policy.effort()) || fits_agent())
}

/// What services answer about the output of a request.
async fn ask(
    caller: &Caller<Evaluate>,
    policy: Arc<OrgPolicy>,
    body: Body,
) -> Result<Vec<Vec<Answer>>, ApiError> {
    let (app, agents) = (&caller.app, caller.agents());
    let question = move |_: &App, body: &[u8]| {
        let request = allowed(&agents, EvaluateRequest::parse(body))?;
        questions(&policy, &request, body.len())
    };
    let is_quick = is_short(body.len());
    let questions = on_body(app, caller.org(), body, is_quick, question).await?;
    Ok(app.callouts().ask(app, caller.org(), &[questions]).await)
}

/// Refuses a request for an agent that the caller may not write for.
pub(super) fn allowed<'b>(
    agents: &WritableAgents,
    request: Result<EvaluateRequest<Json<'b>>, RequestError>,
) -> Result<EvaluateRequest<Json<'b>>, ApiError> {
    let request = request?;
    agents.check(&request.agent_id)?;
    Ok(request)
}

/// What services are to be asked about the output of a request of so many bytes.
pub(super) fn questions(
    policy: &OrgPolicy,
    request: &EvaluateRequest<Json<'_>>,
    bytes: usize,
) -> Result<Questions, ApiError> {
    let call = Call::new(&request.agent_id, subject(request), Clock::wall());
    let callouts = policy.policy.callouts(&call);
    let callouts = callouts.map_err(ApiError::internal)?;
    let question = (!callouts.is_empty()).then(|| Question::about(&call));
    Ok(Questions {
        question: question.transpose().map_err(ApiError::internal)?,
        callouts,
        bytes,
    })
}

pub(super) fn judge_request(
    app: &App,
    policy: &OrgPolicy,
    request: EvaluateRequest<Json<'_>>,
    answers: &[Answer],
) -> Result<Judged, ApiError> {
    let mut call = Call::new(&request.agent_id, subject(&request), Clock::wall());
    call.redact = request.redact.then_some(true);
    call.answers = answers;
    let judgement = policy
        .policy
        .judge(&call, &policy.suppressions, app.clock());
    let judgement = judgement.map_err(ApiError::internal)?;
    let candidate = policy.candidate.as_ref().filter(|_| !request.dry_run);
    let comparison = candidate
        .and_then(|candidate| candidate.compare(&call, &policy.suppressions, app, &judgement));
    let redacted = judgement.redacted.as_ref().map(to_raw_value).transpose();
    Ok(Judged {
        comparison,
        redacted: redacted.map_err(ApiError::internal)?,
        outcome: outcome(judgement, policy.version),
        agent_id: request.agent_id,
        tool: request.tool,
        latency_ms: request.latency_ms,
        dry_run: request.dry_run,
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

fn outcome(judgement: Judgement<'_>, policy_version: Option<i64>) -> Outcome {
    let gates = judgement.gates.into_iter();
    let report = |JudgedGate {
                      verdict,
                      suppressed,
                  }| GateReport {
        suppressed: suppressed.map(|id| id.to_string()),
        ..gate_report(verdict)
    };
    Outcome {
        passed: judgement.passed,
        gates: gates.map(report).collect(),
        total_latency: latency(judgement.elapsed),
        policy_version,
        findings: findings(judgement.hits),
    }
}

/// The first findings, among them the first one of every gate.
fn findings(hits: Vec<Hit>) -> Vec<Finding> {
    let mut gates = HashSet::new();
    let (mut chosen, rest): (Vec<_>, Vec<_>) = hits
        .into_iter()
        .enumerate()
        .partition(|(_, hit)| gates.insert(hit.gate.clone()));
    let room = FINDINGS.saturating_sub(chosen.len());
    chosen.extend(rest.into_iter().take(room));
    chosen.sort_by_key(|(nth, _)| *nth);
    let chosen = chosen.into_iter().take(FINDINGS);
    chosen.map(|(_, hit)| finding(hit)).collect()
}

fn finding(hit: Hit) -> Finding {
    Finding {
        gate: hit.gate.to_string(),
        rule: hit.rule.to_owned(),
        pointer: hit.pointer,
        offset: hit.range.start,
        length: hit.range.len(),
    }
}

/// The verdict of a gate as it is answered.
#[must_use]
pub fn gate_report(gate: GateVerdict) -> GateReport {
    GateReport {
        name: str::to_owned(&gate.name),
        passed: gate.passed,
        reason: gate.reason.map(Into::into),
        latency_ms: number(latency(gate.elapsed).as_millis()),
        skipped: gate.skipped,
        mode: gate.monitored.then_some(GateMode::Monitor),
        would_block: gate.would_block,
        suppressed: None,
    }
}

/// To the nearest microsecond, as latencies are counted and stored.
fn latency(elapsed: Duration) -> Latency {
    Latency::from_millis(elapsed.as_secs_f64() * 1e3).unwrap_or(Latency::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::ServerPolicy;
    use pecta_policy::{Format, Policy};
    use serde_json::{Value, json};

    fn policy(document: &Value) -> OrgPolicy {
        let document = document.to_string();
        let policy = Policy::parse(&document, Format::Json, Duration::from_secs(1)).unwrap();
        ServerPolicy::from(policy).into()
    }

    #[track_caller]
    fn check(policy: &OrgPolicy, agent: &str, bytes: usize, expected: bool) {
        let body = json!({"agent_id": agent, "output": "x".repeat(bytes)}).to_string();
        assert_eq!(
            is_quick(policy, body.as_bytes()),
            expected,
            "{agent} {bytes}"
        );
    }

    #[test]
    fn what_may_take_long_is_judged_elsewhere() {
        let gates = |number: usize| {
            let gate =
                |nth| json!({"gate": "pattern", "name": format!("p{nth}"), "patterns": ["a"]});
            (0..number).map(gate).collect::<Vec<_>>()
        };
        // Without gates of one's own only the length counts.
        for policy in [
            policy(&json!({})),
            policy(&json!({"default": {"gates": gates(1)}})),
        ] {
            check(&policy, "a", 1, true);
            check(&policy, "a", 6_000, true);
        }
        check(&policy(&json!({})), "a", 60_000, true);
        check(&policy(&json!({})), "a", 70_000, false);
        let costly = policy(&json!({"default": {"gates": gates(32)}}));
        check(&costly, "a", 1, false);
        // What judges others counts for them alone.
        let rules = policy(&json!({"rules": [{"agent": "costly-*", "gates": gates(32)}]}));
        check(&rules, "costly-1", 1, false);
        check(&rules, "a", 1, true);
        check(&rules, "a", 60_000, true);
        assert!(is_quick(&costly, b"none"));
    }
}
