//! The `secrets` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on secrets that open something to whoever reads them.
///
/// The same under both profiles.
pub type Secrets = TextGate<SecretsCheck>;

/// A check of [`Secrets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SecretsCheck {
    /// Tokens that carry the mark of who issued them.
    Token,
    /// Private keys.
    PrivateKey,
    /// Passwords in URLs.
    UrlCredentials,
    /// Values assigned to the name of a secret.
    Assignment,
}

impl GateCheck for SecretsCheck {
    const GATE: &'static str = "secrets";
    const ALL: &'static [Self] = &[
        Self::Token,
        Self::PrivateKey,
        Self::UrlCredentials,
        Self::Assignment,
    ];
}

impl From<SecretsCheck> for Check {
    fn from(check: SecretsCheck) -> Self {
        match check {
            SecretsCheck::Token => Check::Token,
            SecretsCheck::PrivateKey => Check::PrivateKey,
            SecretsCheck::UrlCredentials => Check::UrlCredentials,
            SecretsCheck::Assignment => Check::Assignment,
        }
    }
}
