//! A quick look at how a text starts.

use crate::prefilter::code;

/// How many bytes tell most phrases from other text.
const LONG: usize = 6;
/// How many all phrases have, together with what ends their last word.
const SHORT: usize = 3;

/// How phrases start, once case is left out of account.
pub(super) struct Starts {
    /// The first three bytes of all phrases.
    all: Codes,
    /// The first three bytes of those that are shorter than six.
    short: Codes,
    /// The first six bytes of the others.
    long: Codes,
}

impl Starts {
    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p [u8]>) -> Self {
        let mut starts = Self {
            all: Codes::new(),
            short: Codes::new(),
            long: Codes::new(),
        };
        for phrase in phrases {
            // What follows a shorter phrase ends its last word; what follows that may be anything.
            debug_assert!(phrase.len() + 1 >= SHORT, "{phrase:?} is too short");
            let ends = (0..=0x7F_u8).filter(|end| !end.is_ascii_alphanumeric());
            let ends = ends.take(if phrase.len() < SHORT { usize::MAX } else { 1 });
            for end in ends {
                let start = [phrase, &[end; SHORT]].concat();
                starts.all.add::<SHORT>(&start);
                if phrase.len() < LONG {
                    starts.short.add::<SHORT>(&start);
                }
            }
            if phrase.len() >= LONG {
                starts.long.add::<LONG>(phrase);
            }
        }
        starts
    }

    /// Whether a phrase may start as the text does. Others than ASCII characters are not looked at.
    pub(super) fn may_start(&self, text: &[u8]) -> bool {
        let is_short = text.len() < SHORT;
        is_short
            || self.all.may_hold::<SHORT>(text)
                && (self.long.may_hold::<LONG>(text) || self.short.may_hold::<SHORT>(text))
    }
}

/// A set of starts of as many bytes each, a bit for each hash of their codes.
struct Codes(Vec<u64>);

impl Codes {
    /// Some thousands of starts leave one bit in twenty set.
    const BITS: u32 = 16;

    fn new() -> Self {
        Self(vec![0; 1 << (Self::BITS - u64::BITS.ilog2())])
    }

    fn add<const N: usize>(&mut self, text: &[u8]) {
        if let Some(start) = text.first_chunk::<N>() {
            let (word, bit) = Self::place(start);
            if let Some(bits) = self.0.get_mut(word) {
                *bits |= 1 << bit;
            }
        }
    }

    /// Whether the start of the text is among them. So may be one that is not ASCII; one that is too short is not.
    fn may_hold<const N: usize>(&self, text: &[u8]) -> bool {
        let Some(start) = text.first_chunk::<N>() else {
            return !text.is_ascii();
        };
        let (word, bit) = Self::place(start);
        let bits = self.0.get(word).copied().unwrap_or_default();
        !start.is_ascii() || (bits >> bit) & 1 != 0
    }

    /// The number and bit of a start.
    fn place<const N: usize>(start: &[u8; N]) -> (usize, u32) {
        let codes = start.map(code).into_iter();
        let codes = codes.fold(0, |codes: u64, code| (codes << 6) | u64::from(code));
        let mixed = codes.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> (u64::BITS - Self::BITS);
        let mixed = u32::try_from(mixed).unwrap_or_default();
        ((mixed / u64::BITS) as usize, mixed % u64::BITS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_start_with_phrases_in_any_case() {
        let starts = Starts::new(
            ["sorry", "no", "I cannot", "\u{6297}\u{6B49}"]
                .map(str::as_bytes)
                .into_iter(),
        );
        let check = |text: &str, expected| {
            assert_eq!(starts.may_start(text.as_bytes()), expected, "{text}");
        };
        for text in [
            "sorry",
            "Sorry",
            "SORBET",
            "No, thanks",
            "no.",
            "no\n",
            "no",
            "I cannot",
            "i CANNibal",
            "I ca\u{F1}",
            "\u{6297}",
            "n\u{E9}",
        ] {
            check(text, true);
        }
        for text in [
            "so it is", "not", "nor", "yes", "status", "404", "{}{}", "I can do", "I can",
        ] {
            check(text, false);
        }
    }
}
