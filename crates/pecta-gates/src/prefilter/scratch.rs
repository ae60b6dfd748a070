//! A place for what is derived from a block, which is filled again and again.

use super::BLOCK;

/// How many bytes there is room for besides a block.
const MARGIN: usize = 128;
const LONGEST: usize = BLOCK + MARGIN;

/// Where changed copies of blocks are made.
pub(crate) struct Scratch {
    copy: [u8; LONGEST],
    hashes: [u16; LONGEST / 2],
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            copy: [0; LONGEST],
            hashes: [0; LONGEST / 2],
        }
    }

    /// The text, byte by byte as `map` has it, with `padding` spaces behind it. No more than a block and its margin has room.
    pub(super) fn copy(&mut self, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        let (copy, rest) = self.copy.split_at_mut(text.len().min(LONGEST));
        for (to, from) in copy.iter_mut().zip(text) {
            *to = map(*from);
        }
        rest.iter_mut().take(padding).for_each(|byte| *byte = b' ');
        self.copy.get(..text.len() + padding).unwrap_or_default()
    }

    /// A copy as [`copy`](Self::copy) makes it behind one byte `before`, and room for a number for every two bytes of it.
    pub(super) fn copy_behind(
        &mut self,
        before: u8,
        text: &[u8],
        padding: usize,
        map: impl Fn(u8) -> u8,
    ) -> (&[u8], &mut [u16]) {
        let (first, copy) = self.copy.split_at_mut(1);
        first.fill(map(before));
        let (copy, rest) = copy.split_at_mut(text.len().min(LONGEST - 1));
        for (to, from) in copy.iter_mut().zip(text) {
            *to = map(*from);
        }
        rest.iter_mut().take(padding).for_each(|byte| *byte = b' ');
        let length = 1 + text.len() + padding;
        (
            self.copy.get(..length).unwrap_or_default(),
            self.hashes.get_mut(..length / 2).unwrap_or_default(),
        )
    }
}
