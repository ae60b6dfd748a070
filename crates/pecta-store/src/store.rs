//! The façade: what callers see of the store, whatever database stands behind it.

use crate::agent::{AgentPage, AgentPosition};
use crate::audit::{Actor, AuditPage};
use crate::candidate::{CandidateBatch, CandidateCount};
use crate::error::StoreError;
use crate::event::{EventFilter, EventPage, EventRecord};
use crate::key::{KeyDetails, KeyId, KeyPage, MadeKey, NewKey, RotatedKey, StoredKey};
use crate::master_keys::MasterKeys;
use crate::org::{OrgChange, OrgId, OrgSettings};
use crate::policy::{PolicyChange, PolicyRecord, PolicyRole, Precondition};
use crate::postgres::Postgres;
use crate::queue::Recording;
use crate::rate_limits::RateLimits;
use crate::record::{AgentReputation, NewEvent, Origin, Receipt};
use crate::sealed::SigningKey;
use crate::sqlite::Sqlite;
use crate::suppression::{NewSuppression, SuppressionRecord};
use chrono::TimeDelta;
use pecta_auth::{ApiKey, KeyHash, Scopes};
use pecta_reputation::Scoring;
use std::sync::Arc;

/// An open store. Clones share it.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) database: Database,
    pub(crate) master_keys: Arc<MasterKeys>,
    pub(crate) scoring: Scoring,
}

#[derive(Debug, Clone)]
pub(crate) enum Database {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// Calls the same method of whichever database it is.
macro_rules! call {
    ($store:expr, $($call:tt)+) => {
        match &$store.database {
            Database::Sqlite(database) => database.$($call)+,
            Database::Postgres(database) => database.$($call)+,
        }
    };
}
pub(crate) use call;

/// The first org of a new database and its keys, which are shown this once.
#[derive(Debug)]
pub struct Bootstrap {
    /// The name of the org.
    pub org: String,
    /// A key for evaluations, ingest and reads.
    pub publishable_key: ApiKey,
    /// A key for signatures and administration.
    pub secret_key: ApiKey,
}

impl Store {
    /// Records a batch: all of it or nothing, durably before this returns.
    ///
    /// Events count in the order of their times. An event whose evaluation id or idempotency key
    /// the org has recorded before changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when storage is down or the queue is full.
    pub async fn record(
        &self,
        origin: Origin,
        events: Vec<NewEvent>,
    ) -> Result<Receipt, StoreError> {
        call!(self, record(origin, events).await)
    }

    /// A page of the events of an org that match a filter.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn events(&self, org: OrgId, filter: EventFilter) -> Result<EventPage, StoreError> {
        call!(self, events(org, filter).await)
    }

