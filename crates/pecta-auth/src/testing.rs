//! What the tests of several modules share.

use std::convert::Infallible;

use crate::{ApiKey, KeyKind};

/// A source of bytes that follow from a seed (`SplitMix64`).
pub(crate) fn fill_from(mut seed: u64) -> impl FnMut(&mut [u8]) -> Result<(), Infallible> {
    move |buffer| {
        for chunk in buffer.chunks_mut(8) {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            chunk.copy_from_slice(&(mixed ^ (mixed >> 31)).to_le_bytes()[..chunk.len()]);
        }
        Ok(())
    }
}

pub(crate) fn key(kind: KeyKind, seed: u64) -> ApiKey {
    let Ok(key) = ApiKey::generate(kind, fill_from(seed));
    key
}
