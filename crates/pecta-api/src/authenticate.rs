//! The first check of every `/v1` request: its key.

use crate::address::client_address;
use crate::app::App;
use crate::caller::{Quota, app};
use crate::clock::Clock;
use crate::error::ApiError;
use crate::keys::Remembered;
use crate::principal::{Principal, Sender};
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::AUTHORIZATION;
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest};
use pecta_auth::{KeyFormatError, KeyHash};
use pecta_gates::Clock as _;
use std::cell::Cell;
use std::net::IpAddr;
use std::sync::Arc;

/// Finds the key of a request and hands it on, or answers for the route that was asked for.
pub(crate) async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = match app(request.request()) {
        Ok(app) => app.clone(),
        Err(error) => return Ok(request.error_response(error)),
    };
    let client = client_address(request.request(), app.trusted_proxies());
    let error = match find_key(&app, request.request(), client).await {
        Ok(principal) => {
            let quota = Cell::new(Quota::Default);
            request.extensions_mut().insert(Sender {
                principal: Arc::clone(&principal),
                client,
                quota,
            });
            let mut answer = next.call(request).await?.map_into_boxed_body();
            let quota = quota_of(answer.request());
            app.limit_headers(principal.allowance(quota), answer.headers_mut());
            return Ok(answer);
        }
        Err(error) => error,
    };
    app.metrics().refused_key(&error);
    let mut answer = request.error_response(error);
    app.failure_headers(client, answer.headers_mut());
    Ok(answer)
}

/// The quota that a request fell under.
fn quota_of(request: &HttpRequest) -> Quota {
    let extensions = request.extensions();
    let sender = extensions.get::<Sender>();
    sender.map_or(Quota::Default, |sender| sender.quota.get())
}

/// The good key of a request. A client that failed too often is refused before the database is asked, unless its key was
/// good a moment ago: it may share its address with another one. For the same reason a text that may be a key is still looked
/// up now and then.
async fn find_key(
    app: &App,
    request: &HttpRequest,
    client: IpAddr,
) -> Result<Arc<Principal>, ApiError> {
    let (now, wall) = (app.clock().now(), Clock::wall());
    let hash = presented_key(request);
    if let Ok(hash) = &hash {
        match app.keys().remembered(hash, now, wall) {
            Some(Remembered::Good(principal)) => return Ok(principal),
            Some(Remembered::Known) => return app.keys().find(*hash, now, wall).await,
            None => {}
        }
    }
    let is_key = hash.is_ok();
    // Counted before the look-up, so that many at once are not all let through.
    let counted = app.failures().count(client, is_key, now);
    let counted = counted.map_err(ApiError::RateLimited)?;
    let found = app.keys().find(hash?, now, wall).await;
    if !found.as_ref().is_err_and(ApiError::is_unauthenticated) {
        app.failures().forgive(counted);
    }
    found
}

fn presented_key(request: &HttpRequest) -> Result<KeyHash, ApiError> {
    let header = request.headers().get(AUTHORIZATION);
    let token = header.and_then(|value| bearer(value.as_bytes()));
    let token = str::from_utf8(token.ok_or(ApiError::AuthMissing)?);
    let token = token.map_err(|_| ApiError::AuthFormat)?;
    KeyHash::of(token).map_err(|error| match error {
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
