//! The calls of the façade.

use super::{
    Postgres, agents, audit, candidates, deletion, events, keys, orgs as settings, policies,
    suppressions,
};
use crate::agent::{AgentPage, AgentPosition};
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
use crate::record::{AgentState, Origin};
use crate::retention::Step;
use crate::sealed::SigningKey;
use crate::store::Bootstrap;
use crate::suppression::{NewSuppression, SuppressionRecord};
use chrono::TimeDelta;
use diesel::sql_types::Text;
use diesel_async::{AsyncConnection, RunQueryDsl};
use pecta_auth::{ApiKey, KeyHash, Scopes};
use std::sync::Arc;

impl Postgres {
    pub(crate) async fn events(
        &self,
        org: OrgId,
        filter: EventFilter,
    ) -> Result<EventPage, StoreError> {
        self.list(move |connection| {
            Box::pin(async move { events::list(connection, org, &filter).await })
        })
        .await
    }

    pub(crate) async fn event_by_idempotency_key(
        &self,
        org: OrgId,
        key: String,
    ) -> Result<Option<EventRecord>, StoreError> {
        self.look_up(move |connection| {
            Box::pin(async move { events::by_idempotency_key(connection, org, &key).await })
        })
        .await
    }

    pub(crate) async fn agent(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<AgentState, StoreError> {
        self.look_up(move |connection| {
            Box::pin(async move { agents::load(connection, org, &agent_id).await })
        })
        .await
    }

    pub(crate) async fn agents(
        &self,
        org: OrgId,
        after: Option<AgentPosition>,
        limit: u32,
    ) -> Result<AgentPage, StoreError> {
        self.list(move |connection| Box::pin(agents::list(connection, org, after, limit)))
            .await
    }

    pub(crate) async fn register_agent(
        &self,
        org: OrgId,
        agent_id: String,
    ) -> Result<(), StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(async move { agents::register(connection, org, &agent_id, now).await })
        })
        .await
    }

    pub(crate) async fn all_orgs(&self) -> Result<Vec<OrgId>, StoreError> {
        self.look_up(|connection| Box::pin(deletion::all_orgs(connection)))
            .await
    }

    pub(crate) async fn delete_behind(
        &self,
        org: OrgId,
        passed: bool,
        place: EventPosition,
        act: Option<Act>,
    ) -> Result<Step, StoreError> {
        let now = now_micros();
        self.list(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                let step = deletion::delete_behind(connection, org, passed, place).await?;
                if let Some(act) = act.filter(|_| step.deleted > 0) {
                    audit::append(connection, Actor::Server(org), act, now).await?;
                }
                Ok(step)
            }))
        })
        .await
    }

    pub(crate) async fn audit(
        &self,
        org: OrgId,
        before: i64,
        limit: u32,
    ) -> Result<AuditPage, StoreError> {
        self.list(move |connection| Box::pin(audit::page(connection, org, before, limit)))
            .await
    }

    pub(crate) async fn save_policy(
        &self,
        of: (Origin, PolicyRole),
        document: Option<String>,
        precondition: Precondition,
    ) -> Result<PolicyChange, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                policies::save(connection, of, document, &precondition, now).await
            }))
        })
        .await
    }

    pub(crate) async fn policy(
        &self,
        org: OrgId,
        role: PolicyRole,
        version: Option<i64>,
    ) -> Result<Option<PolicyRecord>, StoreError> {
        self.look_up(move |connection| Box::pin(policies::find(connection, org, role, version)))
            .await
    }

    pub(crate) async fn policy_version(
        &self,
        org: OrgId,
        role: PolicyRole,
    ) -> Result<Option<i64>, StoreError> {
        self.look_up(move |connection| Box::pin(policies::newest(connection, org, role)))
            .await
    }

    pub(crate) async fn policy_revision(&self, org: OrgId) -> Result<i64, StoreError> {
        self.look_up(move |connection| Box::pin(policies::revision(connection, org)))
            .await
    }

    pub(crate) async fn suppressions(
        &self,
        org: OrgId,
    ) -> Result<Vec<SuppressionRecord>, StoreError> {
        self.look_up(move |connection| Box::pin(suppressions::list(connection, org)))
            .await
    }

    pub(crate) async fn add_suppression(
        &self,
        origin: Origin,
        new: NewSuppression,
    ) -> Result<Option<SuppressionRecord>, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                suppressions::add(connection, origin, new, now).await
            }))
        })
        .await
    }

    pub(crate) async fn remove_suppression(
        &self,
        origin: Origin,
        id: String,
    ) -> Result<bool, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                suppressions::remove(connection, origin, &id, now).await
            }))
        })
        .await
    }

    pub(crate) async fn add_candidate_counts(
        &self,
        org: OrgId,
        version: i64,
        batch: CandidateBatch,
        counts: Vec<CandidateCount>,
    ) -> Result<(), StoreError> {
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                candidates::add(connection, org, version, &batch, counts).await
            }))
        })
        .await
    }

    pub(crate) async fn candidate_counts(
        &self,
        org: OrgId,
        version: i64,
    ) -> Result<Vec<CandidateCount>, StoreError> {
        self.look_up(move |connection| Box::pin(candidates::list(connection, org, version)))
            .await
    }

    pub(crate) async fn find_key(&self, hash: KeyHash) -> Result<Option<StoredKey>, StoreError> {
        self.look_up(move |connection| Box::pin(async move { keys::find(connection, &hash).await }))
            .await
    }

    pub(crate) async fn signing_keys(
        &self,
        org: OrgId,
        master_keys: Arc<MasterKeys>,
    ) -> Result<Vec<SigningKey>, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(async move { keys::signing(connection, org, &master_keys, now).await })
        })
        .await
    }

    pub(crate) async fn org_settings(&self, org: OrgId) -> Result<OrgSettings, StoreError> {
        self.look_up(move |connection| Box::pin(settings::settings(connection, org)))
            .await
    }

    pub(crate) async fn set_org(
        &self,
        actor: Actor,
        change: OrgChange,
        server: RateLimits,
    ) -> Result<OrgSettings, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                settings::set(connection, actor, change, Some(server), now).await
            }))
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
        self.look_up(move |connection| {
            Box::pin(async move {
                settings::claim_signature(connection, org, signed_at, &mac, now).await
            })
        })
        .await
    }

    pub(crate) fn touch_key(&self, org: OrgId, id: KeyId) {
        self.write_later(move |connection| {
            Box::pin(keys::touch(connection, org, id, now_micros()))
        });
    }

    pub(crate) async fn create_key(
        &self,
        org: String,
        key: NewKey,
        master_keys: Arc<MasterKeys>,
    ) -> Result<ApiKey, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                let actor = Actor::CommandLine;
                keys::create(connection, &org, actor, &key, &master_keys, now).await
            }))
        })
        .await
    }

    pub(crate) async fn add_key(
        &self,
        actor: Actor,
        key: NewKey,
        master_keys: Arc<MasterKeys>,
    ) -> Result<MadeKey, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::add(connection, actor, &key, &master_keys, now).await
            }))
        })
        .await
    }

    pub(crate) async fn keys(
        &self,
        org: OrgId,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<KeyPage, StoreError> {
        self.list(move |connection| Box::pin(keys::page(connection, org, after, limit)))
            .await
    }

    pub(crate) async fn rotate_key(
        &self,
        actor: Actor,
        key: (KeyId, Scopes),
        overlap: TimeDelta,
        master_keys: Arc<MasterKeys>,
    ) -> Result<Option<RotatedKey>, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::rotate(connection, actor, key, overlap, &master_keys, now).await
            }))
        })
        .await
    }

    pub(crate) async fn revoke_key(
        &self,
        actor: Actor,
        id: KeyId,
    ) -> Result<Option<KeyDetails>, StoreError> {
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::revoke_of(connection, actor, id, now).await
            }))
        })
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
        let now = now_micros();
        self.look_up(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::bootstrap(connection, org, &master_keys, now, publish).await
            }))
        })
        .await
    }

    /// Whether the database answers and takes writes: a standby does not.
    pub(crate) async fn check(&self) -> Result<(), StoreError> {
        let is_read_only: String = self
            .look_up(|connection| {
                let setting =
                    diesel::dsl::sql::<Text>("SELECT current_setting('transaction_read_only')");
                Box::pin(async move { Ok(setting.get_result(connection).await?) })
            })
            .await?;
        if is_read_only == "on" {
            let cause = "the database is read-only".to_owned();
            return Err(StoreError::Unavailable(cause));
        }
        Ok(())
    }
}
