//! The search for runs of digits that may start a number. What stands where is told of many places at once, by the bits of a
//! number.

use std::ops::Range;

use crate::detect::around;

/// How many places are looked at in one step.
const STEP: usize = u64::BITS as usize;

/// Longer runs are reported as this long: no number of interest is.
const LONGEST_RUN: usize = 40;

/// How many digits are many.
const MANY: u32 = 8;

/// What can stand at and around the first of some digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shapes(u8);

impl Shapes {
    pub(crate) const NONE: Self = Self(0);
    /// Among the first sixteen bytes are at least eight digits before any byte that is neither a digit nor may separate some.
    pub(crate) const DENSE: Self = Self(1);
    /// One full stop is in the three bytes behind the first digit, another in the four behind these, and nothing but digits and
    /// what may separate them in the first seven.
    pub(crate) const DOTTED: Self = Self(1 << 1);
    /// The first digit is a 2 or 3, and the fifth byte is a colon.
    pub(crate) const HEXADECIMAL: Self = Self(1 << 2);
    /// Two letters stand before two digits, and no letter before these.
    pub(crate) const LETTERED: Self = Self(1 << 3);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// These shapes, if they are there.
    fn only_if(self, are: bool) -> Self {
        if are { self } else { Self::NONE }
    }

    /// Those of the shapes that depend on a few bytes around the first digit.
    fn around(text: &[u8], first: usize, wanted: Self) -> Self {
        let (before, rest) = around(text, first);
        let is_dotted = wanted.meets(Self::DOTTED)
            && rest.get(1..4).is_some_and(|near| near.contains(&b'.'))
            && rest.iter().skip(4).take(4).any(|byte| *byte == b'.')
            && !rest.iter().take(7).copied().any(is_other);
        let is_lettered = wanted.meets(Self::LETTERED)
            && rest.get(1).is_some_and(u8::is_ascii_digit)
            && match before {
                [.., before, a, b] if before.is_ascii_alphabetic() => false,
                [.., a, b] => a.is_ascii_alphabetic() && b.is_ascii_alphabetic(),
                _ => false,
            };
        let is_hexadecimal =
            wanted.meets(Self::HEXADECIMAL) && matches!(rest, [b'2' | b'3', _, _, _, b':', ..]);
        (Self::DOTTED.only_if(is_dotted))
            .or(Self::LETTERED.only_if(is_lettered))
            .or(Self::HEXADECIMAL.only_if(is_hexadecimal))
    }
}

/// Visits the runs of ASCII digits that start in the block and have one of the shapes.
pub(crate) fn visit_numbers(
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    let of_block = text.get(block.clone()).unwrap_or_default();
    if !of_block
        .iter()
        .fold(false, |any, byte| any | byte.is_ascii_digit())
    {
        return;
    }
    let mut before = Marks::before(text, block.start);
    let mut here = Marks::of(text, block.start, wanted);
    for start in block.clone().step_by(STEP) {
        let next = Marks::of(text, start + STEP, wanted);
        let mut likely = here.likely(before, next, wanted);
        while likely != 0 {
            let place = likely.trailing_zeros();
            let first = start + place as usize;
            if first >= block.end {
                return;
            }
            let dense = Shapes::DENSE.only_if(here.are_dense(next, place));
            let shapes = Shapes::around(text, first, wanted).or(dense.and(wanted));
            if shapes != Shapes::NONE {
                visit(first..first + run_length(text, first), shapes);
            }
            likely &= likely - 1;
        }
        (before, here) = (here, next);
    }
}

/// The length of the run of digits at the position, at most [`LONGEST_RUN`].
pub(crate) fn run_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter().take(LONGEST_RUN);
    rest.take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether no number holds the byte.
fn is_other(byte: u8) -> bool {
    // Hyphen, full stop, slash and the digits stand in a row: few comparisons, each of many bytes in one instruction.
    !((b'-'..=b'9').contains(&byte) || byte & !1 == b'(' || byte == b' ')
}

/// Where bytes stand, a bit for each of some places.
#[derive(Clone, Copy, Default)]
struct Marks {
    digits: u64,
    /// What no number holds.
    others: u64,
    /// Left empty when no shape depends on it.
    colons: u64,
}

