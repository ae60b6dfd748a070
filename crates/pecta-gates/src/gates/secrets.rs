//! The `secrets` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on secrets that open something to whoever reads them.
///
/// The same under both profiles.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `token` | tokens that carry the mark of who issued them: `ghp_...`, `AKIA...`, `xoxb-...`, `sk_live_...`, a signed JWT | samples of documentation, placeholders, publishable keys, prefixes by themselves |
/// | `private-key` | the first line of a private key that nothing or a key follows | public keys, certificates, the line in a sentence, a body that is left out |
/// | `url-credentials` | `postgres://app:s3cr3t-Pa55@db/x` | `user:password@host`, variables, masks |
/// | `assignment` | a literal that looks random, given to the name of a secret: `API_KEY=...`, `"password": "..."`, `--token ...`, `<password>...</password>`, "the password is ..."; the value of a member whose key is such a name | references, placeholders, hashes, `password_hash`, `max_tokens`, sentences |
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
