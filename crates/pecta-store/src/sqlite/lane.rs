//! A connection that its thread owns, made anew after a fault.

use crate::error::StoreError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Read,
    Write,
}

impl Mode {
    /// `FULL` syncs the log before a commit returns, so that what was answered survives a power cut. A
    /// commit never folds the log into the file: that is the checkpointer's. The cache is small because
    /// SQLite looks through all of it at every commit that had to split a page; what it does not hold is
    /// in the system's.
    pub(super) const fn pragmas(self) -> &'static str {
        match self {
            Self::Read => "PRAGMA query_only = ON;",
            Self::Write => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
                 PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -8192;
                 PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 67108864;"
            }
        }
    }
}

/// One connection to a database file.
pub(super) struct Lane {
    path: PathBuf,
    mode: Mode,
    connection: Option<SqliteConnection>,
    faults: u64,
    /// The file that the database was when the lane was made.
    file: Option<FileId>,
}

/// Device and number of a file, by which a file that took another's place is told apart.
type FileId = (u64, u64);

impl Lane {
    pub(super) fn new(path: &Path, mode: Mode) -> Self {
        Self {
            path: path.to_owned(),
            mode,
            connection: None,
            faults: 0,
            file: file_id(path),
        }
    }

    pub(super) fn with_connection(path: &Path, mode: Mode, connection: SqliteConnection) -> Self {
        Self {
            connection: Some(connection),
            ..Self::new(path, mode)
        }
    }

    /// How many connections this lane has lost: while the number stays, so does the connection.
    pub(super) const fn faults(&self) -> u64 {
        self.faults
    }

    /// Gives the connection up; the next run begins with a new one.
    pub(super) fn disconnect(&mut self) {
        self.connection = None;
        self.faults += 1;
    }

    /// Runs `work`. After a fault of the database, or a panic, the next run begins with a new
    /// connection, so that service returns by itself.
    pub(super) fn run<T>(
        &mut self,
        work: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let connection = self.connection()?;
        // The connection, the only state that a panic could leave half done, is dropped below.
        let result = catch_unwind(AssertUnwindSafe(|| work(connection)))
            .unwrap_or(Err(StoreError::Internal("a panic in the store")));
        if let Err(StoreError::Unavailable(_) | StoreError::Internal(_)) = result {
            self.disconnect();
        }
        result
    }

    /// The connection, to the file that the database has been all along: what is written to one that
    /// was removed would be lost, and one that took its place is another database.
    fn connection(&mut self) -> Result<&mut SqliteConnection, StoreError> {
        if file_id(&self.path) != self.file {
            self.disconnect();
            let cause = "the database file was removed or replaced";
            return Err(StoreError::Unavailable(cause.to_owned()));
        }
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(connect(&self.path, self.mode)?)),
        }
    }
}

fn file_id(path: &Path) -> Option<FileId> {
    let file = fs::metadata(path).ok()?;
    Some((file.dev(), file.ino()))
}

/// Connects to a database, which is made when there is none.
pub(super) fn connect(path: &Path, mode: Mode) -> Result<SqliteConnection, StoreError> {
    let mut connection = establish(path)?;
    connection.batch_execute(mode.pragmas())?;
    Ok(connection)
}

/// Connects without a setting that could change the file.
pub(super) fn establish(path: &Path) -> Result<SqliteConnection, StoreError> {
    let unavailable = |error: &dyn std::fmt::Display| StoreError::Unavailable(error.to_string());
    let text = path
        .to_str()
        .ok_or_else(|| unavailable(&"the path is not UTF-8"))?;
    let mut connection = SqliteConnection::establish(text).map_err(|error| unavailable(&error))?;
    connection.batch_execute("PRAGMA busy_timeout = 5000;")?;
    Ok(connection)
}
