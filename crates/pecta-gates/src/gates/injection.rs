//! The `injection` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on text that speaks to a model that reads it rather than to a person.
///
/// The same under both profiles.
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
}

impl GateCheck for InjectionCheck {
    const GATE: &'static str = "injection";
    const ALL: &'static [Self] = &[Self::Override, Self::Exfiltration, Self::Markup];
}

impl From<InjectionCheck> for Check {
    fn from(check: InjectionCheck) -> Self {
        match check {
            InjectionCheck::Override => Check::Override,
            InjectionCheck::Exfiltration => Check::Exfiltration,
            InjectionCheck::Markup => Check::Markup,
        }
    }
}
