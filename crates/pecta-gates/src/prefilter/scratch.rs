//! A place for what is derived from a block, which is filled again and again.

use super::BLOCK;

/// How many bytes there is room for besides a block.
const MARGIN: usize = 128;
const LONGEST: usize = BLOCK + MARGIN;

/// Where changed copies of blocks are made.
pub(crate) struct Scratch {
    copy: [u8; LONGEST],
    /// Empty until they are needed.
    hashes: Vec<u16>,
    kinds: Vec<u16>,
    candidates: Vec<u16>,
}

/// A copy, and room for three numbers for every two bytes of it.
pub(super) struct Halves<'s> {
    pub(super) copy: &'s [u8],
    pub(super) hashes: &'s mut [u16],
    pub(super) kinds: &'s mut [u16],
    pub(super) candidates: &'s mut [u16],
}

impl Scratch {
    pub(crate) fn new() -> Self {
        Self {
            copy: [0; LONGEST],
            hashes: Vec::new(),
            kinds: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// The text, byte by byte as `map` has it, with `padding` spaces behind it. No more than a block and its margin has room.
    pub(super) fn copy(&mut self, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        self.fill(0, text, padding, map)
    }

    /// A copy as [`copy`](Self::copy) makes it, behind the byte that stands before the text.
    pub(super) fn halves(
        &mut self,
        before: u8,
        text: &[u8],
        padding: usize,
        map: impl Fn(u8) -> u8,
    ) -> Halves<'_> {
        self.copy
            .iter_mut()
            .take(1)
            .for_each(|byte| *byte = map(before));
        let length = self.fill(1, text, padding, map).len();
        for numbers in [&mut self.hashes, &mut self.kinds, &mut self.candidates] {
            numbers.resize(length / 2, 0);
        }
        Halves {
            copy: self.copy.get(..length).unwrap_or_default(),
            hashes: &mut self.hashes,
            kinds: &mut self.kinds,
            candidates: &mut self.candidates,
        }
    }

    /// Makes a copy behind the first `from` bytes, and returns all.
    fn fill(&mut self, from: usize, text: &[u8], padding: usize, map: impl Fn(u8) -> u8) -> &[u8] {
        let text = text.get(..LONGEST - from - padding).unwrap_or(text);
        let end = from + text.len();
        let copy = self.copy.get_mut(from..end).unwrap_or_default();
        copy.iter_mut()
            .zip(text)
            .for_each(|(to, from)| *to = map(*from));
        let behind = self.copy.get_mut(end..end + padding).unwrap_or_default();
        behind.fill(b' ');
        self.copy.get(..end + padding).unwrap_or_default()
    }
}
