//! The calls of the façade.

use super::pragmas::Covered;
use super::{
    Sqlite, agents, audit, candidates, deletion, events, keys, orgs as settings, policies,
    suppressions,
};
use crate::audit::{Act, Actor, AuditPage};
use crate::candidate::{CandidateBatch, CandidateCount};
use crate::clock::now_micros;
use crate::error::StoreError;
use crate::event::{EventFilter, EventPage, EventPosition, EventRecord};
use crate::key::{KeyDetails, KeyId, KeyPage, MadeKey, NewKey, RotatedKey, StoredKey};
use crate::master_keys::MasterKeys;
use crate::org::{OrgChange, OrgId, OrgSettings};
use crate::policy::{PolicyChange, PolicyRecord, PolicyRole, Precondition};
use crate::rate_limits::RateLimits;
use crate::record::Origin;
use crate::retention::Step;
use crate::schema::orgs;
use crate::sealed::SigningKey;
use crate::store::Bootstrap;
use crate::suppression::{NewSuppression, SuppressionRecord};
use chrono::TimeDelta;
use diesel::prelude::*;
use pecta_auth::{ApiKey, KeyHash, Scopes};
use std::sync::Arc;

impl Sqlite {
    pub(crate) async fn events(
        &self,
        org: OrgId,
        filter: EventFilter,
    ) -> Result<EventPage, StoreError> {
        let agent_id = filter.agent_id.as_deref();
        // Before the table is read, in which they may stand by then.
        let unfiled = agent_id.map(|agent_id| self.agents.lock().unfiled(org, agent_id).to_vec());
        self.list(move |connection| {
            events::list(connection, org, &filter, &unfiled.unwrap_or_default())
        })
        .await
    }

    pub(crate) async fn event_by_idempotency_key(
        &self,
        org: OrgId,
        key: String,
    ) -> Result<Option<EventRecord>, StoreError> {
        self.read(move |connection| events::by_idempotency_key(connection, org, &key))
            .await
    }

    pub(crate) async fn register_agent(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<(), StoreError> {
        self.write(move |connection| agents::register(connection, org, &agent_id, now_micros()))
            .await
    }

    pub(crate) async fn all_orgs(&self) -> Result<Vec<OrgId>, StoreError> {
        self.read(deletion::all_orgs).await
    }

    pub(crate) async fn delete_behind(
        &self,
        org: OrgId,
        passed: bool,
        place: EventPosition,
        act: Option<Act>,
    ) -> Result<Step, StoreError> {
        self.write(move |connection| {
            let step = deletion::delete_behind(connection, org, passed, place)?;
            if let Some(act) = act.filter(|_| step.deleted > 0) {
                audit::append(connection, Actor::Server(org), act, now_micros())?;
            }
            Ok(step)
        })
        .await
    }

    pub(crate) async fn audit(
        &self,
        org: OrgId,
        before: i64,
        limit: u32,
    ) -> Result<AuditPage, StoreError> {
        self.list(move |connection| audit::page(connection, org, before, limit))
            .await
    }

    pub(crate) async fn save_policy(
        &self,
        of: (Origin, PolicyRole),
        document: Option<String>,
        precondition: Precondition,
    ) -> Result<PolicyChange, StoreError> {
        self.write(move |connection| {
            policies::save(connection, of, document, &precondition, now_micros())
        })
        .await
    }

    pub(crate) async fn policy(
        &self,
        org: OrgId,
        role: PolicyRole,
        version: Option<i64>,
    ) -> Result<Option<PolicyRecord>, StoreError> {
        self.read(move |connection| policies::find(connection, org, role, version))
            .await
    }

    pub(crate) async fn policy_version(
        &self,
        org: OrgId,
        role: PolicyRole,
    ) -> Result<Option<i64>, StoreError> {
        self.read(move |connection| policies::newest(connection, org, role))
            .await
    }

    pub(crate) async fn policy_revision(&self, org: OrgId) -> Result<i64, StoreError> {
        self.read(move |connection| policies::revision(connection, org))
            .await
    }

    pub(crate) async fn suppressions(
        &self,
        org: OrgId,
    ) -> Result<Vec<SuppressionRecord>, StoreError> {
        self.read(move |connection| suppressions::list(connection, org))
            .await
    }

    pub(crate) async fn add_suppression(
        &self,
        origin: Origin,
        new: NewSuppression,
    ) -> Result<Option<SuppressionRecord>, StoreError> {
        self.write(move |connection| suppressions::add(connection, origin, new, now_micros()))
            .await
    }

    pub(crate) async fn remove_suppression(
        &self,
        origin: Origin,
        id: String,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| suppressions::remove(connection, origin, &id, now_micros()))
            .await
    }

