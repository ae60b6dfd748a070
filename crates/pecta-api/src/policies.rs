//! What judges the outputs of each org, kept ready in memory.

use crate::app::ServerPolicy;
use crate::candidate::Candidate;
use crate::error::ApiError;
use actix_web::{rt, web};
use pecta_policy::{Format, Policy, PolicyError, Suppression};
use pecta_store::{OrgId, PolicyRecord, PolicyRole, Store, SuppressionRecord};
use std::collections::HashMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tokio::sync::Mutex;

/// From this age on what is in memory is read anew, while requests go on with it.
const FRESH: Duration = Duration::from_secs(3);
/// At this age requests wait for that: a change by another server is live by then.
const OLD: Duration = Duration::from_secs(5);
/// How long nobody waits again after the database failed.
const PAUSE: Duration = Duration::from_secs(1);
/// How long an org stays in memory that sends nothing.
const IDLE: Duration = Duration::from_mins(10);
/// How many orgs are in memory at most.
const CAPACITY: usize = 10_000;

/// What judges the outputs of an org.
#[derive(Debug, Clone)]
pub(crate) struct OrgPolicy {
    pub(crate) policy: Arc<Policy>,
    /// The number that verdicts carry.
    pub(crate) version: Option<i64>,
    pub(crate) suppressions: Vec<Suppression>,
    /// What runs beside it.
    pub(crate) candidate: Option<Arc<Candidate>>,
    /// The suppressions as they are stored.
    records: Vec<SuppressionRecord>,
    /// The newest version in the database, which may be one of no policy.
    stored: Option<i64>,
    /// The same of the candidate.
    stored_candidate: Option<i64>,
}

impl OrgPolicy {
    /// The same with another policy, for a test.
    pub(crate) fn with(&self, policy: Policy) -> Self {
        Self {
            policy: Arc::new(policy),
            version: None,
            candidate: None,
            ..self.clone()
        }
    }
}

/// What judges the outputs of the orgs that sent some lately. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Policies(Arc<Shared>);

struct Shared {
    store: Store,
    /// What judges where an org says nothing.
    server: Arc<OrgPolicy>,
    budget: Duration,
    orgs: RwLock<HashMap<OrgId, Arc<Org>>>,
    /// When idle orgs were last let go of, in milliseconds.
    swept_at: AtomicU64,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies").finish_non_exhaustive()
    }
}

/// An org in memory. Times are milliseconds of the monotonic clock.
#[derive(Default)]
struct Org {
    current: RwLock<Option<Arc<OrgPolicy>>>,
    /// Held while it is read, so that what is read later is never replaced by what was read before.
    loading: Mutex<()>,
    loaded_at: AtomicU64,
    tried_at: AtomicU64,
    used_at: AtomicU64,
}

impl Policies {
    pub(crate) fn new(store: Store, server: ServerPolicy, budget: Duration) -> Self {
        Self(Arc::new(Shared {
            store,
            server: Arc::new(OrgPolicy {
                policy: Arc::new(server.policy),
                version: server.version,
                suppressions: Vec::new(),
                records: Vec::new(),
                candidate: None,
                stored: None,
                stored_candidate: None,
            }),
            budget,
            orgs: RwLock::default(),
            swept_at: AtomicU64::new(0),
        }))
    }

    /// Reads a policy as an org sends it.
    pub(crate) fn parse(&self, document: &str) -> Result<Policy, PolicyError> {
        Policy::parse(document, Format::Json, self.0.budget)
    }

    /// What judges the outputs of an org now; `now` is monotonic. Asks the database when that is not known, and
    /// otherwise at most every few seconds, beside the request.
    pub(crate) async fn of(&self, id: OrgId, now: Duration) -> Result<Arc<OrgPolicy>, ApiError> {
        let org = self.org(id, now);
        org.used_at.store(millis(now), Ordering::Relaxed);
        let Some(current) = org.current() else {
            let _turn = org.loading.lock().await;
            return match org.current() {
                Some(current) => Ok(current),
                None => self.load(id, &org, now).await,
            };
        };
        let age = since(&org.loaded_at, now);
        if age >= OLD {
            let _turn = org.loading.lock().await;
            if since(&org.loaded_at, now) >= OLD && since(&org.tried_at, now) >= PAUSE {
                return Ok(self.load_or_keep(id, &org, now).await.unwrap_or(current));
            }
            return Ok(org.current().unwrap_or(current));
        }
        if age >= FRESH && since(&org.tried_at, now) >= PAUSE {
            self.load_beside(id, org, now);
        }
        Ok(current)
    }

    /// Brings a change by this server to life.
    pub(crate) async fn changed(&self, id: OrgId, now: Duration) {
        let org = self.org(id, now);
        let _turn = org.loading.lock().await;
        self.load_or_keep(id, &org, now).await;
    }

    fn load_beside(&self, id: OrgId, org: Arc<Org>, now: Duration) {
        let policies = self.clone();
        rt::spawn(async move {
            if let Ok(_turn) = org.loading.try_lock() {
                policies.load_or_keep(id, &org, now).await;
            }
        });
    }

