//! What can go wrong when a database is opened, and afterwards.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use pecta_auth::Scope;
use std::error::Error;
use tokio::sync::mpsc::error::TrySendError;

/// Why a database could not be opened. What it holds was not changed.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The URL names no database that is known here. It is not repeated: it may hold a password.
    #[error(
        "the database URL is not understood; allowed: sqlite:PATH and \
         postgres://USER:PASSWORD@HOST:PORT/DATABASE"
    )]
    Url,
    /// The URL is one of PostgreSQL's and wrong; the text says how, without repeating it.
    #[error("{0}")]
    WrongUrl(String),
    /// There is no master key where one must be given; the text says why.
    #[error("{0}")]
    NoMasterKey(String),
    /// The URL is fine, the database is not.
    #[error("cannot open the database {database}: {cause}")]
    Database {
        /// Which database.
        database: String,
        /// What is wrong with it.
        cause: OpenCause,
    },
}

/// What is wrong with a database that could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenCause {
    /// It cannot be reached, read or written; the text is the database library's.
    #[error("{0}")]
    Unreachable(String),
    /// There is none, where one was to be administered.
    #[error("there is no database yet")]
    Missing,
    /// It is another program's.
    #[error("it is a database of another program, not Pecta's")]
    Foreign,
    /// A newer version of Pecta wrote it; the text is the first migration that is not known here.
    #[error("it has a newer schema ({0}) than this program knows")]
    NewerSchema(String),
    /// There is no master key; the text says why.
    #[error("{0}")]
    NoMasterKey(String),
    /// The master key is not the one that sealed the secret keys in the database.
    #[error(
        "the master key does not open the secret keys in it: it is not the key that sealed them"
    )]
    WrongMasterKey,
    /// A migration failed and was rolled back.
    #[error("its schema cannot be brought up to date: {0}")]
    Migration(String),
}

/// Why a backup was not written.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// There is a file of that name; it was left as it is.
    #[error("there is a file of that name already")]
    Exists,
    /// The database is on a server, which has tools of its own.
    #[error("a database on a server is backed up with the server's own tools, such as pg_dump")]
    Server,
    /// The file cannot be written.
    #[error("{0}")]
    File(#[from] std::io::Error),
    /// The database cannot be read, or the copy not be written.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<DieselError> for OpenCause {
    fn from(error: DieselError) -> Self {
        Self::Unreachable(error.to_string())
    }
}

impl From<StoreError> for OpenCause {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(cause) => Self::Unreachable(cause),
            other => Self::Unreachable(other.to_string()),
        }
    }
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
    Refused(Box<dyn Error + Send + Sync>),
    /// The operating system gives no random bytes.
    #[error("no randomness: {0}")]
    Random(Box<dyn Error + Send + Sync>),
    /// The master keys cannot be read again; the text says why.
    #[error("the master key cannot be read: {0}")]
    MasterKey(String),
    /// A secret key is sealed under a master key that is not known here, or was altered.
    #[error("the secret key {0} does not open under the master key")]
    Sealed(i64),
    /// A caller's own step inside a transaction failed; everything was rolled back.
    #[error("{0}")]
    Aborted(String),
    /// What is asked for must not be done as things are; the text says why, to people.
    #[error("{0}")]
    Conflict(&'static str),
    /// The key that was to be rotated may do this, and whoever asks for it may not.
    #[error("the key may do more than the one that is to rotate it: `{}`", .0.as_str())]
    Broader(Scope),
    /// The key that asks would give another more than it has itself; the text names what, to people.
    #[error("{0}")]
    Exceeds(&'static str),
    /// An org would take more than this limit, which holds.
    #[error("rate_limits.{member} must be at most {most}, and not 0")]
    OverLimit {
        /// Which limit.
        member: &'static str,
        /// Requests in 60 seconds.
        most: u32,
    },
    /// The store's own code failed.
    #[error("internal error: {0}")]
    Internal(&'static str),
}

impl StoreError {
    pub(crate) fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }

    pub(crate) fn closed() -> Self {
        Self::Unavailable("the store is closed".to_owned())
    }

    pub(crate) fn queue_full() -> Self {
        Self::Unavailable("the queue is full".to_owned())
    }
}

impl<T> From<TrySendError<T>> for StoreError {
    fn from(error: TrySendError<T>) -> Self {
        match error {
            TrySendError::Full(_) => Self::queue_full(),
            TrySendError::Closed(_) => Self::closed(),
        }
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
            ) => Self::Refused(error.into()),
            DieselError::DatabaseError(..)
            | DieselError::RollbackErrorOnCommit { .. }
            | DieselError::BrokenTransactionManager => Self::Unavailable(error.to_string()),
            DieselError::DeserializationError(cause) => Self::Corrupt(cause.to_string()),
            other => Self::Refused(other.into()),
        }
    }
}

impl From<getrandom::Error> for StoreError {
    fn from(error: getrandom::Error) -> Self {
        Self::Random(error.into())
    }
}
