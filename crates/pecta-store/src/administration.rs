//! What the command line does to keys of any org. A server's requests never get this far.

use crate::clock::now_micros;
use crate::error::{OpenError, StoreError};
use crate::key::{KeyDetails, KeyId};
use crate::sqlite::{self, keys};
use diesel::SqliteConnection;

/// A database that is administered, also while a server runs on it. It takes no master key, so that a
/// key can be revoked when the master key is lost.
#[expect(
    missing_debug_implementations,
    reason = "a connection has nothing to show"
)]
pub struct Administration(SqliteConnection);

impl Administration {
    /// Opens the database that `url` names, which must be there.
    ///
    /// # Errors
    /// When the URL is not understood, or there is no database that fits.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        sqlite::administer(url).map(Self)
    }

    /// All keys, or those of the org of a name; `None` when there is no such org.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub fn keys(&mut self, org: Option<&str>) -> Result<Option<Vec<KeyDetails>>, StoreError> {
        keys::list(&mut self.0, org)
    }

    /// Revokes a key; `false` when there is none of that id. A key that is revoked already stays
    /// revoked since then.
    ///
    /// # Errors
    /// When storage is down.
    pub fn revoke_key(&mut self, id: KeyId) -> Result<bool, StoreError> {
        keys::revoke(&mut self.0, id, now_micros())
    }
}
