//! `GET /v1/audit`: the record of administrative acts.

use crate::cursor::AuditCursor;
use crate::error::Invalid;
use crate::query::{Query, whole};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

const LIMITS: RangeInclusive<u32> = 1..=100;

/// Which entries are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditQuery {
    /// At most so many, 1 to 100.
    pub limit: u32,
    /// Behind this place only.
    pub cursor: Option<AuditCursor>,
}

impl AuditQuery {
    /// Reads the query string of a request (the part behind `?`).
    ///
    /// # Errors
    /// For the first parameter, in the order above, that breaks its rule.
    pub fn parse(query: &str) -> Result<Self, Invalid> {
        let query = Query::parse(query);
        Ok(Self {
            limit: whole(&query, "limit", &LIMITS)?.unwrap_or(50),
            cursor: AuditCursor::of(&query)?,
        })
    }
}

/// The entries of an org, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditResponse {
    /// The entries.
    pub entries: Vec<AuditItem>,
    /// The `cursor` of the next page, when there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What was done, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditItem {
    /// 1, 2, 3 ... in the org.
    pub sequence: i64,
    /// When.
    pub created_at: Timestamp,
    /// `key`, `cli` or `server`.
    pub actor: String,
    /// The key that acted.
    pub key_id: Option<i64>,
    /// The address of its client.
    pub address: Option<String>,
    /// What was done, such as `key.revoke`.
    pub act: String,
    /// The id or name of what it was done to.
    pub subject: String,
    /// What is so from then on.
    pub changes: BTreeMap<String, String>,
    /// The hash of this entry and all before it, 64 hexadecimal digits.
    pub hash: String,
}
