//! The `pii` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on personal data.
///
/// Under the [strict](crate::Profile::Strict) profile:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `email` | `first.last+tag@company.co.uk` | `@user`, `root@localhost` |
/// | `ssn` | US social security numbers: `123-45-6789` | numbers never issued (`000-12-3456`), `123456789` |
/// | `phone` | US phone numbers: `(555) 867-5309`, `+1-800-555-0100` | `5558675309`, `155-867-5309` |
///
/// Under the [standard](crate::Profile::Standard) profile a number or address must have the structure of what it is taken for,
/// or stand behind a word that says so, which for the value of a member may be its key (`{"ssn": "536904399"}`):
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `email` | an address whose domain ends in a registered top-level domain, in any script, also with the `%40` of URLs | `icon@2x.png`, `pkg@1.2.3`, `git@host.org:path`, `ssh://me@host.org`, `@user@social.org`, `a@b.to(device)` |
/// | `ssn` | `536-90-4399`, `536 90 4399`; `536904399` where "SSN" or "social security" stands nearby | numbers never issued, published specimens (`078-05-1120`), mixed separators, what is labelled as another number, parts of longer numbers |
/// | `phone` | US and Canadian numbers with separators that agree; international ones of a country's length: `+44 20 7946 0958`; eight to fifteen digits behind "Tel.", "mobile" or "电话" | `5558675309`, `867-5309`, versions, dates, ISBNs, addresses, what is labelled as another number |
///
/// Off by default, and the same under both profiles:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `card` | digits in an issuer's range, of its length and with a right check digit (Luhn), unbroken or in groups: `5555 5555 5555 4444` | every other number, what is labelled as an order or IMEI, and, without a word such as "card" nearby, unbroken digits of lengths that other numbers share |
/// | `iban` | a country's letters, form and length with right check digits (mod 97): `DE89 3704 0044 0532 0130 00` | every other combination, parts of longer words |
/// | `ip` | IPv4 and IPv6 addresses that are routed on the internet, with or without a port | private, loopback, link-local, multicast and documentation addresses, networks (`81.150.0.0/16`), versions, times |
pub type Pii = TextGate<PiiCheck>;

/// A check of [`Pii`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PiiCheck {
    /// E-mail addresses.
    Email,
    /// US social security numbers.
    Ssn,
    /// US phone numbers; under the standard profile, those of other countries as well.
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