    pub(crate) async fn add_candidate_counts(
        &self,
        org: OrgId,
        version: i64,
        batch: CandidateBatch,
        counts: Vec<CandidateCount>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| candidates::add(connection, org, version, &batch, counts))
            .await
    }

    pub(crate) async fn candidate_counts(
        &self,
        org: OrgId,
        version: i64,
    ) -> Result<Vec<CandidateCount>, StoreError> {
        self.read(move |connection| candidates::list(connection, org, version))
            .await
    }

    pub(crate) async fn find_key(&self, hash: KeyHash) -> Result<Option<StoredKey>, StoreError> {
        self.read(move |connection| keys::find(connection, &hash))
            .await
    }

    pub(crate) async fn signing_keys(
        &self,
        org: OrgId,
        master_keys: Arc<MasterKeys>,
    ) -> Result<Vec<SigningKey>, StoreError> {
        self.read(move |connection| keys::signing(connection, org, &master_keys, now_micros()))
            .await
    }

    pub(crate) async fn org_settings(&self, org: OrgId) -> Result<OrgSettings, StoreError> {
        self.read(move |connection| settings::settings(connection, org))
            .await
    }

    pub(crate) async fn set_org(
        &self,
        actor: Actor,
        change: OrgChange,
        server: RateLimits,
    ) -> Result<OrgSettings, StoreError> {
        self.write(move |connection| {
            settings::set(connection, actor, change, Some(server), now_micros())
        })
        .await
    }

    pub(crate) async fn claim_signature(
        &self,
        org: OrgId,
        signed_at: i64,
        mac: [u8; 32],
        now: i64,
    ) -> Result<bool, StoreError> {
        self.write(move |connection| {
            settings::claim_signature(connection, org, signed_at, &mac, now)
        })
        .await
    }

    pub(crate) fn touch_key(&self, org: OrgId, id: KeyId) {
        self.write_later(move |connection| keys::touch(connection, org, id, now_micros()));
    }

    pub(crate) async fn create_key(
        &self,
        org: String,
        key: NewKey,
        master_keys: Arc<MasterKeys>,
    ) -> Result<ApiKey, StoreError> {
        self.write(move |connection| {
            let actor = Actor::CommandLine;
            keys::create(connection, &org, actor, &key, &master_keys, now_micros())
        })
        .await
    }

    pub(crate) async fn add_key(
        &self,
        actor: Actor,
        key: NewKey,
        master_keys: Arc<MasterKeys>,
    ) -> Result<MadeKey, StoreError> {
        self.write(move |connection| keys::add(connection, actor, &key, &master_keys, now_micros()))
            .await
    }

    pub(crate) async fn keys(
        &self,
        org: OrgId,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<KeyPage, StoreError> {
        self.list(move |connection| keys::page(connection, org, after, limit))
            .await
    }

    pub(crate) async fn rotate_key(
        &self,
        actor: Actor,
        key: (KeyId, Scopes),
        overlap: TimeDelta,
        master_keys: Arc<MasterKeys>,
    ) -> Result<Option<RotatedKey>, StoreError> {
        self.write(move |connection| {
            keys::rotate(connection, actor, key, overlap, &master_keys, now_micros())
        })
        .await
    }

    pub(crate) async fn revoke_key(
        &self,
        actor: Actor,
        id: KeyId,
    ) -> Result<Option<KeyDetails>, StoreError> {
        self.write(move |connection| keys::revoke_of(connection, actor, id, now_micros()))
            .await
    }

    pub(crate) async fn bootstrap<P>(
        &self,
        org: String,
        master_keys: Arc<MasterKeys>,
        publish: P,
    ) -> Result<(), StoreError>
    where
        P: FnOnce(&Bootstrap) -> Result<(), String> + Send + 'static,
    {
        self.write(move |connection| {
            keys::bootstrap(connection, org, &master_keys, now_micros(), publish)
        })
        .await
    }

    /// Reads from the database, then commits a page that says what it said before: a transaction that writes nothing
    /// succeeds on a full disk, too.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        let any = |connection: &mut SqliteConnection| {
            let org = orgs::table.select(orgs::id).first::<i64>(connection);
            org.optional().map(drop).map_err(StoreError::from)
        };
        self.read(any).await?;
        self.write(|connection| Covered::read(connection)?.write(connection))
            .await
    }
}
