//! The first check of every `/v1` request: its key.

use crate::caller::app;
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use pecta_auth::{ApiKey, KeyFormatError};
use pecta_gates::Clock as _;
use pecta_store::StoredKey;

/// Finds the key of a request and hands it on, or answers for the route that was asked for.
pub(crate) async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    match find_key(request.request()).await {
        Ok(key) => {
            request.extensions_mut().insert(key);
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(error) => Ok(request.error_response(error)),
    }
}

async fn find_key(request: &HttpRequest) -> Result<StoredKey, ApiError> {
    let app = app(request)?;
    let hash = presented_key(request)?.hash();
    app.keys()
        .find(hash, app.clock().now(), Clock::wall())
        .await
}

fn presented_key(request: &HttpRequest) -> Result<ApiKey, ApiError> {
    let header = request.headers().get(AUTHORIZATION);
    let token = header.and_then(|value| bearer(value.as_bytes()));
    let token = str::from_utf8(token.ok_or(ApiError::AuthMissing)?);
    let token = token.map_err(|_| ApiError::AuthFormat)?;
    ApiKey::parse(token).map_err(|error| match error {
        KeyFormatError::Format => ApiError::AuthFormat,
        KeyFormatError::Checksum => ApiError::AuthInvalid,
    })
}

/// The token of `Bearer <token>`; the scheme is case-insensitive.
fn bearer(header: &[u8]) -> Option<&[u8]> {
    let space = header.iter().position(|byte| *byte == b' ')?;
    let (scheme, token) = header.split_at_checked(space)?;
    let token = token.trim_ascii();
    (scheme.eq_ignore_ascii_case(b"bearer") && !token.is_empty()).then_some(token)
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn bearer_tokens() {
        for (header, token) in [
            ("Bearer abc", Some("abc")),
            ("bearer  abc ", Some("abc")),
            ("BEARER abc", Some("abc")),
            ("Bearer", None),
            ("Bearer ", None),
            ("Basic abc", None),
            ("pk_live_abc", None),
            ("", None),
        ] {
            assert_eq!(
                bearer(header.as_bytes()),
                token.map(str::as_bytes),
                "{header:?}"
            );
        }
    }
}
