//! What can go wrong when a database is opened, and afterwards.

use diesel::result::{DatabaseErrorKind, Error as DieselError};

/// Why a database could not be opened. Nothing on disk was changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that is known here. It is not repeated: it may hold a password.
    #[error("the database URL is not understood; allowed: sqlite:PATH")]
    Url,
    /// The database cannot be reached, read or written.
    #[error("cannot open the database {database}: {cause}")]
    Unreachable {
        /// Which database.
        database: String,
        /// What the database library said.
        cause: String,
    },
    /// The file is a database of another program.
    #[error("{0} is a database of another program, not Pecta's")]
    Foreign(String),
    /// A newer version of Pecta wrote it.
    #[error("the database {database} has a newer schema ({version}) than this program knows")]
    NewerSchema {
        /// Which database.
        database: String,
        /// The first migration that is not known here.
        version: String,
    },
    /// The master key does not open the keys that are sealed in the database.
    #[error(
        "the master key does not open the secret keys in the database {0}: it is not the key that sealed them"
    )]
    MasterKey(String),
    /// A migration failed and was rolled back.
    #[error("cannot migrate the database {database}: {cause}")]
    Migration {
        /// Which database.
        database: String,
        /// What went wrong.
        cause: String,
    },
}

/// Why a request to an open store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database is down, busy beyond patience or full, or the queue is. Nothing was recorded, or
    /// it is unknown; a retry under the same id is safe.
    #[error("storage is unavailable: {0}")]
    Unavailable(String),
    /// Stored data cannot be read back.
    #[error("stored data is corrupt: {0}")]
    Corrupt(String),
    /// The database refused a statement.
    #[error("the database refused a statement: {0}")]
    Refused(#[source] DieselError),
    /// The operating system gives no random bytes.
    #[error("no randomness: {0}")]
    Random(#[from] getrandom::Error),
    /// A caller's own step inside a transaction failed; everything was rolled back.
    #[error("{0}")]
    Aborted(String),
    /// The store's own code failed.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl StoreError {
    pub(crate) fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    /// Whether the fault lies with the database as a whole, not with one request.
    pub(crate) fn is_outage(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(
                DatabaseErrorKind::UniqueViolation
                | DatabaseErrorKind::ForeignKeyViolation
                | DatabaseErrorKind::NotNullViolation
                | DatabaseErrorKind::CheckViolation,
                _,
            ) => Self::Refused(error),
            DieselError::DatabaseError(..)
            | DieselError::RollbackErrorOnCommit { .. }
            | DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            DieselError::DeserializationError(cause) => Self::Corrupt(cause.to_string()),
            other => Self::Refused(other),
        }
    }
}
