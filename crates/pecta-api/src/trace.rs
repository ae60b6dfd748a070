//! A request id for every answer, and a log line for every request.
//!
//! Failures of the server are logged as errors, everything else at the debug level. A line names the
//! route's pattern, never the path, the query or a body.

use crate::error::ApiError;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage};
use pecta_gates::Clock as _;
use pecta_store::StoredKey;
use std::error::Error as _;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Counts on from a random start, so that ids of different processes differ.
static NEXT_ID: LazyLock<AtomicU64> = LazyLock::new(|| {
    // Without randomness the ids still tell the requests of this process apart.
    AtomicU64::new(getrandom::u64().unwrap_or_default())
});

/// Gives a request its id, and logs what became of it.
pub(crate) async fn trace(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let id = format!("{:016x}", NEXT_ID.fetch_add(1, Ordering::Relaxed));
    let clock = request.app_data::<crate::App>().map(|app| *app.clock());
    let started = clock.map(|clock| clock.now());
    let mut answer = next.call(request).await?;
    let took = clock
        .zip(started)
        .map(|(clock, started)| clock.now().saturating_sub(started));
    log(&id, took.unwrap_or_default().as_micros(), &answer);
    if let Ok(value) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, value);
    }
    Ok(answer)
}

fn log(request_id: &str, micros: u128, answer: &ServiceResponse<impl MessageBody>) {
    let error = answer
        .response()
        .error()
        .and_then(|error| error.as_error::<ApiError>())
        .filter(|_| answer.status().is_server_error());
    // The pattern is looked for in the whole route table: not for a line that nobody reads.
    if error.is_none() && !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let request = answer.request();
    let method = request.method().as_str();
    let route = request.match_pattern().unwrap_or_default();
    let status = answer.status().as_u16();
    let org = request
        .extensions()
        .get::<StoredKey>()
        .map(|key| key.org.get());
    if let Some(error) = error {
        let cause = error.source().map(ToString::to_string);
        tracing::error!(
            request_id,
            method,
            route,
            status,
            org,
            micros,
            cause,
            "request failed"
        );
    } else {
        tracing::debug!(request_id, method, route, status, org, micros, "request");
    }
}
