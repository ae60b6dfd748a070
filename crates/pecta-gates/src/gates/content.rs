//! The `content` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on an output that is no answer.
///
/// Under the [strict](crate::Profile::Strict) profile:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `empty` | an output that is `null`, `[]`, `{}` or a string without a visible character | `0`, `false`, `[""]` |
/// | `refusal` | "I can't help", "I don't have access", "as an AI language model" and the like, anywhere | "I cannot doubt it" |
///
/// Under the [standard](crate::Profile::Standard) profile `empty` is the same, and a refusal must open the answer and be the
/// speaker's own:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `refusal` | a string that opens, perhaps after greetings, apologies or "As an AI model", with a phrase in which the speaker declines or lacks the ability, in any of the languages that the rules name: "I'm sorry, but I can't assist with that", "Lo siento, pero no puedo ayudar con eso" | refusals that come later, are quoted, are somebody else's or hang on a condition; idioms ("I cannot help but admire"); reports of what did not work ("I can't find the file") |
pub type Content = TextGate<ContentCheck>;

/// A check of [`Content`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
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
