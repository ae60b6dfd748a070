//! The search for many words, at a cost that hardly depends on how many they are.
//!
//! The text is read in pairs of bytes. Words are put into groups, and each pair has four sets of them: of those with a word
//! that has the pair at the first, second, third or fourth place. A group that is in the first set of a pair, in the second of
//! the next, and so on, may have a word there; one that is not has none. The first pair stands before a word, or ends with its
//! first byte, so that a group counts twice, and a word is not looked for in the middle of others. Where words end early, any
//! byte goes. Where a group is left, a word may start that starts with the same eight bytes.

use std::ops::Range;

use fearless_simd::{Level, dispatch};

use super::{super::scratch::Scratch, flat};

/// How many pairs are looked at together.
const PAIRS: usize = 4;
/// How many groups of words there are. In each set, bits above these are for words that start in the middle of a pair.
const GROUPS: usize = 32;
/// The bits of those that start with a pair.
const LOWER: Set = (1 << GROUPS) - 1;
/// How many different bytes there are once they are flat.
const CODES: usize = 64;
/// How many pairs are numbered in one step.
const STEP: usize = 128;
/// How much of a word the pairs cover.
const COVERED: usize = 2 * (PAIRS - 1);
/// How much of a word is compared at once.
const COMPARED: usize = size_of::<Codes>();

/// A set of groups, in bits.
type Set = u64;
/// A set of bytes by their codes, in bits.
type Bytes = u64;
/// The codes of some bytes, the first in the lowest bits.
type Codes = u64;

/// The groups that have the pairs read last at their first one, two or three places.
#[derive(Clone, Copy, Default)]
struct Last {
    one: Set,
    two: Set,
    three: Set,
}

/// Words of at least three flat bytes.
pub(super) struct Pairs {
    /// For each pair, the groups that have it at each place.
    sets: Box<[Set; PAIRS * CODES * CODES]>,
    /// For each pair, how many words start with a lower one.
    firsts: Vec<usize>,
    words: Vec<Word>,
}

struct Word {
    number: usize,
    /// How it starts, and the bits of that much.
    start: Codes,
    compared: Codes,
}

impl Pairs {
    /// The shortest word, in bytes.
    pub(super) const SHORTEST_WORD: usize = 3;

    /// The words in order with their numbers, and whether each is looked for only where no letter or digit stands before it.
    pub(super) fn new(words: &[(usize, &[u8], bool)]) -> Self {
        // Words of one length that start alike have the most in common.
        let mut alike = words.to_vec();
        alike.sort_by_key(|(_, word, _)| (word.len().min(COVERED), *word));
        let mut following: Vec<_> = vec![[[0; CODES]; PAIRS]; 2 * GROUPS];
        for (place, (_, word, at_start)) in alike.into_iter().enumerate() {
            let group = place * GROUPS / words.len();
            for (offset, bit) in [(0, group), (1, group + GROUPS)] {
                if let Some(following) = following.get_mut(bit) {
                    add(word, at_start, offset, following);
                }
            }
        }
        let is_before = |word: &[u8], pair| match *word {
            [a, b, ..] => usize::from(number([a, b].map(code))) < pair * PAIRS,
            _ => false,
        };
        let firsts = (0..=CODES * CODES)
            .map(|pair| words.partition_point(|(_, word, _)| is_before(word, pair)));
        Self {
            sets: sets(&following),
            firsts: firsts.collect(),
            words: words.iter().map(Word::new).collect(),
        }
    }

