//! `/v1/keys`: the keys of an org.

use crate::cursor::KeysCursor;
use crate::error::{Invalid, RequestError};
use crate::fields::{Fields, Path};
use crate::node::Node;
use crate::query::{Query, whole};
use crate::rate_limits::RateLimitFields;
use crate::text::NAME;
use crate::timestamp::Timestamp;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

const KINDS: [&str; 2] = ["pk", "sk"];
const SCOPES: [&str; 5] = ["evaluate", "ingest", "read", "agents", "admin"];
const ADMIN: &str = "admin";
/// How many agents a key may be bound to.
const AGENTS: RangeInclusive<usize> = 1..=100;
/// How long a key may stay good once it was rotated, in seconds: 30 days.
const OVERLAP: RangeInclusive<u32> = 0..=2_592_000;
const LIMITS: RangeInclusive<u32> = 1..=100;

/// A key to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateKeyRequest {
    /// `pk` or `sk`.
    pub kind: String,
    /// 1 to 200 characters, for people.
    pub name: Option<String>,
    /// From when on it is refused; in the future.
    pub expires_at: Option<Timestamp>,
    /// What it may do, at least one thing; what its kind may, if nothing is said.
    pub scopes: Option<Vec<String>>,
    /// The agents that it may write for, 1 to 100: ids, or beginnings of ids with a `*` behind them.
    pub agents: Option<Vec<String>>,
    /// What its requests are limited to within what the org is.
    pub rate_limits: RateLimitFields,
}

impl CreateKeyRequest {
    /// Reads a request from its body; `now` is what an expiry must lie behind.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`].
    pub fn parse(body: &[u8], now: DateTime<Utc>) -> Result<Self, RequestError> {
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let kind = fields.text("kind", &NAME)?;
        let kind = fields.require("kind", kind)?;
        if !KINDS.contains(&kind.as_str()) {
            return Err(Invalid::new("kind", "must be pk or sk").into());
        }
        let request = Self {
            name: fields.text("name", &NAME)?,
            expires_at: expiry(&fields, now)?,
            scopes: scopes(&fields)?,
            agents: agents(&fields)?,
            rate_limits: RateLimitFields::of(&fields)?.unwrap_or_default(),
            kind,
        };
        request.check_admin()?;
        Ok(request)
    }

    /// Administration is for secret keys, and not for those that are bound: they could make others.
    fn check_admin(&self) -> Result<(), Invalid> {
        let mut scopes = self.scopes.iter().flatten();
        if !scopes.any(|scope| scope == ADMIN) {
            return Ok(());
        }
        if self.kind == "pk" {
            return Err(Invalid::new("scopes", "must not hold admin for a pk key"));
        }
        if self.agents.is_some() {
            let rule = "must not hold admin for a key that is bound to agents";
            return Err(Invalid::new("scopes", rule));
        }
        Ok(())
    }
}

fn agents(fields: &Fields<'_, '_>) -> Result<Option<Vec<String>>, Invalid> {
    let agents = fields.names("agents", &AGENTS)?;
    for (index, agent) in agents.iter().flatten().enumerate() {
        let beginning = agent.strip_suffix('*').unwrap_or(agent);
        if beginning.contains('*') {
            let path = fields.path("agents");
            let rule = "must have a * at its end at most";
            return Err(Invalid::new(Path::Item(&path, index), rule));
        }
    }
    Ok(agents)
}

fn scopes(fields: &Fields<'_, '_>) -> Result<Option<Vec<String>>, Invalid> {
    let scopes = fields.names("scopes", &(1..=SCOPES.len()))?;
    for (index, scope) in scopes.iter().flatten().enumerate() {
        if !SCOPES.contains(&scope.as_str()) {
            let path = fields.path("scopes");
            let rule = format!("must be one of {}", SCOPES.join(", "));
            return Err(Invalid::new(Path::Item(&path, index), rule));
        }
    }
    Ok(scopes)
}

fn expiry(fields: &Fields<'_, '_>, now: DateTime<Utc>) -> Result<Option<Timestamp>, Invalid> {
    let time = fields.time("expires_at")?;
    if time.is_some_and(|time| DateTime::from(time) <= now) {
        return Err(Invalid::new("expires_at", "must be in the future"));
    }
    Ok(time)
}

/// How a key is to be rotated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RotateKeyRequest {
    /// How long the old key stays good, 0 to 2592000.
    pub overlap_seconds: u32,
}

impl RotateKeyRequest {
    /// Reads a request from its body, which may be empty.
    ///
    /// # Errors
    /// [`RequestError::BadJson`] when the body is not JSON, else [`RequestError::Invalid`].
    pub fn parse(body: &[u8]) -> Result<Self, RequestError> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        let node: Node<'_> = serde_json::from_slice(body)?;
        let fields = Fields::of(&node, &Path::Root)?;
        let overlap = fields.whole("overlap_seconds", &OVERLAP)?;
        Ok(Self {
            overlap_seconds: overlap.unwrap_or_default(),
        })
    }
}

/// Which keys are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysQuery {
    /// At most so many, 1 to 100.
    pub limit: u32,
    /// Behind this place only.
    pub cursor: Option<KeysCursor>,
}

