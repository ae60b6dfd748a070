//! The record of administrative acts: a chain of entries per org, each written together with what it tells of.

mod chain;
mod entry;

pub use chain::{AuditFault, AuditHead, AuditVerdict};
pub(crate) use chain::{Walk, followed, head};
pub(crate) use entry::AuditRow;
pub use entry::{AuditEntry, AuditPage};

use crate::key::KeyId;
use crate::org::OrgId;
use crate::record::Origin;
use chrono::{DateTime, SecondsFormat, Utc};
use sha2::{Digest, Sha256};

/// Who acts on an org.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Actor {
    /// A client, with a key of the org.
    Key(Origin),
    /// Somebody at the command line.
    CommandLine(OrgId),
    /// The server, of its own accord.
    Server(OrgId),
}

impl Actor {
    /// The org that is acted on.
    #[must_use]
    pub const fn org(self) -> OrgId {
        match self {
            Self::Key(origin) => origin.org(),
            Self::CommandLine(org) | Self::Server(org) => org,
        }
    }

    /// The key that acts.
    pub(crate) const fn key(self) -> Option<KeyId> {
        match self {
            Self::Key(origin) => Some(origin.key),
            Self::CommandLine(_) | Self::Server(_) => None,
        }
    }

    const fn as_str(self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::CommandLine(_) => "cli",
            Self::Server(_) => "server",
        }
    }
}

impl From<Origin> for Actor {
    fn from(origin: Origin) -> Self {
        Self::Key(origin)
    }
}

/// A time as entries tell it.
pub(crate) fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// What tells a text apart that entries do not hold: its SHA-256, in hexadecimal digits.
pub(crate) fn sha256(text: &str) -> String {
    let digest = Sha256::digest(text);
    let digits = digest.iter().map(|byte| format!("{byte:02x}"));
    digits.collect::<Vec<_>>().concat()
}

/// What was done. It holds ids and names, never a key or a payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Act {
    name: &'static str,
    subject: String,
    changes: Vec<(&'static str, String)>,
}

impl Act {
    /// An act of this name on something that goes by this id or name.
    pub(crate) fn on(subject: impl Into<String>, name: &'static str) -> Self {
        Self {
            name,
            subject: subject.into(),
            changes: Vec::new(),
        }
    }

    /// Tells what is so from now on.
    pub(crate) fn with(self, name: &'static str, value: impl ToString) -> Self {
        self.with_any(name, Some(value))
    }

    /// The same, where there is a value.
    pub(crate) fn with_any(mut self, name: &'static str, value: Option<impl ToString>) -> Self {
        self.changes
            .extend(value.map(|value| (name, value.to_string())));
        self
    }
}
