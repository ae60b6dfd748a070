//! The search for runs of digits that may start a number.

use std::ops::Range;

use fearless_simd::{Level, Simd, dispatch};

use super::marks::{Margins, Marks, Step};

/// What is looked at around the first digit.
const MARGINS: Margins = Margins {
    before: 3,
    behind: 15,
};

/// Longer runs are reported as this long: no number of interest is.
const LONGEST_RUN: usize = 40;

/// How many digits are many.
const MANY: u32 = 8;

/// In a text no longer than this, digits are counted before they are looked at.
const SHORT: usize = 64;

/// What can stand at and around the first of some digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shapes(u8);

impl Shapes {
    pub(crate) const NONE: Self = Self(0);
    /// The digits do not go on a word or a number with a hyphen, full stop or slash. Among the first sixteen bytes are at least
    /// eight digits before any byte that is neither a digit nor may separate some.
    pub(crate) const DENSE: Self = Self(1);
    /// The digits do not go on a word or such a number. One full stop is in the three bytes behind the first digit, another in
    /// the four behind these, and nothing but digits and what may separate them in the first seven.
    pub(crate) const DOTTED: Self = Self(1 << 1);
    /// The digits do not go on a word. The first is a 2 or 3, and the fifth byte is a colon.
    pub(crate) const HEXADECIMAL: Self = Self(1 << 2);
    /// Two letters stand before two digits, and no letter before these.
    pub(crate) const LETTERED: Self = Self(1 << 3);

    pub(crate) const ALL: Self = (Self::DENSE.or(Self::DOTTED))
        .or(Self::HEXADECIMAL)
        .or(Self::LETTERED);

