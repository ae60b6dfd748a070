//! `GET /v1/agents` and `POST /v1/agents`: the agents of an org.

use crate::cursor::AgentsCursor;
use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::query::Query;
use crate::text::NAME;
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};

/// An agent to register before its first evaluation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RegisterRequest {
    /// 1 to 200 characters.
    pub agent_id: String,
}

impl RegisterRequest {
    /// Reads a request from its body.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let agent_id = fields.text("agent_id", &NAME)?;
        Ok(Self {
            agent_id: fields.require("agent_id", agent_id)?,
        })
    }
}

/// The answer to a registration, the same whether the agent is new or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterResponse {
    /// The agent.
    pub agent_id: String,
    /// Always `true`.
    pub registered: bool,
}

/// Which agents are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsQuery {
    /// Behind this place only.
    pub cursor: Option<AgentsCursor>,
}

impl AgentsQuery {
    /// Reads the query string of a request (the part behind `?`).
    ///
    /// # Errors
    /// When `cursor` is not one that this route gave.
    pub fn parse(query: &str) -> Result<Self, Invalid> {
        let query = Query::parse(query);
        Ok(Self {
            cursor: AgentsCursor::of(&query)?,
        })
    }
}

/// The agents of an org, newest `last_seen` first, at most 500.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentsResponse {
    /// The agents.
    pub agents: Vec<AgentItem>,
    /// The `cursor` of the next page, when there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One agent of an org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentItem {
    /// The agent.
    pub agent_id: String,
    /// Its earliest event or its registration, whichever is earlier.
    pub first_seen: Timestamp,
    /// Its latest event or its registration, whichever is later.
    pub last_seen: Timestamp,
    /// How many evaluations it has had in its life.
    pub eval_count: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registration() {
        let parse = |body: &str| RegisterRequest::parse(body.as_bytes());
        assert_eq!(parse(r#"{"agent_id":"a"}"#).unwrap().agent_id, "a");
        for (body, message) in [
            ("{}", "agent_id is required"),
            ("7", "the body must be an object"),
            (r#"{"agent_id":""}"#, "agent_id must be 1 to 200 characters"),
        ] {
            assert_eq!(parse(body).unwrap_err().to_string(), message);
        }
    }
}
