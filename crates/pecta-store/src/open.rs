//! Opening a store, on whatever database a URL names.

use crate::error::OpenError;
use crate::master_keys::MasterKeys;
use crate::postgres::{self, Target};
use crate::sqlite;
use crate::store::{Database, Store};
use pecta_reputation::Scoring;
use std::path::Path;
use std::sync::Arc;

/// Opens the database that `url` names, brings its schema up to date and starts the store's threads. A
/// file (`sqlite:PATH`) is made when there is none; on a server
/// (`postgres://USER:PASSWORD@HOST:PORT/DATABASE`) the database must be there.
///
/// `master_keys` is asked for the master key and told where the database is; its error is a text for
/// people. For a file it is asked once this proved to be writable.
///
/// # Errors
/// When the URL is not understood, or the database cannot be opened with this key; what it holds is
/// then as it was.
pub fn open(
    url: &str,
    scoring: Scoring,
    master_keys: impl FnOnce(Place<'_>) -> Result<MasterKeys, String>,
) -> Result<Store, OpenError> {
    open_for(Purpose::Service, url, scoring, master_keys)
}

/// The same for making and rotating keys beside a server: nothing of agents is read before something is recorded, which
/// would hold up a server on the same file, and whoever writes is waited for longer.
///
/// # Errors
/// As of [`open`].
pub fn open_for_keys(
    url: &str,
    master_keys: impl FnOnce(Place<'_>) -> Result<MasterKeys, String>,
) -> Result<Store, OpenError> {
    let purpose = Purpose::Administration;
    open_for(purpose, url, Scoring::default(), master_keys)
}

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To record and read, which takes the agents into memory.
    Service,
    /// To do one thing beside a server.
    Administration,
}

fn open_for(
    purpose: Purpose,
    url: &str,
    scoring: Scoring,
    master_keys: impl FnOnce(Place<'_>) -> Result<MasterKeys, String>,
) -> Result<Store, OpenError> {
    let (database, master_keys) = if let Some(target) = Target::parse(url) {
        let target = target.map_err(OpenError::WrongUrl)?;
        let master_keys = master_keys(Place::Server).map_err(OpenError::NoMasterKey)?;
        let master_keys = Arc::new(master_keys);
        let database = postgres::open(target, scoring, &master_keys)?;
        (Database::Postgres(database), master_keys)
    } else {
        let (database, master_keys) = sqlite::open(url, scoring, purpose, master_keys)?;
        (Database::Sqlite(database), Arc::new(master_keys))
    };
    Ok(Store {
        database,
        master_keys,
        scoring,
    })
}

/// Where a database is, which decides where its master key may come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'p> {
    /// In a file in a folder of this machine.
    Folder {
        /// The folder.
        path: &'p Path,
        /// Whether keys are sealed in it, which only the master key that sealed them opens. Until then
        /// a new one may be made.
        holds_sealed_keys: bool,
    },
    /// On a server, where several processes share the database and so the master key: it must be given.
    Server,
}
