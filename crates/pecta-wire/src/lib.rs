//! The Pecta REST API as types: what a request may hold, what an answer holds, and the error codes.
//!
//! Requests are parsed in one pass: first the whole body must be JSON ([`RequestError::BadJson`]), then
//! every field must obey its rule ([`RequestError::Invalid`], which names the first offending field by
//! its path). Answers serialize in the documented member order.
//!
//! There is no HTTP library here, no storage and no gate, so that a client, a proxy or a test can share
//! these types with the server.
//!
//! ```
//! use pecta_wire::{EvaluateRequest, RequestError};
//!
//! let body = br#"{"agent_id": "summarizer-v2", "output": "All done.", "latency_ms": 340}"#;
//! let request = EvaluateRequest::<serde_json::Value>::parse(body)?;
//! assert_eq!(request.agent_id, "summarizer-v2");
//!
//! let error = EvaluateRequest::<serde_json::Value>::parse(br#"{"output": 1}"#).unwrap_err();
//! assert_eq!(error.to_string(), "agent_id is required");
//! # Ok::<(), RequestError>(())
//! ```

mod agents;
mod audit;
mod batch;
mod candidate;
mod cursor;
mod error;
mod evaluate;
mod events;
mod fields;
mod health;
mod ingest;
mod keys;
mod members;
mod node;
mod number;
mod org;
mod policy;
mod query;
mod rate_limits;
mod reputation;
mod suppressions;
mod text;
mod timestamp;

pub use agents::{AgentItem, AgentsQuery, AgentsResponse, RegisterRequest, RegisterResponse};
pub use audit::{AuditItem, AuditQuery, AuditResponse};
pub use batch::{BatchRequest, BatchResponse, BatchResult};
pub use candidate::{CandidateChange, CandidateNameCount, CandidateReport, CandidateRuleCount};
pub use cursor::{AgentsCursor, AuditCursor, EventsCursor, KeysCursor};
pub use error::{ErrorBody, ErrorCode, Invalid, RequestError};
pub use evaluate::{EvaluateRequest, EvaluateResponse, TmaxContext};
pub use events::{EventItem, EventSource, EventsQuery, EventsResponse, Finding};
pub use health::{HealthResponse, NotReadyResponse, ReadyResponse};
pub use ingest::{
    GateMode, GateReport, IngestEvent, IngestRequest, IngestResponse, ReputationUpdate,
};
pub use keys::{
    CreateKeyRequest, CreateKeyResponse, KeyItem, KeysQuery, KeysResponse, RotateKeyRequest,
};
pub use number::number;
pub use org::{OrgRequest, OrgResponse, RequireSignature, SignatureForm};
pub use policy::{
    PolicyQuery, PolicyResponse, PolicyTestRequest, PolicyTestResponse, PolicyTestResult,
    policy_refused, wrong_precondition,
};
pub use rate_limits::RateLimitFields;
pub use reputation::{EvaluateReputation, ReputationFields, ReputationResponse};
pub use suppressions::{
    SuppressionDeleted, SuppressionItem, SuppressionRequest, SuppressionsResponse,
};
pub use text::{agent_id_from_path, idempotency_key};
pub use timestamp::Timestamp;

/// The longest latency that is accepted, in milliseconds.
pub const MAX_LATENCY_MS: f64 = 60_000.0;
