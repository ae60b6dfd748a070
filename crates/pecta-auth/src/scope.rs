//! What a key may do.

use std::{fmt, str::FromStr};

use thiserror::Error;

use crate::KeyKind;

/// One thing that a key may be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Have outputs judged.
    Evaluate,
    /// Send evaluations that were made elsewhere.
    Ingest,
    /// Read events, agents and reputations.
    Read,
    /// Register agents.
    Agents,
    /// Administer the organization: its keys, settings and records.
    Admin,
}

/// A set of scopes.
///
/// Its text form, for storage, is the names in a fixed order with a space between them.
///
/// ```
/// use pecta_auth::{KeyKind, Scope, Scopes};
///
/// let scopes = Scopes::default_for(KeyKind::Publishable);
/// assert!(scopes.contains(Scope::Ingest) && !scopes.contains(Scope::Admin));
/// assert_eq!(scopes.to_string(), "evaluate ingest read agents");
/// assert_eq!("read evaluate".parse::<Scopes>()?.to_string(), "evaluate read");
/// # Ok::<(), pecta_auth::UnknownScope>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scopes {
    /// One bit per scope.
    bits: u8,
}

/// A text that names no scope.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("unknown scope `{0}`")]
pub struct UnknownScope(pub String);

impl Scope {
    /// Every scope, in the order of the text form.
    pub const ALL: [Self; 5] = [
        Self::Evaluate,
        Self::Ingest,
        Self::Read,
        Self::Agents,
        Self::Admin,
    ];

    /// The name of the scope.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Evaluate => "evaluate",
            Self::Ingest => "ingest",
            Self::Read => "read",
            Self::Agents => "agents",
            Self::Admin => "admin",
        }
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Evaluate => 1,
            Self::Ingest => 1 << 1,
            Self::Read => 1 << 2,
            Self::Agents => 1 << 3,
            Self::Admin => 1 << 4,
        }
    }
}

impl FromStr for Scope {
    type Err = UnknownScope;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = |scope: &Self| scope.as_str() == text;
        let scope = Self::ALL.into_iter().find(named);
        scope.ok_or_else(|| UnknownScope(text.to_owned()))
    }
}

impl Scopes {
    /// What a key of this kind may do unless told otherwise: all, but for a publishable key not
    /// [`Scope::Admin`].
    #[must_use]
    pub fn default_for(kind: KeyKind) -> Self {
        let allowed = |scope: &Scope| kind == KeyKind::Secret || *scope != Scope::Admin;
        Scope::ALL.into_iter().filter(allowed).collect()
    }

    /// Whether the scope is in the set.
    #[must_use]
    pub const fn contains(self, scope: Scope) -> bool {
        self.bits & scope.bit() != 0
    }

    /// Whether every scope of the set is in the other one.
    #[must_use]
    pub const fn is_subset(self, other: Self) -> bool {
        self.bits & !other.bits == 0
    }

    /// The set without one scope.
    #[must_use]
    pub const fn without(self, scope: Scope) -> Self {
        Self {
            bits: self.bits & !scope.bit(),
        }
    }

    /// The scopes of the set, in the order of the text form.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        let contained = move |scope: &Scope| self.contains(*scope);
        Scope::ALL.into_iter().filter(contained)
    }
}

impl FromIterator<Scope> for Scopes {
    fn from_iter<I: IntoIterator<Item = Scope>>(scopes: I) -> Self {
        let bits = scopes.into_iter().fold(0, |bits, scope| bits | scope.bit());
        Self { bits }
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope.as_str())?;
        }
        Ok(())
    }
}

impl FromStr for Scopes {
    type Err = UnknownScope;

    /// Reads names with white space between them, in any order. No name at all is the empty set.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.split_ascii_whitespace().map(str::parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn texts() {
        let check = |text: &str, expected: Result<&str, &str>| {
            let scopes = text.parse::<Scopes>().map(|scopes| scopes.to_string());
            let expected = expected.map(str::to_owned);
            assert_eq!(
                scopes,
                expected.map_err(|name| UnknownScope(name.to_owned()))
            );
        };

        check("", Ok(""));
        check("read", Ok("read"));
        check("admin read", Ok("read admin"));
        check("read  read", Ok("read"));
        check("read write", Err("write"));
        check("Read", Err("Read"));
        check("read,admin", Err("read,admin"));
    }

    #[test]
    fn defaults() {
        let check = |kind, expected: &str| {
            assert_eq!(Scopes::default_for(kind).to_string(), expected);
        };

        check(KeyKind::Publishable, "evaluate ingest read agents");
        check(KeyKind::Secret, "evaluate ingest read agents admin");
    }

    proptest! {
        #[test]
        fn a_set_holds_what_was_put_in(chosen in proptest::sample::subsequence(&Scope::ALL, 0..=5)) {
            let scopes: Scopes = chosen.iter().copied().collect();
            for scope in Scope::ALL {
                prop_assert_eq!(scopes.contains(scope), chosen.contains(&scope));
            }
            prop_assert!(scopes.iter().eq(chosen.iter().copied()));
            for scope in Scope::ALL {
                let fewer = scopes.without(scope);
                prop_assert!(fewer.is_subset(scopes) && !fewer.contains(scope));
                prop_assert_eq!(scopes.is_subset(fewer), !scopes.contains(scope));
            }
            prop_assert_eq!(scopes.to_string().parse::<Scopes>(), Ok(scopes));
        }
    }
}
