//! Which words may start with some bytes.

use super::flat;

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
            words,
        }
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

    /// Whether the bytes with these codes may be its first.
    fn is_start_of(&self, codes: Codes) -> bool {
        (codes ^ self.start) & self.compared == 0
    }
}

/// Where words go on in the same bucket.
fn bucket(codes: Codes) -> usize {
    let [a, b, c, ..] = codes.to_le_bytes();
    let mixed = u32::from_le_bytes([a, b, c, 0]).wrapping_mul(0x9E37_79B1);
    (mixed >> (u32::BITS - BUCKET_BITS)) as usize
}

/// The number of a byte among the flat ones, in the order of these.
#[inline]
pub(crate) fn code(byte: u8) -> u8 {
    let flat = flat(byte);
    (flat & 0x1F) | ((flat & 0x40) >> 1)
}

/// The bytes that may stand so far behind the start of a word; before it only those that are neither letters nor digits, if
/// it is looked for only there. Behind its end stands any.
pub(super) fn bytes_at(word: &[u8], at_start: bool, place: Option<usize>) -> Bytes {
    match place {
        Some(place) => word.get(place).map_or(Bytes::MAX, |byte| 1 << code(*byte)),
        None if at_start => not_alphanumeric(),
        None => Bytes::MAX,
    }
}

fn not_alphanumeric() -> Bytes {
    let flat = (0..=u8::MAX).filter(|byte| flat(*byte) == *byte);
    let others = flat.filter(|byte| !byte.is_ascii_alphanumeric());
    others.fold(0, |bytes, byte| bytes | 1 << code(byte))
}
