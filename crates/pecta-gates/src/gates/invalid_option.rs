//! The error of options that a gate cannot work with.

use std::fmt::Display;

/// An option of a gate that cannot have been meant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{option} must be {expected}, not {given}")]
pub struct InvalidOption {
    option: &'static str,
    expected: &'static str,
    given: String,
}

impl InvalidOption {
    pub(super) fn new(option: &'static str, expected: &'static str, given: impl Display) -> Self {
        Self {
            option,
            expected,
            given: given.to_string(),
        }
    }

    /// The name of the option.
    #[must_use]
    pub fn option(&self) -> &'static str {
        self.option
    }
}
