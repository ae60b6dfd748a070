//! `GET /health` and `GET /ready`: whether the process serves, and whether it should be sent requests.

use crate::error::ErrorBody;
use serde::{Deserialize, Serialize};

/// The process serves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthResponse {
    /// Always `ok`.
    pub status: String,
    /// The server's version.
    pub version: String,
}

/// The server can take requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyResponse {
    /// Always `ready`.
    pub status: String,
}

/// The server should not be sent requests now: the body of any error, and the reasons apart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotReadyResponse {
    /// Code `unavailable`.
    #[serde(flatten)]
    pub error: ErrorBody,
    /// Why not.
    pub reasons: Vec<String>,
}
