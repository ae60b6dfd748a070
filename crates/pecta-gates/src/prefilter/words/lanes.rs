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
    groups::{PLACES, Places, grouped},
    starts::{CODES, COMPARED, Starts, code},
};

/// How many places are looked at in one step.
const STEP: usize = CODES;
/// How many groups a table has.
const LANES: usize = u8::BITS as usize;
/// How many words a table has, at most about, so that few places are left.
const WORDS_PER_TABLE: usize = 200;

/// For each place, the groups that have a byte there, in bits, by its code.
type Tables = [[u8; CODES]; PLACES];

/// Words of at least [`SHORTEST_WORD`](super::starts::SHORTEST_WORD) flat bytes.
pub(super) struct Lanes {
    tables: Vec<Tables>,
    starts: Starts,
}

impl Lanes {
    /// The words with their numbers, and whether each is looked for only where no letter or digit stands before it.
    pub(super) fn new(words: &[(usize, &[u8], bool)]) -> Self {
        let tables = 1 + words.len().div_ceil(WORDS_PER_TABLE);
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
        dispatch!(Level::new(), simd => self.visit_with(simd, text, block, scratch, visit, looks))
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
        let copy = scratch.copy_behind(before, within, STEP + PLACES, code);
        for first in (0..block.len()).step_by(STEP) {
            let mut left = self.left(simd, copy.get(first..).unwrap_or_default());
            while left != 0 {
                *looks += 1;
                let start = first + left.trailing_zeros() as usize;
                left &= left - 1;
                let codes = copy.get(1 + start..).and_then(<[u8]>::first_chunk);
                let codes = codes.filter(|_| start < block.len());
                if !codes
                    .is_none_or(|codes| self.starts.visit(*codes, |number| visit(start, number)))
                {
                    return false;
                }
            }
        }
        true
    }

    /// Where groups are left, a bit for each place behind the first byte.
    #[expect(clippy::inline_always, reason = "compiled for what the processor has")]
    #[inline(always)]
    fn left<S: Simd>(&self, simd: S, copy: &[u8]) -> u64 {
        let codes: [_; PLACES] = array::from_fn(
            #[inline(always)]
            |place| {
                let bytes = copy.get(place..).and_then(<[u8]>::first_chunk);
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
