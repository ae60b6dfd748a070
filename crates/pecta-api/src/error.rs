//! The one table that maps everything that can go wrong to an error answer.

use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use actix_web::{HttpResponse, ResponseError};
use pecta_auth::Scope;
use pecta_policy::PolicyError;
use pecta_store::{RequiredSignature, StoreError};
use pecta_wire::{ErrorBody, ErrorCode, Invalid, RateLimitFields, RequestError, policy_refused};

/// Why a request is not answered with what it asked for. The text is what the caller is told.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error(transparent)]
    Request(#[from] RequestError),
    #[error("the Authorization header must be `Bearer <key>`")]
    AuthMissing,
    #[error("a key is pk_live_ or sk_live_ followed by 32 letters and digits")]
    AuthFormat,
    #[error("there is no such key")]
    AuthInvalid,
    #[error("the key was revoked or has expired")]
    AuthRevoked,
    #[error("the org takes signed verdicts only; sign them in X-Pecta-Signature{}", form(*.0))]
    HmacRequired(RequiredSignature),
    #[error("the org has no active secret key to verify the signature with")]
    HmacNoSecret,
    #[error("HMAC signature does not match")]
    HmacInvalid,
    #[error("the time of the signature is more than 5 minutes away")]
    HmacUntimely,
    #[error("the signature was used before; sign again with the time of now")]
    HmacReplayed,
    #[error("the key may not do this; it takes the scope `{}`", .0.as_str())]
    Forbidden(Scope),
    #[error("the key has not the scope `{}` and so can give it to no other", .0.as_str())]
    Broader(Scope),
    /// What a key would give another that it has not.
    #[error("{0}")]
    Exceeds(&'static str),
    /// What a page of another origin asks for, and may not.
    #[error("{0}")]
    CrossOrigin(String),
    /// The agent that a key which is bound to others was to write for.
    #[error("the key may not write for the agent `{0}`")]
    ForeignAgent(String),
    #[error("{0}")]
    Conflict(&'static str),
    #[error("there is no such route")]
    NotFound,
    #[error("there is no such {0}")]
    NoSuch(&'static str),
    #[error("the org has no policy of its own; the server's holds")]
    NoOwnPolicy,
    /// The version of the policy that there is, if there is one.
    #[error("{}; nothing was changed", holding(*.0))]
    PreconditionFailed(Option<i64>),
    #[error("this route takes {0}")]
    MethodNotAllowed(&'static str),
    #[error("the body did not arrive whole")]
    BrokenBody,
    #[error("the body is over the limit of {0} bytes")]
    PayloadTooLarge(usize),
    /// The rate limit; seconds until a request would be let through.
    #[error("rate limit exceeded")]
    RateLimited(u64),
    #[error("the server has no room for this body now; nothing was recorded")]
    NoRoom,
    #[error("the server has too much to do for the org now; nothing was recorded")]
    NoTurn,
    #[error(
        "storage is not available; nothing was recorded, or that is unknown, and a retry under the same id is safe"
    )]
    Unavailable(#[source] StoreError),
    /// A policy that another version of the server took.
    #[error("the policy of the org cannot be read by this server; nothing was recorded")]
    UnreadablePolicy(#[source] PolicyError),
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn holding(version: Option<i64>) -> String {
    match version {
        Some(version) => format!("version {version} holds by now, which the request is not about"),
        None => "there is no policy to which the request is bound".to_owned(),
    }
}

/// The form that a signature must have.
fn form(required: RequiredSignature) -> &'static str {
    match required {
        RequiredSignature::Timed => " as t=<unix>,v1=<hex>",
        RequiredSignature::None | RequiredSignature::Any => "",
    }
}

impl ApiError {
    pub(crate) fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(cause.into())
    }

    /// Whether the caller has shown no good key.
    pub(crate) fn is_unauthenticated(&self) -> bool {
        matches!(
            self,
            Self::AuthMissing | Self::AuthFormat | Self::AuthInvalid | Self::AuthRevoked
        )
    }

    /// What is short when the server refuses because it has enough to do, which is no failure of its own.
    pub(crate) fn shortage(&self) -> Option<&'static str> {
        match self {
            Self::NoRoom => Some("room for bodies"),
            Self::NoTurn => Some("turns"),
            _ => None,
        }
    }

    /// What the caller is told.
    pub(crate) fn body(&self) -> ErrorBody {
        ErrorBody::new(self.code(), self.to_string())
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Request(RequestError::BadJson(_)) | Self::BrokenBody => ErrorCode::BadJson,
            Self::Request(RequestError::Invalid(_)) => ErrorCode::ValidationError,
            Self::AuthMissing => ErrorCode::AuthMissing,
            Self::AuthFormat => ErrorCode::AuthFormat,
            Self::AuthInvalid => ErrorCode::AuthInvalid,
            Self::AuthRevoked => ErrorCode::AuthRevoked,
            Self::HmacNoSecret => ErrorCode::HmacNoSecret,
            Self::HmacRequired(_) => ErrorCode::HmacRequired,
            Self::HmacInvalid | Self::HmacUntimely | Self::HmacReplayed => ErrorCode::HmacInvalid,
            Self::Forbidden(_)
            | Self::Broader(_)
            | Self::Exceeds(_)
            | Self::ForeignAgent(_)
            | Self::CrossOrigin(_) => ErrorCode::Forbidden,
            Self::Conflict(_) => ErrorCode::Conflict,
            Self::NotFound | Self::NoSuch(_) | Self::NoOwnPolicy => ErrorCode::NotFound,
            Self::MethodNotAllowed(_) => ErrorCode::MethodNotAllowed,
            Self::PreconditionFailed(_) => ErrorCode::PreconditionFailed,
            Self::PayloadTooLarge(_) => ErrorCode::PayloadTooLarge,
            Self::RateLimited(_) => ErrorCode::RateLimited,
            Self::NoRoom | Self::NoTurn | Self::Unavailable(_) | Self::UnreadablePolicy(_) => {
                ErrorCode::Unavailable
            }
            Self::Internal(_) => ErrorCode::InternalError,
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) => Self::Unavailable(error),
            StoreError::Conflict(why) => Self::Conflict(why),
            StoreError::Broader(scope) => Self::Broader(scope),
            StoreError::Exceeds(why) => Self::Exceeds(why),
            StoreError::OverLimit { member, most } => RateLimitFields::over(member, most).into(),
            other => Self::internal(other),
        }
    }
}

