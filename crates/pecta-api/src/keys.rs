//! Looking keys up, with a short memory.

use crate::error::ApiError;
use chrono::{DateTime, TimeDelta, Utc};
use pecta_auth::KeyHash;
use pecta_store::{KeyId, OrgId, Store, StoredKey};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
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
    memory: RwLock<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    keys: HashMap<KeyHash, Remembered>,
    /// How often something was forgotten: what was read before that is not remembered any more.
    era: u64,
}

#[derive(Debug, Clone)]
struct Remembered {
    key: StoredKey,
    since: Duration,
}

impl Keys {
    pub(crate) fn new(store: Store) -> Self {
        Self {
            store,
            memory: RwLock::default(),
        }
    }

    /// The key with this hash, when it is good at `wall`. `now` is monotonic.
    pub(crate) async fn find(
        &self,
        hash: KeyHash,
        now: Duration,
        wall: DateTime<Utc>,
    ) -> Result<StoredKey, ApiError> {
        let era = match self.recall(&hash, now) {
            Ok(key) => return usable(key, wall),
            Err(era) => era,
        };
        let key = self
            .store
            .find_key(hash)
            .await?
            .ok_or(ApiError::AuthInvalid)?;
        let remembered = Remembered {
            key: key.clone(),
            since: now,
        };
        self.remember(hash, remembered, era);
        let key = usable(key, wall)?;
        if key
            .last_used_at
            .is_none_or(|last| wall - last >= LAST_USED_PRECISION)
        {
            self.store.touch_key(key.id);
        }
        Ok(key)
    }

    /// Whether a key with this hash was good a moment ago.
    pub(crate) fn knows(&self, hash: &KeyHash, now: Duration, wall: DateTime<Utc>) -> bool {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.keys.get(hash);
        found.is_some_and(|found| {
            now.saturating_sub(found.since) < ACQUAINTANCE
                && usable(found.key.clone(), wall).is_ok()
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
        memory.keys.retain(|_, found| !is_old(&found.key));
    }

    /// A key that is remembered, or else the era in which it is to be asked for.
    fn recall(&self, hash: &KeyHash, now: Duration) -> Result<StoredKey, u64> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        let found = memory.keys.get(hash).filter(|found| found.is_fresh(now));
        found.map(|found| found.key.clone()).ok_or(memory.era)
    }

    fn remember(&self, hash: KeyHash, found: Remembered, era: u64) {
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
fn usable(key: StoredKey, wall: DateTime<Utc>) -> Result<StoredKey, ApiError> {
    let has_expired = key.expires_at.is_some_and(|end| end <= wall);
    if key.revoked_at.is_some() || has_expired {
        return Err(ApiError::AuthRevoked);
    }
    Ok(key)
}

impl Remembered {
    fn is_fresh(&self, now: Duration) -> bool {
        now.saturating_sub(self.since) < MEMORY
    }
}