impl KeysQuery {
    /// Reads the query string of a request (the part behind `?`).
    ///
    /// # Errors
    /// For the first parameter, in the order above, that breaks its rule.
    pub fn parse(query: &str) -> Result<Self, Invalid> {
        let query = Query::parse(query);
        Ok(Self {
            limit: whole(&query, "limit", &LIMITS)?.unwrap_or(50),
            cursor: KeysCursor::of(&query)?,
        })
    }
}

/// The keys of an org, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeysResponse {
    /// The keys.
    pub keys: Vec<KeyItem>,
    /// The `cursor` of the next page, when there are more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// What is shown of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyItem {
    /// The number by which it is rotated and revoked.
    pub id: i64,
    /// `pk` or `sk`.
    pub kind: String,
    /// For people.
    pub name: Option<String>,
    /// How it begins and its last four characters, such as `pk_live_...vH4k`.
    pub prefix: String,
    /// What it may do.
    pub scopes: Vec<String>,
    /// The agents that it may write for; null for all.
    pub agents: Option<Vec<String>>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// From when on it is refused.
    pub expires_at: Option<Timestamp>,
    /// Since when it is refused for good.
    pub revoked_at: Option<Timestamp>,
    /// The id of the key that a rotation put in its place.
    pub replaced_by: Option<i64>,
    /// The id of the key that made it; null for one that was made on the command line.
    pub created_by: Option<i64>,
    /// What its requests are limited to within what the org is.
    pub rate_limits: RateLimitFields,
}

/// A key that was just made. It has no `Debug`, so that the key gets into no log.
#[derive(Serialize)]
#[expect(missing_debug_implementations, reason = "it holds a key")]
pub struct CreateKeyResponse<'k> {
    /// The key itself, this once.
    pub key: &'k str,
    /// What is listed of it.
    #[serde(flatten)]
    pub item: KeyItem,
    /// The key whose place it takes, after a rotation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replaces: Option<KeyItem>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> DateTime<Utc> {
        Timestamp::parse("2026-05-07T14:00:00Z").unwrap().into()
    }

    #[test]
    fn a_key_to_be_made() {
        let parse = |body: &str| CreateKeyRequest::parse(body.as_bytes(), now());
        let least = parse(r#"{"kind":"pk"}"#).unwrap();
        let nothing = (least.name, least.expires_at, least.scopes, least.agents);
        assert_eq!(nothing, (None, None, None, None));
        let all = r#"{"kind":"sk","name":"ci","expires_at":"2026-05-07T16:00:01+02:00","scopes":["read"],"agents":["a","b*"]}"#;
        let all = parse(all).unwrap();
        assert_eq!(all.scopes.unwrap(), ["read"]);
        assert_eq!(all.agents.unwrap(), ["a", "b*"]);
        for (body, message) in [
            ("{}", "kind is required"),
            (r#"{"kind":"secret"}"#, "kind must be pk or sk"),
            (
                r#"{"kind":"pk","name":""}"#,
                "name must be 1 to 200 characters",
            ),
            (
                r#"{"kind":"pk","expires_at":"2026-05-07T14:00:00Z"}"#,
                "expires_at must be in the future",
            ),
            (
                r#"{"kind":"pk","expires_at":"soon"}"#,
                "expires_at must be an RFC 3339 timestamp",
            ),
            (
                r#"{"kind":"pk","scopes":[]}"#,
                "scopes must hold 1 to 5 items",
            ),
            (
                r#"{"kind":"pk","scopes":["read","write"]}"#,
                "scopes[1] must be one of evaluate, ingest, read, agents, admin",
            ),
            (
                r#"{"kind":"pk","scopes":[1]}"#,
                "scopes[0] must be a string",
            ),
            (
                r#"{"kind":"pk","scopes":["admin"]}"#,
                "scopes must not hold admin for a pk key",
            ),
            (
                r#"{"kind":"sk","scopes":["admin"],"agents":["a"]}"#,
                "scopes must not hold admin for a key that is bound to agents",
            ),
            (
                r#"{"kind":"pk","agents":[]}"#,
                "agents must hold 1 to 100 items",
            ),
            (
                r#"{"kind":"pk","agents":["a","b\n"]}"#,
                "agents[1] must not hold control characters",
            ),
            (
                r#"{"kind":"pk","agents":["a*","a*b"]}"#,
                "agents[1] must have a * at its end at most",
            ),
        ] {
            let error = parse(body).unwrap_err().to_string();
            assert!(error.starts_with(message), "{error}");
        }
    }

    #[test]
    fn a_rotation() {
        let parse = |body: &str| RotateKeyRequest::parse(body.as_bytes());
        for (body, seconds) in [
            ("", 0),
            ("{}", 0),
            (r#"{"overlap_seconds":null}"#, 0),
            (r#"{"overlap_seconds":2592000}"#, 2_592_000),
        ] {
            assert_eq!(parse(body).unwrap().overlap_seconds, seconds);
        }
        for wrong in ["-1", "0.5", "2592001", "\"1\"", "1e3"] {
            let body = format!(r#"{{"overlap_seconds":{wrong}}}"#);
            let error = parse(&body).unwrap_err().to_string();
            let rule = "overlap_seconds must be a whole number between 0 and 2592000";
            assert_eq!(error, rule, "{wrong}");
        }
    }
}
