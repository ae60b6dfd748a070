//! Who calls, as a handler's argument: the permission that a route takes stands in the handler's type.

use crate::allowance::Allowance;
use crate::app::App;
use crate::authenticate::authenticate;
use crate::body::{Body, IncomingBody};
use crate::error::ApiError;
use crate::policies::OrgPolicy;
use crate::principal::Sender;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use pecta_auth::{AgentPatterns, Scope, Scopes};
use pecta_store::{OrgId, Origin, RequiredSignature, Store, StoredKey};
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

/// Which rate limit and body limit a route falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Quota {
    /// `POST /v1/ingest`.
    Ingest,
    /// All other routes together, but for administration.
    Default,
    /// What takes the scope `admin`: at least as much as the default of the server, and counted apart, so that no flood with
    /// another key keeps an administrator from ending it, and no limit that an org sets.
    Administration,
}

impl Quota {
    /// How headers call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Default => "default",
            Self::Administration => "administration",
        }
    }
}

/// What a route takes of its caller.
pub(crate) trait Permission: 'static {
    /// The scope that the key needs; none where any good key will do.
    const SCOPE: Option<Scope>;
    const QUOTA: Quota = Quota::Default;
}

/// Have outputs judged.
pub(crate) enum Evaluate {}
/// Send verdicts.
pub(crate) enum Ingest {}
/// Read what was recorded.
pub(crate) enum Read {}
/// Register agents.
pub(crate) enum Register {}
/// Administer the org.
pub(crate) enum Administer {}
/// Read what is the same for everyone.
pub(crate) enum Consult {}

impl Permission for Evaluate {
    const SCOPE: Option<Scope> = Some(Scope::Evaluate);
}

impl Permission for Ingest {
    const SCOPE: Option<Scope> = Some(Scope::Ingest);
    const QUOTA: Quota = Quota::Ingest;
}

impl Permission for Read {
    const SCOPE: Option<Scope> = Some(Scope::Read);
}

impl Permission for Register {
    const SCOPE: Option<Scope> = Some(Scope::Agents);
}

impl Permission for Consult {
    const SCOPE: Option<Scope> = None;
}

impl Permission for Administer {
    const SCOPE: Option<Scope> = Some(Scope::Admin);
    const QUOTA: Quota = Quota::Administration;
}

/// A caller whose key is good, has the permission `P`, and is within its rate limit.
pub(crate) struct Caller<P> {
    pub(crate) app: Rc<App>,
    sender: Rc<Sender>,
    permission: PhantomData<P>,
}

impl<P: Permission> Caller<P> {
    /// The caller of a request, which is counted against the rate limit, unless its key may not do this.
    async fn of(request: HttpRequest) -> Result<Self, ApiError> {
        let app = Rc::clone(app(&request)?);
        let sender = authenticate(&app, &request).await?;
        sender.quota.set(P::QUOTA);
        let lacks = |scope: &Scope| !sender.principal.key.scopes.contains(*scope);
        if let Some(scope) = P::SCOPE.filter(lacks) {
            return Err(ApiError::Forbidden(scope));
        }
        let caller = Self {
            app,
            sender,
            permission: PhantomData,
        };
        let paid = caller.app.pay(caller.allowance(), 1).await;
        caller.sender.is_weighed.set(true);
        paid.map(|()| caller)
    }

    /// What its requests are limited to.
    pub(crate) fn allowance(&self) -> &Allowance {
        self.sender.principal.allowance(P::QUOTA)
    }

    pub(crate) fn store(&self) -> &Store {
        self.app.store()
    }

    fn key(&self) -> &StoredKey {
        &self.sender.principal.key
    }

    /// The org, key and address.
    pub(crate) fn origin(&self) -> Origin {
        self.key().origin().at(self.sender.client)
    }

    pub(crate) fn org(&self) -> OrgId {
        self.key().org
    }

    /// What the caller may do.
    pub(crate) fn scopes(&self) -> Scopes {
        self.key().scopes
    }

    /// The agents that the caller may write for.
    pub(crate) fn agents(&self) -> WritableAgents {
        WritableAgents(self.key().agents.clone())
    }

    /// Which signature verdicts must have that are sent to the org.
    pub(crate) fn required_signature(&self) -> RequiredSignature {
        self.key().require_signature
    }

    /// What judges the outputs of the org now.
    pub(crate) async fn policy(&self) -> Result<Arc<OrgPolicy>, ApiError> {
        self.app.policies().of(self.org()).await
    }
}

impl<P: Permission> FromRequest for Caller<P> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(Self::of(request.clone()))
    }
}

/// The agents that a key may write for: usually all.
#[derive(Debug, Clone)]
pub(crate) struct WritableAgents(Option<Arc<AgentPatterns>>);

impl WritableAgents {
    pub(crate) fn of(patterns: Option<AgentPatterns>) -> Self {
        Self(patterns.map(Arc::new))
    }

    /// Refuses an agent that is none of them.
    pub(crate) fn check(&self, agent_id: &str) -> Result<(), ApiError> {
        match &self.0 {
            Some(patterns) if !patterns.allow(agent_id) => {
                Err(ApiError::ForeignAgent(agent_id.to_owned()))
            }
            _ => Ok(()),
        }
    }
}

/// A caller and the body that it sent, which is read only once the caller is admitted.
pub(crate) struct Posted<P> {
    pub(crate) caller: Caller<P>,
    pub(crate) body: Body,
}

impl<P: Permission> FromRequest for Posted<P> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let caller = Caller::of(request.clone());
        let body = IncomingBody::take(request, payload);
        Box::pin(async move {
            let caller = caller.await?;
            let limit = caller.app.body_limit(P::QUOTA);
            let (bodies, org) = (caller.app.bodies(), caller.org());
            let body = body.read(limit, bodies, org).await?;
            Ok(Self { caller, body })
        })
    }
}

/// The state that all requests share.
pub(crate) fn app(request: &HttpRequest) -> Result<&Rc<App>, ApiError> {
    let app = request.app_data::<Rc<App>>();
    app.ok_or_else(|| ApiError::internal("the state of the server is missing"))
}
