//! What every answer carries, whatever its route: a request id, what is left of limits, and the headers that keep browsers
//! from doing more with it than they should; and a log line for every request.
//!
//! Failures of the server are logged as errors, refusals because it has too much to do as warnings, one a second, everything
//! else at the debug level. A line names the
//! route's pattern, never the path, the query or a body.

use crate::app::App;
use crate::connection::Answering;
use crate::error::ApiError;
use crate::principal::{Sender, Stranger};
use actix_cors::CorsError;
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{Error, HttpMessage, ResponseError as _};
use pecta_gates::Clock as _;
use std::cell::Cell;
use std::error::Error as _;
use std::rc::Rc;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// For a year.
const TLS_ONLY: HeaderValue = HeaderValue::from_static("max-age=31536000");
/// The longest id that is taken over from a request.
const LONGEST_ID: usize = 128;
/// Answers are data of one caller: nobody keeps them,
const NOT_KEPT: HeaderValue = HeaderValue::from_static("no-store");
/// and no browser takes them for a page or a frame,
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");
/// or for a script.
const AS_TYPED: HeaderValue = HeaderValue::from_static("nosniff");

thread_local! {
    /// Each thread counts on from a random start, so that ids of different threads and processes differ.
    static NEXT_ID: Cell<u64> = {
        // Without randomness the ids still tell the requests of this thread apart.
        Cell::new(getrandom::u64().unwrap_or_default())
    };
}

/// Gives a request its id, has it answered, and logs and counts what became of it.
pub(crate) fn trace<S, B>(
    app: Rc<App>,
    request: ServiceRequest,
    service: &S,
) -> impl Future<Output = Result<ServiceResponse, Error>> + use<S, B>
where
    S: Service<ServiceRequest, Response = ServiceResponse<B>, Error = Error>,
    B: MessageBody + 'static,
{
    let id = sane_id(&request).unwrap_or_else(new_id);
    let started = app.clock().now();
    let answering = Answering::begin(&request);
    let answer = service.call(request);
    async move {
        let _answering = answering;
        let mut answer = with_json_refusal(answer.await?);
        let took = app.clock().now().saturating_sub(started);
        let (path, status) = (answer.request().path(), answer.status().as_u16());
        app.metrics().answered(path, status, took);
        log(&app, &id, took.as_micros(), &answer);
        limits(&app, &mut answer);
        // No route sets any of these itself, and to append costs half as much as to replace.
        let headers = answer.headers_mut();
        headers.append(CACHE_CONTROL, NOT_KEPT);
        headers.append(CONTENT_SECURITY_POLICY, NO_PAGE);
        headers.append(X_CONTENT_TYPE_OPTIONS, AS_TYPED);
        if app.is_tls() {
            headers.append(STRICT_TRANSPORT_SECURITY, TLS_ONLY);
        }
        headers.append(REQUEST_ID, id);
        Ok(answer)
    }
}

/// Tells the sender of a request what is left of its limits.
fn limits(app: &App, answer: &mut ServiceResponse) {
    let sender = answer.request().extensions().get::<Rc<Sender>>().cloned();
    if let Some(sender) = sender {
        let allowance = sender.principal.allowance(sender.quota.get());
        let is_weighed = sender.is_weighed.get();
        app.limit_headers(allowance, is_weighed, answer.headers_mut());
        return;
    }
    let stranger = answer.request().extensions().get::<Stranger>().copied();
    if let Some(Stranger(client)) = stranger {
        app.failure_headers(client, answer.headers_mut());
    }
}

/// The id that the client gave the request, if it can stand in a log.
fn sane_id(request: &ServiceRequest) -> Option<HeaderValue> {
    let id = request.headers().get(REQUEST_ID)?;
    let is_sane = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
    let fits = (1..=LONGEST_ID).contains(&id.len());
    (fits && id.as_bytes().iter().all(is_sane)).then(|| id.clone())
}

/// Sixteen hexadecimal digits.
fn new_id() -> HeaderValue {
    let number = NEXT_ID.get();
    NEXT_ID.set(number.wrapping_add(1));
    let mut digits = [b'0'; 16];
    for (digit, shift) in digits.iter_mut().rev().zip((0..).step_by(4)) {
        let [nibble, ..] = (number >> shift & 0xf).to_le_bytes();
        *digit = if nibble < 10 {
            b'0' + nibble
        } else {
            b'a' + nibble - 10
        };
    }
    // Digits are always the text of a header.
    HeaderValue::from_bytes(&digits).unwrap_or(HeaderValue::from_static("0"))
}

/// The question of a browser whether a page may call is refused in the form of all other refusals.
fn with_json_refusal(answer: ServiceResponse<impl MessageBody + 'static>) -> ServiceResponse {
    let refusal = answer.response().error();
    let refusal = refusal.and_then(|error| error.as_error::<CorsError>());
    match refusal.map(|refusal| ApiError::CrossOrigin(refusal.to_string())) {
        Some(refusal) => answer.into_response(refusal.error_response()),
        None => answer.map_into_boxed_body(),
    }
}

fn log(
    app: &App,
    request_id: &HeaderValue,
    micros: u128,
    answer: &ServiceResponse<impl MessageBody>,
) {
    let error = answer
        .response()
        .error()
        .and_then(|error| error.as_error::<ApiError>())
        .filter(|_| answer.status().is_server_error());
    let shortage = error.and_then(ApiError::shortage);
    let error = error.filter(|_| shortage.is_none());
    let shortage = shortage.filter(|_| app.tells_of_shortage());
    // The pattern is looked for in the whole route table: not for a line that nobody reads.
    if error.is_none() && shortage.is_none() && !tracing::enabled!(tracing::Level::DEBUG) {
        return;
    }
    let request_id = request_id.to_str().unwrap_or_default();
    let request = answer.request();
    let method = request.method().as_str();
    let route = request.match_pattern().unwrap_or_default();
    let status = answer.status().as_u16();
    let org = request
        .extensions()
        .get::<Rc<Sender>>()
        .map(|sender| sender.principal.key.org.get());
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
    } else if let Some(cause) = shortage {
        tracing::warn!(
            request_id,
            method,
            route,
            status,
            org,
            cause,
            "requests are refused for lack of something, of which this one is told"
        );
    } else {
        tracing::debug!(request_id, method, route, status, org, micros, "request");
    }
}
