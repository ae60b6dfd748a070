//! The search for the words of all searches at once.
//!
//! It compares many bytes with many words in one step (the Teddy algorithm of the `aho-corasick` crate), over a copy of the
//! text in which upper and lower case are alike. It may take something else for a word now and then, never miss one.

use std::ops::Range;

use aho_corasick::{
    AhoCorasick, Input, Span,
    packed::{Config, MatchKind, Searcher},
};

use super::scratch::Scratch;

/// How many words one pass over the text looks for at most.
const WORDS_PER_PASS: usize = 64;
/// A pass is the faster, the more bytes its shortest word has, up to this many.
const LONG_WORD: usize = 4;
/// No word is longer. So much of a word may lie beyond the block that it starts in.
const LONGEST_WORD: usize = 48;
/// Shorter text is filled up, because the search has a slow way with it.
const SHORTEST_TEXT: usize = 64;

/// The words that searches wait for.
pub(crate) struct Words {
    /// Looked for in a copy that is [`flat`].
    ascii: Vec<Pass>,
    /// Words with characters beyond ASCII, looked for where there are such.
    other: Vec<Pass>,
}

/// Some of the words, which are looked for together.
struct Pass {
    finder: Finder,
    /// For each word, the searches that wait for it.
    waiting: Vec<Vec<usize>>,
}

impl Words {
    /// The words of each search. In an ASCII word, a space stands for any white space and for any part of a character
    /// beyond ASCII; a word beyond ASCII is in lower case.
    pub(crate) fn new<'w>(searches: impl Iterator<Item = &'w [&'w str]>) -> Self {
        let mut words: Vec<(Vec<u8>, Vec<usize>)> = Vec::new();
        for (search, own) in searches.enumerate() {
            words.extend(own.iter().map(|word| {
                let bytes = word
                    .bytes()
                    .map(if word.is_ascii() { flat } else { lower_case });
                (bytes.collect(), vec![search])
            }));
        }
        let of_class = |is_ascii: bool, is_long: bool| {
            let class = words.iter().filter(|(word, _)| {
                word.is_ascii() == is_ascii && (word.len() >= LONG_WORD) == is_long
            });
            shortest(class.cloned().collect())
        };
        let passes = |is_ascii| {
            let classes = [of_class(is_ascii, false), of_class(is_ascii, true)];
            classes
                .iter()
                .flat_map(|words| words.chunks(WORDS_PER_PASS))
                .map(Pass::new)
                .collect()
        };
        Self {
            ascii: passes(true),
            other: passes(false),
        }
    }

    /// Visits the places in the block where words start, with who waits for them, until `visit` returns false.
    pub(crate) fn visit(
        &self,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, &[usize]) -> bool,
    ) -> bool {
        let end = text.len().min(block.end + LONGEST_WORD - 1);
        let within = text.get(block.start..end).unwrap_or_default();
        let padding = SHORTEST_TEXT.saturating_sub(within.len());
        let mut run = |passes: &[Pass], copy: &[u8]| {
            passes.iter().all(|pass| {
                pass.visit(copy, block.len(), &mut |at, waiting| {
                    visit(block.start + at, waiting)
                })
            })
        };
        run(&self.ascii, scratch.copy(within, padding, flat))
            && (self.other.is_empty()
                || within.is_ascii()
                || run(
                    &self.other,
                    scratch.copy(within, padding, |byte| byte.to_ascii_lowercase()),
                ))
    }
}

impl Pass {
    fn new(words: &[(Vec<u8>, Vec<usize>)]) -> Self {
        Self {
            finder: Finder::new(words.iter().map(|(word, _)| word.as_slice())),
            waiting: words.iter().map(|(_, waiting)| waiting.clone()).collect(),
        }
    }

    fn visit(
        &self,
        text: &[u8],
        starts: usize,
        visit: &mut dyn FnMut(usize, &[usize]) -> bool,
    ) -> bool {
        let mut from = 0;
        while let Some((at, word)) = self.finder.find(text, from).filter(|&(at, _)| at < starts) {
            if !visit(at, self.waiting.get(word).map_or(&[], Vec::as_slice)) {
                return false;
            }
            from = at + 1;
        }
        true
    }
}

