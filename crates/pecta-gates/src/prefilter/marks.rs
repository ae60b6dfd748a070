//! Where bytes of some kinds stand in a text, told of many places at once by the bits of numbers.

use std::ops::Range;

use fearless_simd::{Level, dispatch, prelude::*, u8x64};

/// How many bytes are looked at in one step.
const WIDTH: usize = u64::BITS as usize;

/// Some bytes, with what stands where among them: a bit for each place.
#[derive(Clone, Copy)]
struct Bytes<S: Simd> {
    simd: S,
    all: u8x64<S>,
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
impl<S: Simd> Bytes<S> {
    #[inline(always)]
    fn new(simd: S, bytes: &[u8; WIDTH]) -> Self {
        let all = u8x64::from_slice(simd, bytes);
        Self { simd, all }
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
    fn beyond_ascii(self) -> u64 {
        self.are_among(0x80, 0x80)
    }

    /// What stands where. What is not used of it is not computed.
    #[inline(always)]
    fn marks(self) -> Marks {
        let Self { simd, all } = self;
        let lower_case = Self {
            simd,
            all: all | u8x64::splat(simd, 0x20),
        };
        let digits = self.are_among(b'0', 10);
        // Hyphen, full stop, slash and the digits stand in a row, and so do the parentheses.
        let row = self.are_among(b'-', b'9' - b'-' + 1);
        Marks {
            digits,
            letters: lower_case.are_among(b'a', 26),
            underscores: self.are(b'_'),
            dots: self.are(b'.'),
            colons: self.are(b':'),
            joints: row & !digits,
            others: !(row | self.are_among(b'(', 2) | self.are(b' ')),
            beyond_ascii: self.beyond_ascii(),
        }
    }
}

/// What stands where among some bytes. Shifted up by some places, the bits tell what stands so far before each, and shifted
/// down what stands so far behind it.
pub(super) struct Marks {
    /// ASCII digits.
    pub(super) digits: u64,
    /// ASCII letters.
    pub(super) letters: u64,
    pub(super) underscores: u64,
    pub(super) dots: u64,
    pub(super) colons: u64,
    /// Hyphens, full stops and slashes.
    pub(super) joints: u64,
    /// What no number holds.
    pub(super) others: u64,
    pub(super) beyond_ascii: u64,
}

/// How many bytes before and behind a place have to be known.
#[derive(Clone, Copy)]
pub(super) struct Margins {
    pub(super) before: usize,
    pub(super) behind: usize,
}

/// Some bytes of a text, and which of them are places of the block with enough bytes before and behind.
pub(super) struct Step {
    pub(super) marks: Marks,
    pub(super) within: u64,
    start: usize,
    margins: Margins,
}

#[expect(clippy::inline_always, reason = "compiled for what the processor has")]
impl Step {
    /// Goes through a block. Before and behind the text there are spaces.
    #[inline(always)]
    pub(super) fn each<S: Simd>(
        simd: S,
        text: &[u8],
        block: &Range<usize>,
        margins: Margins,
        mut visit: impl FnMut(&Self),
    ) {
        let places = WIDTH - margins.before - margins.behind;
        for start in block.clone().step_by(places) {
            let from = start.checked_sub(margins.before);
            let bytes = from.and_then(|from| text.get(from..)?.first_chunk());
            let bytes = match bytes {
                Some(bytes) => Bytes::new(simd, bytes),
                None => Bytes::new(simd, &padded(text, start, margins.before)),
            };
            let count = places.min(block.end - start);
            visit(&Self {
                marks: bytes.marks(),
                within: (u64::MAX >> (WIDTH - count)) << margins.before,
                start,
                margins,
            });
        }
    }

    /// Where in the text one of its places is.
    #[inline(always)]
    pub(super) fn position(&self, place: u32) -> usize {
        self.start + place as usize - self.margins.before
    }
}

/// What stands at a position and so far before it, with spaces where no text is.
fn padded(text: &[u8], at: usize, before: usize) -> [u8; WIDTH] {
    let mut padded = [b' '; WIDTH];
    let from = at.saturating_sub(before);
    let text = text.get(from..).unwrap_or_default();
    let to = padded.iter_mut().skip(before - (at - from));
    to.zip(text).for_each(|(to, byte)| *to = *byte);
    padded
}

/// Whether the text is ASCII. The standard library looks at what is left at the end of a text byte by byte.
pub(crate) fn is_ascii(text: &[u8]) -> bool {
    is_ascii_at(Level::new(), text)
}

fn is_ascii_at(level: Level, text: &[u8]) -> bool {
    let Some(last) = text.last_chunk() else {
        return text.is_ascii();
    };
    dispatch!(level, simd => {
        let (chunks, _) = text.as_chunks();
        let mut chunks = chunks.iter().chain([last]);
        chunks.all(
            #[inline(always)]
            |bytes| Bytes::new(simd, bytes).beyond_ascii() == 0,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::{super::levels, *};

    #[test]
    fn one_byte_beyond_ascii_is_seen_wherever_it_stands() {
        for (level, length) in levels()
            .into_iter()
            .flat_map(|level| (0..3 * WIDTH).map(move |length| (level, length)))
        {
            let mut text = vec![b'\x7F'; length];
            assert!(is_ascii_at(level, &text), "{level:?}: {length}");
            for at in 0..length {
                text[at] = 0x80;
                assert!(!is_ascii_at(level, &text), "{level:?}: {at} of {length}");
                text[at] = b'a';
            }
        }
    }
}
