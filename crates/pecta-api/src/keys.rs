//! Looking keys up, with a short memory.

use crate::error::ApiError;
use chrono::{DateTime, TimeDelta, Utc};
use pecta_auth::KeyHash;
use pecta_store::{Store, StoredKey};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

/// How long a key that was found is remembered, and so how long another process's revocation may
/// take to be seen here. A key that was not found is never remembered.
const MEMORY: Duration = Duration::from_secs(5);
/// How many keys are remembered.
const CAPACITY: usize = 10_000;
/// How old the stored time of last use may grow.
const LAST_USED_PRECISION: TimeDelta = TimeDelta::seconds(60);

/// The keys of the store.
#[derive(Debug)]
pub(crate) struct Keys {
    store: Store,
    memory: RwLock<HashMap<KeyHash, Remembered>>,
}

#[derive(Debug, Clone, Copy)]
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
        if let Some(key) = self.recall(&hash, now) {
            return usable(key, wall);
        }
        let key = self
            .store
            .find_key(hash)
            .await?
            .ok_or(ApiError::AuthInvalid)?;
        self.remember(hash, Remembered { key, since: now });
        let key = usable(key, wall)?;
        if key
            .last_used_at
            .is_none_or(|last| wall - last >= LAST_USED_PRECISION)
        {
            self.store.touch_key(key.id);
        }
        Ok(key)
    }

    /// Whether a key with this hash was found a moment ago.
    pub(crate) fn knows(&self, hash: &KeyHash) -> bool {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory.contains_key(hash)
    }

    fn recall(&self, hash: &KeyHash, now: Duration) -> Option<StoredKey> {
        let memory = self.memory.read().unwrap_or_else(PoisonError::into_inner);
        memory
            .get(hash)
            .filter(|found| found.is_fresh(now))
            .map(|found| found.key)
    }

    fn remember(&self, hash: KeyHash, found: Remembered) {
        let mut memory = self.memory.write().unwrap_or_else(PoisonError::into_inner);
        if memory.len() >= CAPACITY {
            memory.retain(|_, other| other.is_fresh(found.since));
        }
        if memory.len() < CAPACITY {
            memory.insert(hash, found);
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
