//! Destructive commands, by the tool that carries them out. One table of rules per family.

mod cloud;
mod disk;
mod git;
mod options;
mod remote;
mod sql;
mod system;
mod windows;

use std::ops::Range;

use super::{Match, shell::invocation::Invocation};

/// A rule about the programs that a text runs.
pub(crate) struct Rule {
    pub(crate) id: &'static str,
    /// The programs it is about; none for every program.
    pub(crate) programs: &'static [&'static str],
    pub(crate) matches: fn(&Invocation<'_>) -> bool,
    /// A text that it flags.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of all examples"))]
    pub(crate) hits: &'static str,
    /// A text of the same kind that it leaves alone.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the test of all examples"))]
    pub(crate) leaves: &'static str,
}
