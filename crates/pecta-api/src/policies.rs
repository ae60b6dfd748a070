//! What judges the outputs of each org, kept ready in memory.

mod memory;
mod stored;

use crate::app::ServerPolicy;
use crate::candidate::Candidate;
use crate::error::ApiError;
use actix_web::rt;
use memory::{Memory, Org};
use pecta_gates::Clock;
use pecta_policy::{Format, Networks, Policy, PolicyError, Suppressions};
use pecta_store::{OrgId, Store, StoreError};
use std::fmt;
use std::iter;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use stored::Stored;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// From this age on what is in memory is looked at anew, while requests go on with it.
const FRESH: Duration = Duration::from_secs(3);
/// At this age requests wait for that: a change by another server is live by then.
const OLD: Duration = Duration::from_secs(5);
/// How long a request waits for the database to answer then.
const WAIT: Duration = Duration::from_secs(1);
/// How long a policy is prepared for outputs that are only foreseen.
const PREPARING: Duration = Duration::from_millis(500);
/// How long after a look nobody looks again.
const PAUSE: Duration = Duration::from_secs(1);

/// What judges the outputs of an org.
#[derive(Debug, Clone)]
pub(crate) struct OrgPolicy {
    pub(crate) policy: Arc<Policy>,
    /// The number that verdicts carry.
    pub(crate) version: Option<i64>,
    pub(crate) suppressions: Arc<Suppressions>,
    /// What runs beside it.
    pub(crate) candidate: Option<Arc<Candidate>>,
    stored: Stored,
    /// Whether the policy is the org's own.
    is_own: bool,
    /// What the suppressions take of the memory, in bytes.
    suppressions_weight: usize,
}

impl From<ServerPolicy> for OrgPolicy {
    fn from(server: ServerPolicy) -> Self {
        Self {
            policy: Arc::new(server.policy),
            version: server.version,
            suppressions: Arc::default(),
            candidate: None,
            stored: Stored::default(),
            is_own: false,
            suppressions_weight: 0,
        }
    }
}

impl OrgPolicy {
    /// About what the org alone takes of the memory now, in bytes, rounded up.
    fn weight(&self) -> usize {
        let live = Some(&self.policy).filter(|_| self.is_own);
        let candidate = self.candidate.as_ref().map(|candidate| &candidate.policy);
        let policies = live.into_iter().chain(candidate);
        let policies = policies.map(|policy| policy.weight()).sum::<usize>();
        self.suppressions_weight.saturating_add(policies)
    }

    /// What judging may take for each byte at most, as [`Policy::effort`] has it, whoever it is of.
    pub(crate) fn effort(&self) -> usize {
        self.policies().map(Policy::effort).sum()
    }

    /// The same for an output of an agent and a tool.
    pub(crate) fn effort_for(&self, agent: &str, tool: Option<&str>) -> usize {
        let tool = tool.unwrap_or_default();
        let efforts = self.policies().map(|policy| policy.effort_for(agent, tool));
        efforts.sum()
    }

    /// What judges, and what does so beside it.
    fn policies(&self) -> impl Iterator<Item = &Policy> {
        let candidate = self.candidate.as_ref().map(|candidate| &candidate.policy);
        iter::once(&self.policy)
            .chain(candidate)
            .map(|policy| &**policy)
    }

    /// The same, with nothing beside it, for a test.
    pub(crate) fn alone(&self) -> Self {
        Self {
            candidate: None,
            ..self.clone()
        }
    }

    /// The same with another policy, for a test.
    pub(crate) fn with(&self, policy: Policy) -> Self {
        Self {
            policy: Arc::new(policy),
            version: None,
            ..self.alone()
        }
    }
}

/// What judges the outputs of the orgs that sent some lately. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct Policies(Arc<Shared>);

struct Shared {
    store: Store,
    /// What judges where an org says nothing.
    server: RwLock<OrgPolicy>,
    budget: Duration,
    /// Where services may be that policies have asked.
    networks: Networks,
    clock: Box<dyn Clock + Send + Sync>,
    memory: Memory<OrgId>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Policies").finish_non_exhaustive()
    }
}

