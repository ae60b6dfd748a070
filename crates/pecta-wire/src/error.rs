//! The error-code table, the error body, and what can be wrong with a request.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Every code that an error answer can carry, with its HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorCode {
    /// The body is not JSON.
    BadJson,
    /// Valid JSON that breaks a rule.
    ValidationError,
    /// No `Authorization: Bearer <key>` header.
    AuthMissing,
    /// The key does not have a key's form.
    AuthFormat,
    /// There is no such key.
    AuthInvalid,
    /// The key was revoked or has expired.
    AuthRevoked,
    /// No signature was sent, and the org takes none without.
    HmacRequired,
    /// A signature was sent and the org has no active secret key.
    HmacNoSecret,
    /// The signature is malformed, matches no active secret key, is too old or was used before.
    HmacInvalid,
    /// The key's kind or scope does not allow the route.
    Forbidden,
    /// No such route or object.
    NotFound,
    /// The route exists, with another method.
    MethodNotAllowed,
    /// What is asked for must not be done as things are.
    Conflict,
    /// What `If-Match` or `If-None-Match` asks for does not hold.
    PreconditionFailed,
    /// The body is over the limit.
    PayloadTooLarge,
    /// The org used up its requests of the rolling minute.
    RateLimited,
    /// A fault of the server; the cause is in its log only.
    InternalError,
    /// Storage is down, the write queue is full, or the server is not ready.
    Unavailable,
}

impl ErrorCode {
    /// All codes, in the order of the documented table.
    pub const ALL: [ErrorCode; 18] = [
        Self::BadJson,
        Self::ValidationError,
        Self::AuthMissing,
        Self::AuthFormat,
        Self::AuthInvalid,
        Self::AuthRevoked,
        Self::HmacRequired,
        Self::HmacNoSecret,
        Self::HmacInvalid,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::RateLimited,
        Self::InternalError,
        Self::Unavailable,
    ];

    const fn row(self) -> (&'static str, u16) {
        match self {
            Self::BadJson => ("bad_json", 400),
            Self::ValidationError => ("validation_error", 400),
            Self::AuthMissing => ("auth_missing", 401),
            Self::AuthFormat => ("auth_format", 401),
            Self::AuthInvalid => ("auth_invalid", 401),
            Self::AuthRevoked => ("auth_revoked", 401),
            Self::HmacRequired => ("hmac_required", 401),
            Self::HmacNoSecret => ("hmac_no_secret", 401),
            Self::HmacInvalid => ("hmac_invalid", 401),
            Self::Forbidden => ("forbidden", 403),
            Self::NotFound => ("not_found", 404),
            Self::MethodNotAllowed => ("method_not_allowed", 405),
            Self::Conflict => ("conflict", 409),
            Self::PreconditionFailed => ("precondition_failed", 412),
            Self::PayloadTooLarge => ("payload_too_large", 413),
            Self::RateLimited => ("rate_limited", 429),
            Self::InternalError => ("internal_error", 500),
            Self::Unavailable => ("unavailable", 503),
        }
    }

    /// The machine-readable code, as it stands in the answer.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status that goes with the code.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }
}

/// The body of every error answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// What is wrong, for a person.
    pub error: String,
    /// What is wrong, for a program: one of [`ErrorCode::as_str`].
    pub code: String,
    /// The HTTP status, repeated.
    pub status: u16,
}

impl ErrorBody {
    /// The body for `code` with a message for a person.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            error: message.into(),
            code: code.as_str().to_owned(),
            status: code.status(),
        }
    }
}

/// Why a body was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// The body is not JSON; the text says where it stopped being so and holds nothing of the body.
    #[error("the body is not valid JSON: {0}")]
    BadJson(String),
    /// A field breaks its rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl From<serde_json::Error> for RequestError {
    fn from(error: serde_json::Error) -> Self {
        Self::BadJson(error.to_string())
    }
}

/// A field that breaks its rule: the message names it by its path and says what is allowed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Invalid(String);

impl Invalid {
    pub(crate) fn new(path: impl fmt::Display, rule: impl fmt::Display) -> Self {
        Self(format!("{path} {rule}"))
    }

    /// What is wrong with a list of more items than may be sent in a minute.
    #[must_use]
    pub fn more_than(list: &str, limit: usize) -> Self {
        let rule =
            format_args!("must hold no more than the {limit} that the rate limit lets through");
        Self::new(list, rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_distinct_and_belong_to_errors() {
        for (at, code) in ErrorCode::ALL.iter().enumerate() {
            assert!((400..600).contains(&code.status()), "{code:?}");
            let same = |other: &ErrorCode| other.as_str() == code.as_str();
            assert_eq!(ErrorCode::ALL.iter().position(same), Some(at));
        }
    }

    #[test]
    fn body_repeats_the_status() {
        let body = ErrorBody::new(ErrorCode::RateLimited, "rate limit exceeded");
        let json = serde_json::to_string(&body).unwrap();
        assert_eq!(
            json,
            r#"{"error":"rate limit exceeded","code":"rate_limited","status":429}"#
        );
    }
}
