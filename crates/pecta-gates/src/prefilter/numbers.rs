//! The search for runs of digits, and what can be seen of the number that one is part of.

use std::ops::Range;

/// How many bytes are looked at in one step.
const STEP: usize = 64;
/// Longer runs are reported as this long: no number of interest is.
const LONGEST_RUN: usize = 40;

/// How many digits are many.
const LONG_RUN: usize = 8;

/// What stands around a run of digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shapes(u8);

impl Shapes {
    pub(crate) const NONE: Self = Self(0);
    /// At least [`LONG_RUN`] digits.
    pub(crate) const LONG: Self = Self(1);
    /// One space or hyphen follows, and a digit or parenthesis.
    pub(crate) const SPACED: Self = Self(1 << 1);
    /// A full stop follows, and a digit or parenthesis.
    pub(crate) const DOTTED: Self = Self(1 << 2);
    /// A parenthesis or slash follows, and a digit or separator.
    pub(crate) const BRACKETED: Self = Self(1 << 3);
    /// Two more hexadecimal digits or colons follow.
    pub(crate) const HEXADECIMAL: Self = Self(1 << 4);
    /// Two letters stand before it.
    pub(crate) const LETTERED: Self = Self(1 << 5);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    const ALL: Self = Self(u8::MAX);

    /// The shapes of a run of digits, and maybe one that is not there.
    fn of(text: &[u8], run: &Range<usize>) -> Self {
        let at = |place: Option<usize>| place.and_then(|place| text.get(place)).copied();
        let first = FIRST_BEHIND.of(at(Some(run.end)));
        let second = SECOND_BEHIND.of(at(run.end.checked_add(1)));
        let before = |distance| at(run.start.checked_sub(distance)).unwrap_or_default();
        let lettered = before(1).is_ascii_alphabetic() & before(2).is_ascii_alphabetic();
        let long = run.len() >= LONG_RUN;
        let around = [(lettered, Self::LETTERED), (long, Self::LONG)];
        around
            .iter()
            .fold(Self(first.0 & second.0), |all, (is, shape)| {
                Self(all.0 | (u8::from(*is) * shape.0))
            })
    }
}

/// The shapes that a byte allows.
struct Allowed([u8; 256]);

impl Allowed {
    const fn new(classes: &[(&[u8], Shapes)]) -> Self {
        let mut allowed = [0; 256];
        let mut classes = classes;
        while let [(bytes, shapes), rest @ ..] = classes {
            let mut bytes = *bytes;
            while let [byte, rest @ ..] = bytes {
                #[expect(
                    clippy::indexing_slicing,
                    reason = "no byte is out of bounds, and in a constant it would not compile"
                )]
                {
                    allowed[*byte as usize] |= shapes.0;
                }
                bytes = rest;
            }
            classes = rest;
        }
        Self(allowed)
    }

    fn of(&self, byte: Option<u8>) -> Shapes {
        let byte = usize::from(byte.unwrap_or_default());
        Shapes(self.0.get(byte).copied().unwrap_or_default())
    }
}

static FIRST_BEHIND: Allowed = Allowed::new(&[
    (b" -", Shapes::SPACED),
    (b".", Shapes::DOTTED),
    (b"()/", Shapes::BRACKETED),
    (b":abcdefABCDEF", Shapes::HEXADECIMAL),
]);

static SECOND_BEHIND: Allowed = Allowed::new(&[
    (b"0123456789(", Shapes::ALL),
    (b" -./", Shapes::BRACKETED),
    (b":abcdefABCDEF", Shapes::HEXADECIMAL),
]);

/// Visits the runs of ASCII digits that start in the block and have one of the shapes.
pub(crate) fn visit_numbers(
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    let before = block.start.checked_sub(1).and_then(|at| text.get(at));
    let mut inside = u64::from(before.is_some_and(u8::is_ascii_digit));
    let of_block = text.get(block.clone()).unwrap_or_default();
    let (steps, rest) = of_block.as_chunks::<STEP>();
    let mut last = [0; STEP];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    for (start, step) in (block.start..)
        .step_by(STEP)
        .zip(steps.iter().chain([&last]))
    {
        let any = step
            .iter()
            .fold(false, |any, byte| any | byte.is_ascii_digit());
        let digits = if any { digits(step) } else { 0 };
        let mut starts = digits & !((digits << 1) | inside);
        inside = digits >> (STEP - 1);
        let step_end = block.end.min(start + STEP);
        while starts != 0 {
            let place = starts.trailing_zeros();
            starts &= starts - 1;
            let start = start + place as usize;
            let mut end = start + (digits >> place).trailing_ones() as usize;
            if end >= step_end {
                end = start + run_length(text, start);
            }
            let run = start..end.min(start + LONGEST_RUN);
            let shapes = Shapes::of(text, &run);
            if shapes.meets(wanted) {
                visit(run, shapes);
            }
        }
    }
}

/// The length of the run of digits at the position, at most [`LONGEST_RUN`].
pub(crate) fn run_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter().take(LONGEST_RUN);
    rest.take_while(|byte| byte.is_ascii_digit()).count()
}

/// A bit for each byte: whether it is a digit.
fn digits(step: &[u8; STEP]) -> u64 {
    let flags = step.map(|byte| u8::from(byte.is_ascii_digit()));
    let (eights, _) = flags.as_chunks();
    eights.iter().rev().fold(0, |bits, eight| {
        // Moves the lowest bit of each byte to the highest byte.
        let gathered = u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        bits << 8 | gathered
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(&str, Shapes)]) {
        for padding in [0, 1, STEP - 2, STEP] {
            for block in [1, 7, STEP, 1024] {
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
    fn runs_of_digits_are_seen_with_what_stands_around_them() {
        check("no number, 7 or 42", &[]);
        check("12345678", &[("12345678", Shapes::LONG)]);
        check(
            "536-90-4399",
            &[("536", Shapes::SPACED), ("90", Shapes::SPACED)],
        );
        check("1.25 3", &[("1", Shapes::DOTTED), ("25", Shapes::SPACED)]);
        check("(415) 555", &[("415", Shapes::BRACKETED)]);
        check(
            "2a00:1",
            &[("2", Shapes::HEXADECIMAL), ("00", Shapes::HEXADECIMAL)],
        );
        check("GB82 W x7", &[("82", Shapes::LETTERED)]);
        check(
            "de12345678 9",
            &[(
                "12345678",
                Shapes::LONG.or(Shapes::SPACED).or(Shapes::LETTERED),
            )],
        );
        let long = "1".repeat(3 * STEP);
        check(&long, &[(&"1".repeat(LONGEST_RUN), Shapes::LONG)]);
    }
}
