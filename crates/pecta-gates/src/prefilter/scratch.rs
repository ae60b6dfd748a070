//! A place for what is derived from a block, which is filled again and again.

use super::BLOCK;

/// How many bytes there is room for besides a block.
const MARGIN: usize = 128;
const LONGEST: usize = BLOCK + MARGIN;

/// Where changed copies of blocks are made. Aligned as the processor's widest loads are: otherwise all of them cross the lines
/// of its cache on one stack and none on another.
#[repr(align(64))]
pub(crate) struct Scratch {
    copy: [u8; LONGEST],
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self { copy: [0; LONGEST] }
    }

    /// The text and `padding` spaces behind it, byte by byte as `map` has them. No more than a block and its margin has room.
    pub(super) fn copy(&mut self, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        self.fill(0, text, padding, map)
    }

    /// A copy as [`copy`](Self::copy) makes it, behind the bytes that stand before the text.
    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    pub(super) fn copy_behind<const N: usize>(
        &mut self,
        before: [u8; N],
        text: &[u8],
        padding: usize,
        map: impl Fn(u8) -> u8,
    ) -> &[u8] {
        for (to, from) in self.copy.iter_mut().zip(before) {
            *to = map(from);
        }
        self.fill(N, text, padding, map)
    }

    /// Makes a copy behind the first `from` bytes, and returns all.
    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn fill(&mut self, from: usize, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        let text = text.get(..LONGEST - from - padding).unwrap_or(text);
        let end = from + text.len();
        let copy = self.copy.get_mut(from..end).unwrap_or_default();
        copy.iter_mut()
            .zip(text)
            .for_each(|(to, from)| *to = map(*from));
        let behind = self.copy.get_mut(end..end + padding).unwrap_or_default();
        behind.fill(map(b' '));
        self.copy.get(..end + padding).unwrap_or_default()
    }
}
