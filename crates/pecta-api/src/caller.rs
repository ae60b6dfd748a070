//! Who calls, as a handler's argument: the permission that a route takes stands in the handler's type.

use crate::app::App;
use crate::error::ApiError;
use actix_web::dev::Payload;
use actix_web::web::{self, Bytes};
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use pecta_auth::Scope;
use pecta_gates::Clock as _;
use pecta_store::{Origin, StoredKey};
use pecta_wire::RequestError;
use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;

/// Which of the two rate and body limits a route falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Budget {
    /// `POST /v1/ingest`.
    Ingest,
    /// All other routes together.
    Default,
}

/// What a route takes of its caller.
pub(crate) trait Permission: 'static {
    const SCOPE: Scope;
    const BUDGET: Budget = Budget::Default;
}

/// Have outputs judged.
pub(crate) enum Evaluate {}
/// Send verdicts.
pub(crate) enum Ingest {}
/// Read what was recorded.
pub(crate) enum Read {}
/// Register agents.
pub(crate) enum Register {}

impl Permission for Evaluate {
    const SCOPE: Scope = Scope::Evaluate;
}

impl Permission for Ingest {
    const SCOPE: Scope = Scope::Ingest;
    const BUDGET: Budget = Budget::Ingest;
}

impl Permission for Read {
    const SCOPE: Scope = Scope::Read;
}

impl Permission for Register {
    const SCOPE: Scope = Scope::Agents;
}

/// A caller whose key is good, has the permission `P`, and is within its rate limit.
pub(crate) struct Caller<P> {
    /// The org and key.
    pub(crate) origin: Origin,
    permission: PhantomData<P>,
}

impl<P: Permission> Caller<P> {
    fn admit(request: &HttpRequest) -> Result<Self, ApiError> {
        let app = app(request)?;
        let key = request.extensions().get::<StoredKey>().copied();
        let key = key.ok_or(ApiError::AuthMissing)?;
        if !key.scopes.contains(P::SCOPE) {
            return Err(ApiError::Forbidden(P::SCOPE));
        }
        let (limit, now) = (app.rate_limit(P::BUDGET), app.clock().now());
        app.limiter()
            .admit((key.org, P::BUDGET), limit, now)
            .map_err(ApiError::RateLimited)?;
        Ok(Self {
            origin: Origin {
                org: key.org,
                key: key.id,
            },
            permission: PhantomData,
        })
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::admit(request))
    }
}

/// A caller and the body that it sent, which is read only once the caller is admitted.
pub(crate) struct Posted<P> {
    pub(crate) caller: Caller<P>,
    pub(crate) body: Bytes,
}

impl<P: Permission> FromRequest for Posted<P> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let admitted = Caller::admit(request);
        let limit = app(request).map(|app| app.body_limit(P::BUDGET));
        let body = web::Payload::from_request(request, payload).into_inner();
        Box::pin(async move {
            let (caller, limit) = (admitted?, limit?);
            let body = body.map_err(|error| ApiError::internal(error.to_string()))?;
            Ok(Self {
                caller,
                body: read(body, limit).await?,
            })
        })
    }
}

async fn read(body: web::Payload, limit: usize) -> Result<Bytes, ApiError> {
    match body.to_bytes_limited(limit).await {
        Ok(Ok(bytes)) => Ok(bytes),
        // The connection broke or the chunks were malformed.
        Ok(Err(error)) => Err(RequestError::BadJson(error.to_string()).into()),
        Err(_) => Err(ApiError::PayloadTooLarge(limit)),
    }
}

/// The state that all requests share.
pub(crate) fn app(request: &HttpRequest) -> Result<&App, ApiError> {
    let app = request.app_data::<App>();
    app.ok_or_else(|| ApiError::internal("the state of the server is missing"))
}
