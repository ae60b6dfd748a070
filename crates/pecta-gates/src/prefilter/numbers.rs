//! The search for runs of digits that may start a number. What stands around each place is counted for many places at once.
//!
//! It goes over a whole block in each of its passes, because a processor waits when it has to read across bytes that it has
//! only just written.

use std::ops::Range;

use super::scratch::Scratch;

/// How many places are looked at in one step.
const STEP: usize = 64;
/// How many bytes before and after a place its shapes are made of.
const BEFORE: usize = 3;
const AFTER: usize = 16;
/// Blocks up to this length are short: most hold too little for a number, which a look tells sooner than the lanes do.
const SHORT: usize = 128;
const STEP_AND_AROUND: usize = STEP + AFTER;

/// Longer runs are reported as this long: no number of interest is.
const LONGEST_RUN: usize = 40;

/// How many digits are many, and within how many bytes.
pub(crate) const MANY: u8 = 8;
pub(crate) const WITHIN: usize = AFTER;

/// What can stand at and around the first of some digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shapes(u8);

impl Shapes {
    pub(crate) const NONE: Self = Self(0);
    /// At least [`MANY`] digits are in the first [`WITHIN`] bytes, and nothing but digits and what may separate them in the
    /// first `MANY`.
    pub(crate) const DENSE: Self = Self(1);
    /// One full stop is in the three bytes behind the first digit, another in the four behind these, and nothing but digits and
    /// what may separate them in all seven.
    pub(crate) const DOTTED: Self = Self(1 << 1);
    /// The first digit is a 2 or 3, and the fifth byte is a colon.
    pub(crate) const HEXADECIMAL: Self = Self(1 << 2);
    /// Two letters stand before two digits, and no letter before these.
    pub(crate) const LETTERED: Self = Self(1 << 3);

    pub(crate) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn eight_times(self) -> u64 {
        u64::from_le_bytes([self.0; 8])
    }

    /// Those of the shapes for which there may be enough around a block.
    fn possible_in(self, text: &[u8], block: &Range<usize>) -> Self {
        let around = block.start.saturating_sub(BEFORE)..text.len().min(block.end + AFTER);
        let around = text.get(around).unwrap_or_default();
        let count = |is: fn(&&u8) -> bool| around.iter().filter(is).count();
        let is_lettered = |window: &[u8]| {
            matches!(window, [a, b, c, d] if a.is_ascii_alphabetic() && b.is_ascii_alphabetic()
                && c.is_ascii_digit() && d.is_ascii_digit())
        };
        let impossible = [
            (
                Self::DENSE,
                count(|byte| byte.is_ascii_digit()) < MANY.into(),
            ),
            (Self::DOTTED, count(|byte| **byte == b'.') < 2),
            (Self::HEXADECIMAL, !around.contains(&b':')),
            (Self::LETTERED, !around.windows(4).any(is_lettered)),
        ];
        impossible
            .into_iter()
            .fold(self, |left, (shape, is_impossible)| {
                Self(if is_impossible {
                    left.0 & !shape.0
                } else {
                    left.0
                })
            })
    }

