//! The search for four digits that end a number written in groups, as social security and phone numbers do.

use std::ops::Range;

use super::scratch::Scratch;

/// How far before its last four digits the anchor of a match may lie, in bytes.
const REACH: usize = 16;

/// What is known of a byte, in bits.
const DIGIT: u8 = 1;
const BEYOND_ASCII: u8 = 2;

/// How many bytes around a place are looked at, which may be the first of the digits: two before and five from it on.
const BEFORE: usize = 2;
const AFTER: usize = 5;

/// How many places are looked at in one step.
const STEP: usize = 64;

/// Visits the last four digits in the block: four digits and no more, after a byte that is no digit and that in turn comes
/// after a digit or is part of a character beyond ASCII. Tells where anchors of their number may lie.
pub(crate) fn visit_last_four(
    text: &[u8],
    block: &Range<usize>,
    scratch: &mut Scratch,
    visit: &mut dyn FnMut(Range<usize>),
) {
    let digits = text.get(block.clone()).unwrap_or_default();
    if !digits
        .iter()
        .fold(false, |any, byte| any | byte.is_ascii_digit())
    {
        return;
    }
    let from = block.start.saturating_sub(BEFORE);
    let around = text
        .get(from..text.len().min(block.end + AFTER))
        .unwrap_or_default();
    let flags = scratch.copy(around, STEP + BEFORE + AFTER, |byte| {
        (u8::from(byte.is_ascii_digit()) * DIGIT) | ((byte >> 7) * BEYOND_ASCII)
    });
    let places = block.end.saturating_sub(from + BEFORE);
    for first in (0..places).step_by(STEP) {
        let found = last_fours(flags.get(first..).unwrap_or_default());
        if found.iter().fold(0, |any, found| any | found) == 0 {
            continue;
        }
        let found = found.iter().take(places - first).enumerate();
        for (place, _) in found.filter(|(_, found)| **found != 0) {
            let place = from + BEFORE + first + place;
            visit(place.saturating_sub(REACH)..place + 4);
        }
    }
}

/// Where four digits start, from the third of the flags on.
fn last_fours(flags: &[u8]) -> [u8; STEP] {
    let at = |offset: usize| flags.get(offset..offset + STEP).unwrap_or_default();
    let breaks = at(0)
        .iter()
        .zip(at(1))
        .map(|(before, apart)| (before | (apart >> 1)) & !apart);
    let digits = at(2).iter().zip(at(3)).map(|(a, b)| a & b);
    let more_digits = at(4).iter().zip(at(5)).map(|(a, b)| a & b);
    let mut found = [0; STEP];
    let all = breaks.zip(digits).zip(more_digits).zip(at(6));
    for (found, (((apart, first), last), after)) in found.iter_mut().zip(all) {
        *found = apart & first & last & !after & DIGIT;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[usize]) {
        for block in [1, 5, STEP, 1024] {
            for padding in [0, 1, 2, STEP - 3, 2 * STEP] {
                let text = [&"-".repeat(padding), text].concat();
                let mut found = Vec::new();
                for start in (0..text.len()).step_by(block) {
                    let block = start..text.len().min(start + block);
                    visit_last_four(
                        text.as_bytes(),
                        &block,
                        &mut Scratch::new(),
                        &mut |anchors| {
                            found.push(anchors.end - 4 - padding);
                        },
                    );
                }
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn four_digits_after_a_break_are_found() {
        check("3-45-6789", &[5]);
        check("7 5309x", &[2]);
        check("\u{A0}5309", &[2]);
        check("7\u{3000}5309", &[4]);
        check("some way off: 7-5309-1234", &[16, 21]);
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
            check(text, &[]);
        }
    }
}
