//! A place for a changed copy of a block, which is filled again and again.

use super::BLOCK;

/// How many bytes there is room for besides a block.
const MARGIN: usize = 128;
const LONGEST: usize = BLOCK + MARGIN;

/// Where blocks are copied to.
pub(crate) struct Scratch([u8; LONGEST]);

impl Scratch {
    pub(crate) fn new() -> Self {
        Self([0; LONGEST])
    }

    /// The text, byte by byte as `map` has it, with `padding` zeros behind it. No more than a block and its margin has room.
    pub(super) fn copy(&mut self, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        let (copy, rest) = self.0.split_at_mut(text.len().min(LONGEST));
        for (to, from) in copy.iter_mut().zip(text) {
            *to = map(*from);
        }
        rest.iter_mut().take(padding).for_each(|byte| *byte = 0);
        self.0.get(..text.len() + padding).unwrap_or_default()
    }
}
