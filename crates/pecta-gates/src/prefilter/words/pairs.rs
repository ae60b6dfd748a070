//! The search for many words, at a cost that hardly depends on how many they are.
//!
//! The text is read in pairs of bytes. Words are put into groups, and each pair has four sets of them: of those with a word
//! that has the pair at the first, second, third or fourth place. A group that is in the first set of a pair, in the second of
//! the next, and so on, may have a word there; one that is not has none. The first pair stands before a word, or ends with its
//! first byte, so that a group counts twice, and a word is not looked for in the middle of others. Where words end early, any
//! byte goes. Where a group is left, a word may start that starts with the same three bytes.

use std::{ops::Range, slice};

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

/// A set of groups, in bits.
type Set = u64;
/// A set of bytes by their codes, in bits.
type Bytes = u64;

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
    /// The code of its third byte.
    third: u8,
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
        let start = |word: &[u8]| match *word {
            [a, b, c, ..] => [a, b, c].map(code),
            _ => [0; 3],
        };
        let is_before = |word: &[u8], pair| {
            let [a, b, _] = start(word);
            usize::from(number([a, b])) < pair * PAIRS
        };
        let firsts = (0..=CODES * CODES)
            .map(|pair| words.partition_point(|(_, word, _)| is_before(word, pair)));
        let of_word = |&(number, word, _): &(usize, &[u8], bool)| {
            let [_, _, third] = start(word);
            Word { number, third }
        };
        Self {
            sets: sets(&following),
            firsts: firsts.collect(),
            words: words.iter().map(of_word).collect(),
        }
    }

    /// Visits the places in the block where words may start, with their numbers, until `visit` returns false. Counts the
    /// places at which groups are left.
    pub(super) fn visit(
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
        let end = text.len().min(block.end + COVERED);
        let within = text.get(block.start..end).unwrap_or_default();
        let copy = scratch.copy_behind(before, within, 2 * PAIRS, code);
        let (pairs, _) = copy.as_chunks();
        let pairs = pairs.get(..block.len() / 2 + PAIRS).unwrap_or(pairs);
        let mut numbers = [0; STEP];
        let mut last = Last::default();
        for (step, pairs) in pairs.chunks(STEP).enumerate() {
            for (to, pair) in numbers.iter_mut().zip(pairs) {
                *to = number(*pair);
            }
            let (fours, _) = numbers.as_chunks();
            let fours = fours.get(..pairs.len().div_ceil(4)).unwrap_or_default();
            let mut left = fours.iter();
            while let Some(found) = self.find(&mut left, &mut last) {
                let passed = step * STEP + 4 * (fours.len() - left.len() - 1);
                let ends = (2 * (passed + 1)..).step_by(2).zip(found);
                let mut likely = ends.filter(|(_, groups)| *groups != 0);
                if !likely.all(|(end, groups)| {
                    *looks += 1;
                    self.visit_groups(groups, copy, end, block.len(), visit)
                }) {
                    return false;
                }
            }
        }
        true
    }

    /// The groups of which a word may lie at the end of each of the next four pairs, where there are any. Apart from what
    /// calls it, so that it has all registers for itself.
    #[inline(never)]
    fn find(&self, fours: &mut slice::Iter<'_, [u16; 4]>, last: &mut Last) -> Option<[Set; 4]> {
        let Last {
            mut one,
            mut two,
            mut three,
        } = *last;
        let found = fours.find_map(|four| {
            let found = four.map(|number| {
                let groups = three & self.set(number, 3);
                three = two & self.set(number, 2);
                two = one & self.set(number, 1);
                one = self.set(number, 0);
                groups
            });
            let any = found.iter().fold(0, |any, groups| any | groups);
            (any != 0).then_some(found)
        });
        *last = Last { one, two, three };
        found
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
            let (Some(start), Some([first, second, third])) = (
                start.filter(|_| groups != 0),
                copy.get(at..).and_then(<[u8]>::first_chunk),
            ) else {
                return true;
            };
            let words = self.words_with([*first, *second]).iter();
            let mut words = words.filter(|word| word.third == *third);
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
