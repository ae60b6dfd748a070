//! Payment card numbers.
//!
//! Flags 12 to 19 digits that an issuer's range begins, of one of the issuer's lengths, with a right check digit (Luhn),
//! unbroken or in the groups of a card. The issuers' test numbers are card numbers too.
//!
//! Leaves alone every other number, what is labelled as one (an order, an IMEI), numbers that are part of longer
//! ones, and, without a word such as "card" nearby, unbroken digits of the lengths 12, 13 and 17 to 19, which other numbers
//! share.

use std::ops::Range;

use super::{
    super::{Match, NumberDetector, around},
    context::{WordList, labelled, mentioned},
    digits::{joined_after, joined_before},
    words::OTHER_NUMBERS,
};
use crate::prefilter::{Shapes, run_length};

pub(super) const RULES: &[super::Rule] = &[super::Rule {
    id: "payment-card",
    flags: "a number with a card issuer's prefix and length and a right check digit",
    hit: "5555 5555 5555 4444",
    miss: "5555 5555 5555 4445",
}];

/// The ranges of issuers (ISO/IEC 7812): the numbers that a card starts with, from and to, and the lengths of the cards.
const ISSUERS: [(u32, u32, &[usize]); 24] = [
    (4, 4, &[13, 16, 19]),                           // Visa
    (51, 55, &[16]),                                 // Mastercard
    (2221, 2720, &[16]),                             // Mastercard
    (34, 34, &[15]),                                 // American Express
    (37, 37, &[15]),                                 // American Express
    (300, 305, &[14, 16, 19]),                       // Diners Club
    (3095, 3095, &[14, 16, 19]),                     // Diners Club
    (36, 36, &[14, 16, 19]),                         // Diners Club
    (38, 39, &[14, 16, 19]),                         // Diners Club
    (6011, 6011, &[16, 17, 18, 19]),                 // Discover
    (644, 649, &[16, 17, 18, 19]),                   // Discover
    (65, 65, &[16, 17, 18, 19]),                     // Discover, RuPay
    (62, 62, &[16, 17, 18, 19]),                     // UnionPay
    (81, 82, &[16]),                                 // RuPay, UnionPay
    (508, 508, &[16]),                               // RuPay
    (606_985, 607_984, &[16]),                       // RuPay
    (608_001, 608_500, &[16]),                       // RuPay
    (3528, 3589, &[16, 17, 18, 19]),                 // JCB
    (2200, 2204, &[16, 17, 18, 19]),                 // Mir
    (9792, 9792, &[16]),                             // Troy
    (506_099, 506_198, &[16, 18, 19]),               // Verve
    (636_368, 636_368, &[16]),                       // Elo
    (56, 58, &[12, 13, 14, 15, 16, 17, 18, 19]),     // Maestro
    (6759, 6763, &[12, 13, 14, 15, 16, 17, 18, 19]), // Maestro
];

/// Words that make a number a card's.
#[rustfmt::skip]
const LABELS: &[&str] = &[
    "card", "cards", "credit", "debit", "visa", "mastercard", "amex", "maestro", "discover", "cc", "pan",
    "carte", "karte", "tarjeta", "cartão", "卡",
];

/// Words that make it another's.
static IDENTIFIERS: WordList = WordList::new(&["id", "uid", "uuid", "guid", "barcode"]);

/// Anchored at the first digit.
pub(crate) struct Card;

impl NumberDetector for Card {
    fn shapes(&self) -> Shapes {
        Shapes::DENSE
    }

    fn labels(&self) -> &[&str] {
        LABELS
    }

    fn judge(&self, text: &[u8], digits: Range<usize>) -> Option<Match> {
        match digits.len() {
            4 => grouped(text, digits.start),
            12..=19 => unbroken(text, digits),
            _ => None,
        }
    }
}

fn unbroken(text: &[u8], range: Range<usize>) -> Option<Match> {
    let digits = text.get(range.clone())?;
    let is_card = is_card_number(digits) && !joined(text, &range);
    let sure = is_card
        && match digits.len() {
            14..=16 => true,
            _ => mentioned(text, &range, 48, LABELS),
        };
    (sure && !is_other(text, &range)).then_some(Match {
        rule: "payment-card",
        range,
    })
}