impl From<PolicyError> for ApiError {
    fn from(error: PolicyError) -> Self {
        // Of JSON, only what is none has a position.
        match error.position {
            Some(_) => Self::Request(RequestError::BadJson(error.message)),
            None => policy_refused(&error.pointer, &error.message).into(),
        }
    }
}

impl From<Invalid> for ApiError {
    fn from(invalid: Invalid) -> Self {
        Self::Request(invalid.into())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut answer = HttpResponse::build(self.status_code());
        match self {
            Self::MethodNotAllowed(allowed) => answer.insert_header((ALLOW, *allowed)),
            Self::RateLimited(seconds) => answer.insert_header((RETRY_AFTER, *seconds)),
            Self::NoRoom | Self::NoTurn | Self::Unavailable(_) | Self::UnreadablePolicy(_) => {
                answer.insert_header((RETRY_AFTER, 1))
            }
            Self::AuthMissing | Self::AuthFormat | Self::AuthInvalid | Self::AuthRevoked => {
                answer.insert_header((WWW_AUTHENTICATE, "Bearer"))
            }
            _ => &mut answer,
        };
        answer.json(self.body())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_documented_answer() {
        let bad_json = RequestError::BadJson(String::new());
        let unavailable = StoreError::Unavailable("disk".into());
        for (error, status, code, header) in [
            (bad_json.into(), 400, "bad_json", None),
            (
                ApiError::AuthMissing,
                401,
                "auth_missing",
                Some(("www-authenticate", "Bearer")),
            ),
            (
                ApiError::AuthFormat,
                401,
                "auth_format",
                Some(("www-authenticate", "Bearer")),
            ),
            (
                ApiError::AuthInvalid,
                401,
                "auth_invalid",
                Some(("www-authenticate", "Bearer")),
            ),
            (
                ApiError::AuthRevoked,
                401,
                "auth_revoked",
                Some(("www-authenticate", "Bearer")),
            ),
            (ApiError::HmacNoSecret, 401, "hmac_no_secret", None),
            (
                ApiError::HmacRequired(RequiredSignature::Any),
                401,
                "hmac_required",
                None,
            ),
            (ApiError::HmacUntimely, 401, "hmac_invalid", None),
            (ApiError::HmacReplayed, 401, "hmac_invalid", None),
            (ApiError::HmacInvalid, 401, "hmac_invalid", None),
            (ApiError::Forbidden(Scope::Admin), 403, "forbidden", None),
            (ApiError::Broader(Scope::Read), 403, "forbidden", None),
            (StoreError::Exceeds("x").into(), 403, "forbidden", None),
            (ApiError::CrossOrigin(String::new()), 403, "forbidden", None),
            (
                ApiError::ForeignAgent("a".to_owned()),
                403,
                "forbidden",
                None,
            ),
            (ApiError::NotFound, 404, "not_found", None),
            (StoreError::Conflict("x").into(), 409, "conflict", None),
            (
                ApiError::MethodNotAllowed("GET"),
                405,
                "method_not_allowed",
                Some(("allow", "GET")),
            ),
            (ApiError::NoSuch("policy"), 404, "not_found", None),
            (ApiError::NoOwnPolicy, 404, "not_found", None),
            (
                ApiError::PreconditionFailed(Some(3)),
                412,
                "precondition_failed",
                None,
            ),
            (ApiError::PayloadTooLarge(1), 413, "payload_too_large", None),
            (
                ApiError::RateLimited(7),
                429,
                "rate_limited",
                Some(("retry-after", "7")),
            ),
            (
                unavailable.into(),
                503,
                "unavailable",
                Some(("retry-after", "1")),
            ),
            (
                StoreError::Internal("x").into(),
                500,
                "internal_error",
                None,
            ),
        ] {
            let answer = error.error_response();
            assert_eq!(
                (answer.status().as_u16(), error.code().as_str()),
                (status, code)
            );
            if let Some((name, value)) = header {
                assert_eq!(answer.headers().get(name).unwrap(), value);
            }
        }
    }

    #[test]
    fn causes_stay_inside() {
        for error in [
            StoreError::Unavailable("/secret/path".into()),
            StoreError::Corrupt("/secret/path".into()),
        ] {
            assert!(!ApiError::from(error).to_string().contains("secret"));
        }
    }
}
