//! The search for many words, at a cost that hardly depends on how many they are.
//!
//! Each word puts four of its bytes into a table, and the four bytes one further on: those that are the rarest in texts. A look
//! at every other position of the text, at the table's entry for the four bytes there, then misses no word. Where a word has
//! too few bytes, every byte that may stand before or behind it takes the place of the missing one. Whether a letter stands
//! before the four bytes is part of the entry, so that a word is not looked for in the middle of others. Places with an entry
//! are compared with the words that made it.

use std::ops::Range;

use super::{super::scratch::Scratch, flat};

/// How many bytes of the text are looked up together.
const GRAM: usize = 4;
/// How far into a word its bytes for the table are looked for.
const FURTHEST: usize = 16;
/// What a flat byte may be.
const FLAT: [Range<u8>; 2] = [0x20..0x40, 0x60..0x80];

/// Those of them that are letters.
const LETTERS: Range<u16> = b'a' as u16..b'z' as u16 + 1;

const HASHES: usize = 1 << u16::BITS;

/// Many hashes are taken when more than one of so many is.
const MANY_TAKEN: usize = 6;

type Gram = [u8; GRAM];

/// How many grams are looked up in one step. No more, so that their numbers fit in a byte.
const STEP: usize = 128;

/// Words of at least three flat bytes.
pub(super) struct Grams {
    /// For each hash, 1 where a gram has it, else 0; none where so many hashes are taken that it tells little.
    taken: Option<Table<u8>>,
    /// For each hash, a bit for each [`kind`](Entry::kind) of the grams that have it.
    kinds: Table<u8>,
    /// For each hash, how many entries have a lower one.
    firsts: Table<u32>,
    /// The words' grams in the order of their hashes.
    entries: Vec<Entry>,
}

