//! The two kinds of API key.

use std::str::FromStr;

use thiserror::Error;

/// What an API key is meant for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyKind {
    /// For the places where agents run: evaluate, ingest, read. Others may come to see it.
    Publishable,
    /// For the owner's servers: all of that, administration, and signing.
    Secret,
}

/// A text that names no kind of key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a kind of key is `pk` (publishable) or `sk` (secret)")]
pub struct UnknownKeyKind;

impl KeyKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Publishable, Self::Secret];

    /// The short name, for storage and the command line: `pk` or `sk`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Publishable => "pk",
            Self::Secret => "sk",
        }
    }

    /// What every key of the kind begins with: `pk_live_` or `sk_live_`.
    #[must_use]
    pub const fn prefix(self) -> &'static str {
        match self {
            Self::Publishable => "pk_live_",
            Self::Secret => "sk_live_",
        }
    }
}

impl FromStr for KeyKind {
    type Err = UnknownKeyKind;

    /// Reads the short name.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |kind: &Self| kind.as_str() == text;
        Self::ALL.into_iter().find(named).ok_or(UnknownKeyKind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names() {
        let check = |text: &str, expected| assert_eq!(text.parse(), expected, "{text:?}");

        check("pk", Ok(KeyKind::Publishable));
        check("sk", Ok(KeyKind::Secret));
        for text in ["", "PK", "sk ", "sk_live_", "secret"] {
            check(text, Err(UnknownKeyKind));
        }
    }
}
