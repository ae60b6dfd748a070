//! What the database says about the policies of an org.

use super::{OrgPolicy, Policies};
use crate::candidate::Candidate;
use crate::clock;
use crate::error::ApiError;
use actix_web::web;
use chrono::{DateTime, Utc};
use pecta_policy::{Policy, PolicyError, Suppression};
use pecta_store::{NewSuppression, OrgId, PolicyRole, SuppressionRecord};
use std::error::Error as _;
use std::sync::Arc;

/// What a suppression weighs without its texts, in bytes.
const SUPPRESSION: usize = 512;

/// What of the database is in memory; nothing before the first look.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Stored {
    revision: Option<i64>,
    /// The newest version, which may be one of no policy.
    live: Option<i64>,
    /// The newest version of the candidate that there is, and the one that was read.
    candidate: Option<i64>,
    pub(super) candidate_read: Option<i64>,
}

impl Stored {
    pub(super) fn awaits_candidate(&self) -> bool {
        self.candidate != self.candidate_read
    }
}

/// What was read from the database.
pub(super) struct Read {
    next: OrgPolicy,
    /// What the policy is made of, if it is another one.
    document: Option<String>,
}

impl Policies {
    /// What is stored, if that is something else than what is `known`.
    pub(super) async fn read(
        &self,
        id: OrgId,
        known: &OrgPolicy,
    ) -> Result<Option<Read>, ApiError> {
        let store = &self.0.store;
        // It comes first: what changes after it is read with it, or again.
        let revision = Some(store.policy_revision(id).await?);
        if revision == known.stored.revision {
            return Ok(None);
        }
        let mut next = known.clone();
        next.stored = Stored {
            revision,
            candidate: store.policy_version(id, PolicyRole::Candidate).await?,
            ..known.stored
        };
        let document = self.read_live(id, &mut next).await?;
        let now = clock::Clock::wall();
        let records = store.suppressions(id).await?;
        let has_ended = |end: DateTime<Utc>| end <= now;
        let records = records
            .iter()
            .filter(|record| !record.suppression.expires_at.is_some_and(has_ended));
        next.suppressions_weight = records.clone().map(weight_of).sum();
        // One that this server cannot read suppresses nothing, and keeps nothing else from being read.
        let read = |record: &SuppressionRecord| {
            let read = suppression(&record.id, &record.suppression);
            let warn = |error: &PolicyError| {
                tracing::warn!(org = id.get(), %error, "a suppression cannot be read");
            };
            read.inspect_err(warn).ok()
        };
        next.suppressions = Arc::new(records.filter_map(read).collect());
        Ok(Some(Read { next, document }))
    }

    /// The document of the newest version, if it is another one that has one.
    async fn read_live(&self, id: OrgId, next: &mut OrgPolicy) -> Result<Option<String>, ApiError> {
        let newest = self.0.store.policy_version(id, PolicyRole::Live).await?;
        if newest == next.stored.live {
            return Ok(None);
        }
        let newest = self.0.store.policy(id, PolicyRole::Live, None).await?;
        next.stored.live = newest.as_ref().map(|newest| newest.version);
        let document = newest.and_then(|newest| newest.document);
        next.is_own = document.is_some();
        Ok(document)
    }

    /// What was read, with its policy, which is ready unless requests are waiting for it.
    pub(super) async fn made(
        &self,
        id: OrgId,
        read: Read,
        is_waiting: bool,
    ) -> Result<OrgPolicy, ApiError> {
        let Read { mut next, document } = read;
        if let Some(document) = document {
            let (org, version) = (id.get(), next.stored.live);
            let tell = |error: &ApiError| {
                let cause = error.source();
                tracing::error!(org, version, cause, "the policy of an org cannot be read");
            };
            next.policy = self.compile(document, is_waiting).await.inspect_err(tell)?;
            next.version = version;
        }
        Ok(next)
    }

    /// The candidate that is stored, and its version. One that this server cannot read, because a newer one took it, is none.
    pub(super) async fn candidate(
        &self,
        id: OrgId,
    ) -> Result<(Option<i64>, Option<Arc<Candidate>>), ApiError> {
        let newest = self.0.store.policy(id, PolicyRole::Candidate, None).await?;
        let Some(newest) = newest else {
            return Ok((None, None));
        };
        let candidate = match newest.document {
            Some(document) => {
                let warn = |error: &ApiError| {
                    tracing::warn!(org = id.get(), %error, "the candidate policy of an org cannot be read");
                };
                self.compile(document, false).await.inspect_err(warn).ok()
            }
            None => None,
        };
        // Without randomness it is that of another one only if that one's server had none either.
        let counter = format!("{:016x}", getrandom::u64().unwrap_or_default());
        let candidate =
            candidate.map(|policy| Arc::new(Candidate::new(newest.version, policy, counter)));
        Ok((Some(newest.version), candidate))
    }

    /// Makes a policy of a document, which is ready for the outputs that can be foreseen unless somebody `is_waiting` for it.
    async fn compile(&self, document: String, is_waiting: bool) -> Result<Arc<Policy>, ApiError> {
        let policies = self.clone();
        let compile = move || {
            let policy = Policy::restore(&document, policies.0.budget)?;
            if !is_waiting {
                policies.prepare(&policy);
            }
            Ok(policy)
        };
        let policy = web::block(compile).await;
        let policy = policy.map_err(ApiError::internal)?;
        policy.map(Arc::new).map_err(ApiError::UnreadablePolicy)
    }
}

/// A suppression as the policy takes it.
fn suppression(id: &str, said: &NewSuppression) -> Result<Suppression, PolicyError> {
    let mut suppression = Suppression::new(id, &said.gate, &said.rule);
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
    suppression.pointer(pointer)
}

/// What a suppression takes of the memory, in bytes, rounded up: patterns are kept piece by piece.
fn weight_of(record: &SuppressionRecord) -> usize {
    let said = &record.suppression;
    let texts = [&said.agent, &said.tool, &said.pointer];
    let texts = texts.into_iter().flatten().chain([&said.gate, &said.rule]);
    SUPPRESSION + 32 * texts.map(String::len).sum::<usize>()
}