    pub(crate) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

/// Visits the runs of ASCII digits that start in the block and have one of the shapes.
pub(crate) fn visit_numbers(
    text: &[u8],
    block: &Range<usize>,
    wanted: Shapes,
    scratch: &mut Scratch,
    visit: &mut dyn FnMut(Range<usize>, Shapes),
) {
    let of_block = text.get(block.clone()).unwrap_or_default();
    if !of_block
        .iter()
        .fold(false, |any, byte| any | byte.is_ascii_digit())
    {
        return;
    }
    let wanted = if block.len() <= SHORT {
        wanted.possible_in(text, block)
    } else {
        wanted
    };
    if wanted == Shapes::NONE {
        return;
    }
    let lanes = &mut scratch.lanes;
    lanes.fill(text, block, wanted);
    for start in (0..block.len()).step_by(STEP) {
        let Some(found) = lanes.shapes(start) else {
            break;
        };
        let (eights, _) = found.as_chunks::<8>();
        for (at, eight) in (start..).step_by(8).zip(eights) {
            let mut found = u64::from_le_bytes(*eight) & wanted.eight_times();
            while found != 0 {
                let byte = found.trailing_zeros() / 8;
                let [shapes, ..] = (found >> (8 * byte)).to_le_bytes();
                found &= !(0xFF << (8 * byte));
                let first = block.start + at + byte as usize;
                if first < block.end {
                    visit(first..first + run_length(text, first), Shapes(shapes));
                }
            }
        }
    }
}

/// The length of the run of digits at the position, at most [`LONGEST_RUN`].
pub(crate) fn run_length(text: &[u8], at: usize) -> usize {
    let rest = text.get(at..).unwrap_or_default().iter().take(LONGEST_RUN);
    rest.take_while(|byte| byte.is_ascii_digit()).count()
}

/// What is known of each byte from [`BEFORE`] a block on.
#[derive(Default)]
pub(super) struct Lanes {
    /// Digits in the lower half of the bits, what no number holds in the upper one.
    counts: Vec<u8>,
    /// The counts of four bytes together.
    fours: Vec<u8>,
    /// Left empty when no shape depends on it.
    kinds: Vec<u8>,
}

const DIGIT: u8 = 1;
const OTHER: u8 = 1 << 4;
const LETTER: u8 = 1;
const COLON: u8 = 2;
const TWO_OR_THREE: u8 = 4;
const FULL_STOP: u8 = 8;

impl Lanes {
    fn fill(&mut self, text: &[u8], block: &Range<usize>, wanted: Shapes) {
        let missing = BEFORE.saturating_sub(block.start);
        let around = block.start.saturating_sub(BEFORE)..text.len().min(block.end + AFTER);
        let around = text.get(around).unwrap_or_default();
        let places = block.len().next_multiple_of(STEP) + STEP;
        fill(&mut self.counts, around, missing, places, |byte| {
            let digit = byte.is_ascii_digit();
            // From "(" to "/" there are separators, and commas, signs and asterisks, which are rare.
            let other = !(digit || byte == b' ' || (b'('..=b'/').contains(&byte));
            u8::from(digit) * DIGIT + u8::from(other) * OTHER
        });
        self.kinds.clear();
        if wanted.meets(Shapes::DOTTED.or(Shapes::HEXADECIMAL).or(Shapes::LETTERED)) {
            fill(&mut self.kinds, around, missing, places, |byte| {
                u8::from(byte.is_ascii_alphabetic()) * LETTER
                    + u8::from(byte == b':') * COLON
                    + u8::from(byte & !1 == b'2') * TWO_OR_THREE
                    + u8::from(byte == b'.') * FULL_STOP
            });
        }
        self.fours.resize(places + STEP_AND_AROUND, 0);
        for start in (0..places).step_by(STEP) {
            let counts = self.counts.get(start..).and_then(<[u8]>::first_chunk);
            let fours = self.fours.get_mut(start..);
            let fours = fours.and_then(<[u8]>::first_chunk_mut);
            if let (Some(counts), Some(fours)) = (counts, fours) {
                *fours = add_fours(counts);
            }
        }
    }

