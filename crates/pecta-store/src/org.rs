//! Tenants.

use crate::audit::Act;

/// An org, as proof that whoever holds it may act within it: only the store hands one out, with a
/// key that it knows or, to the command line, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct OrgId(i64);

/// What can be set for an org.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrgSettings {
    /// Its name.
    pub name: String,
    /// Whether verdicts that are sent to it must be signed.
    pub require_signature: bool,
}

/// What is to be set for an org; what is left out stays as it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrgChange {
    /// Whether verdicts that are sent to it must be signed.
    pub require_signature: Option<bool>,
}

impl OrgChange {
    /// How the audit log tells it.
    pub(crate) fn act(self, name: &str) -> Act {
        Act::on(name, "org.set").with_any("require_signature", self.require_signature)
    }
}

impl OrgId {
    pub(crate) const fn from_row(id: i64) -> Self {
        Self(id)
    }

    /// The number, for logs.
    #[must_use]
    pub const fn get(self) -> i64 {
        self.0
    }
}
