//! Looking keys up, with a short memory.

use crate::allowance::ServerLimits;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::principal::Principal;
use chrono::TimeDelta;
use foldhash::HashMap;
use pecta_auth::KeyHash;
use pecta_store::{KeyId, OrgId, Store, StoredKey};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// How long a key that was found is remembered, and so how long another process's revocation may
/// take to be seen here. A key that was not found is never remembered.
const MEMORY: Duration = Duration::from_secs(5);
/// For how long a client whose key was good is known as one that has a good key.
const ACQUAINTANCE: Duration = Duration::from_mins(1);
/// How many keys are remembered.
const CAPACITY: usize = 10_000;
/// How old the stored time of last use may grow.
const LAST_USED_PRECISION: TimeDelta = TimeDelta::seconds(60);

/// The keys of the store.
#[derive(Debug)]
pub(crate) struct Keys {
    store: Store,
    /// What orgs are limited to that have no limits of their own.
    limits: ServerLimits,
    memory: RwLock<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    keys: HashMap<KeyHash, Entry>,
    /// How often something was forgotten: what was read before that is not remembered any more.
    era: u64,
}

#[derive(Debug, Clone)]
struct Entry {
    principal: Arc<Principal>,
    since: Duration,
}

/// What is remembered of a key that was good when it was looked up and has not expired since.
pub(crate) enum Remembered {
    /// It was looked up so lately that it counts as good.
    Good(Arc<Principal>),
    /// It was good a moment ago, and is to be looked up again.
    Known,
}

impl Keys {
    pub(crate) fn new(store: Store, limits: ServerLimits) -> Self {
        Self {
            store,
            limits,
            memory: RwLock::default(),
        }
    }

    /// The key with this hash, when it is good.
    pub(crate) async fn find(
        &self,
        hash: KeyHash,
        now: Duration,
    ) -> Result<Arc<Principal>, ApiError> {
        let era = match self.recall(&hash, now) {
            Ok(principal) => return usable(principal),
            Err(era) => era,
        };
        let key = self.store.find_key(hash).await?;
        let key = key.ok_or(ApiError::AuthInvalid)?;
        let principal = Arc::new(Principal::new(key, self.limits));
        let entry = Entry {
            principal: Arc::clone(&principal),
            since: now,
        };
        self.remember(hash, entry, era);
        let principal = usable(principal)?;
        let key = &principal.key;
        if key
            .last_used_at
            .is_none_or(|last| Clock::wall() - last >= LAST_USED_PRECISION)
        {
            self.store.touch_key(key.org, key.id);
        }
        Ok(principal)
    }

    /// What is remembered of the key with this hash.
    pub(crate) fn remembered(&self, hash: &KeyHash, now: Duration) -> Option<Remembered> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.keys.get(hash)?;
        let is_known = now.saturating_sub(found.since) < ACQUAINTANCE;
        if !is_known || !is_usable(&found.principal.key) {
            return None;
        }
        Some(if found.is_fresh(now) {
            Remembered::Good(Arc::clone(&found.principal))
        } else {
            Remembered::Known
        })
    }

    /// Forgets a key that has changed, so that it is asked for again.
    pub(crate) fn forget(&self, id: KeyId) {
        self.forget_where(|key| key.id == id);
    }

    /// Forgets the keys of an org whose settings have changed.
    pub(crate) fn forget_org(&self, org: OrgId) {
        self.forget_where(|key| key.org == org);
    }

    fn forget_where(&self, is_old: impl Fn(&StoredKey) -> bool) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        memory.era += 1;
        memory.keys.retain(|_, found| !is_old(&found.principal.key));
    }

    /// A key that is remembered, or else the era in which it is to be asked for.
    fn recall(&self, hash: &KeyHash, now: Duration) -> Result<Arc<Principal>, u64> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.keys.get(hash).filter(|found| found.is_fresh(now));
        let found = found.map(|found| Arc::clone(&found.principal));
        found.ok_or(memory.era)
    }

    fn remember(&self, hash: KeyHash, found: Entry, era: u64) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        if memory.era != era {
            return;
        }
        if memory.keys.len() >= CAPACITY {
            memory.keys.retain(|_, other| other.is_fresh(found.since));
        }
        if memory.keys.len() < CAPACITY {
            memory.keys.insert(hash, found);
        }
    }
}

/// A key, unless it is not good any more.
fn usable(principal: Arc<Principal>) -> Result<Arc<Principal>, ApiError> {
    if is_usable(&principal.key) {
        return Ok(principal);
    }
    Err(ApiError::AuthRevoked)
}

fn is_usable(key: &StoredKey) -> bool {
    let has_expired = key.expires_at.is_some_and(|end| end <= Clock::wall());
    key.revoked_at.is_none() && !has_expired
}

impl Entry {
    fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) < MEMORY
    }
}
