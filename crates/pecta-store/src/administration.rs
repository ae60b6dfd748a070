//! What the command line does to keys of any org. A server's requests never get this far.

use crate::clock::now_micros;
use crate::error::{OpenError, StoreError};
use crate::key::{KeyDetails, KeyId};
use crate::postgres::{self, Administrator, Target};
use crate::sqlite::{self, keys};
use diesel::SqliteConnection;

/// A database that is administered, also while a server runs on it. It takes no master key, so that a
/// key can be revoked when the master key is lost.
#[expect(
    missing_debug_implementations,
    reason = "a connection has nothing to show"
)]
pub struct Administration(Database);

enum Database {
    Sqlite(SqliteConnection),
    Postgres(Administrator),
}

impl Administration {
    /// Opens the database that `url` names, which must be there.
    ///
    /// # Errors
    /// When the URL is not understood, or there is no database that fits.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let database = match Target::parse(url) {
            Some(target) => {
                let target = target.map_err(OpenError::WrongUrl)?;
                Database::Postgres(postgres::administer(target)?)
            }
            None => Database::Sqlite(sqlite::administer(url)?),
        };
        Ok(Self(database))
    }

    /// All keys, or those of the org of a name; `None` when there is no such org.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub fn keys(&mut self, org: Option<&str>) -> Result<Option<Vec<KeyDetails>>, StoreError> {
        match &mut self.0 {
            Database::Sqlite(connection) => keys::list(connection, org),
            Database::Postgres(administrator) => administrator.keys(org),
        }
    }

    /// Revokes a key; `false` when there is none of that id. A key that is revoked already stays
    /// revoked since then.
    ///
    /// # Errors
    /// When storage is down.
    pub fn revoke_key(&mut self, id: KeyId) -> Result<bool, StoreError> {
        match &mut self.0 {
            Database::Sqlite(connection) => keys::revoke(connection, id, now_micros()),
            Database::Postgres(administrator) => administrator.revoke_key(id),
        }
    }
}
