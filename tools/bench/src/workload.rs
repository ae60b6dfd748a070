//! What is sent: whole requests, rendered before they are needed.

use crate::http::request;
use serde_json::{Value, json};
use std::sync::Arc;

/// Agents that take turns. One alone would flatter: its pages stay in the cache.
pub(crate) const AGENTS: usize = 500;
/// Events of one ingest, the most that are allowed.
pub(crate) const BATCH: usize = 100;

/// Text without anything that a gate would look at twice.
const PROSE: &str = "The committee read the draft again and found nothing to change in the second \
                     part, although the summary could be shorter and the table should come first. ";

/// `POST /v1/evaluate` with bodies of this many bytes, one per agent.
pub(crate) fn evaluates(
    key: &str,
    agents: usize,
    bytes: usize,
    is_dry_run: bool,
) -> Arc<[Vec<u8>]> {
    let requests = (0..agents).map(|agent| {
        let body = evaluate_body(&agent_id(agent), bytes, is_dry_run);
        request("POST", "/v1/evaluate", key, &body)
    });
    requests.collect()
}

fn evaluate_body(agent_id: &str, bytes: usize, is_dry_run: bool) -> String {
    let body = |text: &str| {
        let mut body = json!({
            "agent_id": agent_id,
            "tool": "shell.run",
            "output": {"stdout": text},
            "latency_ms": 18,
        });
        if is_dry_run && let Some(fields) = body.as_object_mut() {
            fields.insert("dry_run".to_owned(), Value::Bool(true));
        }
        body.to_string()
    };
    let room = bytes.saturating_sub(body("").len());
    let text: String = PROSE.chars().cycle().take(room).collect();
    body(&text)
}

/// `POST /v1/ingest` with 100 events of different agents each.
pub(crate) fn ingests(key: &str, agents: usize) -> Arc<[Vec<u8>]> {
    let requests = (0..agents).map(|first| {
        // A stride, so that no two batches hold the same agents in the same order.
        let events = (0..BATCH).map(|at| event(&agent_id((first + at * (first + 1)) % agents)));
        let body = json!({"events": events.collect::<Vec<_>>()});
        request("POST", "/v1/ingest", key, &body.to_string())
    });
    requests.collect()
}

fn event(agent_id: &str) -> Value {
    json!({
        "agent_id": agent_id,
        "tool": "shell.run",
        "passed": true,
        "gates": gates(),
        "total_latency_ms": 4.25,
    })
}

/// The reports of gates, as an evaluation records them.
pub(crate) fn gates() -> Value {
    let gate = |name| json!({"name": name, "passed": true, "latency_ms": 0.002});
    json!([gate("filesystem"), gate("pii"), gate("content")])
}

/// The name of an agent by its number.
pub(crate) fn agent_id(number: usize) -> String {
    format!("agent-{number:05}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_the_length_that_was_asked_for() {
        for bytes in [500, 4 << 10, 16 << 10] {
            assert_eq!(evaluate_body("agent-00001", bytes, false).len(), bytes);
        }
    }
}
