//! Why the program ends early, and with which exit code.

use std::process::ExitCode;

/// The exit code that a shell reports for a program that ended because nobody read its output any more.
pub(crate) const OUTPUT_CLOSED: u8 = 128 + 13;

/// What is told on stderr before the program ends.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The command line or a setting is wrong.
    #[error("{0}")]
    Usage(String),
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    pub(crate) fn usage(error: impl std::fmt::Display) -> Self {
        Self::Usage(error.to_string())
    }

    pub(crate) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Usage(_) => ExitCode::from(2),
            Self::Failed(_) => ExitCode::from(1),
        }
    }
}