impl Policies {
    pub(crate) fn new(
        store: Store,
        server: ServerPolicy,
        budget: Duration,
        networks: Networks,
        clock: impl Clock + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Shared {
            store,
            server: RwLock::new(server.into()),
            budget,
            networks,
            clock: Box::new(clock),
            memory: Memory::default(),
        }))
    }

    /// Reads a policy as an org sends it.
    pub(crate) fn parse(&self, document: &str) -> Result<Policy, PolicyError> {
        let (budget, networks) = (self.0.budget, &self.0.networks);
        Policy::parse_within(document, Format::Json, budget, networks)
    }

    /// Has another policy judge from now on where an org says nothing.
    pub(crate) fn replace(&self, server: ServerPolicy) {
        let server = server.into();
        *self
            .0
            .server
            .write()
            .unwrap_or_else(PoisonError::into_inner) = server;
        // An org that is read meanwhile is put into memory with the old one before this, or with the new one.
        for (id, org) in self.0.memory.all() {
            if let Some(current) = org.current() {
                self.put(id, &org, |known| known.unwrap_or(&current).clone());
            }
        }
    }

    fn server(&self) -> OrgPolicy {
        let server = self.0.server.read();
        server.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes into memory what judges an org: where it says nothing, with the policy that the server has now.
    fn put(&self, id: OrgId, org: &Arc<Org>, next: impl FnOnce(Option<&OrgPolicy>) -> OrgPolicy) {
        self.0.memory.put(id, org, |current| {
            let next = next(current);
            if next.is_own {
                return next;
            }
            let OrgPolicy {
                policy, version, ..
            } = self.server();
            OrgPolicy {
                policy,
                version,
                ..next
            }
        });
    }

    /// What judges the outputs of an org now. Asks the database when that is not known, and otherwise at most every few
    /// seconds, beside the request.
    pub(crate) async fn of(&self, id: OrgId) -> Result<Arc<OrgPolicy>, ApiError> {
        let now = self.now();
        let org = self.0.memory.org(id, now);
        let Some(current) = org.current() else {
            self.look_once(id, &org).await?;
            // Somebody else's look may have failed.
            let down = || StoreError::Unavailable("the policy cannot be read".to_owned()).into();
            return org.current().ok_or_else(down);
        };
        let (age, rest) = (org.age(now), org.rest(now));
        // Nobody waits for a database that failed a moment ago, or hangs; when it failed long ago it is a new question.
        let is_down = org.has_failed() && rest < OLD || org.asking(now) >= WAIT;
        if age >= OLD && !is_down {
            // It goes on when nobody waits any more.
            let (policies, looked) = (self.clone(), Arc::clone(&org));
            let mut looking = rt::spawn(async move { policies.look_once(id, &looked).await });
            let looked = loop {
                match timeout(WAIT, &mut looking).await {
                    Ok(looked) => break Some(looked),
                    Err(_) if org.is_asking() => break None,
                    // What it answered is being made ready.
                    Err(_) => {}
                }
            };
            if let Some(Ok(looked)) = looked {
                warn_of(id, looked);
            }
            return Ok(org.current().unwrap_or(current));
        }
        if age >= FRESH && rest >= PAUSE {
            self.look_beside(id, org);
        }
        Ok(current)
    }

    /// Brings a change by this server to life. When that fails, what was in memory holds until a later look.
    pub(crate) async fn changed(&self, id: OrgId) {
        let policies = self.clone();
        // It goes on when the client that made the change has gone.
        let looking = rt::spawn(async move {
            let org = policies.0.memory.org(id, policies.now());
            let turn = org.turn.lock().await;
            let looked = policies.look(id, &org, false).await;
            drop(turn);
            warn_of(id, looked);
            policies.read_candidate(id, &org).await;
        });
        looking.await.ok();
    }

    /// Brings all counts of candidates to the database.
    pub(crate) async fn save_counts(&self) {
        for (id, org) in self.0.memory.all() {
            let current = org.current();
            let candidate = current
                .as_ref()
                .and_then(|current| current.candidate.as_ref());
            if let Some(candidate) = candidate {
                candidate.save(&self.0.store, id).await;
            }
        }
    }

    /// Looks at what is stored, or waits for whoever does so already: when its look ends, all go on who waited for it.
    async fn look_once(&self, id: OrgId, org: &Arc<Org>) -> Result<(), ApiError> {
        let looks = org.looks();
        let turn = org.turn.lock().await;
        if org.looks() != looks {
            return Ok(());
        }
        // Requests wait for the policy, and not for what is only foreseen.
        let before = org.current();
        let looked = self.look(id, org, true).await;
        drop(turn);
        let is_known = |now: &OrgPolicy| {
            let before = before.as_ref();
            before.is_some_and(|before| Arc::ptr_eq(&before.policy, &now.policy))
        };
        // That of the server is ready.
        if let Some(now) = org.current()
            && now.is_own
            && !is_known(&now)
        {
            self.prepare_beside(id, Arc::clone(org), now);
        }
        self.read_candidate_beside(id, org);
        looked
    }

    fn prepare_beside(&self, id: OrgId, org: Arc<Org>, current: Arc<OrgPolicy>) -> JoinHandle<()> {
        let policies = self.clone();
        rt::task::spawn_blocking(move || {
            policies.prepare(&current.policy);
            policies.0.memory.weigh(id, &org);
        })
    }

    /// Makes a policy ready for the outputs that can be foreseen, as far as there is time.
    fn prepare(&self, policy: &Policy) {
        let end = self.now().saturating_add(PREPARING);
        policy.prepare(|| self.now() >= end);
    }

    fn look_beside(&self, id: OrgId, org: Arc<Org>) {
        let policies = self.clone();
        rt::spawn(async move {
            if let Ok(turn) = org.turn.try_lock() {
                let looked = policies.look(id, &org, false).await;
                drop(turn);
                warn_of(id, looked);
                policies.read_candidate(id, &org).await;
            }
        });
    }

    /// Takes what is stored into memory, but for the candidate. Needs the turn.
    async fn look(&self, id: OrgId, org: &Arc<Org>, is_waiting: bool) -> Result<(), ApiError> {
        let began = self.now();
        org.begins(began);
        let known = org.current();
        let known = known.unwrap_or_else(|| Arc::new(self.server()));
        let read = self.read(id, &known).await;
        org.answered();
        let read = match read {
            Ok(Some(read)) => self.made(id, read, is_waiting).await.map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(error),
        };
        let (changed, failed) = match read {
            Ok(changed) => (changed, None),
            Err(error) => (None, Some(error)),
        };
        if let Some(mut next) = changed {
            self.put(id, org, |current| {
                if let Some(current) = current {
                    next.candidate.clone_from(&current.candidate);
                    next.stored.candidate_read = current.stored.candidate_read;
                }
                next
            });
        }
        // Policies grow with the agents that they judge.
        self.0.memory.weigh(id, org);
        org.looked(began, self.now(), failed.is_some());
        failed.map_or(Ok(()), Err)
    }

    fn read_candidate_beside(&self, id: OrgId, org: &Arc<Org>) {
        if org
            .current()
            .is_some_and(|current| current.stored.awaits_candidate())
        {
            let (policies, org) = (self.clone(), Arc::clone(org));
            rt::spawn(async move { policies.read_candidate(id, &org).await });
        }
    }

    /// Takes the candidate into memory, if another one is stored.
    async fn read_candidate(&self, id: OrgId, org: &Arc<Org>) {
        let is_due = || {
            org.current()
                .is_some_and(|current| current.stored.awaits_candidate())
        };
        if !is_due() {
            return;
        }
        let _turn = org.candidate_turn.lock().await;
        if !is_due() {
            return;
        }
        match self.candidate(id).await {
            Ok((version, candidate)) => self.put(id, org, |current| {
                let mut next = current.cloned().unwrap_or_else(|| self.server());
                next.stored.candidate_read = version;
                next.candidate = candidate;
                next
            }),
            Err(error) => {
                tracing::warn!(org = id.get(), %error, "the candidate policy of an org cannot be read");
            }
        }
    }

    fn now(&self) -> Duration {
        self.0.clock.now()
    }
}

fn warn_of(id: OrgId, looked: Result<(), ApiError>) {
    if let Err(error) = looked {
        tracing::warn!(org = id.get(), %error, "the policy of an org cannot be read");
    }
}

#[cfg(test)]
mod tests;
