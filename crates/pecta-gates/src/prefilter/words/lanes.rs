//! The search for many words: many bytes are looked up in one step, each in a table of its own place.
//!
//! Words are put into groups. For the byte before a word and for each of its first bytes, a table tells the groups that have
//! a byte there. Where one is left in all tables, a word may start. This is the Teddy algorithm of the `aho-corasick` crate,
//! but with whole bytes instead of halves, with the byte before a word, and with words that are alike in one group, so that
//! few places are left.

use std::{array, ops::Range};

use fearless_simd::{Level, Simd, dispatch, prelude::*, u8x64};

use super::{
    super::scratch::Scratch,
    Behind,
    groups::{PLACES, Places, grouped},
    starts::{CODES, COMPARED, Starts, code},
};

/// How many places are looked at in one step.
const STEP: usize = CODES;
/// How much of the text a step looks at: the byte before its first place, and what may be compared behind its last.
const SEEN: usize = 1 + STEP + COMPARED;
/// How many groups a table has.
const LANES: usize = u8::BITS as usize;
/// How many words a table has, about: with fewer, steps take longer, and with more, too many places are left.
const WORDS_PER_TABLE: usize = 180;

/// For each place, the groups that have a byte there, in bits, by its code.
type Tables = [[u8; CODES]; PLACES];

/// Words of at least [`SHORTEST_WORD`](super::starts::SHORTEST_WORD) flat bytes.
pub(super) struct Lanes {
    tables: Vec<Tables>,
    starts: Starts,
}

impl Lanes {
    /// The words with their numbers, and behind what each counts.
    pub(super) fn new(words: &[(usize, &[u8], Behind)]) -> Self {
        let tables = (words.len() / WORDS_PER_TABLE).max(1);
        let groups = grouped(words, LANES * tables);
        Self {
            tables: groups.chunks(LANES).map(tables_of).collect(),
            starts: Starts::new(words.iter().map(|(number, word, _)| (*number, *word))),
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
        self.visit_at(Level::new(), text, block, scratch, visit, looks)
    }

    fn visit_at(
        &self,
        level: Level,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, usize) -> bool,
        looks: &mut usize,
    ) -> bool {
        dispatch!(level, simd => self.visit_with(simd, text, block, scratch, visit, looks))
    }

    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn visit_with<S: Simd>(
        &self,
        simd: S,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, usize) -> bool,
        looks: &mut usize,
    ) -> bool {
        let before = block.start.checked_sub(1).and_then(|at| text.get(at));
        let end = text.len().min(block.end + COMPARED);
        let within = text.get(block.start..end).unwrap_or_default();
        let before = [before.copied().unwrap_or(b' ')];
        let copy = scratch.copy_behind(before, within, SEEN, code);
        for first in (0..block.len()).step_by(STEP) {
            let Some(seen) = copy.get(first..).and_then(<[u8]>::first_chunk) else {
                break;
            };
            let within = STEP.min(block.len() - first);
            let left = self.left(simd, seen) & (u64::MAX >> (STEP - within));
            *looks += left.count_ones() as usize;
            for place in places(self.likely(seen, left)) {
                let codes = seen.get(1 + place..).and_then(<[u8]>::first_chunk);
                let visit = |number| visit(first + place, number);
                if !codes.is_none_or(|codes| self.starts.visit(*codes, visit)) {
                    return false;
                }
            }
        }
        true
    }

    /// The places of a step that are left after a look at how words begin there. Nothing branches on what is seen: in a text
    /// that is new to it, the processor would take the wrong way at every other place.
    #[inline]
    fn likely(&self, seen: &[u8; SEEN], left: u64) -> u64 {
        places(left).fold(0, |likely, place| {
            let codes = seen.get(1 + place..).and_then(<[u8]>::first_chunk);
            let is_likely = codes.is_some_and(|codes| self.starts.are_likely(*codes));
            likely | (u64::from(is_likely) << place)
        })
    }

    /// Where groups are left, a bit for each place behind the first byte.
    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn left<S: Simd>(&self, simd: S, seen: &[u8; SEEN]) -> u64 {
        let codes: [_; PLACES] = array::from_fn(
            #[inline(always)]
            |place| {
                let bytes = seen.get(place..).and_then(<[u8]>::first_chunk);
                u8x64::from_slice(simd, bytes.unwrap_or(&[0; STEP]))
            },
        );
        let mut all = u8x64::splat(simd, 0);
        for tables in &self.tables {
            let mut left = u8x64::splat(simd, u8::MAX);
            for (table, codes) in tables.iter().zip(codes) {
                left &= u8x64::from_slice(simd, table).swizzle_dyn(codes);
            }
            all |= left;
        }
        !all.simd_eq(0).to_bitmask()
    }
}

/// The places of the bits that are set, in order.
fn places(mut bits: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let place = bits.trailing_zeros();
        bits &= bits.checked_sub(1)?;
        Some(place as usize)
    })
}

/// The tables of some groups.
fn tables_of(groups: &[Places]) -> Tables {
    array::from_fn(|place| {
        array::from_fn(|code| {
            let has_it = |group: &Places| {
                group
                    .get(place)
                    .is_some_and(|bytes| (bytes >> code) & 1 != 0)
            };
            let bits = groups.iter().enumerate();
            bits.fold(0, |all, (bit, group)| {
                all | (u8::from(has_it(group)) << bit)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::{collection::vec, prelude::*, sample::select};

    use super::*;
    use crate::prefilter::levels;

    /// Words for two tables, a third of which are looked for anywhere.
    static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let ends = ["", "x", "-long", " and longer than eight"];
        (100..400)
            .map(|n| format!("w{n}{}", ends[n % ends.len()]))
            .collect()
    });

    fn behind(number: usize) -> Behind {
        [Behind::Anything, Behind::NoWord, Behind::NoName][number % 3]
    }

    static LANES: LazyLock<Lanes> = LazyLock::new(|| {
        let words = WORDS.iter().enumerate();
        let words = words.map(|(number, word)| (number, word.as_bytes(), behind(number)));
        Lanes::new(&words.collect::<Vec<_>>())
    });

    fn places(level: Level, text: &[u8], block: usize) -> Vec<(usize, usize)> {
        let mut places = Vec::new();
        for start in (0..text.len()).step_by(block) {
            let block = start..text.len().min(start + block);
            let mut visit = |at, number| {
                places.push((start + at, number));
                true
            };
            LANES.visit_at(level, text, &block, &mut Scratch::new(), &mut visit, &mut 0);
        }
        places
    }

    proptest! {
        #[test]
        fn every_processor_finds_every_word(
            parts in vec(prop_oneof![select(&**WORDS), "[ -~]{0,3}", "\\PC", " {0,70}"], 1..40),
            block in prop_oneof![1_usize..200, Just(1024)],
        ) {
            let text = parts.concat();
            let found: Vec<_> = levels().into_iter().map(|level| places(level, text.as_bytes(), block)).collect();
            for (at, _) in text.char_indices() {
                let (before, rest) = text.split_at(at);
                let before = before.bytes().last().unwrap_or(b' ');
                for (number, word) in WORDS.iter().enumerate() {
                    let is_there = rest.starts_with(word) && behind(number).may_be(before);
                    prop_assert!(!is_there || found.iter().all(|found| found.contains(&(at, number))), "{} at {}", word, at);
                }
            }
            prop_assert!(found.windows(2).all(|two| two[0] == two[1]));
        }
    }
}