/// The words without those that start with another: who waits for such a one is told of the shorter. So no two start at the
/// same place.
fn shortest(mut words: Vec<(Vec<u8>, Vec<usize>)>) -> Vec<(Vec<u8>, Vec<usize>)> {
    words.sort();
    words.dedup_by(|(longer, waiting), (shorter, all_waiting)| {
        let starts_with_it = longer.starts_with(shorter.as_slice());
        if starts_with_it {
            all_waiting.append(waiting);
            all_waiting.sort_unstable();
            all_waiting.dedup();
        }
        starts_with_it
    });
    words
}

/// Finds the first of some words.
enum Finder {
    Packed(Searcher),
    /// Where the processor lacks what the packed one needs.
    Automaton(AhoCorasick),
}

impl Finder {
    fn new<'w>(words: impl Iterator<Item = &'w [u8]> + Clone) -> Self {
        let mut packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        match packed.extend(words.clone()).build() {
            Some(searcher) => Finder::Packed(searcher),
            #[expect(
                clippy::expect_used,
                reason = "fails only on words that are too many or too long"
            )]
            None => Finder::Automaton(
                AhoCorasick::new(words).expect("a few dozen short words make an automaton"),
            ),
        }
    }

    /// Where the first word starts at or behind `from`, and which it is.
    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match self {
            Finder::Packed(searcher) => {
                let span = Span {
                    start: from,
                    end: text.len(),
                };
                searcher.find_in(text, span)
            }
            Finder::Automaton(automaton) => automaton.find(Input::new(text).range(from..)),
        };
        found.map(|found| (found.start(), found.pattern().as_usize()))
    }
}

fn lower_case(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// The byte with few of its differences left, at the cost of three instructions for many bytes: letters are in lower case,
/// and a space is all that is no visible ASCII character. Some punctuation becomes other punctuation.
fn flat(byte: u8) -> u8 {
    let visible = if byte.cast_signed() > 0x20 { 0xFF } else { 0 };
    (byte & visible) | 0x20
}

#[cfg(test)]
mod tests {
    use super::{super::BLOCK, *};

    /// Checks who is told of words where. `expected` holds the searches at each byte of the text, `.` for none.
    fn check(searches: &[&[&str]], text: &str, expected: &str) {
        let words = Words::new(searches.iter().copied());
        for block in [1, 7, BLOCK] {
            let mut told = vec![".".to_owned(); text.len()];
            for start in (0..text.len()).step_by(block) {
                let block = start..text.len().min(start + block);
                words.visit(
                    text.as_bytes(),
                    &block,
                    &mut Scratch::new(),
                    &mut |at, waiting| {
                        told[at] = waiting.iter().map(ToString::to_string).collect();
                        true
                    },
                );
            }
            assert_eq!(told.concat(), expected, "{text}");
        }
    }

    #[test]
    fn words_are_found_in_any_case_and_with_any_white_space() {
        check(&[&["can't"], &["rm -"]], "I CAN'T rm -rf", "..0.....1.....");
        check(&[&["rm -", "rm  "]], "rm\t- rm\u{A0}-", "0....0....");
    }

    #[test]
    fn overlapping_words_are_all_found() {
        check(&[&["../", "/var"]], "../var", "0.0...");
        check(&[&["aaaa"]], "aaaaaa", "000...");
    }

    #[test]
    fn who_waits_for_a_longer_word_is_told_of_its_start() {
        check(
            &[&["/etc/passwd"], &["/etc"], &["/etc"]],
            "/etcetera",
            "012........",
        );
    }

    #[test]
    fn words_beyond_ascii_keep_their_characters() {
        check(
            &[&["\u{E7}a va"], &["  a v"]],
            "\u{C7}A VA \u{E7}a va",
            "1......0.....",
        );
        check(&[&["\u{4E0D}\u{80FD}"]], "\u{4E0D}\u{80FD}", "0.....");
    }

    #[test]
    fn any_number_of_words_is_found() {
        let words: Vec<String> = (100..300).map(|n| format!("word{n}")).collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        for word in &words {
            check(&[&words], word, "0......");
        }
    }

    #[test]
    fn a_visit_ends_when_it_is_told_to() {
        let words = Words::new([&["aaaa"][..]].into_iter());
        let mut places = Vec::new();
        let went_on = words.visit(b"aaaaaaaa", &(0..8), &mut Scratch::new(), &mut |at, _| {
            places.push(at);
            at < 2
        });
        assert!(!went_on);
        assert_eq!(places, [0, 1, 2]);
    }
}
