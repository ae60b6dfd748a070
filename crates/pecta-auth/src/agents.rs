//! The agents that a key is bound to.

use std::{fmt, str::FromStr};

use thiserror::Error;

/// The longest id of an agent, and so the longest pattern, in characters.
const MAX_LEN: usize = 200;

/// The agents that a key may write for: ids, and beginnings of ids with a `*` behind them.
///
/// Its text form, for storage, is one pattern a line; ids hold no control characters.
///
/// ```
/// use pecta_auth::AgentPatterns;
///
/// let agents = AgentPatterns::new(["summarizer-v2", "bids/*"])?;
/// assert!(agents.allow("summarizer-v2") && agents.allow("bids/eu"));
/// assert!(!agents.allow("summarizer-v20") && !agents.allow("bid"));
/// # Ok::<(), pecta_auth::AgentPatternError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentPatterns(Vec<String>);

/// A text that is no pattern, or no pattern at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error(
    "a key is bound to 1 to 100 agents, each 1 to 200 characters without control characters, and with a `*` at the end at most"
)]
pub struct AgentPatternError;

impl AgentPatterns {
    /// The most patterns that a key may have.
    pub const MAX: usize = 100;

    /// Takes 1 to 100 patterns.
    ///
    /// # Errors
    ///
    /// [`AgentPatternError`] if there are fewer or more, or one is no id of an agent, or has a `*` before its end, which would
    /// stand for itself and is hardly meant so.
    pub fn new<T: Into<String>>(
        patterns: impl IntoIterator<Item = T>,
    ) -> Result<Self, AgentPatternError> {
        let patterns = Self::stored(patterns)?;
        let is_plain = |pattern: &str| !pattern.strip_suffix('*').unwrap_or(pattern).contains('*');
        if patterns.iter().all(is_plain) {
            return Ok(patterns);
        }
        Err(AgentPatternError)
    }

    /// Takes what was taken before, when a `*` could stand anywhere, but stood for any end only at the end.
    fn stored<T: Into<String>>(
        patterns: impl IntoIterator<Item = T>,
    ) -> Result<Self, AgentPatternError> {
        let patterns: Vec<String> = patterns.into_iter().map(Into::into).collect();
        let fits = |pattern: &String| {
            let length = pattern.chars().take(MAX_LEN + 1).count();
            (1..=MAX_LEN).contains(&length) && !pattern.contains(|c: char| c.is_ascii_control())
        };
        if (1..=Self::MAX).contains(&patterns.len()) && patterns.iter().all(fits) {
            return Ok(Self(patterns));
        }
        Err(AgentPatternError)
    }

    /// Whether the agent is one of them.
    #[must_use]
    pub fn allow(&self, agent_id: &str) -> bool {
        self.iter().any(|pattern| match pattern.strip_suffix('*') {
            Some(beginning) => agent_id.starts_with(beginning),
            None => agent_id == pattern,
        })
    }

    /// The patterns.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl fmt::Display for AgentPatterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("\n"))
    }
}

impl FromStr for AgentPatterns {
    type Err = AgentPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::stored(text.split('\n'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn which_agents_are_allowed() {
        for (pattern, agent_id, allowed) in [
            ("a", "a", true),
            ("a", "A", false),
            ("a", "ab", false),
            ("a*", "a", true),
            ("a*", "ab*c", true),
            ("a*", "ba", false),
            ("a*b", "axb", false),
            ("a*b", "a*b", true),
            ("a**", "a*b", true),
            ("a**", "ab", false),
            ("*", "anything", true),
            ("é*", "e\u{301}cole", false),
            ("é*", "éa", true),
        ] {
            let agents: AgentPatterns = pattern.parse().unwrap();
            assert_eq!(agents.allow(agent_id), allowed, "{pattern} {agent_id}");
        }
    }

    #[test]
    fn what_is_no_pattern() {
        let none: [&str; 0] = [];
        assert!(AgentPatterns::new(none).is_err());
        assert!(AgentPatterns::new(vec!["a"; 101]).is_err());
        assert!(AgentPatterns::new(vec!["a"; 100]).is_ok());
        for pattern in [
            "",
            "a\nb",
            "a\0",
            "\u{7f}",
            "a*b",
            "*b",
            "a**",
            &"x".repeat(201),
        ] {
            assert!(AgentPatterns::new([pattern]).is_err(), "{pattern:?}");
        }
        assert!(AgentPatterns::new(["é".repeat(200)]).is_ok());
        assert!("a\n\nb".parse::<AgentPatterns>().is_err());
    }

    proptest! {
        #[test]
        fn patterns_are_read_back_and_allow_what_they_name(
            patterns in proptest::collection::vec("[^\\x00-\\x1f\\x7f*]{1,20}", 1..10),
            rest in "[^\\x00-\\x1f\\x7f]{0,20}",
        ) {
            let agents = AgentPatterns::new(patterns.clone()).unwrap();
            prop_assert_eq!(agents.to_string().parse(), Ok(agents.clone()));
            prop_assert!(agents.iter().eq(patterns.iter().map(String::as_str)));
            for pattern in &patterns {
                prop_assert!(agents.allow(pattern));
                let beginnings = AgentPatterns::new([format!("{pattern}*")]).unwrap();
                let agent_id = format!("{pattern}{rest}");
                prop_assert!(beginnings.allow(&agent_id));
                let behind = format!("\u{1}{agent_id}");
                prop_assert!(!beginnings.allow(&behind));
            }
        }
    }
}
