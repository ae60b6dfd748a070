//! `GET /v1/events`: the recorded verdicts of an org.

use crate::cursor::EventsCursor;
use crate::error::Invalid;
use crate::ingest::GateReport;
use crate::query::{Query, whole};
use crate::text::{NAME, TOOL, TextRule};
use crate::timestamp::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Number;
use std::ops::RangeInclusive;

const LIMITS: RangeInclusive<u32> = 1..=100;
const OFFSETS: RangeInclusive<u32> = 0..=100_000;

/// Which events are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventsQuery {
    /// At most how many, 1 to 100.
    pub limit: u32,
    /// How many to leave out first, 0 to 100000.
    pub offset: u32,
    /// Of this agent only.
    pub agent_id: Option<String>,
    /// With this verdict only.
    pub passed: Option<bool>,
    /// Not before this time.
    pub from: Option<Timestamp>,
    /// Not after this time.
    pub to: Option<Timestamp>,
    /// Of this tool only.
    pub tool: Option<String>,
    /// Of verdicts that were reached there only.
    pub source: Option<EventSource>,
    /// Behind this place only.
    pub cursor: Option<EventsCursor>,
}

impl EventsQuery {
    /// Reads the query string of a request (the part behind `?`).
    ///
    /// # Errors
    /// For the first parameter, in the order above, that breaks its rule.
    ///
    /// ```
    /// let query = pecta_wire::EventsQuery::parse("limit=10&passed=false")?;
    /// assert_eq!((query.limit, query.offset, query.passed), (10, 0, Some(false)));
    /// # Ok::<(), pecta_wire::Invalid>(())
    /// ```
    pub fn parse(query: &str) -> Result<Self, Invalid> {
        let query = Query::parse(query);
        Ok(Self {
            limit: whole(&query, "limit", &LIMITS)?.unwrap_or(50),
            offset: whole(&query, "offset", &OFFSETS)?.unwrap_or(0),
            agent_id: text(&query, "agent_id", &NAME)?,
            passed: verdict(&query)?,
            from: time(&query, "from")?,
            to: time(&query, "to")?,
            tool: text(&query, "tool", &TOOL)?,
            source: source(&query)?,
            cursor: EventsCursor::of(&query)?,
        })
    }
}

fn text(query: &Query<'_>, name: &str, rule: &TextRule) -> Result<Option<String>, Invalid> {
    let Some(text) = query.get(name)? else {
        return Ok(None);
    };
    rule.check(&text)
        .map_err(|broken| Invalid::new(name, broken))?;
    Ok(Some(text))
}

fn verdict(query: &Query<'_>) -> Result<Option<bool>, Invalid> {
    match query.get("passed")?.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(Invalid::new("passed", "must be true or false")),
    }
}

fn source(query: &Query<'_>) -> Result<Option<EventSource>, Invalid> {
    let Some(text) = query.get("source")? else {
        return Ok(None);
    };
    let all = [
        EventSource::Evaluated,
        EventSource::Signed,
        EventSource::Unsigned,
    ];
    let found = all.into_iter().find(|source| source.as_str() == text);
    let rule = "must be evaluated, signed or unsigned";
    found.map(Some).ok_or_else(|| Invalid::new("source", rule))
}

fn time(query: &Query<'_>, name: &str) -> Result<Option<Timestamp>, Invalid> {
    let Some(text) = query.get(name)? else {
        return Ok(None);
    };
    let rule = "must be an RFC 3339 timestamp, such as 2026-05-01T00:00:00Z";
    Timestamp::parse(&text)
        .map(Some)
        .ok_or_else(|| Invalid::new(name, rule))
}

/// Where a verdict was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EventSource {
    /// By this server's gates.
    Evaluated,
    /// Elsewhere, and sent under a valid signature.
    Signed,
    /// Elsewhere, and sent without a signature.
    Unsigned,
}

