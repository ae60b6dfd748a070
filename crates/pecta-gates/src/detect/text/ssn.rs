//! US social security numbers.
//!
//! Flags three, two and four digits with the same separator between them, hyphens or spaces, and nine digits without any
//! when "SSN" or "social security" stands nearby.
//!
//! Leaves alone the areas that are never issued (000, 666, 900 to 999), group 00, serial 0000, the specimens that
//! were published (078-05-1120, 219-09-9999), nine times the same digit, mixed separators, what is labelled as another number
//! (an order, an invoice), and numbers that are part of longer ones.

use std::ops::Range;

use super::{
    super::{Match, NumberDetector, around},
    context::{WordList, labelled, mentioned},
    digits::{joined_after, joined_before},
    words::OTHER_NUMBERS,
};
use crate::prefilter::{Shapes, run_length};

pub(super) const RULES: &[super::Rule] = &[
    super::Rule {
        id: "us-ssn",
        flags: "a number that was issued, with separators",
        hit: "born 1970, 536-90-4399",
        miss: "078-05-1120 is the specimen",
    },
    super::Rule {
        id: "us-ssn-unseparated",
        flags: "nine digits near words that call them a social security number",
        hit: "social security number: 536904399",
        miss: "offset 536904399",
    },
];

/// Words that make nine digits a social security number.
#[rustfmt::skip]
static LABELS: WordList = WordList::new(&[
    "ssn", "ssns", "ss#", "social security", "social-security", "social_security", "social sec",
    "socialsecuritynumber",
]);

/// Words that do so right before them.
#[rustfmt::skip]
static SPOKEN: WordList = WordList::new(&["my social", "your social", "his social", "her social", "their social"]);

/// Numbers that were printed on specimen cards and advertisements.
const SPECIMENS: [&[u8]; 3] = [b"078051120", b"219099999", b"457555462"];

/// Anchored at the first digit.
pub(crate) struct Ssn;

impl NumberDetector for Ssn {
    fn shapes(&self) -> Shapes {
        Shapes::DENSE
    }

    fn labels(&self) -> &[&str] {
        LABELS.words
    }

    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match> {
        match digits.len() {
            3 => separated(text, digits.start),
            9 => unseparated(text, digits),
            _ => None,
        }
    }
}

fn separated(text: &[u8], start: usize) -> Option<Match> {
    let range = start..start + 11;
    let number = text.get(range.clone())?;
    let (first, second) = (*number.get(3)?, *number.get(6)?);
    let labelled_ssn = || labelled(around(text, start).0, &LABELS);
    match (first, second) {
        (b'-', b'-') | (b' ', b' ') => {}
        // "SSN 536.90.4399"; without a label it is a version.
        (b'.', b'.') if labelled_ssn() => {}
        _ => return None,
    }
    let mut digits = [0; 9];
    let parts = [number.get(..3)?, number.get(4..6)?, number.get(7..)?];
    let all = parts.into_iter().flatten();
    digits
        .iter_mut()
        .zip(all)
        .for_each(|(to, digit)| *to = *digit);
    if !is_issued(&digits) {
        return None;
    }
    let (before, after) = (around(text, range.start).0, around(text, range.end).1);
    if run_length(text, range.end) > 0 || joined_after(text, range.end) {
        return None;
    }
    if joined_before(text, range.start) {
        // "SSN-536-90-4399"
        let apart = before.last() == Some(&b'-') && labelled(before, &LABELS);
        if !apart {
            return None;
        }
    }
    if first == b' ' {
        let grouped_on = matches!(before, [.., b'0'..=b'9' | b')', b' '])
            || matches!(after, [b' ', b'0'..=b'9', ..]);
        let other = [b'+', b'(', b'$'].contains(before.last().unwrap_or(&b' '))
            || super::phone::is_quantity(text, range.clone());
        if (grouped_on || other) && !mentioned(text, &range, 48, LABELS.words) {
            return None;
        }
    }
    let other = labelled(before, &OTHER_NUMBERS)
        || (first == b' ' && labelled(before, &super::phone::LABELS));
    (!other).then_some(Match {
        rule: "us-ssn",
        range,
    })
}

fn unseparated(text: &[u8], range: Range<usize>) -> Option<Match> {
    let is_number = is_issued(text.get(range.clone())?)
        && !joined_before(text, range.start)
        && !joined_after(text, range.end)
        && (mentioned(text, &range, 48, LABELS.words)
            || labelled(around(text, range.start).0, &SPOKEN));
    is_number.then_some(Match {
        rule: "us-ssn-unseparated",
        range,
    })
}

/// Whether these are nine digits of a number that somebody may have.
fn is_issued(digits: &[u8]) -> bool {
    let (Some(area), Some(group), Some(serial)) =
        (digits.get(..3), digits.get(3..5), digits.get(5..))
    else {
        return false;
    };
    let same = digits.iter().all(|digit| Some(digit) == digits.first());
    let specimen = SPECIMENS.contains(&digits);
    serial.len() == 4
        && digits.iter().all(u8::is_ascii_digit)
        && area != b"000"
        && area != b"666"
        && !area.starts_with(b"9")
        && group != b"00"
        && serial != b"0000"
        && !specimen
        && !same
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, Ssn};

    fn check(marked: &str) {
        testing::check_number(&Ssn, marked);
    }

    #[test]
    fn numbers_are_flagged() {
        check("SSN ⟦536-90-4399⟧");
        check("⟦536 90 4399⟧");
        check("SSN: ⟦536.90.4399⟧, but version 536.90.4399");
        check("ssn:⟦536904399⟧, SSN-⟦536-90-4399⟧");
        check("My social security number is ⟦536904399⟧.");
        check("(⟦536-90-4399⟧) ⟦123-45-6789⟧");
        check("{\"ssn\":\"⟦536904399⟧\"}");
        check("编号⟦536-90-4399⟧。");
        check("file ⟦536-90-4399⟧.pdf");
        check("⟦536904399⟧ (SSN)");
        check("1. ⟦536-90-4399⟧\n2. ⟦537-90-4399⟧");
        check("SSN 1 ⟦536 90 4399⟧");
        check("My social is ⟦536904399⟧.");
        check("ann,roe,⟦536-90-4399⟧,1200.50");
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "536904399",
            "took 536 90 4399 ms",
            "order 1536-90-43991",
            "078-05-1120",
            "219-09-9999",
            "457-55-5462",
            "my social media id is 536904399",
            "track 1Z 219 45 8831",
            "536-90.4399",
            "536-90 4399",
            "536.90.4399",
            "000-12-3456",
            "666-12-3456",
            "900-12-3456",
            "987-65-4320",
            "536-00-4399",
            "536-90-0000",
            "111-11-1111",
            "536-90-43991",
            "536-90-4399-01",
            "ABC-536-90-4399",
            "1-536-90-4399",
            "Order #536-90-4399",
            "Invoice no. 536-90-4399",
            "12 536 90 4399",
            "536 90 4399 12",
            "+49 536 90 4399",
            "Tel. 536 90 4399",
            "class 536904399",
            "2026-11-21",
            "536-90-439",
            "550e8400-e29b-41d4-a716-446655440000",
            "ssnx 536904399",
            "1.536-90-4399",
        ] {
            check(text);
        }
    }
}