/// A gram of a word.
struct Entry {
    gram: Gram,
    hash: u16,
    /// How far before the byte behind the gram's first one the word starts.
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
                // What stands before the gram is known where that is inside the word.
                let before = start.checked_sub(2).and_then(|at| word.get(at));
                for after_letter in [false, true] {
                    let may_be = match before {
                        Some(before) => is_letter(*before) == after_letter,
                        None => !(after_letter && at_start && start == 1),
                    };
                    if may_be {
                        entries.push(Entry {
                            gram,
                            hash: hash_of(gram, after_letter),
                            start,
                            number,
                            at_start,
                        });
                    }
                }
            });
        }
        entries.sort_by_key(|entry| entry.hash);
        let mut taken = Table::new(0);
        let mut kinds = Table::new(0);
        let mut firsts = Table::new(u32::MAX);
        for (nth, entry) in (0..).zip(&entries) {
            let hash = entry.hash;
            taken.put(hash, 1);
            kinds.put(hash, kinds.get(hash) | 1 << entry.kind());
            firsts.put(hash, firsts.get(hash).min(nth));
        }
        Self {
            taken: Some(taken).filter(|_| entries.len() < HASHES / MANY_TAKEN),
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
        let before = [3, 2, 1].map(|back| {
            let byte = block.start.checked_sub(back).and_then(|at| text.get(at));
            byte.copied().unwrap_or(b' ')
        });
        let end = text.len().min(block.end + FURTHEST + GRAM);
        let within = text.get(block.start..end).unwrap_or_default();
        // Of the copy, three bytes stand before the block, and words that start in the block go on behind it.
        let copy = scratch.copy_behind(before, within, 2 * GRAM, flat);
        let (pairs, _) = copy.as_chunks();
        let mut step = Step::default();
        (0..pairs.len()).step_by(STEP).all(|from| {
            let pairs = pairs.get(from..pairs.len().min(from + STEP + 2));
            self.step(
                pairs.unwrap_or_default(),
                &mut step,
                &mut |nth, gram, hash| {
                    let at = 2 * (from + nth);
                    let entries = self.entries(hash).filter(|entry| entry.gram == gram);
                    entries.into_iter().all(|entry| {
                        let Some(start) = at.checked_sub(entry.start) else {
                            return true;
                        };
                        let before = copy.get(start + 2);
                        let mid_word =
                            entry.at_start && before.is_some_and(u8::is_ascii_alphanumeric);
                        start >= block.len() || mid_word || visit(start, entry.number)
                    })
                },
            )
        })
    }

    /// Visits the grams that a word may have, each with the number of its pair and its hash, until `visit` returns false. The
    /// first pair stands before all grams.
    fn step(
        &self,
        pairs: &[[u8; 2]],
        step: &mut Step,
        visit: &mut dyn FnMut(usize, Gram, u16) -> bool,
    ) -> bool {
        let grams = pairs
            .iter()
            .zip(pairs.iter().skip(1))
            .zip(pairs.iter().skip(2));
        let known = step.hashes.iter_mut().zip(&mut step.kinds);
        for ((hash, kind), ((before, first), second)) in known.zip(grams) {
            *hash = hash_of_pairs(*before, *first, *second);
            *kind = kind_of_pairs(*first, *second);
        }
        let (hashes, likely) = self.likely(step, pairs.len().saturating_sub(2).min(STEP));
        likely.iter().all(|&nth| {
            let (gram, hash) = gram_at(pairs, hashes, nth);
            visit(usize::from(nth), gram, hash)
        })
    }

    /// The hashes, and the numbers of those of the first `places` that a word may have. Without branches, which would go the
    /// wrong way too often.
    fn likely<'s>(&self, step: &'s mut Step, places: usize) -> (&'s [u16; STEP], &'s [u8]) {
        let Step {
            hashes,
            kinds,
            candidates,
            likely,
        } = step;
        let has_kind = |hash: &u16, kind: &u16| (self.kinds.get(*hash) >> kind) & 1;
        let likely = if let Some(taken) = &self.taken {
            let taken = hashes.iter().map(|hash| taken.get(*hash));
            let candidates = select(candidates, (0..).zip(taken.take(places)));
            let may_be = candidates.iter().map(|&nth| {
                let at = usize::from(nth);
                let (hash, kind) = (hashes.get(at), kinds.get(at));
                (
                    nth,
                    hash.zip(kind)
                        .map_or(0, |(hash, kind)| has_kind(hash, kind)),
                )
            });
            select(likely, may_be)
        } else {
            let may_be = hashes.iter().zip(kinds.iter()).take(places);
            let may_be = may_be.map(|(hash, kind)| has_kind(hash, kind));
            select(likely, (0..).zip(may_be))
        };
        (hashes, likely)
    }

    fn entries(&self, hash: u16) -> impl Iterator<Item = &Entry> {
        let first = usize::try_from(self.firsts.get(hash)).unwrap_or(usize::MAX);
        let entries = self.entries.get(first..).unwrap_or_default().iter();
        entries.take_while(move |entry| entry.hash == hash)
    }
}

impl Entry {
    fn kind(&self) -> u16 {
        let [a, b, c, d] = self.gram;
        kind_of_pairs([a, b], [c, d])
    }
}

fn hash_of([a, b, c, d]: Gram, after_letter: bool) -> u16 {
    let before = if after_letter { b'a' } else { b' ' };
    hash_of_pairs([b' ', before], [a, b], [c, d])
}

/// The gram behind a pair, with its hash.
fn gram_at(pairs: &[[u8; 2]], hashes: &[u16; STEP], nth: u8) -> (Gram, u16) {
    let nth = usize::from(nth);
    let gram = pairs.get(nth + 1..).and_then(<[[u8; 2]]>::first_chunk);
    let [[a, b], [c, d]] = gram.copied().unwrap_or_default();
    ([a, b, c, d], hashes.get(nth).copied().unwrap_or_default())
}

/// Room for what is told of the grams of a step.
struct Step {
    hashes: [u16; STEP],
    kinds: [u16; STEP],
    candidates: Numbers,
    likely: Numbers,
}

/// Numbers of grams.
type Numbers = [u8; STEP];

impl Default for Step {
    fn default() -> Self {
        Self {
            hashes: [0; STEP],
            kinds: [0; STEP],
            candidates: [0; STEP],
            likely: [0; STEP],
        }
    }
}

/// Those of the numbers with which a 1 comes, and not a 0. There is room for all.
fn select(room: &mut Numbers, numbers: impl Iterator<Item = (u8, u8)>) -> &[u8] {
    let mut count = 0;
    for (number, counts) in numbers {
        if let Some(next) = room.get_mut(count % STEP) {
            *next = number;
        }
        count += usize::from(counts);
    }
    room.get(..count).unwrap_or_default()
}