impl Marks {
    /// Of what stands at and behind a position; behind the text there are spaces.
    fn of(text: &[u8], start: usize, wanted: Shapes) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        let mut padded = [b' '; STEP];
        let bytes = rest.first_chunk().unwrap_or_else(|| {
            for (to, byte) in padded.iter_mut().zip(rest) {
                *to = *byte;
            }
            &padded
        });
        let depends_on_colons = wanted.meets(Shapes::HEXADECIMAL);
        let colons = depends_on_colons.then(|| bits(bytes, |byte| byte == b':'));
        Self {
            digits: bits(bytes, |byte| byte.is_ascii_digit()),
            others: bits(bytes, is_other),
            colons: colons.unwrap_or_default(),
        }
    }

    /// Of what stands before a position, as far as it matters: whether it is a digit. It may be letters.
    fn before(text: &[u8], start: usize) -> Self {
        let last = around(text, start).0.last();
        Self {
            digits: u64::from(last.is_some_and(u8::is_ascii_digit)) << (STEP - 1),
            others: u64::MAX,
            colons: 0,
        }
    }

    /// Where digits start that may have one of the shapes.
    fn likely(self, before: Self, next: Self, wanted: Shapes) -> u64 {
        let starts = self.digits & !behind(before.digits, self.digits, 1);
        if starts == 0 {
            return 0;
        }
        let mut likely = 0;
        if wanted.meets(Shapes::DENSE.or(Shapes::DOTTED)) {
            let (two, next_two) = any_of(self.others, next.others, 1);
            let (four, next_four) = any_of(two, next_two, 2);
            let (seven, _) = any_of(four, next_four, 3);
            likely |= !seven;
        }
        if wanted.meets(Shapes::HEXADECIMAL) {
            likely |= ahead(self.colons, next.colons, 4);
        }
        if wanted.meets(Shapes::LETTERED) {
            let others = |offset| behind(before.others, self.others, offset);
            likely |= others(1) & others(2) & ahead(self.digits, next.digits, 1);
        }
        starts & likely
    }

    /// Whether the digits at the place are [`Shapes::DENSE`].
    fn are_dense(self, next: Self, place: u32) -> bool {
        let first_sixteen = |marks: u64| {
            let [first, second, ..] = marks.to_le_bytes();
            u16::from_le_bytes([first, second])
        };
        let others = first_sixteen(ahead(self.others, next.others, place));
        let digits = first_sixteen(ahead(self.digits, next.digits, place));
        let before_others = (others & others.wrapping_neg()).wrapping_sub(1);
        (digits & before_others).count_ones() >= MANY
    }
}

/// A bit for each byte that is so.
fn bits(bytes: &[u8; STEP], is: impl Fn(u8) -> bool) -> u64 {
    // Many bytes in one instruction, for which their number has to be fixed.
    let mut flags = [0; STEP];
    for (flag, byte) in flags.iter_mut().zip(bytes) {
        *flag = u8::from(is(*byte));
    }
    let (eights, _) = flags.as_chunks();
    eights.iter().rev().fold(0, |bits, eight| {
        // The flags of eight bytes meet in the highest byte of the product.
        let met = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080);
        (bits << 8) | (met >> 56)
    })
}

/// The bits of what stands so far behind each place.
fn ahead(here: u64, next: u64, offset: u32) -> u64 {
    (here >> offset) | next.checked_shl(u64::BITS - offset).unwrap_or(0)
}

/// Where something stands at the place or so far behind it.
fn any_of(here: u64, next: u64, offset: u32) -> (u64, u64) {
    (here | ahead(here, next, offset), next | (next >> offset))
}

/// The bits of what stands so far before each place.
fn behind(before: u64, here: u64, offset: u32) -> u64 {
    (here << offset) | before.checked_shr(u64::BITS - offset).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Shapes = Shapes::DENSE
        .or(Shapes::DOTTED)
        .or(Shapes::HEXADECIMAL)
        .or(Shapes::LETTERED);

    fn check(text: &str, expected: &[(&str, Shapes)]) {
        for padding in [0, 1, STEP - 2, STEP] {
            for block in [1, 7, STEP, 1024] {
                let text = "-".repeat(padding) + text;
                let mut found = Vec::new();
                for start in (0..text.len()).step_by(block) {
                    let block = start..text.len().min(start + block);
                    visit_numbers(text.as_bytes(), &block, ALL, &mut |run, shapes| {
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
        let long = "1".repeat(3 * STEP);
        check(&long, &[(&"1".repeat(LONGEST_RUN), Shapes::DENSE)]);
    }

    #[test]
    fn full_stops_between_digits_are_counted() {
        check("1.2.3.4", &[("1", Shapes::DOTTED)]);
        check("12.5 of 1.2", &[]);
        check("1.2 x 3", &[]);
        check(
            "223.255.255.1",
            &[
                ("223", Shapes::DENSE.or(Shapes::DOTTED)),
                ("255", Shapes::DOTTED),
            ],
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
        check(
            "de12345678 9",
            &[("12345678", Shapes::DENSE.or(Shapes::LETTERED))],
        );
    }
}