impl EventSource {
    /// The name used on the wire: `evaluated`, `signed` or `unsigned`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evaluated => "evaluated",
            Self::Signed => "signed",
            Self::Unsigned => "unsigned",
        }
    }
}

/// A page of events, newest first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventsResponse {
    /// The events.
    pub events: Vec<EventItem>,
    /// The limit that was applied.
    pub limit: u32,
    /// The offset that was applied.
    pub offset: u32,
    /// How many events the page holds.
    pub count: usize,
    /// The `cursor` of the next page, when there may be more behind this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

/// One recorded verdict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventItem {
    /// The event's own id, `evt_...`.
    pub id: String,
    /// Whose output was judged.
    pub agent_id: String,
    /// The tool that produced it.
    pub tool_name: Option<String>,
    /// The overall verdict.
    pub passed: bool,
    /// The verdict of each gate, as recorded.
    pub gates: Vec<GateReport>,
    /// The time that the gates took, in milliseconds.
    pub total_latency_ms: Number,
    /// The agent's score right after this event, 0 to 1000.
    pub reputation_score: u16,
    /// The event's timestamp.
    pub created_at: Timestamp,
    /// The evaluation's id, when it has one.
    pub evaluation_id: Option<String>,
    /// The latency that counts in the score, in milliseconds.
    pub latency_ms: Number,
    /// The event's place in the agent's history: 1, 2, 3 ... in the order of counting.
    pub sequence: i64,
    /// Where the verdict was reached.
    pub source: EventSource,
    /// The version of the policy that judged; absent without a policy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_version: Option<i64>,
    /// Where the gates found something; absent when they found nothing. The first 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
}

/// Where a gate found something: a place, never the text there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The gate.
    pub gate: String,
    /// The rule that matched; for a gate without rules its kind.
    pub rule: String,
    /// The JSON Pointer (RFC 6901) of the value within the output. A key that no gate of the policy names is `*`.
    pub pointer: String,
    /// Where in the unescaped string, in bytes of UTF-8.
    pub offset: usize,
    /// How many bytes; 0 when the value as a whole is at fault.
    pub length: usize,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_and_decoding() {
        let query = EventsQuery::parse("").unwrap();
        assert_eq!((query.limit, query.offset), (50, 0));
        let query =
            EventsQuery::parse("agent_id=team%2Fa+b&to=2026-05-07T23:59:59%2B02:00&x=&x=%FF&%FF=1");
        let query = query.unwrap();
        assert_eq!(query.agent_id.as_deref(), Some("team/a b"));
        assert_eq!(query.to.unwrap().to_string(), "2026-05-07T21:59:59.000Z");
    }

    #[test]
    fn sources_are_asked_for_as_they_are_answered() {
        for source in [
            EventSource::Evaluated,
            EventSource::Signed,
            EventSource::Unsigned,
        ] {
            let name = source.as_str();
            let query = EventsQuery::parse(&format!("source={name}")).unwrap();
            assert_eq!(query.source, Some(source));
            assert_eq!(serde_json::json!(source), name);
        }
    }

    #[test]
    fn names_the_offending_parameter() {
        for (query, name) in [
            ("limit=0", "limit"),
            ("limit=101", "limit"),
            ("limit=x", "limit"),
            ("limit=", "limit"),
            ("limit", "limit"),
            ("limit=1&limit=2", "limit"),
            ("offset=-1", "offset"),
            ("offset=100001", "offset"),
            ("passed=yes", "passed"),
            ("from=nope", "from"),
            ("to=13", "to"),
            ("agent_id=%FF", "agent_id"),
            ("agent_id=%00", "agent_id"),
            ("tool=", "tool"),
            ("tool=%00", "tool"),
            ("source=", "source"),
            ("source=Signed", "source"),
            ("cursor=", "cursor"),
            ("cursor=AWU", "cursor"),
        ] {
            let error = EventsQuery::parse(query).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{name} ")), "{query}: {error}");
        }
        assert!(EventsQuery::parse(&format!("agent_id={}", "x".repeat(201))).is_err());
    }
}