/// Digits in groups of 4-4-4-4, 4-4-4-4-3, 4-4-4-2, 4-6-5 or 4-6-4.
fn grouped(text: &[u8], start: usize) -> Option<Match> {
    let separator = *text.get(start + 4)?;
    // Dates and years end sooner.
    let has_more = text.get(start + 8).is_some_and(u8::is_ascii_digit);
    if !has_more || !b" -".contains(&separator) {
        return None;
    }
    let mut digits = [0; 19];
    let mut length = 0;
    let mut lengths = [0; 5];
    let mut at = start;
    for nth in 0..lengths.len() {
        let part = text.get(at..at + run_length(text, at))?;
        *lengths.get_mut(nth)? = part.len();
        digits
            .get_mut(length..length + part.len())?
            .copy_from_slice(part);
        length += part.len();
        at += part.len();
        let next = match text.get(at) {
            Some(byte) if *byte == separator => run_length(text, at + 1),
            _ => 0,
        };
        // "4111 1111 1111 1111 12/27": after sixteen digits, only a group of three belongs to the card.
        let complete = matches!(lengths, [4, 6, 5 | 4, ..]) || (length == 16 && next != 3);
        if next == 0 || complete {
            break;
        }
        at += 1;
    }
    let range = start..at;
    let fits = matches!(
        lengths,
        [4, 4, 4, 4, 0 | 3] | [4, 4, 4, 2, 0] | [4, 6, 5 | 4, 0, 0]
    );
    let apart = !joined(text, &range)
        && !matches!(around(text, start).0, [.., b'0'..=b'9', before] if *before == separator);
    let is_card = fits && apart && is_card_number(digits.get(..length)?) && !is_other(text, &range);
    is_card.then_some(Match {
        rule: "payment-card",
        range,
    })
}

fn joined(text: &[u8], range: &Range<usize>) -> bool {
    // A date or code may follow after a slash or comma.
    joined_before(text, range.start)
        || (joined_after(text, range.end)
            && !matches!(around(text, range.end).1, [b',' | b'/', ..]))
}

fn is_other(text: &[u8], range: &Range<usize>) -> bool {
    let before = around(text, range.start).0;
    labelled(before, &OTHER_NUMBERS) || labelled(before, &IDENTIFIERS)
}

fn is_card_number(digits: &[u8]) -> bool {
    let starts_with = |from: u32, to: u32| {
        let length = from.ilog10() as usize + 1;
        let start = digits
            .iter()
            .take(length)
            .fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        (from..=to).contains(&start)
    };
    ISSUERS
        .iter()
        .any(|&(from, to, lengths)| lengths.contains(&digits.len()) && starts_with(from, to))
        && digits.iter().any(|digit| Some(digit) != digits.first())
        && luhn(digits)
}

/// The check of ISO/IEC 7812-1, annex B.
fn luhn(digits: &[u8]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(nth, digit)| {
            let digit = u32::from(digit - b'0') << (nth % 2);
            digit / 10 + digit % 10
        })
        .sum();
    sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, Card};

    fn check(marked: &str) {
        testing::check_number(&Card, marked);
    }

    #[test]
    fn card_numbers_are_flagged() {
        check("⟦378282246310005⟧");
        check("⟦4111111111111111⟧, ⟦4111 1111 1111 1111⟧, ⟦4111-1111-1111-1111⟧");
        check("card ⟦3782 822463 10005⟧ exp 12/27");
        check("⟦5555555555554444⟧ ⟦2223003122003222⟧ ⟦6011111111111117⟧");
        check("⟦3056 930902 5904⟧ ⟦3530111333300000⟧ ⟦6200000000000005⟧");
        check("⟦4111 1111 1111 1111⟧ 12/27 123");
        check("⟦4111111111111111⟧,12/27,123");
        check("visa: ⟦4222222222222⟧");
        check(";⟦4111111111111111⟧=2812101?");
        check("⟦3056 9309 0259 04⟧");
        check("order 7, card ⟦4111111111111111⟧.");
        check("卡号⟦4111111111111111⟧。");
        check("{\"card\":\"⟦4111111111111111⟧\"}");
        check("⟦4111111111111111⟧\n⟦5555555555554444⟧");
    }

    #[test]
    fn other_numbers_are_left_alone() {
        for text in [
            "4111111111111112",
            "0000000000000000",
            "IMEI 490154203237518",
            "1700000000000000",
            "4222222222222",
            "order 4111111111111111",
            "order_id=4111111111111111",
            "tracking no. 4111111111111111",
            "94111111111111111",
            "41111111111111110",
            "a4111111111111111",
            "4111111111111111f",
            "0.4111111111111111",
            "4111-1111 1111-1111",
            "4111.1111.1111.1111",
            "1234 4111 1111 1111 1111",
            "4111-1111-1111-1111-1111",
            "12345678-4111-1111-1111-111111111111",
            "4444444444444444",
            "4111 1111 1111",
            "3056 9309 0259 05",
            "4111 1111 1111 11",
            "9999999999999995",
        ] {
            check(text);
        }
    }
}
