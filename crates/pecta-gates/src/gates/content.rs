//! The `content` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on an output that is no answer.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `empty` | an output that is `null`, `[]`, `{}` or a string without a visible character | `0`, `false`, `[""]` |
/// | `refusal` | "I can't help", "I don't have access", "as an AI language model" and the like | "I cannot doubt it" |
pub type Content = TextGate<ContentCheck>;

/// A check of [`Content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ContentCheck {
    /// The output as a whole is empty.
    Empty,
    /// A phrase in which an assistant refuses.
    Refusal,
}

impl GateCheck for ContentCheck {
    const GATE: &'static str = "content";
    const ALL: &'static [Self] = &[Self::Empty, Self::Refusal];
}

impl From<ContentCheck> for Check {
    fn from(check: ContentCheck) -> Self {
        match check {
            ContentCheck::Empty => Check::Empty,
            ContentCheck::Refusal => Check::Refusal,
        }
    }
}
