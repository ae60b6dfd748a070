//! The search for many words, at a cost that hardly depends on how many they are.
//!
//! Each word puts the four bytes at its start into a table, and the four bytes one further on. A look at every other
//! position of the text, at the table's entry for the four bytes there, then misses no word. Where a word has too few bytes,
//! every byte that may stand before or behind it takes the place of the missing one. Places with an entry are
//! compared with the words that made it.

use std::ops::Range;

use super::{super::scratch::Scratch, flat};

/// How many bytes of the text are looked up together.
const GRAM: usize = 4;
/// What a flat byte may be.
const FLAT: [Range<u8>; 2] = [0x20..0x40, 0x60..0x80];

const HASHES: usize = 1 << u16::BITS;

type Gram = [u8; GRAM];

/// Words of at least three flat bytes.
pub(super) struct Grams {
    /// For each hash, a bit for each kind of the grams that have it.
    kinds: Box<[u8; HASHES]>,
    /// For each hash, how many entries have a lower one.
    firsts: Box<[usize]>,
    /// The words' grams in the order of their hashes.
    entries: Vec<Entry>,
}

/// A gram of a word.
struct Entry {
    gram: Gram,
    /// How far behind the byte before the gram the word starts.
    start: usize,
    number: usize,
    /// Whether the word counts only where no letter or digit stands before it.
    at_start: bool,
}

impl Grams {
    /// The shortest word, in bytes.
    pub(super) const SHORTEST_WORD: usize = 3;

    /// The words with their numbers, and whether each is looked for only where no letter or digit stands before it.
    pub(super) fn new<'w>(words: impl Iterator<Item = (usize, &'w [u8], bool)>) -> Self {
        let mut entries = Vec::new();
        for (number, word, at_start) in words {
            grams(word, at_start, &mut |gram, start| {
                entries.push(Entry {
                    gram,
                    start,
                    number,
                    at_start,
                });
            });
        }
        entries.sort_by_key(|entry| hash(entry.gram));
        let mut kinds = vec![0; HASHES].into_boxed_slice();
        let mut firsts = vec![entries.len(); HASHES].into_boxed_slice();
        for (nth, entry) in entries.iter().enumerate().rev() {
            let hash = usize::from(hash(entry.gram));
            if let (Some(kinds), Some(first)) = (kinds.get_mut(hash), firsts.get_mut(hash)) {
                let [a, b, c, d] = entry.gram;
                *kinds |= 1 << kind_of_pairs([a, b], [c, d]);
                *first = nth;
            }
        }
        #[expect(clippy::expect_used, reason = "the slice was made with this length")]
        let kinds = kinds.try_into().expect("a byte for each hash");
        Self {
            kinds,
            firsts,
            entries,
        }
    }

    /// Visits the places in the block where words may start, with their numbers, until `visit` returns false.
    pub(super) fn visit(
        &self,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, usize) -> bool,
    ) -> bool {
        let before = block.start.checked_sub(1).and_then(|at| text.get(at));
        let end = text.len().min(block.end + GRAM);
        let within = text.get(block.start..end).unwrap_or_default();
        let halves = scratch.halves(*before.unwrap_or(&b' '), within, 2 * GRAM, flat);
        // One more than half of the block has: the first and the last gram may start outside of it.
        let places = block.len().div_ceil(2) + 1;
        let hashes = halves.hashes.get_mut(..places).unwrap_or_default();
        let (pairs, _) = halves.copy.as_chunks();
        let grams = pairs.iter().zip(pairs.iter().skip(1));
        let numbers = hashes.iter_mut().zip(halves.kinds.iter_mut());
        for ((hash, kind), (first, second)) in numbers.zip(grams) {
            *hash = hash_of_pairs(*first, *second);
            *kind = kind_of_pairs(*first, *second);
        }
        // Without a branch, which would go the wrong way too often.
        let mut count = 0;
        for (nth, (hash, kind)) in (0..).zip(hashes.iter().zip(halves.kinds.iter())) {
            if let Some(candidate) = halves.candidates.get_mut(count) {
                *candidate = nth;
            }
            count += usize::from((self.kinds(*hash) >> kind) & 1);
        }
        for nth in halves.candidates.iter().take(count) {
            let nth = usize::from(*nth);
            let at = 2 * nth;
            let gram = halves.copy.get(at..).and_then(<[u8]>::first_chunk);
            let (Some(gram), Some(hash)) = (gram, hashes.get(nth)) else {
                break;
            };
            for entry in self.entries(*hash).filter(|entry| entry.gram == *gram) {
                // The first byte of the copy stands before the block.
                let Some(start) = (at + entry.start).checked_sub(2) else {
                    continue;
                };
                let before = halves.copy.get(start);
                let mid_word = entry.at_start && before.is_some_and(u8::is_ascii_alphanumeric);
                if start < block.len() && !mid_word && !visit(start, entry.number) {
                    return false;
                }
            }
        }
        true
    }

    fn kinds(&self, hash: u16) -> u8 {
        let kinds = self.kinds.get(usize::from(hash));
        kinds.copied().unwrap_or_default()
    }

    fn entries(&self, hash: u16) -> impl Iterator<Item = &Entry> {
        let first = self.firsts.get(usize::from(hash));
        let entries = first.and_then(|&first| self.entries.get(first..));
        let entries = entries.unwrap_or_default().iter();
        entries.take_while(move |entry| self::hash(entry.gram) == hash)
    }
}

/// Tells of the grams under which a word is found wherever it stands, and of how far behind the byte before each it starts.
fn grams(word: &[u8], at_start: bool, tell: &mut dyn FnMut(Gram, usize)) {
    let Some((start, rest)) = word.split_first_chunk() else {
        return;
    };
    let [a, b, c] = *start;
    match rest {
        [] => {
            let next = FLAT.into_iter().flatten();
            next.for_each(|next| tell([a, b, c, next], 1));
        }
        [next, ..] => tell([a, b, c, *next], 1),
    }
    match rest {
        [first, second, ..] => tell([b, c, *first, *second], 0),
        _ => behind_any(*start, at_start, tell),
    }
}

/// Tells of the grams of the first three bytes of a word and any byte before them.
fn behind_any(start: [u8; 3], at_start: bool, tell: &mut dyn FnMut(Gram, usize)) {
    let [a, b, c] = start;
    let before = FLAT.into_iter().flatten();
    before
        .filter(|before| !(at_start && before.is_ascii_alphanumeric()))
        .for_each(|before| tell([before, a, b, c], 2));
}

fn hash([a, b, c, d]: Gram) -> u16 {
    hash_of_pairs([a, b], [c, d])
}

/// Made of operations that the processor does on many pairs at once.
fn hash_of_pairs(first: [u8; 2], second: [u8; 2]) -> u16 {
    let (first, second) = (u16::from_le_bytes(first), u16::from_le_bytes(second));
    first
        .wrapping_mul(0x9E3B)
        .wrapping_add(second.wrapping_mul(0x2F0B))
}

/// What mostly tells grams apart that have the same hash, from 0 to 7.
fn kind_of_pairs([_, first]: [u8; 2], [_, second]: [u8; 2]) -> u16 {
    u16::from((first ^ second) & 7)
}
