//! Cursors: where a page of a listing ends, as a text that clients hand back and need not understand.
//!
//! A cursor names a place, not a page: it stays good when what stood there is gone, and with other
//! filters than those it was given with.

use crate::error::Invalid;
use crate::query::Query;
use crate::text::NAME;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use std::fmt;

/// The first byte of every cursor. Another layout gets another one.
const VERSION: u8 = 1;
/// The second byte: which listing it belongs to.
const EVENTS: u8 = b'e';
const AGENTS: u8 = b'a';
const KEYS: u8 = b'k';
const AUDIT: u8 = b'u';

/// A place in the listing of events: that of one event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventsCursor {
    /// The event's time, in microseconds since the Unix epoch.
    pub created_at_us: i64,
    /// The bytes of its id.
    pub id: [u8; 16],
}

impl EventsCursor {
    /// Reads a cursor; `None` when the text is none of this listing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (created_at_us, id) = decode(EVENTS, text)?;
        let id = id.try_into().ok()?;
        Some(Self { created_at_us, id })
    }

    pub(crate) fn of(query: &Query<'_>) -> Result<Option<Self>, Invalid> {
        parameter(query, Self::parse)
    }
}

impl fmt::Display for EventsCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(EVENTS, self.created_at_us, &self.id))
    }
}

/// A place in the listing of agents: that of an agent that was last seen then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentsCursor {
    /// When it was last seen, in microseconds since the Unix epoch.
    pub last_seen_us: i64,
    /// The agent.
    pub agent_id: String,
}

impl AgentsCursor {
    /// Reads a cursor; `None` when the text is none of this listing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (last_seen_us, agent_id) = decode(AGENTS, text)?;
        let agent_id = String::from_utf8(agent_id).ok()?;
        NAME.check(&agent_id).ok()?;
        Some(Self {
            last_seen_us,
            agent_id,
        })
    }

    pub(crate) fn of(query: &Query<'_>) -> Result<Option<Self>, Invalid> {
        parameter(query, Self::parse)
    }
}

impl fmt::Display for AgentsCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(AGENTS, self.last_seen_us, self.agent_id.as_bytes()))
    }
}

/// A place in the listing of keys: that of one key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeysCursor {
    /// Its id.
    pub id: i64,
}

impl KeysCursor {
    /// Reads a cursor; `None` when the text is none of this listing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, rest) = decode(KEYS, text)?;
        rest.is_empty().then_some(Self { id })
    }

    pub(crate) fn of(query: &Query<'_>) -> Result<Option<Self>, Invalid> {
        parameter(query, Self::parse)
    }
}

impl fmt::Display for KeysCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(KEYS, self.id, &[]))
    }
}

/// A place in the audit log: that of one entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditCursor {
    /// Its number.
    pub sequence: i64,
}

impl AuditCursor {
    /// Reads a cursor; `None` when the text is none of this listing.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (sequence, rest) = decode(AUDIT, text)?;
        rest.is_empty().then_some(Self { sequence })
    }

    pub(crate) fn of(query: &Query<'_>) -> Result<Option<Self>, Invalid> {
        parameter(query, Self::parse)
    }
}

impl fmt::Display for AuditCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&encode(AUDIT, self.sequence, &[]))
    }
}

fn encode(listing: u8, number: i64, name: &[u8]) -> String {
    let bytes = [&[VERSION, listing], &number.to_be_bytes()[..], name].concat();
    URL_SAFE_NO_PAD.encode(bytes)
}

fn decode(listing: u8, text: &str) -> Option<(i64, Vec<u8>)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (number, name) = bytes
        .strip_prefix(&[VERSION, listing])?
        .split_first_chunk()?;
    Some((i64::from_be_bytes(*number), name.to_vec()))
}

fn parameter<C>(
    query: &Query<'_>,
    parse: impl Fn(&str) -> Option<C>,
) -> Result<Option<C>, Invalid> {
    let Some(text) = query.get("cursor")? else {
        return Ok(None);
    };
    let rule = "must be the next_cursor of an answer of this route";
    let cursor = parse(&text).ok_or_else(|| Invalid::new("cursor", rule))?;
    Ok(Some(cursor))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn event(created_at_us: i64, id: [u8; 16]) -> EventsCursor {
        EventsCursor { created_at_us, id }
    }

    #[test]
    fn texts_that_are_no_cursor() {
        let good = event(1, [7; 16]).to_string();
        let agent = AgentsCursor {
            last_seen_us: 1,
            agent_id: "sixteen-letters-".to_owned(),
        };
        let cut: String = good.chars().take(good.len() - 2).collect();
        let other_version = encode(EVENTS, 1, &[7; 16]).replacen("AWU", "AmU", 1);
        for text in [
            "",
            "1",
            "evt_08gqy7c5K1zKNCV40Kzrde",
            good.strip_prefix('A').unwrap(),
            cut.as_str(),
            &format!("{good}A"),
            &format!("{good}="),
            &other_version,
            &agent.to_string(),
        ] {
            assert_eq!(EventsCursor::parse(text), None, "{text}");
        }
        assert_eq!(AgentsCursor::parse(&good), None);
        for agent_id in ["", "a\0", &"x".repeat(201)] {
            let text = encode(AGENTS, 1, agent_id.as_bytes());
            assert_eq!(AgentsCursor::parse(&text), None, "{agent_id}");
        }
        assert_eq!(AgentsCursor::parse(&encode(AGENTS, 1, b"\xff")), None);
    }

    proptest! {
        #[test]
        fn cursors_are_read_back(time: i64, id: [u8; 16], agent_id in "[^\\p{Cc}]{1,200}") {
            let cursor = event(time, id);
            prop_assert_eq!(EventsCursor::parse(&cursor.to_string()), Some(cursor));
            let cursor = AgentsCursor { last_seen_us: time, agent_id };
            prop_assert_eq!(AgentsCursor::parse(&cursor.to_string()), Some(cursor));
            let cursor = KeysCursor { id: time };
            prop_assert_eq!(KeysCursor::parse(&cursor.to_string()), Some(cursor));
            let cursor = AuditCursor { sequence: time };
            prop_assert_eq!(AuditCursor::parse(&cursor.to_string()), Some(cursor));
            prop_assert_eq!(KeysCursor::parse(&cursor.to_string()), None);
            prop_assert_eq!(KeysCursor::parse(&event(time, id).to_string()), None);
        }
    }
}
