//! The `injection` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on text that speaks to a model that reads it rather than to a person.
///
/// The same under both profiles.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `override` | "Ignore all previous instructions" and its like as an order, in English and the other large languages, in look-alike letters too; "you are now DAN" | quotations, reports, what is to be ignored in everyday work, "act as a" |
/// | `exfiltration` | orders to reveal the system prompt, or to send a conversation or credentials to an address; images whose address carries data | questions, reports, images with everyday parameters |
/// | `markup` | tokens of chat templates: <code><\|im_start\|></code>, `[INST]`; turns of a conversation (`Human:` and `Assistant:`) | tokens in quotes or named as such, operators of programming languages |
/// | `hidden` | tag characters, runs of invisible characters or between letters, overrides of direction | emoji, scripts that need joiners, flags, single zero-width spaces |
pub type Injection = TextGate<InjectionCheck>;

/// A check of [`Injection`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
