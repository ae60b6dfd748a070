//! The first check of every `/v1` request: its key.

use crate::address::client_address;
use crate::app::App;
use crate::caller::Quota;
use crate::error::ApiError;
use crate::keys::Remembered;
use crate::principal::{Principal, Sender, Stranger};
use actix_web::http::header::AUTHORIZATION;
use actix_web::{HttpMessage, HttpRequest};
use pecta_auth::{KeyFormatError, KeyHash};
use pecta_gates::Clock as _;
use std::cell::Cell;
use std::net::IpAddr;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Who sends a request, if its key is good. Leaves with the request what the headers of its answer depend on.
pub(crate) async fn authenticate(app: &App, request: &HttpRequest) -> Result<Rc<Sender>, ApiError> {
    let client = client_address(request, app.trusted_proxies());
    match find_key(app, request, client).await {
        Ok(principal) => {
            let sender = Rc::new(Sender {
                principal,
                client,
                quota: Cell::new(Quota::Default),
                is_weighed: Cell::new(false),
            });
            request.extensions_mut().insert(Rc::clone(&sender));
            Ok(sender)
        }
        Err(error) => {
            app.metrics().refused_key(&error);
            request.extensions_mut().insert(Stranger(client));
            Err(error)
        }
    }
}

/// The good key of a request. A client that failed too often is refused before the database is asked, unless its key was
/// good a moment ago: it may share its address with another one. For the same reason a text that may be a key is still looked
/// up now and then.
async fn find_key(
    app: &App,
    request: &HttpRequest,
    client: IpAddr,
) -> Result<Arc<Principal>, ApiError> {
    let now = app.clock().now();
    let hash = presented_key(request);
    let known = match &hash {
        Ok(hash) => app.keys().remembered(hash, now),
        Err(_) => None,
    };
    match known {
        Some(Remembered::Good(principal)) => Ok(principal),
        // Elsewhere, because few requests get here and the others would carry the room for it about.
        known => Box::pin(look_up(app, hash, known.is_some(), client, now)).await,
    }
}

async fn look_up(
    app: &App,
    hash: Result<KeyHash, ApiError>,
    is_known: bool,
    client: IpAddr,
    now: Duration,
) -> Result<Arc<Principal>, ApiError> {
    if is_known {
        return app.keys().find(hash?, now).await;
    }
    let is_key = hash.is_ok();
    // Counted before the look-up, so that many at once are not all let through.
    let counted = app.failures().count(client, is_key, now);
    let counted = counted.map_err(ApiError::RateLimited)?;
    let found = app.keys().find(hash?, now).await;
    if !found.as_ref().is_err_and(ApiError::is_unauthenticated) {
        app.failures().forgive(counted);
    }
    found
}

fn presented_key(request: &HttpRequest) -> Result<KeyHash, ApiError> {
    let mut headers = request.headers().get_all(AUTHORIZATION);
    let token = headers.next().and_then(|value| bearer(value.as_bytes()));
    let Some(token) = token else {
        return Err(ApiError::AuthMissing);
    };
    // Nobody should be left to guess which one counts. A proxy that joins them makes of them no key either.
    if headers.next().is_some() {
        return Err(ApiError::AuthFormat);
    }
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
