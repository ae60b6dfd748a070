//! The search for four digits that end a number written in groups, as social security and phone numbers do.

use std::ops::Range;

/// How far before its last four digits the anchor of a match may lie, in bytes.
const REACH: usize = 16;
/// How many bytes before and after the first of four digits tell whether they are such.
const BEFORE: usize = 2;
const AFTER: usize = 5;
/// How many bytes are looked at in one step.
const STEP: usize = 64;

/// Visits the last four digits in the block: four digits and no more, after a byte that is no digit and that in turn comes
/// after a digit or is part of a character beyond ASCII. Tells where anchors of their number may lie.
pub(crate) fn visit_last_four(
    text: &[u8],
    block: &Range<usize>,
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
    let all_ascii = bytes.is_ascii();
    let (mut digits, mut beyond) = (Bits::default(), Bits::default());
    // One step more than there are bytes for, because the end of the text ends a number too.
    for start in (0..=bytes.len()).step_by(STEP) {
        let rest = bytes.get(start..).unwrap_or_default();
        let mut padded = [0; STEP];
        let step = rest.first_chunk().unwrap_or_else(|| {
            padded
                .iter_mut()
                .zip(rest)
                .for_each(|(to, from)| *to = *from);
            &padded
        });
        digits.push(step, |byte| byte.is_ascii_digit());
        if !all_ascii {
            beyond.push(step, |byte| !byte.is_ascii());
        }
        let breaks = !digits.back(5) & (digits.back(6) | beyond.back(5));
        let four = digits.back(4) & digits.back(3) & digits.back(2) & digits.back(1);
        let mut ends = breaks & four & !digits.back(0);
        while ends != 0 {
            let first = from + start + ends.trailing_zeros() as usize - 4;
            if block.contains(&first) {
                visit(first.saturating_sub(REACH)..first + 4);
            }
            ends &= ends - 1;
        }
    }
}

/// What is true of each of [`STEP`] bytes, a bit for each, and of those before them.
#[derive(Clone, Copy, Default)]
struct Bits {
    before: u64,
    now: u64,
}

impl Bits {
    /// Goes on to the next bytes.
    fn push(&mut self, bytes: &[u8; STEP], is: impl Fn(u8) -> bool) {
        let each = bytes.map(|byte| u8::from(is(byte)));
        let (eights, _) = each.as_chunks::<8>();
        self.before = self.now;
        // The product has the lowest bits of the eight bytes in its highest byte.
        self.now = eights.iter().rev().fold(0, |bits, eight| {
            let product = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080);
            (bits << 8) | (product >> 56)
        });
    }

    /// For each of the bytes, what is true of the one so many bytes before it.
    fn back(self, bytes: u32) -> u64 {
        match bytes {
            0 => self.now,
            _ => (self.now << bytes) | (self.before >> (u64::BITS - bytes)),
        }
    }
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
                    visit_last_four(text.as_bytes(), &block, &mut |anchors| {
                        found.push(anchors.end - 4 - padding);
                    });
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
