//! The `destructive` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on commands that destroy data beyond recovery.
///
/// The same under both profiles.
pub type Destructive = TextGate<DestructiveCheck>;

/// A check of [`Destructive`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DestructiveCheck {
    /// Shell commands.
    Shell,
    /// git commands.
    Git,
    /// SQL statements.
    Sql,
    /// Commands on disks and file systems.
    Disk,
    /// Commands on cloud resources and clusters.
    Cloud,
    /// Commands of Windows' shells.
    Windows,
}

impl GateCheck for DestructiveCheck {
    const GATE: &'static str = "destructive";
    const ALL: &'static [Self] = &[
        Self::Shell,
        Self::Git,
        Self::Sql,
        Self::Disk,
        Self::Cloud,
        Self::Windows,
    ];
}

impl From<DestructiveCheck> for Check {
    fn from(check: DestructiveCheck) -> Self {
        match check {
            DestructiveCheck::Shell => Check::Shell,
            DestructiveCheck::Git => Check::Git,
            DestructiveCheck::Sql => Check::Sql,
            DestructiveCheck::Disk => Check::Disk,
            DestructiveCheck::Cloud => Check::Cloud,
            DestructiveCheck::Windows => Check::Windows,
        }
    }
}
