//! Four digits that end a number written in groups, as social security and phone numbers do.

use std::ops::Range;

use super::BLOCK;

/// How far the four digits may lie from the anchor of a match, in bytes.
pub(crate) const REACH: usize = 16;

const LONGEST: usize = BLOCK + 2 * REACH;

/// What is known of a byte, in bits, so that four bytes in a row can be asked at once.
const DIGIT: u8 = 1;
const BEYOND_ASCII: u8 = 2;

/// Whether the block, or what is within [`REACH`] of it, holds exactly four digits after a byte that is no digit, which in
/// turn comes after a digit or is part of a character beyond ASCII.
pub(crate) fn has_last_four(text: &[u8], block: &Range<usize>) -> bool {
    let from = block.start.saturating_sub(REACH);
    let bytes = text
        .get(from..text.len().min(block.end + REACH))
        .unwrap_or_default();
    // The six bytes of zeros behind the text end a number.
    let mut flags = [0; LONGEST + 6];
    let mut any = 0;
    for (flag, byte) in flags.iter_mut().zip(bytes) {
        *flag = (u8::from(byte.is_ascii_digit()) * DIGIT) | ((byte >> 7) * BEYOND_ASCII);
        any |= *flag;
    }
    if any & DIGIT == 0 {
        return false;
    }
    let at = |offset: usize| flags.iter().skip(offset);
    let [before, apart, end] = [at(0), at(1), at(6)];
    let digits = at(2).zip(at(3)).zip(at(4).zip(at(5)));
    let mut found = 0;
    for (((before, apart), end), ((a, b), (c, d))) in
        before.zip(apart).zip(end).zip(digits).take(bytes.len())
    {
        found |= (before | apart >> 1) & !apart & a & b & c & d & !end;
    }
    found & DIGIT != 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: bool) {
        assert_eq!(
            has_last_four(text.as_bytes(), &(0..text.len())),
            expected,
            "{text}"
        );
        let padded = ".".repeat(2 * BLOCK) + text;
        let block = BLOCK..2 * BLOCK;
        assert_eq!(
            has_last_four(padded.as_bytes(), &block),
            expected && text.len() <= REACH,
            "{text}"
        );
    }

    #[test]
    fn four_digits_after_a_break_are_found() {
        check("3-45-6789", true);
        check("7 5309x", true);
        check("\u{A0}5309", true);
        check("7\u{3000}5309", true);
        check("some way off: 7-5309", true);
    }

    #[test]
    fn other_digits_are_not() {
        for text in [
            "",
            "6789",
            "-6789",
            "a6789",
            "1-678",
            "1-67890",
            "123456789",
            "1--6789",
            "1.23456",
            "1-678a",
        ] {
            check(text, false);
        }
    }
}
