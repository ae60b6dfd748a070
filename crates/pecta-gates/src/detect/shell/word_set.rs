//! A list of short words, which is asked often.

/// The longest word that a set can hold, in bytes.
const LONGEST: usize = 16;

/// Words of up to 16 bytes, each as a number, so that finding one takes a few comparisons of numbers.
pub(crate) struct WordSet<const N: usize> {
    numbers: [u128; N],
    longest: usize,
}

impl<const N: usize> WordSet<N> {
    /// The words, which are sorted.
    pub(crate) const fn new(words: &[&str; N]) -> Self {
        let mut numbers = [0; N];
        let mut longest = 0;
        let mut at = 0;
        #[expect(
            clippy::indexing_slicing,
            reason = "no index is out of bounds, and in a constant it would not compile"
        )]
        while at < N {
            numbers[at] = number(words[at].as_bytes());
            assert!(at == 0 || numbers[at - 1] < numbers[at], "words are sorted");
            if words[at].len() > longest {
                longest = words[at].len();
            }
            at += 1;
        }
        Self { numbers, longest }
    }

    pub(crate) fn contains(&self, word: &str) -> bool {
        word.len() <= self.longest
            // In the number, what is behind a word is nought.
            && !word.ends_with('\0')
            && self.numbers.binary_search(&number(word.as_bytes())).is_ok()
    }
}

/// The bytes of a word as one number, in whose order words are as in that of their bytes.
const fn number(word: &[u8]) -> u128 {
    assert!(word.len() <= LONGEST, "a short word");
    let mut bytes = [0; LONGEST];
    let mut at = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "no index is out of bounds, and in a constant it would not compile"
    )]
    while at < word.len() {
        bytes[at] = word[at];
        at += 1;
    }
    u128::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_of_the_set_are_in_it() {
        let set = WordSet::new(&["a", "an", "anything", "instead-of-them-"]);
        for word in ["a", "an", "anything", "instead-of-them-"] {
            assert!(set.contains(word), "{word}");
        }
        for word in [
            "",
            "b",
            "any",
            "anythin",
            "anythings",
            "instead-of-them-all",
            "\0",
            "a\0",
            "anything\0\0",
            "a\u{E9}",
        ] {
            assert!(!set.contains(word), "{word}");
        }
    }
}
