//! The search for four digits that end a number written in groups, as social security and phone numbers do.

use std::ops::Range;

use super::scratch::Scratch;

/// How many bytes before and after the first of four digits tell whether they are such.
const BEFORE: usize = 2;
const AFTER: usize = 5;
/// How many places are looked at in one step.
const STEP: usize = 64;
const STEP_AND_AROUND: usize = STEP + BEFORE + AFTER - 1;

/// What is known of a byte, in bits.
const DIGIT: u8 = 1;
const BEYOND_ASCII: u8 = 2;

/// Visits the last four digits in the block: four digits and no more, after a byte that is no digit and that in turn comes
/// after a digit or is part of a character beyond ASCII. Tells where the first of them is.
pub(crate) fn visit_last_four(
    text: &[u8],
    block: &Range<usize>,
    scratch: &mut Scratch,
    visit: &mut dyn FnMut(Range<usize>),
) {
    let of_block = text.get(block.clone()).unwrap_or_default();
    if !of_block
        .iter()
        .fold(false, |any, byte| any | byte.is_ascii_digit())
    {
        return;
    }
    let from = block.start.saturating_sub(BEFORE);
    let bytes = text
        .get(from..text.len().min(block.end + AFTER))
        .unwrap_or_default();
    let flags = scratch.copy(bytes, STEP_AND_AROUND, |byte| {
        (u8::from(byte.is_ascii_digit()) * DIGIT) | ((byte >> 7) * BEYOND_ASCII)
    });
    let places = block.end.saturating_sub(from + BEFORE);
    for start in (0..places).step_by(STEP) {
        let Some(step) = flags.get(start..).and_then(<[u8]>::first_chunk) else {
            break;
        };
        let found = last_fours(step);
        let (eights, _) = found.as_chunks::<8>();
        for (at, eight) in (start..).step_by(8).zip(eights) {
            let mut found = u64::from_le_bytes(*eight);
            while found != 0 {
                let place = at + found.trailing_zeros() as usize / 8;
                if place < places {
                    let first = from + BEFORE + place;
                    visit(first..first + 1);
                }
                found &= found - 1;
            }
        }
    }
}

/// For each place, whether four such digits start there: one or zero. Works on many places in one instruction, for which the
/// number of places has to be fixed.
fn last_fours(step: &[u8; STEP_AND_AROUND]) -> [u8; STEP] {
    let at = |offset: usize| step.get(offset..offset + STEP).unwrap_or_default().iter();
    let ends = at(0).zip(at(1)).zip(at(6));
    let fours = at(2).zip(at(3)).zip(at(4).zip(at(5)));
    let mut found = [0; STEP];
    for (found, (((before, apart), after), ((a, b), (c, d)))) in
        found.iter_mut().zip(ends.zip(fours))
    {
        let breaks = (before | (apart >> 1)) & !apart;
        *found = breaks & a & b & c & d & !after & DIGIT;
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
                            found.push(anchors.start - padding);
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
