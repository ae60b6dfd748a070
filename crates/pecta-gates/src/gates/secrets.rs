//! The `secrets` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on secrets that open something to whoever reads them.
///
/// The same under both profiles.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `token` | tokens by the prefix, length and characters of their issuer that look random: AWS, GitHub, GitLab, Slack, Stripe, Google, OpenAI, Anthropic and [many more](crate::BuiltIn::rules); tokens of Airtable, Discord and Heroku a few words behind these names; JSON Web Tokens; Pecta's own keys, by their checksum | placeholders (`ghp_xxxx`), samples from documentation (`AKIAIOSFODNN7EXAMPLE`), names that start like a token (`npm_config_registry`) |
/// | `private-key` | the first line of a private key in PEM form or `OpenPGP` armour, when a key or nothing follows | public keys, certificates, the line named in a sentence, keys whose body is left out |
/// | `url-credentials` | `scheme://user:password@host` | URLs without a password, placeholders (`user:password@`), variables, masks, a password that repeats the user's name |
/// | `assignment` | a name that says "password", "secret", "token", "API key" and the like, and a literal that looks random: `DB_PASSWORD="k7Qz-91xWv"`, `--token ...`, `<password>...</password>`, "the password is ...", the value of a member with such a key; a name and a password in base 64 (`"auth": "..."`) | references (`${DB_PASSWORD}`, `os.environ[...]`), placeholders, hashes, names of something about the secret (`password_hash`), prose |
pub type Secrets = TextGate<SecretsCheck>;

/// A check of [`Secrets`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