    /// Reads what is stored; nothing when that fails, so that what is in memory stays.
    async fn load_or_keep(&self, id: OrgId, org: &Org, now: Duration) -> Option<Arc<OrgPolicy>> {
        let loaded = self.load(id, org, now).await;
        let warn =
            |error| tracing::warn!(org = id.get(), %error, "the policy of an org cannot be read");
        loaded.map_err(warn).ok()
    }

    /// Reads what is stored into memory. Needs the turn.
    async fn load(&self, id: OrgId, org: &Org, now: Duration) -> Result<Arc<OrgPolicy>, ApiError> {
        org.tried_at.store(millis(now), Ordering::Relaxed);
        let known = org.current();
        let known = known.as_ref().unwrap_or(&self.0.server);
        let loaded = self.read(id, known).await?;
        *org.current.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&loaded));
        org.loaded_at.store(millis(now), Ordering::Relaxed);
        Ok(loaded)
    }

    /// What is stored; `known` itself where it is that.
    async fn read(&self, id: OrgId, known: &Arc<OrgPolicy>) -> Result<Arc<OrgPolicy>, ApiError> {
        let store = &self.0.store;
        let stored = store.policy_version(id, PolicyRole::Live).await?;
        let records = store.suppressions(id).await?;
        let candidate = store.policy_version(id, PolicyRole::Candidate).await?;
        if (stored, candidate) == (known.stored, known.stored_candidate) && records == known.records
        {
            return Ok(Arc::clone(known));
        }
        let mut next = OrgPolicy::clone(known);
        if stored != known.stored {
            self.read_policy(id, &mut next).await?;
        }
        if candidate != known.stored_candidate {
            self.read_candidate(id, &mut next).await?;
        }
        if records != known.records {
            let suppressions = records.iter().map(suppression);
            next.suppressions = suppressions.collect::<Result<_, _>>()?;
            next.records = records;
        }
        Ok(Arc::new(next))
    }

    async fn read_policy(&self, id: OrgId, next: &mut OrgPolicy) -> Result<(), ApiError> {
        let newest = self.0.store.policy(id, PolicyRole::Live, None).await?;
        next.stored = newest.as_ref().map(|newest| newest.version);
        (next.policy, next.version) = match newest.and_then(|newest| newest.document) {
            Some(document) => (self.compile(document).await?, next.stored),
            None => (Arc::clone(&self.0.server.policy), self.0.server.version),
        };
        Ok(())
    }

    async fn read_candidate(&self, id: OrgId, next: &mut OrgPolicy) -> Result<(), ApiError> {
        let newest = self.0.store.policy(id, PolicyRole::Candidate, None).await?;
        next.stored_candidate = newest.as_ref().map(|newest| newest.version);
        next.candidate = match newest {
            Some(PolicyRecord {
                version,
                document: Some(document),
                ..
            }) => {
                // One that this server cannot read, because a newer one took it, keeps nothing else from being read.
                let warn = |error: &ApiError| {
                    tracing::warn!(org = id.get(), %error, "the candidate policy of an org cannot be read");
                };
                let policy = self.compile(document).await.inspect_err(warn).ok();
                policy.map(|policy| Arc::new(Candidate::new(version, policy)))
            }
            _ => None,
        };
        Ok(())
    }

    async fn compile(&self, document: String) -> Result<Arc<Policy>, ApiError> {
        let policies = self.clone();
        let policy = web::block(move || policies.parse(&document)).await;
        let policy = policy.map_err(ApiError::internal)?;
        policy.map(Arc::new).map_err(ApiError::internal)
    }

    fn org(&self, id: OrgId, now: Duration) -> Arc<Org> {
        let orgs = self.0.orgs.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(org) = orgs.get(&id) {
            return Arc::clone(org);
        }
        drop(orgs);
        let mut orgs = self.0.orgs.write().unwrap_or_else(PoisonError::into_inner);
        if since(&self.0.swept_at, now) >= IDLE || orgs.len() >= CAPACITY {
            self.0.swept_at.store(millis(now), Ordering::Relaxed);
            orgs.retain(|_, org| since(&org.used_at, now) < IDLE);
        }
        let org = Arc::<Org>::default();
        org.used_at.store(millis(now), Ordering::Relaxed);
        if orgs.len() >= CAPACITY {
            // It is read for this request alone.
            return org;
        }
        Arc::clone(orgs.entry(id).or_insert(org))
    }
}

impl Org {
    fn current(&self) -> Option<Arc<OrgPolicy>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }
}

/// A suppression as the policy takes it.
fn suppression(record: &SuppressionRecord) -> Result<Suppression, ApiError> {
    let said = &record.suppression;
    let mut suppression = Suppression::new(record.id.as_str(), &said.gate, &said.rule);
    if let Some(pattern) = &said.agent {
        suppression = suppression.agent(pattern);
    }
    if let Some(pattern) = &said.tool {
        suppression = suppression.tool(pattern);
    }
    if let Some(end) = said.expires_at {
        suppression = suppression.expires_at(end);
    }
    let pointer = said.pointer.as_deref().unwrap_or_default();
    suppression.pointer(pointer).map_err(ApiError::internal)
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

fn since(moment: &AtomicU64, now: Duration) -> Duration {
    Duration::from_millis(millis(now).saturating_sub(moment.load(Ordering::Relaxed)))
}