/// Tells of the grams under which a word is found wherever it stands, and of how far before the byte behind the first one of
/// each it starts.
fn grams(word: &[u8], at_start: bool, tell: &mut dyn FnMut(Gram, usize)) {
    let both = word.windows(GRAM + 1).take(FURTHEST).enumerate();
    let rarest = both.max_by_key(|(_, bytes)| rarity_of_all(bytes));
    if let Some((at, both)) = rarest {
        for (start, gram) in (at + 1..).zip(both.windows(GRAM)) {
            tell(gram.first_chunk().copied().unwrap_or_default(), start);
        }
        return;
    }
    let Some(&[a, b, c]) = word.first_chunk() else {
        return;
    };
    if let Some(next) = word.get(3) {
        tell([a, b, c, *next], 1);
    } else {
        let next = FLAT.into_iter().flatten();
        next.for_each(|next| tell([a, b, c, next], 1));
    }
    behind_any([a, b, c], at_start, tell);
}

/// Tells of the grams of the first three bytes of a word and any byte before them.
fn behind_any(start: [u8; 3], at_start: bool, tell: &mut dyn FnMut(Gram, usize)) {
    let [a, b, c] = start;
    let before = FLAT.into_iter().flatten();
    before
        .filter(|before| !(at_start && before.is_ascii_alphanumeric()))
        .for_each(|before| tell([before, a, b, c], 0));
}

/// How rare some bytes are together. One that is there twice says no more than once: lines are drawn with it.
fn rarity_of_all(bytes: &[u8]) -> u32 {
    let is_first = |(at, byte): &(usize, &u8)| !bytes.iter().take(*at).any(|other| other == *byte);
    let distinct = bytes.iter().enumerate().filter(is_first);
    distinct.map(|(_, byte)| rarity(*byte)).sum()
}

/// How rare a byte is in prose, roughly.
fn rarity(byte: u8) -> u32 {
    match byte {
        b' ' | b'a' | b'e' | b'i' | b'n' | b'o' | b'r' | b's' | b't' => 1,
        b'c' | b'd' | b'h' | b'l' | b'm' | b'p' | b'u' => 2,
        b'b' | b'f' | b'g' | b'v' | b'w' | b'y' => 3,
        b'-' | b'.' | b'/' | b'0'..=b'9' => 4,
        _ => 5,
    }
}

/// The hash of a gram and of whether a letter stands before it. Made of operations that the processor does on many pairs at
/// once.
fn hash_of_pairs(before: [u8; 2], first: [u8; 2], second: [u8; 2]) -> u16 {
    let [before, first, second] = [before, first, second].map(u16::from_le_bytes);
    let after_letter = u16::from(LETTERS.contains(&(before >> 8)));
    first
        .wrapping_mul(0x9E3B)
        .wrapping_add(second.wrapping_mul(0x2F0B))
        .wrapping_add(after_letter.wrapping_mul(0x6D2F))
}

/// Whether a flat byte is a letter.
fn is_letter(byte: u8) -> bool {
    LETTERS.contains(&u16::from(byte))
}

/// What mostly tells grams apart that have the same hash, from 0 to 7.
fn kind_of_pairs(first: [u8; 2], second: [u8; 2]) -> u16 {
    let [first, second] = [first, second].map(u16::from_le_bytes);
    ((first ^ second) >> 8) & 7
}

/// A value for each hash.
struct Table<T>(Box<[T; HASHES]>);

impl<T: Copy + Default> Table<T> {
    fn new(value: T) -> Self {
        let values = vec![value; HASHES].into_boxed_slice();
        #[expect(clippy::expect_used, reason = "the slice was made with this length")]
        Self(values.try_into().ok().expect("a value for each hash"))
    }

    fn get(&self, hash: u16) -> T {
        let value = self.0.get(usize::from(hash));
        value.copied().unwrap_or_default()
    }

    fn put(&mut self, hash: u16, value: T) {
        if let Some(place) = self.0.get_mut(usize::from(hash)) {
            *place = value;
        }
    }
}
