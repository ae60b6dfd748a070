//! The rules for names and other short texts, wherever they arrive: body, query, path or header.

use crate::error::Invalid;
use percent_encoding::percent_decode_str;
use std::fmt;

/// How long a text may be, in Unicode scalar values, and what it may not hold.
pub(crate) struct TextRule {
    min: usize,
    max: usize,
    /// All of ASCII, so that bytes are looked at rather than characters.
    forbidden: fn(u8) -> bool,
}

/// Agent ids and the names of gates.
pub(crate) const NAME: TextRule = TextRule::new(1, 200, is_control);
/// Tool names.
pub(crate) const TOOL: TextRule = TextRule::new(0, 200, is_control);
/// Evaluation ids.
pub(crate) const EVALUATION_ID: TextRule = TextRule::new(0, 50, is_control);
/// The reasons of gates.
pub(crate) const REASON: TextRule = TextRule::new(0, 500, is_nul);
/// Why something is suppressed.
pub(crate) const SUPPRESSION_REASON: TextRule = TextRule::new(1, 500, is_nul);
/// JSON Pointers.
pub(crate) const POINTER: TextRule = TextRule::new(0, 1000, is_nul);
const IDEMPOTENCY_KEY: TextRule = TextRule::new(1, 50, is_control);

fn is_control(byte: u8) -> bool {
    byte.is_ascii_control()
}

fn is_nul(byte: u8) -> bool {
    byte == 0
}

/// How a text breaks its rule.
pub(crate) enum BrokenText {
    Length(usize, usize),
    Control,
}

impl fmt::Display for BrokenText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BrokenText::Length(0, max) => write!(f, "must be at most {max} characters"),
            BrokenText::Length(min, max) => write!(f, "must be {min} to {max} characters"),
            BrokenText::Control => f.write_str("must not hold control characters"),
        }
    }
}

impl TextRule {
    const fn new(min: usize, max: usize, forbidden: fn(u8) -> bool) -> Self {
        Self {
            min,
            max,
            forbidden,
        }
    }

    pub(crate) fn check(&self, text: &str) -> Result<(), BrokenText> {
        // No text has more characters than bytes; and one more than the limit is enough to know, however long it is.
        let at_most = |limit: usize| text.len() <= limit || text.chars().nth(limit).is_none();
        let is_short = self.min > 0 && at_most(self.min - 1);
        if is_short || !at_most(self.max) {
            return Err(BrokenText::Length(self.min, self.max));
        }
        if text.bytes().any(self.forbidden) {
            return Err(BrokenText::Control);
        }
        Ok(())
    }
}

/// The agent id in one percent-encoded path segment.
///
/// # Errors
/// When the decoded segment is not UTF-8 or no valid agent id.
///
/// ```
/// assert_eq!(pecta_wire::agent_id_from_path("team%2Fbot%20%C3%A9").unwrap(), "team/bot é");
/// assert!(pecta_wire::agent_id_from_path("%FF").is_err());
/// ```
pub fn agent_id_from_path(segment: &str) -> Result<String, Invalid> {
    let decoded = percent_decode_str(segment).decode_utf8();
    let id = decoded.map_err(|_| Invalid::new("agent_id", "must be UTF-8"))?;
    NAME.check(&id)
        .map_err(|broken| Invalid::new("agent_id", broken))?;
    Ok(id.into_owned())
}

/// The value of an `Idempotency-Key` header.
///
/// # Errors
/// When it is not UTF-8 of 1 to 50 characters without control characters.
pub fn idempotency_key(header: &[u8]) -> Result<String, Invalid> {
    const NAME: &str = "Idempotency-Key";
    let text = str::from_utf8(header).map_err(|_| Invalid::new(NAME, "must be UTF-8"))?;
    IDEMPOTENCY_KEY
        .check(text)
        .map_err(|broken| Invalid::new(NAME, broken))?;
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn path_segments() {
        let ok = |segment: &str, id: &str| assert_eq!(agent_id_from_path(segment).unwrap(), id);
        ok("a", "a");
        ok("a+b", "a+b");
        ok("a%2Bb%25", "a+b%");
        ok(&"%C3%A9".repeat(200), &"é".repeat(200));
        for bad in ["", "%00", "%FF", "a%0Ab", "%7F", &"x".repeat(201)] {
            assert!(agent_id_from_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn idempotency_keys() {
        assert!(idempotency_key(b"k").is_ok());
        assert!(idempotency_key(&b"k".repeat(50)).is_ok());
        for bad in [&b""[..], &b"k".repeat(51), b"a\tb", b"\xff"] {
            assert!(idempotency_key(bad).is_err(), "{bad:?}");
        }
    }
}
