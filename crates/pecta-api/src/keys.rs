//! Looking keys up, with a short memory.

use crate::allowance::ServerLimits;
use crate::clock::Clock;
use crate::error::ApiError;
use crate::principal::Principal;
use chrono::TimeDelta;
use foldhash::HashMap;
use pecta_auth::KeyHash;
use pecta_store::{KeyId, OrgId, Store, StoredKey};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

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
    memory: RwLock<HashMap<KeyHash, Arc<Principal>>>,
    /// How often something was forgotten: what was looked up before is not remembered any more.
    era: AtomicU64,
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
            era: AtomicU64::new(0),
        }
    }

    /// Changes whenever something is forgotten.
    pub(crate) fn era(&self) -> u64 {
        self.era.load(Ordering::Acquire)
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
        let principal = Arc::new(Principal::new(key, now, self.limits));
        self.remember(hash, Arc::clone(&principal), era);
        let principal = usable(principal)?;
        let key = &principal.key;
        if key
            .last_used_at
            .is_none_or(|last| Clock::wall() - last >= LAST_USED_PRECISION)
        {
            self.store.touch_key(key.id);
        }
        Ok(principal)
    }

    /// What is remembered of the key with this hash.
    pub(crate) fn remembered(&self, hash: &KeyHash, now: Duration) -> Option<Remembered> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.get(hash)?;
        let is_known = now.saturating_sub(found.since) < ACQUAINTANCE;
        if !is_known || !found.is_usable() {
            return None;
        }
        Some(if found.is_fresh(now) {
            Remembered::Good(Arc::clone(found))
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
        self.era.fetch_add(1, Ordering::Release);
        memory.retain(|_, found| !is_old(&found.key));
    }

    /// A key that is remembered, or else the era in which it is to be asked for.
    fn recall(&self, hash: &KeyHash, now: Duration) -> Result<Arc<Principal>, u64> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.get(hash).filter(|found| found.is_fresh(now));
        found.cloned().ok_or(self.era())
    }

    fn remember(&self, hash: KeyHash, found: Arc<Principal>, era: u64) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        if self.era() != era {
            return;
        }
        if memory.len() >= CAPACITY {
            memory.retain(|_, other| other.is_fresh(found.since));
        }
        if memory.len() < CAPACITY {
            memory.insert(hash, found);
        }
    }
}

/// A key, unless it is not good any more.
fn usable(principal: Arc<Principal>) -> Result<Arc<Principal>, ApiError> {
    if principal.is_usable() {
        return Ok(principal);
    }
    Err(ApiError::AuthRevoked)
}
