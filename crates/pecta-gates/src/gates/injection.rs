//! The `injection` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on text that speaks to a model that reads it rather than to a person.
///
/// The same under both profiles. Few and precise: text that tells of such orders is more common than the orders.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `override` | "ignore all previous instructions" and its kin as an order, in English and the other large languages; "you are now" somebody without limits, a mode without rules; "do not tell the user about this"; also in letters that look like Latin ones | the same quoted, named or reported; what is ignored in everyday work (warnings, files); "act as a", "you are now a member" |
/// | `exfiltration` | Markdown images whose address carries data, orders to reveal the system prompt, orders to send the conversation, environment or credentials to an address | images with everyday parameters, questions and reports about such things |
/// | `markup` | control tokens of chat templates: `<\|im_start\|>`, `[INST]`, `<<SYS>>`; turns of a conversation (`Human:` and `Assistant:`); tags that end what the text is in and start a message of the system | such a token quoted by itself or named, operators that look similar |
/// | `hidden` | tag characters outside of a flag, runs of variation selectors or of invisible characters, these between letters, overrides of the writing direction | emoji, flags, joiners of scripts that need them, soft hyphens, single zero-width spaces, isolates of direction |
pub type Injection = TextGate<InjectionCheck>;

/// A check of [`Injection`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InjectionCheck {
    /// Orders to disregard earlier instructions.
    Override,
    /// Orders to send data elsewhere.
    Exfiltration,
    /// Marks that only a conversation's own format should hold.
    Markup,
    /// Characters that hide text from people.
    Hidden,
}

impl GateCheck for InjectionCheck {
    const GATE: &'static str = "injection";
    const ALL: &'static [Self] = &[
        Self::Override,
        Self::Exfiltration,
        Self::Markup,
        Self::Hidden,
    ];
}

impl From<InjectionCheck> for Check {
    fn from(check: InjectionCheck) -> Self {
        match check {
            InjectionCheck::Override => Check::Override,
            InjectionCheck::Exfiltration => Check::Exfiltration,
            InjectionCheck::Markup => Check::Markup,
            InjectionCheck::Hidden => Check::Hidden,
        }
    }
}
