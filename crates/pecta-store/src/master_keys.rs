//! The master keys of a store, and where they are read again once they were rotated.

use crate::error::StoreError;
use pecta_auth::{Keyring, MasterKey, MasterKeyId};
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

/// Reads the master keys anew; its error is a text for people.
type Read = Box<dyn Fn() -> Result<Keyring, String> + Send + Sync>;

/// The master keys that a store seals and opens secret keys with.
pub struct MasterKeys {
    keyring: RwLock<Arc<Keyring>>,
    read: Option<Read>,
}

impl MasterKeys {
    /// These, until `read` gives others. It is asked before a key is sealed, so that this is done under the
    /// newest one, and when a key is met that another one sealed.
    pub fn read_by(
        keyring: Keyring,
        read: impl Fn() -> Result<Keyring, String> + Send + Sync + 'static,
    ) -> Self {
        Self {
            keyring: RwLock::new(Arc::new(keyring)),
            read: Some(Box::new(read)),
        }
    }

    /// The newest keys, of which the current one seals.
    pub(crate) fn newest(&self) -> Result<Arc<Keyring>, StoreError> {
        let Some(read) = &self.read else {
            return Ok(self.known());
        };
        let keyring = Arc::new(read().map_err(StoreError::MasterKey)?);
        let mut known = self.keyring.write().unwrap_or_else(PoisonError::into_inner);
        *known = Arc::clone(&keyring);
        Ok(keyring)
    }

    /// Keys of which the one with this id is one, if there is such a key.
    pub(crate) fn with(&self, id: MasterKeyId) -> Result<Arc<Keyring>, StoreError> {
        let known = self.known();
        if known.knows(id) {
            return Ok(known);
        }
        self.newest()
    }

    fn known(&self) -> Arc<Keyring> {
        let keyring = self.keyring.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&keyring)
    }
}

impl From<Keyring> for MasterKeys {
    /// These for ever.
    fn from(keyring: Keyring) -> Self {
        Self {
            keyring: RwLock::new(Arc::new(keyring)),
            read: None,
        }
    }
}

impl From<MasterKey> for MasterKeys {
    /// This one for ever.
    fn from(key: MasterKey) -> Self {
        Keyring::from(key).into()
    }
}

impl fmt::Debug for MasterKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MasterKeys").finish_non_exhaustive()
    }
}
