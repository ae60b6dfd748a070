//! What all requests share.

use crate::allowance::{Allowance, Counted, ServerLimits};
use crate::body::Bodies;
use crate::caller::Quota;
use crate::callouts::Callouts;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::failures::Failures;
use crate::keys::Keys;
use crate::limit_headers;
use crate::limiter::Limiter;
use crate::metrics::Metrics;
use crate::policies::Policies;
use crate::readiness::Readiness;
use crate::shared_limits::SharedLimits;
use crate::turns::Turns;
use actix_web::http::header::HeaderMap;
use ipnet::IpNet;
use pecta_gates::Clock as _;
use pecta_policy::{Format, Networks, Policy, PolicyError};
use pecta_store::{OrgId, Store};
use std::net::IpAddr;
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

/// What an operator can set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Requests to `POST /v1/ingest` per org in 60 seconds; 0 for no limit.
    pub rate_limit_ingest: usize,
    /// Requests to all other `/v1` routes together per org in 60 seconds; 0 for no limit.
    pub rate_limit_default: usize,
    /// Requests without a good key per client address in 60 seconds; 0 for no limit.
    pub rate_limit_failures: usize,
    /// Whether browsers are told to come with TLS only, for a year.
    pub is_tls: bool,
    /// The origins whose pages may call, as browsers name them; none unless there are some.
    pub cors_origins: Vec<String>,
    /// The networks of the proxies that are believed about whom they forward for.
    pub trusted_proxies: Vec<IpNet>,
    /// The largest body of `POST /v1/ingest`, in bytes.
    pub ingest_body_limit: usize,
    /// The largest body of any other route, in bytes.
    pub body_limit: usize,
    /// The time that the gates have for one output; more than zero.
    pub gate_budget: Duration,
    /// Internal networks in which policies may have services asked.
    pub callout_networks: Vec<IpNet>,
}

impl Settings {
    fn rate_limits(&self) -> ServerLimits {
        ServerLimits {
            ingest: self.rate_limit_ingest,
            default: self.rate_limit_default,
        }
    }
}

/// What judges the outputs of the orgs without a policy.
#[derive(Debug)]
pub(crate) struct ServerPolicy {
    pub(crate) policy: Policy,
    /// The number that verdicts carry; none where no policy was given.
    pub(crate) version: Option<i64>,
}

impl From<Policy> for ServerPolicy {
    fn from(policy: Policy) -> Self {
        Self {
            version: i64::try_from(policy.version()).ok(),
            policy,
        }
    }
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
    limiter: Limiter<Counted>,
    failures: Failures,
    redis: Option<SharedLimits>,
    bodies: Bodies<OrgId>,
    heavy_turns: Turns<OrgId>,
    policy_turns: Turns<OrgId>,
    callouts: Callouts,
    readiness: Readiness,
    metrics: Metrics,
    /// When it is told again that requests are refused because there is too much to do, in milliseconds.
    shortage_told_until: AtomicU64,
    clock: Clock,
}

impl App {
    /// Composes the state of a server. Without a policy the documented gates judge; without shared limits every server
    /// limits by itself.
    ///
    /// # Errors
    /// When the gates of a server without a policy cannot be built with these settings.
    pub fn new(
        settings: Settings,
        store: Store,
        policy: Option<Policy>,
        shared_limits: Option<SharedLimits>,
    ) -> Result<Self, PolicyError> {
        let policy = match policy {
            Some(policy) => policy.into(),
            None => ServerPolicy {
                version: None,
                policy: Policy::parse("", Format::Toml, settings.gate_budget)?,
            },
        };
        let clock = Clock::start();
        let networks = Networks::internet_and(&settings.callout_networks);
        let cores = available_parallelism().map_or(1, NonZero::get);
        Ok(Self(Arc::new(Shared {
            keys: Keys::new(store.clone(), settings.rate_limits()),
            limiter: Limiter::new(),
            redis: shared_limits,
            failures: Failures::new(settings.rate_limit_failures),
            bodies: Bodies::new(settings.body_limit.max(settings.ingest_body_limit)),
            heavy_turns: Turns::new(cores, cores),
            policy_turns: Turns::new(1, cores),
            callouts: Callouts::new(networks.clone()),
            readiness: Readiness::new(store.clone()),
            metrics: Metrics::default(),
            shortage_told_until: AtomicU64::new(0),
            clock,
            policies: Policies::new(store.clone(), policy, settings.gate_budget, networks, clock),
            settings,
            store,
        })))
    }

    /// From now on another policy judges the outputs of the orgs without one of their own. Requests that have begun are judged
    /// by the old one to their end.
    pub fn replace_policy(&self, policy: Policy) {
        self.policies().replace(policy.into());
    }

    /// From now on `GET /ready` tells that no more requests should be sent here.
    pub fn start_draining(&self) {
        self.0.readiness.start_draining();
    }

    /// Brings to the database what is counted and not there yet. For the end, when all requests are answered.
    pub async fn save_counts(&self) {
        self.policies().save_counts().await;
    }

    pub(crate) fn readiness(&self) -> &Readiness {
        &self.0.readiness
    }

    pub(crate) fn bodies(&self) -> &Bodies<OrgId> {
        &self.0.bodies
    }

