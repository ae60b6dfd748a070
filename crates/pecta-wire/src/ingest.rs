//! `POST /v1/ingest`: up to 100 verdicts that were reached elsewhere.

use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::text::{EVALUATION_ID, NAME, REASON};
use crate::timestamp::Timestamp;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::ops::RangeInclusive;

const EVENTS: RangeInclusive<usize> = 1..=100;
const GATES: RangeInclusive<usize> = 0..=50;
const MAX_FUTURE: Duration = Duration::hours(24);

/// A batch of events, all of which are recorded or none.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IngestRequest {
    /// 1 to 100 events.
    pub events: Vec<IngestEvent>,
}

/// One verdict that was reached elsewhere.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IngestEvent {
    /// Whose output was judged; 1 to 200 characters.
    pub agent_id: String,
    /// The tool that produced the output; at most 200 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The overall verdict.
    pub passed: bool,
    /// The verdict of each gate; at most 50.
    pub gates: Vec<GateReport>,
    /// The time that the gates took, in milliseconds, 0 to 60000.
    pub total_latency_ms: f64,
    /// When the evaluation took place; the time of arrival when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<Timestamp>,
    /// The evaluation's own id, at most 50 characters, under which it counts once. An empty one is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evaluation_id: Option<String>,
}

/// The verdict of one gate, in requests and answers alike.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GateReport {
    /// The gate; 1 to 200 characters.
    pub name: String,
    /// Whether it passed (a skipped gate does).
    pub passed: bool,
    /// Why it failed or was skipped; at most 500 characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The time that it took, in milliseconds, at least 0.
    pub latency_ms: Number,
    /// Whether it was skipped.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub skipped: bool,
    /// How it counts, where a policy says something else than that it passes or fails. Answers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<GateMode>,
    /// Whether it only watches and would have failed. Answers only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub would_block: bool,
    /// The suppression but for which it would have failed. Answers only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suppressed: Option<String>,
}

/// How a gate counts that does not simply pass or fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GateMode {
    /// It is reported, and changes neither the verdict nor the score.
    Monitor,
}

impl IngestRequest {
    /// Reads a request from its body; `now` bounds how far in the future a timestamp may lie.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`] for the
    /// first field that breaks its rule.
    pub fn parse(body: &[u8], now: DateTime<Utc>) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let items = fields.require("events", fields.array("events", &EVENTS)?)?;
        let path = fields.path("events");
        let latest = now + MAX_FUTURE;
        let events = each(items, &path, |fields| event(fields, latest))?;
        Ok(Self { events })
    }
}

