//! The `filesystem` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on destructive commands and on paths that lead where an agent has no business.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `destructive` | `rm -rf`, `rm -r -f`, `rm --recursive --force` and the like, in either order | `rm x`, `rm -r x`, `RM -RF` |
/// | `traversal` | `..` as a path component: `../x`, `a\..` | `wait...`, `1..5`, `docs..old` |
/// | `sensitive` | `/etc`, `/usr`, `/var`; `.ssh`, `.aws`, `.gnupg` under `~` or `/home/<user>` | `/etcetera`, `https://example.com/usr` |
pub type Filesystem = TextGate<FilesystemCheck>;

/// A check of [`Filesystem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilesystemCheck {
    /// `rm` that is both recursive and forced.
    Destructive,
    /// `..` as a path component.
    Traversal,
    /// System directories and directories of secrets.
    Sensitive,
}

impl GateCheck for FilesystemCheck {
    const GATE: &'static str = "filesystem";
    const ALL: &'static [Self] = &[Self::Destructive, Self::Traversal, Self::Sensitive];
}

impl From<FilesystemCheck> for Check {
    fn from(check: FilesystemCheck) -> Self {
        match check {
            FilesystemCheck::Destructive => Check::Destructive,
            FilesystemCheck::Traversal => Check::Traversal,
            FilesystemCheck::Sensitive => Check::Sensitive,
        }
    }
}
