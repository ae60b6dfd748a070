//! Places of a text that were looked at in vain: another that looks the same need not be looked at.
//!
//! Text that repeats itself is what costs a search most, whether somebody made it so or not.

use crate::detect::{Reach, around};

/// How many places are remembered.
const REMEMBERED: usize = 16;
/// How many bytes at a place tell which of the remembered ones may look like it.
const START: usize = 4;

/// The places of one text at which searches found nothing.
#[derive(Default)]
pub(super) struct Vain {
    /// Each with the number of the search, among others that start alike.
    places: Vec<Option<(usize, usize)>>,
}

impl Vain {
    /// Starts with another text.
    pub(super) fn clear(&mut self) {
        self.places.clear();
    }

    /// Looks at a place for the search of this number, unless it found nothing at another that looks the same as far as it
    /// reaches. `look` tells whether it found something.
    pub(super) fn unless_known(
        &mut self,
        text: &[u8],
        at: usize,
        search: usize,
        reach: Reach,
        look: impl FnOnce() -> bool,
    ) {
        let start: [u8; START] = around(text, at)
            .1
            .first_chunk()
            .copied()
            .unwrap_or_default();
        let mixed = u32::from_le_bytes(start).wrapping_mul(0x9E37_79B1) >> 16;
        let slot = (mixed as usize).wrapping_add(search) % REMEMBERED;
        let known = self.places.get(slot).copied().flatten();
        let looks_like = |other: usize| {
            let (part, from) = reach.around(text, at);
            let (other_part, other_from) = reach.around(text, other);
            from == other_from && part == other_part
        };
        if known.is_some_and(|(of, other)| of == search && looks_like(other)) {
            return;
        }
        if !look() {
            self.places.resize(REMEMBERED, None);
            if let Some(place) = self.places.get_mut(slot) {
                *place = Some((search, at));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REACH: Reach = Reach {
        before: 4,
        behind: 8,
    };

    /// How often it is looked at the places of `x` in the text, in vain.
    fn looks(text: &str) -> usize {
        let mut vain = Vain::default();
        let mut looks = 0;
        for (at, _) in text.match_indices('x') {
            vain.unless_known(text.as_bytes(), at, 3, REACH, || {
                looks += 1;
                false
            });
        }
        looks
    }

    #[test]
    fn places_that_look_the_same_are_looked_at_once() {
        // At both ends of the text less is in reach.
        assert_eq!(looks(&"x = 5; ".repeat(1000)), 3);
        assert_eq!(looks("abcdx1234567abcdx1234567abcdx1234568"), 2);
        assert_eq!(looks("abcdx1234567 bcdx1234567"), 2);
        assert_eq!(looks("abcdx1234567abcdx123"), 2);
    }

    #[test]
    fn what_was_found_is_found_again() {
        let mut vain = Vain::default();
        let mut found = 0;
        for at in [0, 12, 24] {
            vain.unless_known(&b"abcdx1234567".repeat(3), at, 0, REACH, || {
                found += 1;
                true
            });
        }
        assert_eq!(found, 3);
    }

    #[test]
    fn other_searches_and_texts_are_told_apart() {
        let text = b"abcdx1234567".repeat(3);
        let mut vain = Vain::default();
        let mut looks = Vec::new();
        for search in [0, 1, REMEMBERED] {
            vain.unless_known(&text, 4, search, REACH, || {
                looks.push(search);
                false
            });
        }
        vain.clear();
        vain.unless_known(&text, 16, 1, REACH, || {
            looks.push(9);
            false
        });
        assert_eq!(looks, [0, 1, REMEMBERED, 9]);
    }
}
