//! What all requests share.

use crate::body::Bodies;
use crate::caller::Quota;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::keys::Keys;
use crate::limiter::Limiter;
use crate::policies::Policies;
use crate::readiness::Readiness;
use pecta_gates::Clock as _;
use pecta_policy::{Format, Policy, PolicyError};
use pecta_store::{OrgId, Store};
use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;
use tokio::sync::Semaphore;

/// What an operator can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Requests to `POST /v1/ingest` per org in 60 seconds; 0 for no limit.
    pub rate_limit_ingest: usize,
    /// Requests to all other `/v1` routes together per org in 60 seconds; 0 for no limit.
    pub rate_limit_default: usize,
    /// The largest body of `POST /v1/ingest`, in bytes.
    pub ingest_body_limit: usize,
    /// The largest body of any other route, in bytes.
    pub body_limit: usize,
    /// The time that the gates have for one output; more than zero.
    pub gate_budget: Duration,
}

/// What judges the outputs of the orgs without a policy.
#[derive(Debug)]
pub(crate) struct ServerPolicy {
    pub(crate) policy: Policy,
    /// The number that verdicts carry; none where no policy was given.
    pub(crate) version: Option<i64>,
}

/// The state that all requests share. Clones share it.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    settings: Settings,
    store: Store,
    policies: Policies,
    keys: Keys,
    limiter: Limiter<(OrgId, Quota)>,
    bodies: Bodies,
    heavy_turns: Semaphore,
    readiness: Readiness,
    clock: Clock,
}

impl App {
    /// Composes the state of a server. Without a policy the documented gates judge.
    ///
    /// # Errors
    /// When the gates of a server without a policy cannot be built with these settings.
    pub fn new(
        settings: Settings,
        store: Store,
        policy: Option<Policy>,
    ) -> Result<Self, PolicyError> {
        let policy = match policy {
            Some(policy) => ServerPolicy {
                version: i64::try_from(policy.version()).ok(),
                policy,
            },
            None => ServerPolicy {
                version: None,
                policy: Policy::parse("", Format::Toml, settings.gate_budget)?,
            },
        };
        Ok(Self(Arc::new(Shared {
            keys: Keys::new(store.clone()),
            limiter: Limiter::new(),
            bodies: Bodies::new(settings.body_limit.max(settings.ingest_body_limit)),
            heavy_turns: Semaphore::new(available_parallelism().map_or(1, NonZero::get)),
            readiness: Readiness::new(store.clone()),
            clock: Clock::start(),
            policies: Policies::new(store.clone(), policy, settings.gate_budget),
            settings,
            store,
        })))
    }

    /// From now on `GET /ready` tells that no more requests should be sent here.
    pub fn start_draining(&self) {
        self.0.readiness.start_draining();
    }

    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    pub(crate) fn bodies(&self) -> &Bodies {
        &self.0.bodies
    }

    pub(crate) fn heavy_turns(&self) -> &Semaphore {
        &self.0.heavy_turns
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.0.policies
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Counts so many requests of an org against its rate limit, all of them or none.
    pub(crate) fn pay(&self, org: OrgId, quota: Quota, requests: usize) -> Result<(), ApiError> {
        let (limiter, limit) = (&self.0.limiter, self.rate_limit(quota));
        let admitted = limiter.admit((org, quota), limit, requests, || self.clock().now());
        admitted.map_err(ApiError::RateLimited)
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn rate_limit(&self, quota: Quota) -> usize {
        match quota {
            Quota::Ingest => self.0.settings.rate_limit_ingest,
            Quota::Default => self.0.settings.rate_limit_default,
        }
    }

    pub(crate) fn body_limit(&self, quota: Quota) -> usize {
        match quota {
            Quota::Ingest => self.0.settings.ingest_body_limit,
            Quota::Default => self.0.settings.body_limit,
        }
    }
}
