//! A connection that its thread owns, made anew after a fault.

use super::configure;
use crate::error::StoreError;
use diesel::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
}

impl Mode {
    /// `FULL` syncs the log before a commit returns, so that what was answered survives a power cut.
    const fn pragmas(self) -> &'static str {
        match self {
            Self::Read => "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;",
            Self::Write => {
                "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;"
            }
        }
    }
}

/// One connection to a database file.
pub(super) struct Lane {
    path: PathBuf,
    mode: Mode,
    connection: Option<SqliteConnection>,
}

impl Lane {
    pub(super) fn new(path: &Path, mode: Mode) -> Self {
        Self {
            path: path.to_owned(),
            mode,
            connection: None,
        }
    }

    pub(super) fn with_connection(path: &Path, mode: Mode, connection: SqliteConnection) -> Self {
        Self {
            connection: Some(connection),
            ..Self::new(path, mode)
        }
    }

    /// Runs `work`. After a fault of the database, or a panic, the next run begins with a new
    /// connection, so that service returns by itself.
    pub(super) fn run<T>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(reconnect(&self.path, self.mode)?),
        };
        // The connection, the only state that a panic could leave half done, is dropped below.
        let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or(Err(StoreError::Internal("a panic in the store")));
        if let Err(StoreError::Unavailable(_) | StoreError::Internal(_)) = result {
            self.connection = None;
        }
        result
    }
}

/// Connects to a database, which is made when there is none.
pub(super) fn connect(path: &Path, mode: Mode) -> Result<SqliteConnection, StoreError> {
    let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
    let text = path
        .to_str()
        .ok_or_else(|| unavailable(&"the path is not UTF-8"))?;
    let mut connection = SqliteConnection::establish(text).map_err(|error| unavailable(&error))?;
    configure(&mut connection, mode.pragmas())?;
    Ok(connection)
}

/// Connects to a database that must be there: one that vanished is not to be replaced by an empty one.
fn reconnect(path: &Path, mode: Mode) -> Result<SqliteConnection, StoreError> {
    if !path.exists() {
        return Err(StoreError::Unavailable(
            "the database file is gone".to_owned(),
        ));
    }
    connect(path, mode)
}