    /// The shapes of the digits at each place of a step.
    fn shapes(&self, start: usize) -> Option<[u8; STEP]> {
        let counts = self.counts.get(start..)?.first_chunk()?;
        let fours = self.fours.get(start..)?.first_chunk()?;
        let kinds = self.kinds.get(start..).and_then(<[u8]>::first_chunk);
        let mut found = dense(counts, fours);
        if let Some(kinds) = kinds {
            add_others(&mut found, counts, fours, kinds);
        }
        Some(found)
    }
}

/// Fills the lane with what each byte is mapped to, behind `missing` bytes of nothing. There is nothing behind the text.
fn fill(lane: &mut Vec<u8>, text: &[u8], missing: usize, places: usize, map: impl Fn(u8) -> u8) {
    lane.clear();
    lane.resize(missing, 0);
    lane.extend(text.iter().map(|&byte| map(byte)));
    lane.resize(places + STEP_AND_AROUND, 0);
}

// What follows works on many places in one instruction, for which the number of places has to be fixed.

fn add_fours(counts: &[u8; STEP_AND_AROUND]) -> [u8; STEP] {
    let of = |offset: usize| counts.get(offset..offset + STEP).unwrap_or_default().iter();
    let mut fours = [0; STEP];
    let pairs = of(0).zip(of(1)).zip(of(2).zip(of(3)));
    for (four, ((a, b), (c, d))) in fours.iter_mut().zip(pairs) {
        *four = a + b + c + d;
    }
    fours
}

/// What stands some bytes from the start of a lane.
fn from(lane: &[u8; STEP_AND_AROUND], offset: usize) -> std::slice::Iter<'_, u8> {
    lane.get(offset..offset + STEP).unwrap_or_default().iter()
}

/// Where a run of digits starts that is [`Shapes::DENSE`].
fn dense(counts: &[u8; STEP_AND_AROUND], fours: &[u8; STEP_AND_AROUND]) -> [u8; STEP] {
    let starts = from(counts, BEFORE).zip(from(counts, BEFORE - 1));
    let eight = from(fours, BEFORE).zip(from(fours, BEFORE + 4));
    let more = from(fours, BEFORE + 8).zip(from(fours, BEFORE + 12));
    let mut found = [0; STEP];
    for (found, ((first, before), ((a, b), (c, d)))) in
        found.iter_mut().zip(starts.zip(eight.zip(more)))
    {
        let eight = a + b;
        let digits = eight + (c & 0xF) + (d & 0xF);
        let dense = u8::from(eight < OTHER) & u8::from(digits >= MANY);
        *found = dense & first & !before & DIGIT;
    }
    found
}

/// Adds the other shapes.
fn add_others(
    found: &mut [u8; STEP],
    counts: &[u8; STEP_AND_AROUND],
    fours: &[u8; STEP_AND_AROUND],
    kinds: &[u8; STEP_AND_AROUND],
) {
    let seven = from(fours, BEFORE).zip(from(fours, BEFORE + 3));
    let starts = from(counts, BEFORE).zip(from(counts, BEFORE - 1));
    let near = from(kinds, 4).zip(from(kinds, 5)).zip(from(kinds, 6));
    let far = from(kinds, 7).zip(from(kinds, 8));
    let far = far.zip(from(kinds, 9).zip(from(kinds, 10)));
    let dots = near.zip(far).zip(seven.zip(starts));
    for (found, ((((a, b), c), ((d, e), (f, g))), ((first, second), (digit, before)))) in
        found.iter_mut().zip(dots)
    {
        let dotted = (((a | b | c) & (d | e | f | g)) / FULL_STOP) & 1;
        let pure = u8::from((first | second) < OTHER);
        *found |= (dotted & pure & digit & !before) * Shapes::DOTTED.0;
    }
    let country = from(kinds, 0).zip(from(kinds, 1)).zip(from(kinds, 2));
    let check = from(counts, BEFORE).zip(from(counts, BEFORE + 1));
    let address = from(kinds, BEFORE).zip(from(kinds, BEFORE + 4));
    let places = country.zip(check.zip(address));
    for (found, (((before, a), b), ((digit, second), (first, colon)))) in
        found.iter_mut().zip(places)
    {
        let lettered = a & b & !before & LETTER & digit & second;
        let hexadecimal = (first / TWO_OR_THREE) & (colon / COLON) & 1;
        *found |= lettered * Shapes::LETTERED.0;
        *found |= hexadecimal * Shapes::HEXADECIMAL.0;
    }
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
                    visit_numbers(
                        text.as_bytes(),
                        &block,
                        ALL,
                        &mut Scratch::new(),
                        &mut |run, shapes| found.push((text.get(run).unwrap(), shapes)),
                    );
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
