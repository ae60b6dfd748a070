//! The search for four digits that end a number written in groups, as social security and phone numbers do.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use super::marks::{Margins, Step};

/// What is looked at around a place.
const MARGINS: Margins = Margins {
    before: 2,
    behind: 4,
};

/// Visits the last four digits in the block: four digits and no more, after a byte that is no digit and that in turn comes
/// after a digit or is part of a character beyond ASCII. Tells where the first of them is.
pub(crate) fn visit_last_four(
    text: &[u8],
    block: &Range<usize>,
    visit: &mut dyn FnMut(Range<usize>),
) {
    visit_at(Level::new(), text, block, visit);
}

fn visit_at(level: Level, text: &[u8], block: &Range<usize>, visit: &mut dyn FnMut(Range<usize>)) {
    dispatch!(level, simd => visit_with(simd, text, block, visit));
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
#[inline(always)]
fn visit_with<S: Simd>(
    simd: S,
    text: &[u8],
    block: &Range<usize>,
    visit: &mut dyn FnMut(Range<usize>),
) {
    Step::each(
        simd,
        text,
        block,
        MARGINS,
        #[inline(always)]
        |step| {
            let mut found = last_fours(step);
            while found != 0 {
                let first = step.position(found.trailing_zeros());
                visit(first..first + 1);
                found &= found - 1;
            }
        },
    );
}

/// Where four such digits start, a bit for each place.
#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
#[inline(always)]
fn last_fours(step: &Step) -> u64 {
    let digits = step.marks.digits;
    let fours = digits & (digits >> 1) & (digits >> 2) & (digits >> 3) & !(digits >> 4);
    if fours == 0 {
        return 0;
    }
    let broken = (digits << 2) | (step.marks.beyond_ascii << 1);
    step.within & fours & broken & !(digits << 1)
}

#[cfg(test)]
mod tests {
    use super::{super::levels, *};

    fn check(text: &str, expected: &[usize]) {
        for level in levels() {
            for block in [1, 5, 64, 1024] {
                for padding in [0, 1, 2, 53, 57, 58, 61, 128] {
                    let text = [&"-".repeat(padding), text].concat();
                    let mut found = Vec::new();
                    for start in (0..text.len()).step_by(block) {
                        let block = start..text.len().min(start + block);
                        visit_at(level, text.as_bytes(), &block, &mut |anchors| {
                            found.push(anchors.start - padding);
                        });
                    }
                    assert_eq!(found, expected, "{level:?}: {text}");
                }
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