    /// All sets of shapes, each at its [`index`](Self::index).
    pub(crate) fn sets() -> impl Iterator<Item = Self> {
        (0..=Self::ALL.0).map(Self)
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// These shapes, if they are there.
    fn only_if(self, are: bool) -> Self {
        if are { self } else { Self::NONE }
    }
}

/// Visits the runs of ASCII digits that start in the block and have one of the shapes.
pub(crate) fn visit_numbers(
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    visit_at(Level::new(), text, block, wanted, visit);
}

fn visit_at(
    level: Level,
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    let digits = || text.iter().map(|byte| u32::from(byte.is_ascii_digit()));
    if wanted == Shapes::DENSE && text.len() <= SHORT && digits().sum::<u32>() < MANY {
        return;
    }
    dispatch!(level, simd => visit_with(simd, text, block, wanted, visit));
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
#[inline(always)]
fn visit_with<S: Simd>(
    simd: S,
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    Step::each(
        simd,
        text,
        block,
        MARGINS,
        #[inline(always)]
        |step| {
            let Some(likely) = Likely::new(step, wanted) else {
                return;
            };
            let mut left = likely.any();
            while left != 0 {
                let place = left.trailing_zeros();
                let first = step.position(place);
                let shapes = likely.shapes(place, text.get(first).copied());
                if shapes != Shapes::NONE {
                    visit(first..first + run_length(text, first), shapes);
                }
                left &= left - 1;
            }
        },
    );
}

/// The length of the run of digits at the position, at most [`LONGEST_RUN`].
pub(crate) fn run_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter().take(LONGEST_RUN);
    rest.take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where digits start that may have each of the shapes, a bit for each place of a step.
struct Likely {
    dense: u64,
    dotted: u64,
    hexadecimal: u64,
    lettered: u64,
    digits: u64,
    others: u64,
}

impl Likely {
    /// None where no digits start.
    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn new(step: &Step, wanted: Shapes) -> Option<Self> {
        let Marks {
            digits,
            letters,
            underscores,
            dots,
            colons,
            joints,
            others,
            ..
        } = step.marks;
        let starts = digits & !(digits << 1) & step.within;
        if starts == 0 {
            return None;
        }
        let apart = starts & !((letters | underscores) << 1);
        let goes_on = (joints << 1) & (digits << 2);
        let numbers = apart & !goes_on;
        // Where one stands at a place, or one or more places behind it.
        let or_at = |places: u64, offset: u32| places | (places >> offset);
        let four_others = or_at(or_at(others, 1), 2);
        let dense = || {
            // Nothing but digits in the first eight bytes, or something between them and still no other byte.
            let eight_digits = !or_at(or_at(or_at(!digits, 1), 2), 4);
            !or_at(four_others, 4) & (eight_digits | !(others >> 8))
        };
        let dotted = || {
            let three_dots = or_at(or_at(dots, 1), 1);
            let eight_bytes = (three_dots >> 1) & ((three_dots >> 4) | (dots >> 7));
            !or_at(four_others, 3) & eight_bytes
        };
        let lettered = || (letters << 1) & (letters << 2) & !(letters << 3) & (digits >> 1);
        let if_wanted = |shape, places: &dyn Fn() -> u64| {
            if wanted.meets(shape) { places() } else { 0 }
        };
        Some(Self {
            dense: numbers & if_wanted(Shapes::DENSE, &dense),
            dotted: numbers & if_wanted(Shapes::DOTTED, &dotted),
            hexadecimal: apart & if_wanted(Shapes::HEXADECIMAL, &|| colons >> 4),
            lettered: starts & if_wanted(Shapes::LETTERED, &lettered),
            digits,
            others,
        })
    }

    fn any(&self) -> u64 {
        self.dense | self.dotted | self.hexadecimal | self.lettered
    }

    /// The shapes at a place, where this byte stands.
    #[inline]
    fn shapes(&self, place: u32, first: Option<u8>) -> Shapes {
        let has = |places: u64| (places >> place) & 1 != 0;
        let is_hexadecimal = has(self.hexadecimal) && matches!(first, Some(b'2' | b'3'));
        (Shapes::DENSE.only_if(has(self.dense) && self.are_dense(place)))
            .or(Shapes::DOTTED.only_if(has(self.dotted)))
            .or(Shapes::HEXADECIMAL.only_if(is_hexadecimal))
            .or(Shapes::LETTERED.only_if(has(self.lettered)))
    }

    /// Whether there are many digits at the place, as [`Shapes::DENSE`] says.
    #[inline]
    fn are_dense(&self, place: u32) -> bool {
        const FIRST_SIXTEEN: u64 = 0xFFFF;
        let others = self.others >> place;
        let before_others = (others & others.wrapping_neg()).wrapping_sub(1);
        ((self.digits >> place) & before_others & FIRST_SIXTEEN).count_ones() >= MANY
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample::select};

    use super::{super::levels, *};

    fn check(text: &str, expected: &[(&str, Shapes)]) {
        for padding in [0, 1, 45, 46, 49, 62, 64] {
            for block in [1, 7, 64, 1024] {
                let text = "-".repeat(padding) + text;
                let mut found = Vec::new();
                for start in (0..text.len()).step_by(block) {
                    let block = start..text.len().min(start + block);
                    visit_numbers(text.as_bytes(), &block, Shapes::ALL, &mut |run, shapes| {
                        found.push((text.get(run).unwrap(), shapes));
                    });
                }
                assert_eq!(found, expected, "{text}");
            }
        }
    }

    #[test]
    fn many_digits_close_together_are_seen() {
        check("7 or 42 of 1999 and 100", &[]);
        check("12345678", &[("12345678", Shapes::DENSE)]);
        check("1 2 3 4 5 6 7 8", &[("1", Shapes::DENSE)]);
        check("1 2 3 4 5 6 7  8", &[("1", Shapes::DENSE)]);
        check("1234 x 5678", &[]);
        check("1234 5,678", &[]);
        check("1234 5+678", &[]);
        check("1234*5678", &[]);
        check("2026-11-2x1", &[]);
        check("1 2 3 4 5 6 7   8", &[]);
        check("(536) 90-439", &[("536", Shapes::DENSE)]);
        let long = "1".repeat(200);
        check(&long, &[(&"1".repeat(LONGEST_RUN), Shapes::DENSE)]);
    }

    #[test]
    fn full_stops_between_digits_are_counted() {
        check("1.2.3.4", &[("1", Shapes::DOTTED)]);
        check("12.5 of 1.2", &[]);
        check("1.2 x 3", &[]);
        check(
            "223.255.255.1",
            &[("223", Shapes::DENSE.or(Shapes::DOTTED))],
        );
    }

    #[test]
    fn colons_behind_four_bytes_are_seen() {
        check("2a00:1450:4", &[("2", Shapes::HEXADECIMAL)]);
        check("2a00::1", &[("2", Shapes::HEXADECIMAL)]);
        check("4a00::1", &[]);
        check("2a0:1", &[]);
    }

    #[test]
    fn two_letters_before_digits_are_seen() {
        check("GB82 W x7", &[("82", Shapes::LETTERED)]);
        check("-de89", &[("89", Shapes::LETTERED)]);
        check("xGB82 GB8", &[]);
        check("de12345678 9", &[("12345678", Shapes::LETTERED)]);
    }

    #[test]
    fn digits_that_go_on_something_are_not_reported() {
        check("x12345678 _1.2.3.4 x2a00:1", &[]);
        check("1-23456789", &[("1", Shapes::DENSE)]);
        check("123/1.2.3.4", &[]);
        check(
            "#12345678 -12345678",
            &[("12345678", Shapes::DENSE), ("12345678", Shapes::DENSE)],
        );
    }

    /// What [`visit_numbers`] tells, found out byte by byte.
    fn slowly(text: &[u8], wanted: Shapes) -> Vec<(Range<usize>, Shapes)> {
        let byte = |at: Option<usize>| at.and_then(|at| text.get(at)).copied().unwrap_or(b' ');
        let starts = (0..text.len()).filter(|&at| {
            byte(Some(at)).is_ascii_digit() && !byte(at.checked_sub(1)).is_ascii_digit()
        });
        let found = starts.map(|start| {
            let ahead = |offset| byte(Some(start + offset));
            let back = |offset| byte(start.checked_sub(offset));
            let may_be_in_number = |byte: u8| byte.is_ascii_digit() || b"-./() ".contains(&byte);
            let joins_word = back(1).is_ascii_alphanumeric() || back(1) == b'_';
            let joins_number = b"-./".contains(&back(1)) && back(2).is_ascii_digit();
            let near = (0..16)
                .map(ahead)
                .take_while(|byte| may_be_in_number(*byte));
            let is_dense =
                near.clone().count() >= 7 && near.filter(u8::is_ascii_digit).count() >= 8;
            let is_dotted = (0..7).map(ahead).all(may_be_in_number)
                && (1..4).map(ahead).any(|byte| byte == b'.')
                && (4..8).map(ahead).any(|byte| byte == b'.');
            let is_hexadecimal = b"23".contains(&ahead(0)) && ahead(4) == b':';
            let is_lettered = back(1).is_ascii_alphabetic()
                && back(2).is_ascii_alphabetic()
                && !back(3).is_ascii_alphabetic()
                && ahead(1).is_ascii_digit();
            let shapes = [
                (Shapes::DENSE, is_dense && !joins_word && !joins_number),
                (Shapes::DOTTED, is_dotted && !joins_word && !joins_number),
                (Shapes::HEXADECIMAL, is_hexadecimal && !joins_word),
                (Shapes::LETTERED, is_lettered),
            ];
            let shapes = shapes
                .into_iter()
                .filter(|(shape, are)| *are && wanted.meets(*shape));
            let shapes = shapes.fold(Shapes::NONE, |all, (shape, _)| all.or(shape));
            let length = text
                .iter()
                .skip(start)
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            (start..start + length.min(LONGEST_RUN), shapes)
        });
        found
            .filter(|(_, shapes)| *shapes != Shapes::NONE)
            .collect()
    }

    /// Text with many digits, and some of it across the borders of steps and blocks.
    #[rustfmt::skip]
    fn digit_heavy() -> impl Strategy<Value = String> {
        let digits = "[0-9]{1,5}";
        let others = select(vec![
            ".", "-", "/", " ", "(", ")", "+", "_", ":", ",", "a", "GB", "de", "\u{E9}", "\n", "2a00:", "1.2.3.4", "536-90-4399",
        ]);
        let part = prop_oneof![3 => digits, 4 => others.prop_map(str::to_owned)];
        let filler = prop_oneof![3 => Just(0), 1 => 50_usize..70, 1 => 1000_usize..1100];
        vec((part, filler), 0..60).prop_map(|parts| {
            let parts = parts.into_iter().enumerate();
            let parts = parts.map(|(nth, (part, filler))| part + &" ".repeat(if nth % 16 == 0 { filler } else { 0 }));
            parts.collect()
        })
    }

    proptest! {
        #[test]
        fn numbers_are_those_that_are_found_byte_by_byte(
            text in digit_heavy(),
            block in prop_oneof![1_usize..200, Just(1024)],
            wanted in 1_u8..16,
        ) {
            let (text, wanted) = (text.as_bytes(), Shapes(wanted));
            let expected = slowly(text, wanted);
            for level in levels() {
                let mut found = Vec::new();
                for start in (0..text.len()).step_by(block) {
                    let block = start..text.len().min(start + block);
                    visit_at(level, text, &block, wanted, &mut |run, shapes| found.push((run, shapes)));
                }
                prop_assert_eq!(&found, &expected, "{:?}", level);
            }
        }
    }
}
