//! The `pii` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on personal data.
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `email` | `first.last+tag@company.co.uk` | `@user`, `root@localhost` |
/// | `ssn` | US social security numbers: `123-45-6789` | numbers never issued (`000-12-3456`), `123456789` |
/// | `phone` | US phone numbers: `(555) 867-5309`, `+1-800-555-0100` | `5558675309`, `155-867-5309` |
/// | `card`, off by default | | |
/// | `iban`, off by default | | |
/// | `ip`, off by default | | |
///
/// Under the [standard](crate::Profile::Standard) profile a number is judged by its structure and by the word before it, which
/// for the value of a member may be its key: `{"ssn": "536904399"}`. An e-mail address needs a domain that can exist, and is no git remote,
/// package version or name of a picture; a phone number may be an international one.
pub type Pii = TextGate<PiiCheck>;

/// A check of [`Pii`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PiiCheck {
    /// E-mail addresses.
    Email,
    /// US social security numbers.
    Ssn,
    /// US phone numbers.
    Phone,
    /// Payment card numbers. Off by default.
    Card,
    /// International bank account numbers. Off by default.
    Iban,
    /// Public IP addresses. Off by default.
    Ip,
}

impl GateCheck for PiiCheck {
    const GATE: &'static str = "pii";
    const ALL: &'static [Self] = &[
        Self::Email,
        Self::Ssn,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Ip,
    ];
    const DEFAULT: &'static [Self] = &[Self::Email, Self::Ssn, Self::Phone];
}

impl From<PiiCheck> for Check {
    fn from(check: PiiCheck) -> Self {
        match check {
            PiiCheck::Email => Check::Email,
            PiiCheck::Ssn => Check::Ssn,
            PiiCheck::Phone => Check::Phone,
            PiiCheck::Card => Check::Card,
            PiiCheck::Iban => Check::Iban,
            PiiCheck::Ip => Check::Ip,
        }
    }
}
