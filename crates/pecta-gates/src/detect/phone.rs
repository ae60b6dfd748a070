//! US phone numbers.
//!
//! Flags `\b(?:\+?1[-.\s]?)?\(?[2-9]\d{2}\)?[-.\s]\d{3}[-.\s]\d{4}\b`: an area code, three and four digits, with a separator
//! between them.
//!
//! Leaves alone area codes that start with 0 or 1, numbers without separators or with others (`555/867/5309`), and longer
//! runs of digits.

use std::ops::Range;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{ends_without_word, is_word, starts_without_word, trailing_space},
};

/// Anchored at the first of the last four digits.
pub(crate) struct Phone;

impl Detector for Phone {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DIGIT.and(ByteKinds::LONG)
    }

    fn ends_in_four_digits(&self) -> bool {
        true
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|line| number(text, line))
    }
}

/// The number whose last four digits are at the position.
fn number(text: &[u8], line: usize) -> Option<Match> {
    let end = line + 4;
    let digits = text.get(line..end)?;
    if !digits.iter().all(u8::is_ascii_digit) || !starts_without_word(around(text, end).1) {
        return None;
    }
    let before = strip_three_digits(strip_separator(around(text, line).0)?)?;
    let before = strip_separator(before)?;
    let before = strip_three_digits(before.strip_suffix(b")").unwrap_or(before))?;
    let area = before.len();
    if !matches!(text.get(area)?, b'2'..=b'9') {
        return None;
    }
    Some(Match {
        rule: "us-phone",
        range: start(before)?..end,
    })
}

/// Where a number starts whose area code follows: before a country code or parenthesis when the pattern takes it in.
fn start(before: &[u8]) -> Option<usize> {
    let opened = before.strip_suffix(b"(");
    let mut starts = [opened, Some(before)]
        .into_iter()
        .flatten()
        .flat_map(|before| {
            let country = [strip_separator(before), Some(before)]
                .into_iter()
                .flatten()
                .filter_map(|rest| rest.strip_suffix(b"1"));
            country
                .flat_map(|rest| [rest.strip_suffix(b"+"), Some(rest)])
                .chain([Some(before)])
                .flatten()
        });
    let begins_at_boundary = |rest: &&[u8]| {
        let next = around(before, rest.len()).1.first().copied();
        // Without a next byte the number starts at its area code, a digit.
        ends_without_word(rest) == next.is_none_or(is_word)
    };
    starts
        .by_ref()
        .filter(begins_at_boundary)
        .map(<[u8]>::len)
        .min()
}

fn strip_three_digits(text: &[u8]) -> Option<&[u8]> {
    match text {
        [rest @ .., a, b, c] if [a, b, c].into_iter().all(u8::is_ascii_digit) => Some(rest),
        _ => None,
    }
}

fn strip_separator(text: &[u8]) -> Option<&[u8]> {
    match text {
        [rest @ .., b'-' | b'.'] => Some(rest),
        _ => match trailing_space(text) {
            0 => None,
            length => text.get(..text.len() - length),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Phone};

    fn check(marked: &str) {
        testing::check(&Phone, marked);
    }

    #[test]
    fn numbers_are_flagged() {
        check("call (⟦555) 867-5309⟧");
        check("+⟦1-800-555-0100⟧");
        check("⟦555.867.5309⟧ ⟦555 867\u{A0}5309⟧");
        check("⟦1555-867-5309⟧, +⟦1(555)-867-5309⟧");
        check("x⟦+1 555-867-5309⟧ and x⟦(555)-867-5309⟧");
        check("11 ⟦555-867-5309⟧, 0.⟦1.555-867-5309⟧");
        check("é⟦555-867-5309⟧é");
    }

    #[test]
    fn a_number_is_found_wherever_its_digits_lie() {
        for shift in 0..8 {
            check(&format!("{}⟦555-867-5309⟧", "-".repeat(shift)));
        }
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "155-867-5309",
            "055-867-5309",
            "5558675309",
            "555/867/5309",
            "555-867-53090",
            "555-867-530",
            "x555-867-5309",
            "21555-867-5309",
            "555--867-5309",
            "555-867-5309_",
            "55-867-5309",
            "1\u{2009}\u{2009}555867-5309",
        ] {
            check(text);
        }
    }
}