/// Reads every item of an array, each an object.
fn each<T>(
    items: &[Node<'_>],
    path: &Path<'_>,
    read: impl Fn(&Fields<'_, '_>) -> Result<T, Invalid>,
) -> Result<Vec<T>, Invalid> {
    let items = items.iter().enumerate();
    items
        .map(|(index, item)| read(&Fields::of(item, &Path::Item(path, index))?))
        .collect()
}

fn event(fields: &Fields<'_, '_>, latest: DateTime<Utc>) -> Result<IngestEvent, Invalid> {
    let agent_id = fields.text("agent_id", &NAME)?;
    let agent_id = fields.require("agent_id", agent_id)?;
    let tool = fields.tool()?;
    let passed = fields.require("passed", fields.bool("passed")?)?;
    let items = fields.require("gates", fields.array("gates", &GATES)?)?;
    let gates = each(items, &fields.path("gates"), gate)?;
    let latency = fields.latency("total_latency_ms")?;
    Ok(IngestEvent {
        agent_id,
        tool,
        passed,
        gates,
        total_latency_ms: fields.require("total_latency_ms", latency)?,
        timestamp: timestamp(fields, latest)?,
        evaluation_id: fields
            .text("evaluation_id", &EVALUATION_ID)?
            .filter(|id| !id.is_empty()),
    })
}

fn gate(fields: &Fields<'_, '_>) -> Result<GateReport, Invalid> {
    let name = fields.text("name", &NAME)?;
    let name = fields.require("name", name)?;
    let passed = fields.require("passed", fields.bool("passed")?)?;
    let latency = fields.require("latency_ms", fields.amount("latency_ms")?)?;
    Ok(GateReport {
        name,
        passed,
        latency_ms: latency.clone(),
        reason: fields.text("reason", &REASON)?,
        skipped: fields.bool("skipped")?.unwrap_or(false),
        mode: None,
        would_block: false,
        suppressed: None,
    })
}

fn timestamp(fields: &Fields<'_, '_>, latest: DateTime<Utc>) -> Result<Option<Timestamp>, Invalid> {
    const NAME: &str = "timestamp";
    let time = fields.time(NAME)?;
    if time.is_some_and(|time| time > Timestamp::from(latest)) {
        let rule = "must not lie more than 24 hours in the future";
        return Err(Invalid::new(fields.path(NAME), rule));
    }
    Ok(time)
}

/// What became of a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestResponse {
    /// How many events the batch held.
    pub accepted: usize,
    /// How many of them had been recorded before, by their evaluation id.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: usize,
    /// One entry per distinct agent, in order of first appearance.
    pub reputation_updates: Vec<ReputationUpdate>,
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes the field by reference"
)]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// An agent's reputation after a batch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReputationUpdate {
    /// The agent.
    pub agent_id: String,
    /// Its score, 0 to 1000.
    pub score: u16,
    /// Its lifecycle stage.
    pub status: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        Timestamp::parse("2026-05-07T14:00:00Z").unwrap().into()
    }

    fn parse(body: &str) -> Result<IngestRequest, RequestError> {
        IngestRequest::parse(body.as_bytes(), now())
    }

    /// A batch of one good event and one that has `change` merged in (`null` takes a field away).
    fn batch(change: &str) -> String {
        let good = serde_json::json!({
            "agent_id": "a", "passed": true, "total_latency_ms": 4,
            "gates": [{"name": "g", "passed": true, "latency_ms": 1}],
        });
        let mut changed = good.clone();
        let change: serde_json::Map<_, _> = serde_json::from_str(change).unwrap();
        changed.as_object_mut().unwrap().extend(change);
        serde_json::json!({"events": [good, changed]}).to_string()
    }

    #[test]
    fn reads_a_whole_event() {
        let request = parse(&batch(
            r#"{"tool":"t","timestamp":"2026-05-08T14:00:00Z","evaluation_id":"e",
                "gates":[{"name":"g","passed":false,"latency_ms":1.5,"reason":"r","skipped":true}]}"#,
        ));
        let event = &request.unwrap().events[1];
        assert_eq!(event.tool.as_deref(), Some("t"));
        assert_eq!(event.evaluation_id.as_deref(), Some("e"));
        assert_eq!(
            event.timestamp.unwrap().to_string(),
            "2026-05-08T14:00:00.000Z"
        );
        let gate = &event.gates[0];
        assert_eq!(gate.latency_ms.to_string(), "1.5");
        assert!(gate.skipped && gate.reason.as_deref() == Some("r"));
    }

    #[test]
    fn absent_and_empty_options() {
        let request = parse(&batch(r#"{"evaluation_id":"","tool":null,"gates":[]}"#)).unwrap();
        let event = &request.events[1];
        assert_eq!(
            (&event.evaluation_id, &event.tool, event.gates.len()),
            (&None, &None, 0)
        );
    }

    #[test]
    fn names_the_first_offending_field() {
        let long = |n| format!(r#""{}""#, "x".repeat(n));
        let gate = |more: &str| {
            format!(
                r#"{{"gates":[{{"name":"g","passed":true,"latency_ms":1}},{{"name":"g"{more}}}]}}"#
            )
        };
        for (change, message) in [
            (r#"{"agent_id":null}"#.to_owned(), "agent_id is required"),
            (
                r#"{"passed":"true"}"#.to_owned(),
                "passed must be true or false",
            ),
            (r#"{"gates":null}"#.to_owned(), "gates is required"),
            (r#"{"gates":{}}"#.to_owned(), "gates must be an array"),
            (r#"{"gates":[1]}"#.to_owned(), "gates[0] must be an object"),
            (gate(""), "gates[1].passed is required"),
            (gate(r#","passed":true"#), "gates[1].latency_ms is required"),
            (
                gate(r#","passed":true,"latency_ms":-1"#),
                "gates[1].latency_ms must be a number of at least 0",
            ),
            (
                gate(r#","passed":true,"latency_ms":1,"skipped":0"#),
                "gates[1].skipped must be true or false",
            ),
            (
                gate(&format!(
                    r#","passed":true,"latency_ms":1,"reason":{}"#,
                    long(501)
                )),
                "gates[1].reason must be at most 500 characters",
            ),
            (
                gate(r#","passed":true,"latency_ms":1,"reason":"\u0000""#),
                "gates[1].reason must not hold control characters",
            ),
            (
                r#"{"total_latency_ms":null}"#.to_owned(),
                "total_latency_ms is required",
            ),
            (
                r#"{"total_latency_ms":60001}"#.to_owned(),
                "total_latency_ms must be between 0 and 60000",
            ),
            (
                r#"{"timestamp":13}"#.to_owned(),
                "timestamp must be a string",
            ),
            (
                r#"{"timestamp":"yesterday"}"#.to_owned(),
                "timestamp must be an RFC 3339 timestamp, such as 2026-05-07T14:22:10Z",
            ),
            (
                r#"{"timestamp":"2026-05-08T14:00:00.001Z"}"#.to_owned(),
                "timestamp must not lie more than 24 hours in the future",
            ),
            (
                format!(r#"{{"tool":{}}}"#, long(201)),
                "tool must be at most 200 characters",
            ),
            (
                format!(r#"{{"evaluation_id":{}}}"#, long(51)),
                "evaluation_id must be at most 50 characters",
            ),
        ] {
            let error = parse(&batch(&change)).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("events[1].{message}"),
                "{change}"
            );
        }
    }

    #[test]
    fn the_batch_itself() {
        for (body, message) in [
            ("{}", "events is required"),
            (r#"{"events":[]}"#, "events must hold 1 to 100 items"),
            (r#"{"events":"x"}"#, "events must be an array"),
            (r#"{"events":[1]}"#, "events[0] must be an object"),
            (r#"{"events":[1],"events":[1]}"#, "events is given twice"),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message, "{body}");
        }
        assert!(matches!(parse("{"), Err(RequestError::BadJson(_))));
    }
}
