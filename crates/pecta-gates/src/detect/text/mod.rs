//! What text says and holds: the standard profile of the gates `pii` and `content`, the checks of `pii` that are off by
//! default, and the gates `secrets` and `injection`.
//!
//! These detectors judge what a string *is*: a number is a phone number by its structure or by the word before it, an
//! address by its domain, a refusal by who speaks. Each names its rules in a table, with an example that the rule must hit
//! and one that it must not.

mod anchors;
mod assignment;
mod card;
mod command;
mod context;
mod data;
mod digits;
mod email;
mod exfiltration;
mod hidden;
mod iban;
mod ip;
mod markup;
mod overriding;
mod phone;
mod private_key;
mod random;
mod refusal;
mod ssn;
mod token;
mod url_credentials;
mod words;

#[cfg(test)]
mod tests;

use super::{Detector, Entry as Rule, NumberDetector, Search};
use crate::check::{Check, Probe};
use data::{Language, REFUSALS};

/// The search for a probe of these gates; none for any other.
pub(super) fn search(probe: Probe) -> Option<Search> {
    numbers(probe.check)
        .map(Search::Numbers)
        .or_else(|| anchored(probe.check).map(Search::Anchored))
}

fn numbers(check: Check) -> Option<&'static dyn NumberDetector> {
    Some(match check {
        Check::Ssn => &ssn::Ssn,
        Check::Phone => &phone::Phone,
        Check::Card => &card::Card,
        Check::Iban => &iban::Iban,
        Check::Ip => &ip::Ip,
        _ => return None,
    })
}

fn anchored(check: Check) -> Option<Box<dyn Detector>> {
    Some(match check {
        Check::Email => Box::new(email::Email::new()),
        Check::Refusal => Box::new(&*refusal::REFUSAL),
        Check::Token => Box::new(token::Token::new()),
        Check::PrivateKey => Box::new(private_key::PrivateKey::new()),
        Check::UrlCredentials => Box::new(url_credentials::UrlCredentials::new()),
        Check::Assignment => Box::new(assignment::Assignment::new()),
        Check::Override => Box::new(overriding::Override::new()),
        Check::Exfiltration => Box::new(exfiltration::Exfiltration::new()),
        Check::Markup => Box::new(markup::Markup::new()),
        Check::Hidden => Box::new(hidden::Hidden),
        _ => return None,
    })
}

/// The rules of a check of these gates; none for any other.
pub(super) fn entries(check: Check) -> Vec<Rule> {
    let rules = match check {
        Check::Email => email::RULES,
        Check::Ssn => ssn::RULES,
        Check::Phone => phone::RULES,
        Check::Card => card::RULES,
        Check::Iban => iban::RULES,
        Check::Ip => ip::RULES,
        Check::Refusal => return REFUSALS.iter().filter_map(Language::entry).collect(),
        Check::Token => return token::rules(),
        Check::PrivateKey => private_key::RULES,
        Check::UrlCredentials => url_credentials::RULES,
        Check::Assignment => assignment::RULES,
        Check::Override => overriding::RULES,
        Check::Exfiltration => exfiltration::RULES,
        Check::Markup => markup::RULES,
        Check::Hidden => hidden::RULES,
        _ => &[],
    };
    rules.to_vec()
}
