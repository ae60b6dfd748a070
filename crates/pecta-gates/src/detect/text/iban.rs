//! International bank account numbers.
//!
//! Flags a country's letters, two check digits and an account number of the country's form, unbroken or in groups of four,
//! when the check (ISO 7064, mod 97-10) is right.
//!
//! Leaves alone every other combination, and numbers that are part of longer words.

use std::ops::Range;

use super::{
    super::{Match, NumberDetector, around},
    data::IBAN_FORMATS,
};
use crate::prefilter::Shapes;

pub(super) const RULES: &[super::Rule] = &[super::Rule {
    id: "iban",
    flags: "an account number with its country's length and right check digits",
    hit: "DE89 3704 0044 0532 0130 00",
    miss: "DE88 3704 0044 0532 0130 00",
}];

/// Anchored at the check digits.
pub(crate) struct Iban;

impl NumberDetector for Iban {
    fn shapes(&self) -> Shapes {
        Shapes::LETTERED
    }

    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match> {
        account(text, digits.start)
    }
}

fn account(text: &[u8], check_digits: usize) -> Option<Match> {
    let start = check_digits.checked_sub(2)?;
    let country = [*text.get(start)?, *text.get(start + 1)?].map(|byte| byte.to_ascii_uppercase());
    let alone = !around(text, start)
        .0
        .last()
        .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !alone {
        return None;
    }
    let (_, form) = IBAN_FORMATS
        .iter()
        .find(|(code, _)| code.as_bytes() == country)?;
    // What follows the country, without the separators.
    let mut remainder = Remainder::default();
    let mut at = check_digits;
    let mut separator = None;
    for (length, class) in (2_usize..).zip(b"nn".iter().copied().chain(classes(form))) {
        let byte = *text.get(at)?;
        let byte = if length % 4 == 0 && b" -".contains(&byte) {
            // Groups have the same separator throughout.
            if *separator.get_or_insert(Some(byte)) != Some(byte) {
                return None;
            }
            at += 1;
            *text.get(at)?
        } else {
            if length % 4 == 0 && separator.get_or_insert(None).is_some() {
                return None;
            }
            byte
        };
        let fits = match class {
            b'n' => byte.is_ascii_digit(),
            b'a' => byte.is_ascii_alphabetic(),
            _ => byte.is_ascii_alphanumeric(),
        };
        if !fits {
            return None;
        }
        if length >= 4 {
            remainder.push(byte);
        }
        at += 1;
    }
    let ends = !around(text, at)
        .1
        .first()
        .is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // The check is over the account, the country and the check digits, in this order.
    country
        .into_iter()
        .chain(text.get(check_digits..check_digits + 2)?.iter().copied())
        .for_each(|byte| remainder.push(byte));
    (ends && remainder.0 == 1).then_some(Match {
        rule: "iban",
        range: start..at,
    })
}

/// The class of each character of a form: `4a2n` is `aaaann`.
fn classes(form: &str) -> impl Iterator<Item = u8> {
    let mut count = 0_usize;
    form.bytes().flat_map(move |byte| {
        if byte.is_ascii_digit() {
            count = count * 10 + usize::from(byte - b'0');
            std::iter::repeat_n(byte, 0)
        } else {
            std::iter::repeat_n(byte, std::mem::take(&mut count))
        }
    })
}

/// The remainder by 97 of a number, in which a letter stands for two digits, from A = 10.
#[derive(Default)]
struct Remainder(u32);

impl Remainder {
    fn push(&mut self, byte: u8) {
        self.0 = match byte {
            b'0'..=b'9' => self.0 * 10 + u32::from(byte - b'0'),
            _ => self.0 * 100 + u32::from(byte.to_ascii_uppercase() - b'A') + 10,
        } % 97;
    }
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, *};

    fn check(marked: &str) {
        testing::check_number(&Iban, marked);
    }

    #[test]
    fn accounts_are_flagged() {
        check("⟦GB82 WEST 1234 5698 7654 32⟧");
        check("IBAN:⟦GB82WEST12345698765432⟧.");
        check("⟦DE89370400440532013000⟧, ⟦de89370400440532013000⟧");
        check("⟦FR14 2004 1010 0505 0001 3M02 606⟧");
        check("⟦NL91ABNA0417164300⟧ ⟦BE68-5390-0754-7034⟧ ⟦NO9386011117947⟧");
        check("⟦MT84MALT011000012345MTLCAST001S⟧");
        check("⟦CH9300762011623852957⟧ ⟦ES9121000418450200051332⟧ ⟦IT60X0542811101000000123456⟧");
        check(
            "⟦SA0380000000608010167519⟧ ⟦BR1800360305000010009795493C1⟧ ⟦PL61109010140000071219812874⟧",
        );
        check("账号⟦GB82WEST12345698765432⟧。");
    }

    #[test]
    fn other_codes_are_left_alone() {
        for text in [
            "GB82WEST12345698765433",
            "GB82WEST1234569876543",
            "GB82WEST123456987654321",
            "XGB82WEST12345698765432",
            "GB82 WEST12345698765432",
            "GB82 WEST-1234-5698-7654-32",
            "XX82WEST12345698765432",
            "GB821234WEST5698765432",
            "GB",
            "8",
            "de89",
        ] {
            check(text);
        }
    }

    #[test]
    fn forms_are_listed_in_order_and_of_legal_length() {
        assert!(IBAN_FORMATS.is_sorted_by(|a, b| a.0 < b.0));
        for (country, form) in IBAN_FORMATS {
            assert!((11..=30).contains(&classes(form).count()), "{country}");
        }
    }
}
