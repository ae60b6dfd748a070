//! `/v1/suppressions`: hits that are known to be none.

use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::text::{NAME, POINTER, SUPPRESSION_REASON};
use crate::timestamp::Timestamp;
use chrono::{DateTime, Utc};
use serde::Serialize;

/// A suppression to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressionRequest {
    /// The name of the gate; 1 to 200 characters.
    pub gate: String,
    /// The rule, as findings name it; 1 to 200 characters.
    pub rule: String,
    /// The agents that it is for, an id or a pattern of 1 to 200 characters; all unless set.
    pub agent: Option<String>,
    /// The tools that it is for, likewise.
    pub tool: Option<String>,
    /// A JSON Pointer of at most 1000 characters, at or below which it holds; everywhere unless set.
    pub pointer: Option<String>,
    /// Why, for people; 1 to 500 characters.
    pub reason: String,
    /// When it ends; never unless set.
    pub expires_at: Option<Timestamp>,
}

impl SuppressionRequest {
    /// Reads a request from its body.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`] for the first field, in the order
    /// above, that breaks its rule; `expires_at` must be after `now`.
    pub fn parse(body: &[u8], now: DateTime<Utc>) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let required = |name, rule| fields.require(name, fields.text(name, rule)?);
        Ok(Self {
            gate: required("gate", &NAME)?,
            rule: required("rule", &NAME)?,
            agent: fields.text("agent", &NAME)?,
            tool: fields.text("tool", &NAME)?,
            pointer: fields.text("pointer", &POINTER)?,
            reason: required("reason", &SUPPRESSION_REASON)?,
            expires_at: expires_at(&fields, now)?,
        })
    }

    /// What is wrong with a pointer.
    #[must_use]
    pub fn wrong_pointer(rule: &str) -> Invalid {
        Invalid::new("pointer", rule)
    }

    /// What is wrong with a gate that the policy does not have, or that never fails an output; `gates` are those that may.
    #[must_use]
    pub fn wrong_gate<'g>(gates: impl IntoIterator<Item = &'g str>) -> Invalid {
        Invalid::new("gate", one_of("a gate of the policy that can fail", gates))
    }

    /// What is wrong with a rule that the gate does not have; `rules` are those that it has.
    #[must_use]
    pub fn unknown_rule<'r>(rules: impl IntoIterator<Item = &'r str>) -> Invalid {
        Invalid::new("rule", one_of("a rule of the gate", rules))
    }

    /// What is wrong with one more than an org may have.
    #[must_use]
    pub fn too_many() -> Invalid {
        Invalid::new(
            "suppressions",
            "must be at most 1000 in an org that hold; delete some",
        )
    }
}

fn one_of<'n>(what: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    format!("must be {what}: {}", names.join(", "))
}

fn expires_at(fields: &Fields<'_, '_>, now: DateTime<Utc>) -> Result<Option<Timestamp>, Invalid> {
    let invalid = |rule| Invalid::new("expires_at", rule);
    let time = match fields.get("expires_at")? {
        None => return Ok(None),
        Some(Node::String(text)) => Timestamp::parse(text),
        Some(_) => return Err(invalid("must be a string")),
    };
    let time = time.ok_or_else(|| invalid("must be an RFC 3339 timestamp"))?;
    if DateTime::from(time) <= now {
        return Err(invalid("must be in the future"));
    }
    Ok(Some(time))
}

/// A suppression of an org.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionItem {
    /// `sup_...`, by which verdicts tell of it.
    pub id: String,
    /// The name of the gate.
    pub gate: String,
    /// The rule.
    pub rule: String,
    /// The agents that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// The tools that it is for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// Where it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// Why.
    pub reason: String,
    /// Since when.
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it has ended.
    pub expired: bool,
}

/// The suppressions of an org, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionsResponse {
    /// All of them, ended ones included.
    pub suppressions: Vec<SuppressionItem>,
}

/// The answer to the deletion of a suppression.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressionDeleted {
    /// The suppression.
    pub id: String,
    /// Always `true`.
    pub deleted: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_the_first_offending_field() {
        let parse = |body: &str| {
            SuppressionRequest::parse(body.as_bytes(), DateTime::UNIX_EPOCH)
                .map_err(|error| error.to_string())
        };
        assert!(parse(r#"{"gate": "g", "rule": "r", "reason": "x"}"#).is_ok());
        for (members, message) in [
            (r#""gate": null"#, "gate is required"),
            (
                r#""gate": "", "rule": 1"#,
                "gate must be 1 to 200 characters",
            ),
            (r#""gate": "g""#, "rule is required"),
            (r#""gate": "g", "rule": "r""#, "reason is required"),
            (
                r#""gate": "g", "rule": "r", "reason": """#,
                "reason must be 1 to 500 characters",
            ),
            (
                r#""gate": "g", "rule": "r", "agent": 1"#,
                "agent must be a string",
            ),
            (
                r#""gate": "g", "rule": "r", "reason": "x", "expires_at": "1970-01-01T00:00:00Z""#,
                "expires_at must be in the future",
            ),
            (
                r#""gate": "g", "rule": "r", "reason": "x", "expires_at": "soon""#,
                "expires_at must be an RFC 3339 timestamp",
            ),
        ] {
            assert_eq!(parse(&format!("{{{members}}}")), Err(message.to_owned()));
        }
    }
}
