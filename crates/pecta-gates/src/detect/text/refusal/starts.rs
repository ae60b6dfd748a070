//! A quick look at how a text starts.

use crate::prefilter::code;

/// The first three bytes with which phrases start, a bit for each three that there are once case is left out of account.
pub(super) struct Starts(Vec<u64>);

impl Starts {
    const BYTES: usize = 3;

    pub(super) fn new<'p>(phrases: impl Iterator<Item = &'p [u8]>) -> Self {
        let mut starts = Self(vec![0; 1 << 12]);
        for phrase in phrases {
            // What follows a shorter phrase ends its last word; what follows that may be anything.
            debug_assert!(phrase.len() + 1 >= Self::BYTES, "{phrase:?} is too short");
            let ends = (0..=0x7F_u8).filter(|end| !end.is_ascii_alphanumeric());
            let ends = ends.take(if phrase.len() < Self::BYTES {
                usize::MAX
            } else {
                1
            });
            for end in ends {
                starts.add(&[phrase, &[end; Self::BYTES]].concat());
            }
        }
        starts
    }

    fn add(&mut self, text: &[u8]) {
        let place = Self::place(text);
        if let Some((word, bit)) = place
            && let Some(bits) = self.0.get_mut(word)
        {
            *bits |= 1 << bit;
        }
    }

    /// Whether a phrase may start as the text does. Others than ASCII characters are not looked at.
    pub(super) fn may_start(&self, text: &[u8]) -> bool {
        let start = text.get(..Self::BYTES).filter(|start| start.is_ascii());
        start.and_then(Self::place).is_none_or(|(word, bit)| {
            let bits = self.0.get(word).copied().unwrap_or_default();
            (bits >> bit) & 1 != 0
        })
    }

    /// The number and bit of a start.
    fn place(text: &[u8]) -> Option<(usize, usize)> {
        let [a, b, c] = *text.first_chunk::<3>()?;
        let [a, b, c] = [a, b, c].map(|byte| usize::from(code(byte)));
        Some(((a << 6) | b, c))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_may_start_with_phrases_in_any_case() {
        let starts = Starts::new(
            ["sorry", "no", "\u{6297}\u{6B49}"]
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
            "\u{6297}",
            "n\u{E9}",
        ] {
            check(text, true);
        }
        for text in ["so it is", "not", "nor", "yes", "status", "404", "{}{}"] {
            check(text, false);
        }
    }
}
