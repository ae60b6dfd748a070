//! `GET /v1/reputation/:agentId`, and the reputation inside the answer to an evaluation.

use serde::{Deserialize, Serialize};
use serde_json::Number;

/// The reputation of an agent over its last 500 evaluations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReputationFields {
    /// 0 to 1000.
    pub score: u16,
    /// How many evaluations are counted, at most 500.
    pub evaluations: u16,
    /// How many of them passed.
    pub passed: u16,
    /// The fraction that passed, truncated to 4 decimals.
    pub pass_rate: Number,
    /// Their average latency in milliseconds, rounded half up to 3 decimals.
    pub avg_latency_ms: Number,
    /// How many passed in a row, back from the newest.
    pub streak: u16,
    /// The lifecycle stage: `new`, `calibrating`, `active` or `mature`.
    pub status: String,
}

/// The answer of the reputation route.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReputationResponse {
    /// The agent.
    pub agent_id: String,
    /// Its reputation; zeros and `new` for an unknown agent.
    #[serde(flatten)]
    pub reputation: ReputationFields,
    /// The same by evaluated and signed events alone, of which there may be none; absent for an agent
    /// without events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub verified: Option<ReputationFields>,
}

/// The reputation inside the answer to an evaluation, under both documented sets of names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EvaluateReputation {
    /// The agent's reputation after the evaluation.
    #[serde(flatten)]
    pub reputation: ReputationFields,
    /// The same as `status`.
    pub lifecycle: String,
    /// How many evaluations the agent has had in its life.
    pub eval_count: i64,
}
