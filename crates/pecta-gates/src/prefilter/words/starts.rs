//! Which words may start with some bytes.

use std::iter;

use super::{Behind, flat};

/// How many different bytes there are once they are flat.
pub(super) const CODES: usize = 64;
/// How much of a word is compared at once.
pub(super) const COMPARED: usize = size_of::<Codes>();
/// How many bytes of a word tell its bucket.
pub(super) const SHORTEST_WORD: usize = 3;
/// By how many bits words are put into buckets.
const BUCKET_BITS: u32 = 12;

/// The codes of some bytes, the first in the lowest bits.
type Codes = u64;
/// A set of bytes by their codes, in bits.
pub(super) type Bytes = u64;

/// Some thousands of words, each of at least [`SHORTEST_WORD`] flat bytes, found by how they start.
pub(super) struct Starts {
    /// Those that start alike, one behind the other.
    words: Vec<Word>,
    /// For each bucket, how many words are in lower ones.
    firsts: Vec<u32>,
    beginnings: Beginnings,
}

struct Word {
    number: usize,
    /// How it starts, and the bits of that much.
    start: Codes,
    compared: Codes,
}

impl Starts {
    /// The words with their numbers.
    pub(super) fn new<'w>(words: impl Iterator<Item = (usize, &'w [u8])>) -> Self {
        let mut words: Vec<_> = words.map(Word::new).collect();
        words.sort_by_key(|word| bucket(word.start));
        let firsts = (0..=1 << BUCKET_BITS)
            .map(|end| words.partition_point(|word| bucket(word.start) < end))
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        Self {
            firsts: firsts.collect(),
            beginnings: Beginnings::new(&words),
            words,
        }
    }

    /// Whether a word may start with these codes, at a look that costs the same whatever they are.
    #[inline]
    pub(super) fn are_likely(&self, codes: [u8; COMPARED]) -> bool {
        self.beginnings.may_have(Codes::from_le_bytes(codes))
    }

    /// Visits the words that may start where these codes are, until `visit` returns false.
    pub(super) fn visit(
        &self,
        codes: [u8; COMPARED],
        mut visit: impl FnMut(usize) -> bool,
    ) -> bool {
        let codes = Codes::from_le_bytes(codes);
        let words = match self.firsts.get(bucket(codes)..) {
            Some([first, end, ..]) => self.words.get(*first as usize..*end as usize),
            _ => None,
        };
        let mut words = words.unwrap_or_default().iter();
        words.all(|word| !word.is_start_of(codes) || visit(word.number))
    }
}

impl Word {
    fn new((number, word): (usize, &[u8])) -> Self {
        let codes = |of: fn(u8) -> u8| {
            let mut codes = [0; COMPARED];
            let pairs = codes.iter_mut().zip(word);
            pairs.for_each(|(to, byte)| *to = of(*byte));
            Codes::from_le_bytes(codes)
        };
        Self {
            number,
            start: codes(code),
            compared: codes(|_| u8::MAX),
        }
    }

    /// Whether it has so many bytes.
    fn has(&self, bytes: usize) -> bool {
        self.compared & mask(bytes) == mask(bytes)
    }

    /// Whether the bytes with these codes may be its first.
    fn is_start_of(&self, codes: Codes) -> bool {
        (codes ^ self.start) & self.compared == 0
    }
}

/// How many bytes of a long word are in its beginning: with fewer, much of other text begins like one.
const LONG: usize = 6;
/// How many are in that of a shorter one. The last may be any if the word ends before it.
const SHORT: usize = SHORTEST_WORD + 1;

/// How words begin.
struct Beginnings {
    of_long: Bloom,
    of_short: Bloom,
}

impl Beginnings {
    fn new(words: &[Word]) -> Self {
        let is_long = |word: &&Word| word.has(LONG);
        let long = words.iter().filter(is_long);
        let short = words.iter().filter(|word| !is_long(word));
        let of_short = short.flat_map(|word| {
            let ends_before = !word.has(SHORT);
            let any = ends_before.then_some(1..=u8::MAX >> 2);
            let others = any.into_iter().flatten();
            let others = others.map(|code| Codes::from(code) << (8 * SHORTEST_WORD));
            iter::once(0).chain(others).map(|last| word.start | last)
        });
        Self {
            of_long: long.map(|word| word.start & mask(LONG)).collect(),
            of_short: of_short.map(|start| start & mask(SHORT)).collect(),
        }
    }

    #[inline]
    fn may_have(&self, codes: Codes) -> bool {
        // Both, for a branch costs more.
        self.of_long.may_have(codes & mask(LONG)) | self.of_short.may_have(codes & mask(SHORT))
    }
}

/// The bits of so many codes.
const fn mask(codes: usize) -> Codes {
    Codes::MAX >> (8 * (COMPARED - codes))
}

/// By how many bits a filter tells its members apart: so many that few others are taken for one.
const BLOOM_BITS: u32 = 17;
const BLOOM_WORDS: usize = 1 << (BLOOM_BITS - u64::BITS.ilog2());

/// A Bloom filter with one hash function.
struct Bloom(Box<[u64; BLOOM_WORDS]>);

impl FromIterator<Codes> for Bloom {
    fn from_iter<I: IntoIterator<Item = Codes>>(all: I) -> Self {
        let mut words = Box::new([0; BLOOM_WORDS]);
        for codes in all {
            let (nth, bit) = Self::place(codes);
            if let Some(word) = words.get_mut(nth) {
                *word |= 1 << bit;
            }
        }
        Self(words)
    }
}

impl Bloom {
    #[inline]
    fn may_have(&self, codes: Codes) -> bool {
        let (nth, bit) = Self::place(codes);
        self.0.get(nth).is_some_and(|word| (word >> bit) & 1 != 0)
    }

    #[inline]
    fn place(codes: Codes) -> (usize, u64) {
        let hash = mixed(codes) >> (u64::BITS - BLOOM_BITS);
        let width = u64::from(u64::BITS);
        ((hash / width) as usize, hash % width)
    }
}

/// Where words go on in the same bucket.
fn bucket(codes: Codes) -> usize {
    (mixed(codes & mask(SHORTEST_WORD)) >> (u64::BITS - BUCKET_BITS)) as usize
}

/// A number for some codes, the upper bits of which depend on all of them.
#[inline]
fn mixed(codes: Codes) -> u64 {
    codes.wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The number of a byte among the flat ones, in the order of these.
#[inline]
pub(crate) fn code(byte: u8) -> u8 {
    let flat = flat(byte);
    (flat & 0x1F) | ((flat & 0x40) >> 1)
}

/// The bytes that may stand so far behind the start of a word. Behind its end stands any.
pub(super) fn bytes_at(word: &[u8], place: usize) -> Bytes {
    word.get(place).map_or(Bytes::MAX, |byte| 1 << code(*byte))
}

/// The bytes that may stand right before a word.
pub(super) fn bytes_before(behind: Behind) -> Bytes {
    let flat = (0..=u8::MAX).filter(|byte| flat(*byte) == *byte);
    let before = flat.filter(|byte| behind.may_be(*byte));
    before.fold(0, |bytes, byte| bytes | 1 << code(byte))
}
