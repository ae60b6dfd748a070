//! Where bytes of some kinds stand in a text, told of many places at once by the bits of numbers.

use std::ops::Range;

use fearless_simd::{Level, dispatch, prelude::*, u8x64};

use crate::detect::around;

/// How many places are looked at in one step.
pub(super) const STEP: usize = u64::BITS as usize;

/// Some bytes, with what stands where among them: a bit for each place.
#[derive(Clone, Copy)]
pub(super) struct Bytes<S: Simd> {
    simd: S,
    all: u8x64<S>,
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
impl<S: Simd> Bytes<S> {
    #[inline(always)]
    fn new(simd: S, bytes: &[u8; STEP]) -> Self {
        let all = u8x64::from_slice(simd, bytes);
        Self { simd, all }
    }

    /// What stands at and behind a position; behind the text there are spaces.
    #[inline(always)]
    fn behind(simd: S, text: &[u8], start: usize) -> Self {
        let rest = text.get(start..).unwrap_or_default();
        match rest.first_chunk() {
            Some(bytes) => Self::new(simd, bytes),
            None => Self::new(simd, &first_of(rest)),
        }
    }

    /// What stands before a position, the last of it in the highest bit; before the text there are spaces.
    #[inline(always)]
    fn before(simd: S, text: &[u8], start: usize) -> Self {
        let before = around(text, start).0;
        match before.last_chunk() {
            Some(bytes) => Self::new(simd, bytes),
            None => Self::new(simd, &last_of(before)),
        }
    }

    #[inline(always)]
    fn are(self, byte: u8) -> u64 {
        let byte = u8x64::splat(self.simd, byte);
        self.all.simd_eq(byte).to_bitmask()
    }

    /// Those of a row of bytes that starts with this one.
    #[inline(always)]
    fn are_among(self, first: u8, count: u8) -> u64 {
        let places = self.all - u8x64::splat(self.simd, first);
        let count = u8x64::splat(self.simd, count);
        places.simd_lt(count).to_bitmask()
    }

    #[inline(always)]
    pub(super) fn digits(self) -> u64 {
        self.are_among(b'0', 10)
    }

    #[inline(always)]
    pub(super) fn beyond_ascii(self) -> u64 {
        self.are_among(0x80, 0x80)
    }

    /// What matters around numbers. What is not used of it is not computed.
    #[inline(always)]
    pub(super) fn marks(self) -> Marks {
        let Self { simd, all } = self;
        let lower_case = Self {
            simd,
            all: all | u8x64::splat(simd, 0x20),
        };
        // Hyphen, full stop, slash and the digits stand in a row, and so do the parentheses.
        let row = self.are_among(b'-', b'9' - b'-' + 1);
        Marks {
            letters: lower_case.are_among(b'a', 26),
            underscores: self.are(b'_'),
            dots: self.are(b'.'),
            colons: self.are(b':'),
            joints: row & !self.digits(),
            others: !(row | self.are_among(b'(', 2) | self.are(b' ')),
        }
    }
}

/// Where what stands among some bytes, besides digits.
pub(super) struct Marks {
    /// ASCII letters.
    pub(super) letters: u64,
    pub(super) underscores: u64,
    pub(super) dots: u64,
    pub(super) colons: u64,
    /// Hyphens, full stops and slashes.
    pub(super) joints: u64,
    /// What no number holds.
    pub(super) others: u64,
}

/// Some bytes of a text, with those before and behind them.
pub(super) struct Step<S: Simd> {
    pub(super) start: usize,
    /// The places that count.
    pub(super) within: u64,
    pub(super) before: Bytes<S>,
    pub(super) here: Bytes<S>,
    pub(super) next: Bytes<S>,
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
impl<S: Simd> Step<S> {
    /// Goes through a block.
    #[inline(always)]
    pub(super) fn each(simd: S, text: &[u8], block: &Range<usize>, mut visit: impl FnMut(&Self)) {
        let mut before = Bytes::before(simd, text, block.start);
        let mut here = Bytes::behind(simd, text, block.start);
        for start in block.clone().step_by(STEP) {
            let next = Bytes::behind(simd, text, start + STEP);
            let beyond = STEP.saturating_sub(block.end - start);
            visit(&Self {
                start,
                within: u64::MAX >> beyond,
                before,
                here,
                next,
            });
            (before, here) = (here, next);
        }
    }
}

/// The bits of what stands so far before each place, less than a step.
#[inline]
pub(super) fn behind(before: u64, here: u64, offset: u32) -> u64 {
    (here << offset) | before.checked_shr(u64::BITS - offset).unwrap_or(0)
}

/// What stands where, in one step and the next.
#[derive(Clone, Copy)]
pub(super) struct Ahead {
    pub(super) here: u64,
    pub(super) next: u64,
}

impl Ahead {
    /// The bits of what stands so far behind each place, less than a step.
    #[inline]
    pub(super) fn at(self, offset: u32) -> u64 {
        (self.here >> offset) | self.next.checked_shl(u64::BITS - offset).unwrap_or(0)
    }

    /// Where nothing of it stands.
    #[inline]
    pub(super) fn not(self) -> Self {
        Self {
            here: !self.here,
            next: !self.next,
        }
    }

    /// Where something stands at the place or so far behind it.
    #[inline]
    pub(super) fn or_at(self, offset: u32) -> Self {
        Self {
            here: self.here | self.at(offset),
            next: self.next | (self.next >> offset),
        }
    }
}

/// Whether the text is ASCII. The standard library looks at what is left at the end of a text byte by byte.
pub(crate) fn is_ascii(text: &[u8]) -> bool {
    let Some(last) = text.last_chunk() else {
        return text.is_ascii();
    };
    dispatch!(Level::new(), simd => {
        let (chunks, _) = text.as_chunks();
        let mut chunks = chunks.iter().chain([last]);
        chunks.all(
            #[inline(always)]
            |bytes| Bytes::new(simd, bytes).beyond_ascii() == 0,
        )
    })
}

/// The text, and spaces behind it.
fn first_of(text: &[u8]) -> [u8; STEP] {
    let mut padded = [b' '; STEP];
    if let Some(to) = padded.get_mut(..text.len()) {
        to.copy_from_slice(text);
    }
    padded
}

/// The text, and spaces before it.
fn last_of(text: &[u8]) -> [u8; STEP] {
    let mut padded = [b' '; STEP];
    if let Some(to) = padded.get_mut(STEP.saturating_sub(text.len())..) {
        to.copy_from_slice(text);
    }
    padded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_beyond_ascii_is_seen_wherever_it_stands() {
        for length in 0..3 * STEP {
            let mut text = vec![b'\x7F'; length];
            assert!(is_ascii(&text), "{length}");
            for at in 0..length {
                text[at] = 0x80;
                assert!(!is_ascii(&text), "{at} of {length}");
                text[at] = b'a';
            }
        }
    }
}
