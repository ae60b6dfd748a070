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
    pub(super) fn are_likely(&self, codes: Beginning) -> bool {
        self.beginnings.may_have(codes)
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

/// By how many bits beginnings are told apart: so many that few of those of other text are taken for one of a word.
const BEGINNING_BITS: u32 = 15;

/// The codes of the first bytes of a word, of which the last may be any behind the shortest words.
type Beginning = [u8; SHORTEST_WORD + 1];

/// How words begin: a bit for each of the numbers that a beginning may have.
struct Beginnings(Vec<u64>);

impl Beginnings {
    fn new(words: &[Word]) -> Self {
        let mut bits = vec![0; 1 << (BEGINNING_BITS - u64::BITS.ilog2())];
        for word in words {
            let [a, b, c, d, ..] = word.start.to_le_bytes();
            let [.., compared, _, _, _, _] = word.compared.to_le_bytes();
            let every = 0..=u8::MAX >> 2;
            let last = if compared == 0 { every } else { d..=d };
            for beginning in last.map(|d| [a, b, c, d]) {
                let (nth, bit) = Self::place(beginning);
                if let Some(bits) = bits.get_mut(nth) {
                    *bits |= 1 << bit;
                }
            }
        }
        Self(bits)
    }

    #[inline]
    fn may_have(&self, beginning: Beginning) -> bool {
        let (nth, bit) = Self::place(beginning);
        self.0.get(nth).is_some_and(|bits| (bits >> bit) & 1 != 0)
    }

    /// Which of the numbers has the bit of a beginning, and which bit it is.
    #[inline]
    fn place(beginning: Beginning) -> (usize, u32) {
        let number = mixed(beginning) >> (u32::BITS - BEGINNING_BITS);
        ((number / u64::BITS) as usize, number % u64::BITS)
    }
}

/// Where words go on in the same bucket.
fn bucket(codes: Codes) -> usize {
    let [a, b, c, ..] = codes.to_le_bytes();
    (mixed([a, b, c, 0]) >> (u32::BITS - BUCKET_BITS)) as usize
}

/// A number for some codes, the upper bits of which depend on all of them.
#[inline]
fn mixed(codes: [u8; 4]) -> u32 {
    u32::from_le_bytes(codes).wrapping_mul(0x9E37_79B1)
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