    /// Visits the places in the block where words may start, with their numbers, until `visit` returns false. Counts how often
    /// it looks closely.
    pub(super) fn visit(
        &self,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, usize) -> bool,
        looks: &mut usize,
    ) -> bool {
        dispatch!(Level::new(), _ => self.visit_with(text, block, scratch, visit, looks))
    }

    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn visit_with(
        &self,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, usize) -> bool,
        looks: &mut usize,
    ) -> bool {
        let before = [2, 1].map(|back| {
            let byte = block.start.checked_sub(back).and_then(|at| text.get(at));
            byte.copied().unwrap_or(b' ')
        });
        let end = text.len().min(block.end + COMPARED);
        let within = text.get(block.start..end).unwrap_or_default();
        let copy = scratch.copy_behind(before, within, COMPARED, code);
        let (pairs, _) = copy.as_chunks();
        let pairs = pairs.get(..block.len() / 2 + PAIRS).unwrap_or(pairs);
        let mut numbers = [0; STEP];
        let mut found = [0; STEP / 4];
        let mut last = Last::default();
        for (step, pairs) in pairs.chunks(STEP).enumerate() {
            for (to, pair) in numbers.iter_mut().zip(pairs) {
                *to = number(*pair);
            }
            let (fours, _) = numbers.as_chunks();
            let fours = fours.get(..pairs.len().div_ceil(4)).unwrap_or_default();
            let count = self.find(fours, &mut last, &mut found);
            for &four in found.get(..count).unwrap_or_default() {
                let pair = step * STEP + 4 * usize::from(four);
                *looks += 1;
                if !self.look(copy, pair, block.len(), visit) {
                    return false;
                }
            }
        }
        true
    }

    /// Notes which fours of pairs end with one at which groups are left, one behind the other, and tells how many. Nothing
    /// depends on where that is: it is too often for a processor to be surprised each time.
    ///
    /// Apart from what calls it, so that it has all registers for itself.
    #[inline(never)]
    fn find(&self, fours: &[[u16; 4]], last: &mut Last, found: &mut [u8; STEP / 4]) -> usize {
        let Last {
            mut one,
            mut two,
            mut three,
        } = *last;
        let mut count = 0;
        for (nth, four) in (0..).zip(fours) {
            let groups = four.map(|number| {
                let groups = three & self.set(number, 3);
                three = two & self.set(number, 2);
                two = one & self.set(number, 1);
                one = self.set(number, 0);
                groups
            });
            if let Some(to) = found.get_mut(count) {
                *to = nth;
            }
            let any = groups.iter().fold(0, |any, groups| any | groups);
            count += usize::from(any != 0);
        }
        *last = Last { one, two, three };
        count
    }

    /// Looks closely at four pairs: visits the words that may start where groups are left.
    fn look(
        &self,
        copy: &[u8],
        first: usize,
        starts: usize,
        visit: &mut dyn FnMut(usize, usize) -> bool,
    ) -> bool {
        (first..first + 4).all(|last| {
            let pairs = last.checked_sub(PAIRS - 1).and_then(|from| {
                let bytes = copy.get(2 * from..2 * (last + 1))?;
                bytes.as_chunks().0.first_chunk::<PAIRS>()
            });
            let groups = pairs.map_or(0, |pairs| {
                let sets = pairs.iter().zip(0..);
                let sets = sets.map(|(pair, place)| self.set(number(*pair), place));
                sets.fold(Set::MAX, |groups, set| groups & set)
            });
            groups == 0 || self.visit_groups(groups, copy, 2 * (last + 1), starts, visit)
        })
    }

    /// The groups that have a pair at a place.
    #[inline]
    fn set(&self, number: u16, place: usize) -> Set {
        let first = usize::from(number) % (CODES * CODES * PAIRS) / PAIRS * PAIRS;
        self.sets.get(first + place).copied().unwrap_or_default()
    }

    /// Visits the words that may start where these groups are left, at the pairs that end here in the copy.
    fn visit_groups(
        &self,
        groups: Set,
        copy: &[u8],
        end: usize,
        starts: usize,
        visit: &mut dyn FnMut(usize, usize) -> bool,
    ) -> bool {
        let first = end - 2 * PAIRS;
        let halves = [(first + 1, groups >> GROUPS), (first + 2, groups & LOWER)];
        halves.into_iter().all(|(at, groups)| {
            let start = at.checked_sub(2).filter(|start| *start < starts);
            let (Some(start), Some(codes)) = (
                start.filter(|_| groups != 0),
                copy.get(at..).and_then(<[u8]>::first_chunk::<COMPARED>),
            ) else {
                return true;
            };
            let [first, second, ..] = *codes;
            let codes = Codes::from_le_bytes(*codes);
            let words = self.words_with([first, second]).iter();
            let mut words = words.filter(|word| word.is_start_of(codes));
            words.all(|word| visit(start, word.number))
        })
    }

    /// The words that start with the codes.
    fn words_with(&self, pair: [u8; 2]) -> &[Word] {
        let words = match self.firsts.get(usize::from(number(pair)) / PAIRS..) {
            Some([first, end, ..]) => self.words.get(*first..*end),
            _ => None,
        };
        words.unwrap_or_default()
    }
}

impl Word {
    fn new(&(number, word, _): &(usize, &[u8], bool)) -> Self {
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

/// For each place, the bytes that may follow each byte.
type Following = [[Bytes; CODES]; PAIRS];

/// Adds the pairs of a word whose first byte is at an offset behind the first pair.
fn add(word: &[u8], at_start: bool, offset: usize, following: &mut Following) {
    const ALL: Bytes = Bytes::MAX;
    let bytes_at = |at: usize| match at.checked_sub(2 - offset) {
        Some(at) => word.get(at).map_or(ALL, |byte| 1 << code(*byte)),
        None if at_start && at + offset == 1 => not_alphanumeric(),
        None => ALL,
    };
    for (place, following) in following.iter_mut().enumerate() {
        let (first, second) = (bytes_at(2 * place), bytes_at(2 * place + 1));
        for (code, following) in following.iter_mut().enumerate() {
            if (first >> code) & 1 != 0 {
                *following |= second;
            }
        }
    }
}

/// What each pair has at each place, from what may follow each byte for each bit of a set.
fn sets(following: &[Following]) -> Box<[Set; PAIRS * CODES * CODES]> {
    let mut sets = vec![0; PAIRS * CODES * CODES].into_boxed_slice();
    for (bit, following) in following.iter().enumerate() {
        for (place, following) in following.iter().enumerate() {
            for (bytes, sets) in following.iter().zip(sets.chunks_mut(CODES * PAIRS)) {
                let mut left = *bytes;
                while left != 0 {
                    let second = left.trailing_zeros() as usize;
                    if let Some(set) = sets.get_mut(second * PAIRS + place) {
                        *set |= 1 << bit;
                    }
                    left &= left - 1;
                }
            }
        }
    }
    #[expect(clippy::expect_used, reason = "the slice was made with this length")]
    sets.try_into().expect("sets for each pair")
}

fn not_alphanumeric() -> Bytes {
    let flat = (0..=u8::MAX).filter(|byte| flat(*byte) == *byte);
    let others = flat.filter(|byte| !byte.is_ascii_alphanumeric());
    others.fold(0, |bytes, byte| bytes | 1 << code(byte))
}

/// The number of a byte among the flat ones, in the order of these.
#[inline]
fn code(byte: u8) -> u8 {
    let flat = flat(byte);
    (flat & 0x1F) | ((flat & 0x40) >> 1)
}

/// The number of a pair of codes, in their order.
#[inline]
fn number(pair: [u8; 2]) -> u16 {
    let pair = u16::from_le_bytes(pair);
    ((pair << 8) & 0x3F00) | ((pair >> 6) & 0xFC)
}