    /// As many as there are cores. An org may have all of them while no other waits: none is kept for long.
    pub(crate) fn heavy_turns(&self) -> &Turns<OrgId> {
        &self.0.heavy_turns
    }

    /// Making policies ready takes turns of its own, one at a time for each org, so that it keeps no other work waiting.
    pub(crate) fn policy_turns(&self) -> &Turns<OrgId> {
        &self.0.policy_turns
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn policies(&self) -> &Policies {
        &self.0.policies
    }

    pub(crate) fn callouts(&self) -> &Callouts {
        &self.0.callouts
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.0.keys
    }

    /// Counts so many requests against their rate limits, all of them or none: where all servers count, or here while
    /// that cannot be asked.
    pub(crate) async fn pay(&self, allowance: &Allowance, requests: usize) -> Result<(), ApiError> {
        if allowance.is_unlimited() || requests == 0 {
            return Ok(());
        }
        let admitted = match &self.0.redis {
            // Elsewhere, so that requests which wait for nobody do not carry the room for it about.
            Some(shared) => Box::pin(self.admit_together(shared, allowance, requests)).await,
            None => self.admit(allowance, requests),
        };
        admitted.map_err(|seconds| {
            self.metrics().refused(allowance);
            ApiError::RateLimited(seconds)
        })
    }

    fn admit(&self, allowance: &Allowance, requests: usize) -> Result<(), u64> {
        let now = || self.clock().now();
        self.0.limiter.admit(allowance.limits(), requests, now)
    }

    async fn admit_together(
        &self,
        shared: &SharedLimits,
        allowance: &Allowance,
        requests: usize,
    ) -> Result<(), u64> {
        let now = || self.clock().now();
        let places = allowance.limits();
        let places: Vec<_> = places
            .map(|(counted, limit)| (counted.to_string(), limit))
            .collect();
        let Some(answer) = shared.admit(&places, requests, now()).await else {
            self.metrics().fell_back();
            return self.admit(allowance, requests);
        };
        let counted = if answer.admitted.is_ok() { requests } else { 0 };
        let standings = allowance.limits().map(|(key, _)| key);
        let standings = standings.zip(answer.standings);
        self.0.limiter.note(standings, counted, now);
        answer.admitted
    }

    /// Tells what is left of rate limits, where it is known: of limits that are counted elsewhere it is for a request that was
    /// weighed there, alone.
    pub(crate) fn limit_headers(
        &self,
        allowance: &Allowance,
        is_weighed: bool,
        headers: &mut HeaderMap,
    ) {
        let Some(policy) = allowance.policy() else {
            return;
        };
        let is_shared = self
            .0
            .redis
            .as_ref()
            .is_some_and(SharedLimits::is_reachable);
        if is_shared && !is_weighed {
            limit_headers::insert_policy(headers, policy);
            return;
        }
        let now = || self.clock().now();
        let standings = allowance.limits().map(|(counted, limit)| {
            let standing = self.0.limiter.standing(&counted, limit, now);
            (counted.name(), standing)
        });
        limit_headers::insert(headers, policy, standings);
    }

    /// Tells how often a client may still fail to authenticate.
    pub(crate) fn failure_headers(&self, client: IpAddr, headers: &mut HeaderMap) {
        let (failures, now) = (&self.0.failures, self.clock().now());
        let limits = Some(("failures", failures.limit())).filter(|(_, limit)| *limit > 0);
        if let Some(policy) = limit_headers::policy(limits.into_iter()) {
            let standing = failures.standing(client, now);
            limit_headers::insert(headers, &policy, [("failures", standing)].into_iter());
        }
    }

    /// What the server has done so far, in the text format of Prometheus.
    pub(crate) fn metrics_text(&self) -> String {
        let shared = self.0.redis.as_ref().map(SharedLimits::is_reachable);
        let breakers_opened = self.callouts().breakers_opened();
        let recording = self.store().recording();
        self.metrics().text(recording, shared, breakers_opened)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    /// Whether it is to be told that requests are refused because there is too much to do: once a second.
    pub(crate) fn tells_of_shortage(&self) -> bool {
        let now = u64::try_from(self.clock().now().as_millis()).unwrap_or(u64::MAX);
        let told_until = |until| (now >= until).then(|| now.saturating_add(1_000));
        let told = &self.0.shortage_told_until;
        told.fetch_update(Ordering::Relaxed, Ordering::Relaxed, told_until)
            .is_ok()
    }

    pub(crate) fn failures(&self) -> &Failures {
        &self.0.failures
    }

    pub(crate) fn is_tls(&self) -> bool {
        self.0.settings.is_tls
    }

    pub(crate) fn cors_origins(&self) -> &[String] {
        &self.0.settings.cors_origins
    }

    pub(crate) fn trusted_proxies(&self) -> &[IpNet] {
        &self.0.settings.trusted_proxies
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The limits of orgs that have none of their own.
    pub(crate) fn rate_limits(&self) -> ServerLimits {
        self.0.settings.rate_limits()
    }

    pub(crate) fn body_limit(&self, quota: Quota) -> usize {
        match quota {
            Quota::Ingest => self.0.settings.ingest_body_limit,
            Quota::Default | Quota::Administration => self.0.settings.body_limit,
        }
    }
}