    /// The event of an org that was recorded under an idempotency key.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn event_by_idempotency_key(
        &self,
        org: OrgId,
        key: String,
    ) -> Result<Option<EventRecord>, StoreError> {
        call!(self, event_by_idempotency_key(org, key).await)
    }

    /// The standing of an agent; that of a new one when the org has no such agent.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn reputation(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<AgentReputation, StoreError> {
        match &self.database {
            Database::Sqlite(database) => database.reputation(org, agent_id).await,
            Database::Postgres(database) => {
                let state = database.agent(org, agent_id.clone()).await?;
                Ok(state.standing(agent_id, self.scoring))
            }
        }
    }

    /// The same at once, without asking the database, when the agent is in memory or was asked for before:
    /// on SQLite, which one process writes to. What another process did to the agent shows a moment later
    /// here.
    #[must_use]
    pub fn known_reputation(&self, org: OrgId, agent_id: &str) -> Option<AgentReputation> {
        match &self.database {
            Database::Sqlite(database) => database.known_standing(org, agent_id),
            Database::Postgres(_) => None,
        }
    }

    /// A page of the agents of an org, newest last seen first, at most `limit`.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn agents(
        &self,
        org: OrgId,
        after: Option<AgentPosition>,
        limit: u32,
    ) -> Result<AgentPage, StoreError> {
        call!(self, agents(org, after, limit).await)
    }

    /// Makes an agent's row, unless there is one.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn register_agent(&self, org: OrgId, agent_id: String) -> Result<(), StoreError> {
        call!(self, register_agent(org, agent_id).await)
    }

    /// Lets a version follow the newest one of an org's policy, one of no policy when there is no document. The
    /// newest 100 are kept.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn save_policy(
        &self,
        origin: Origin,
        role: PolicyRole,
        document: Option<String>,
        precondition: Precondition,
    ) -> Result<PolicyChange, StoreError> {
        call!(
            self,
            save_policy((origin, role), document, precondition).await
        )
    }

    /// A version of an org's policy; the newest one unless told which.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn policy(
        &self,
        org: OrgId,
        role: PolicyRole,
        version: Option<i64>,
    ) -> Result<Option<PolicyRecord>, StoreError> {
        call!(self, policy(org, role, version).await)
    }

    /// The number of the newest version of an org's policy.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn policy_version(
        &self,
        org: OrgId,
        role: PolicyRole,
    ) -> Result<Option<i64>, StoreError> {
        call!(self, policy_version(org, role).await)
    }

    /// The number of what judges an org's outputs: every change of its policies and suppressions makes it grow. 0 before the
    /// first.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn policy_revision(&self, org: OrgId) -> Result<i64, StoreError> {
        call!(self, policy_revision(org).await)
    }

    /// The suppressions of an org, oldest first, expired ones included; at most 1000.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn suppressions(&self, org: OrgId) -> Result<Vec<SuppressionRecord>, StoreError> {
        call!(self, suppressions(org).await)
    }

    /// Makes a suppression; none when the org has 1000 that hold. Where there is no room, those that have ended are forgotten.
    ///
    /// # Errors
    /// When storage is down or there is no randomness.
    pub async fn add_suppression(
        &self,
        origin: Origin,
        new: NewSuppression,
    ) -> Result<Option<SuppressionRecord>, StoreError> {
        call!(self, add_suppression(origin, new).await)
    }

    /// Takes a suppression away; `false` when the org has none of that id.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn remove_suppression(&self, origin: Origin, id: String) -> Result<bool, StoreError> {
        call!(self, remove_suppression(origin, id).await)
    }

    /// Adds to the counts of a version of the candidate policy, and forgets those of earlier ones. Of each kind 300 names are
    /// counted, the others together; agents that were deleted are among these. Counts that this server added before, as `batch`
    /// tells, are left alone: whoever is not told whether they were added sends them again.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn add_candidate_counts(
        &self,
        org: OrgId,
        version: i64,
        batch: CandidateBatch,
        counts: Vec<CandidateCount>,
    ) -> Result<(), StoreError> {
        call!(
            self,
            add_candidate_counts(org, version, batch, counts).await
        )
    }

    /// The counts of a version of the candidate policy, the largest first.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn candidate_counts(
        &self,
        org: OrgId,
        version: i64,
    ) -> Result<Vec<CandidateCount>, StoreError> {
        call!(self, candidate_counts(org, version).await)
    }

    /// The key with this hash, whether it is still good or not.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn find_key(&self, hash: KeyHash) -> Result<Option<StoredKey>, StoreError> {
        call!(self, find_key(hash).await)
    }

    /// The secret keys of an org that are neither revoked nor expired, the oldest first.
    ///
    /// # Errors
    /// When storage is down, or a key does not open under the master key.
    pub async fn signing_keys(&self, org: OrgId) -> Result<Vec<SigningKey>, StoreError> {
        let master_keys = Arc::clone(&self.master_keys);
        call!(self, signing_keys(org, master_keys).await)
    }

    /// What is set for an org.
    ///
    /// # Errors
    /// When storage is down.
    pub async fn org_settings(&self, org: OrgId) -> Result<OrgSettings, StoreError> {
        call!(self, org_settings(org).await)
    }

    /// Sets what is given for an org, which only lowers its limits or else those of the server; says what is set now.
    ///
    /// # Errors
    /// [`StoreError::OverLimit`] for a higher one. When storage is down.
    pub async fn set_org(
        &self,
        actor: impl Into<Actor>,
        change: OrgChange,
        server: RateLimits,
    ) -> Result<OrgSettings, StoreError> {
        call!(self, set_org(actor.into(), change, server).await)
    }

    /// A page of the audit log of an org, newest first, at most `limit` entries, in front of the one with the sequence
    /// `before` if that is given.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn audit(
        &self,
        org: OrgId,
        before: Option<i64>,
        limit: u32,
    ) -> Result<AuditPage, StoreError> {
        call!(self, audit(org, before.unwrap_or(i64::MAX), limit).await)
    }

    /// Takes a signature with a time, once: `false` when it was taken before, here or by another process on the
    /// database. Times are seconds since the Unix epoch; one that is 10 minutes before `now` is known no more.
    ///
    /// # Errors
    /// When storage is down; it is unknown then whether the signature was taken.
    pub async fn claim_signature(
        &self,
        org: OrgId,
        signed_at: i64,
        mac: [u8; 32],
        now: i64,
    ) -> Result<bool, StoreError> {
        call!(self, claim_signature(org, signed_at, mac, now).await)
    }

    /// Notes that a key was used now. Not awaited and not durable at once: it is for people.
    pub fn touch_key(&self, org: OrgId, id: KeyId) {
        call!(self, touch_key(org, id));
    }

    /// Makes a key for the org of a name, which is made when there is none. The key is returned this once.
    ///
    /// # Errors
    /// When storage is down or there is no randomness.
    pub async fn create_key(&self, org: &str, key: NewKey) -> Result<ApiKey, StoreError> {
        let (org, master_keys) = (org.to_owned(), Arc::clone(&self.master_keys));
        call!(self, create_key(org, key, master_keys).await)
    }

    /// Makes a key of an org, which is returned this once. Its expiry and limits are its maker's where none are said.
    ///
    /// # Errors
    /// [`StoreError::Exceeds`] for more than its maker has, [`StoreError::Conflict`] when too many sign. When storage is down.
    pub async fn add_key(
        &self,
        actor: impl Into<Actor>,
        key: NewKey,
    ) -> Result<MadeKey, StoreError> {
        let master_keys = Arc::clone(&self.master_keys);
        call!(self, add_key(actor.into(), key, master_keys).await)
    }

    /// A page of the keys of an org, newest first, at most `limit`.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub async fn keys(
        &self,
        org: OrgId,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<KeyPage, StoreError> {
        call!(self, keys(org, after, limit).await)
    }

    /// Makes a key with the settings of another, which is good for `overlap` still, but no longer than it was;
    /// `None` when the org has no such key.
    ///
    /// # Errors
    /// [`StoreError::Broader`] for a key that may do something which is not in `within`, [`StoreError::Exceeds`] as for a new one, [`StoreError::Conflict`] for one that is
    /// not good any more or was rotated before, or when too many sign. When storage is down
    /// or there is no randomness.
    pub async fn rotate_key(
        &self,
        actor: impl Into<Actor>,
        id: KeyId,
        within: Scopes,
        overlap: TimeDelta,
    ) -> Result<Option<RotatedKey>, StoreError> {
        let master_keys = Arc::clone(&self.master_keys);
        call!(
            self,
            rotate_key(actor.into(), (id, within), overlap, master_keys).await
        )
    }

    /// Revokes a key; `None` when the org has no such key. One that is revoked already stays revoked since
    /// then.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] for the last active secret key by which the org can be administered; one that
    /// a rotation left good for a while does not count as another. When storage is down.
    pub async fn revoke_key(
        &self,
        actor: impl Into<Actor>,
        id: KeyId,
    ) -> Result<Option<KeyDetails>, StoreError> {
        call!(self, revoke_key(actor.into(), id).await)
    }

    /// Makes the first org and a key of each kind, unless there is an org already.
    ///
    /// `publish` is called before anything is committed; when it fails, nothing is.
    ///
    /// # Errors
    /// When storage is down or `publish` fails ([`StoreError::Aborted`]).
    pub async fn bootstrap<P>(&self, org: &str, publish: P) -> Result<(), StoreError>
    where
        P: FnOnce(&Bootstrap) -> Result<(), String> + Send + 'static,
    {
        let (org, master_keys) = (org.to_owned(), Arc::clone(&self.master_keys));
        call!(self, bootstrap(org, master_keys, publish).await)
    }

    /// Whether the database can be read and written now.
    ///
    /// # Errors
    /// When it cannot.
    pub async fn check(&self) -> Result<(), StoreError> {
        call!(self, check().await)
    }

    /// What was recorded so far, and what waits.
    #[must_use]
    pub fn recording(&self) -> Recording {
        call!(self, recording())
    }

    /// Commits what is queued and closes the database. Calls that follow are refused.
    pub async fn close(&self) {
        call!(self, close().await);
    }
}
