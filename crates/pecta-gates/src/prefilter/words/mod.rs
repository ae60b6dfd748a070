//! The search for the words of all searches at once.
//!
//! It goes over a copy of the text in which upper and lower case are alike. It may take something else for a word now and then,
//! never miss one.

mod groups;
mod lanes;
mod packed;
mod starts;

use std::ops::Range;

use super::scratch::Scratch;
use lanes::Lanes;
use packed::{Packed, SHORTEST_TEXT};
use starts::SHORTEST_WORD;
pub(crate) use starts::code;

/// How many words are few.
const FEW: usize = 32;
/// No word is longer. So much of a word may lie beyond the block that it starts in.
const LONGEST_WORD: usize = 48;

/// The words that searches wait for.
pub(crate) struct Words {
    all: Vec<Word>,
    ascii: Ascii,
    /// Words with characters beyond ASCII, looked for where there are such.
    other: Packed,
}

/// What finds words in a copy that is [`flat`].
enum Ascii {
    Few(Packed),
    Many(Lanes),
}

struct Word {
    bytes: Vec<u8>,
    is_ascii: bool,
    behind: Behind,
    /// The searches that wait for it.
    waiting: Vec<usize>,
}

impl Words {
    /// The words of each search, written as [`Detector::words`](crate::detect::Detector::words) says.
    pub(crate) fn new<'w>(searches: impl Iterator<Item = impl AsRef<[&'w str]>>) -> Self {
        let words = searches.enumerate().flat_map(|(search, words)| {
            let words = words.as_ref().iter();
            let words = words.map(|word| Word::new(word, search));
            words.collect::<Vec<_>>()
        });
        let words = shortest(words.collect());
        let bytes = |is_ascii| {
            let words = words.iter().map(|word| word.bytes.as_slice()).enumerate();
            words.filter(move |(_, word)| word.is_ascii() == is_ascii)
        };
        let ascii: Vec<_> = (words.iter().enumerate())
            .filter(|(_, word)| word.is_ascii)
            .map(|(number, word)| (number, &*word.bytes, word.behind))
            .collect();
        let are_short = ascii.iter().any(|(_, word, _)| word.len() < SHORTEST_WORD);
        Self {
            ascii: if ascii.len() <= FEW || are_short {
                Ascii::Few(Packed::new(bytes(true)))
            } else {
                Ascii::Many(Lanes::new(&ascii))
            },
            other: Packed::new(bytes(false)),
            all: words,
        }
    }

    /// Visits the places in the block where words start, with who waits for them, until `visit` returns false. Tells at how many
    /// places it looked for many words more than quickly.
    pub(crate) fn visit(
        &self,
        text: &[u8],
        block: &Range<usize>,
        scratch: &mut Scratch,
        visit: &mut dyn FnMut(usize, &[usize]) -> bool,
    ) -> usize {
        let end = text.len().min(block.end + LONGEST_WORD - 1);
        let within = text.get(block.start..end).unwrap_or_default();
        let padding = SHORTEST_TEXT.saturating_sub(within.len()).max(1);
        let mut looks = 0;
        let mut visit = |at: usize, number: usize| {
            let (before, rest) = crate::detect::around(text, block.start + at);
            match self.all.get(number) {
                Some(word) if word.may_start(before) && word.is_start_of(rest) => {
                    visit(block.start + at, &word.waiting)
                }
                _ => true,
            }
        };
        let went_on = match &self.ascii {
            Ascii::Few(words) => {
                words.visit(scratch.copy(within, padding, flat), block.len(), &mut visit)
            }
            Ascii::Many(words) => words.visit(text, block, scratch, &mut visit, &mut looks),
        };
        if went_on && !self.other.is_empty() && !within.is_ascii() {
            let copy = scratch.copy(within, padding, |byte| byte.to_ascii_lowercase());
            self.other.visit(copy, block.len(), &mut visit);
        }
        looks
    }
}

/// Behind what a word counts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Behind {
    Anything,
    /// No letter or digit.
    NoWord,
    /// Nor a full stop, nor a hyphen other than that of [a line](is_at_line_start).
    NoName,
}

impl Behind {
    /// The word, without what says of it behind what it counts.
    fn of(word: &str) -> (Self, &str) {
        let marked = |mark| word.strip_prefix(mark).filter(|word| !word.is_empty());
        if let Some(word) = marked('*') {
            return (Self::Anything, word);
        }
        let (behind, word) = match marked('^') {
            Some(word) => (Self::NoName, word),
            None => (Self::NoWord, word),
        };
        let starts_word = word.starts_with(|c: char| c.is_ascii_alphanumeric());
        (if starts_word { behind } else { Self::Anything }, word)
    }

    /// Whether the word may count behind this byte.
    fn may_be(self, byte: u8) -> bool {
        match self {
            Self::Anything => true,
            Self::NoWord => !byte.is_ascii_alphanumeric(),
            Self::NoName => !(byte.is_ascii_alphanumeric() || byte == b'.'),
        }
    }

    /// Whether the word counts behind this text.
    fn is(self, text: &[u8]) -> bool {
        let Some((last, before)) = text.split_last() else {
            return true;
        };
        let is_option = self == Self::NoName && *last == b'-' && !is_at_line_start(before);
        self.may_be(*last) && !is_option
    }
}

/// Whether a hyphen behind this text is one that make and systemd take away: the first of a line or of a setting's value, but
/// for blanks and other marks that these take away, too.
fn is_at_line_start(text: &[u8]) -> bool {
    let mut marks = text
        .iter()
        .rev()
        .skip_while(|byte| b" \t@+!:".contains(byte));
    marks.next().is_none_or(|byte| b"\n\r=".contains(byte))
}

impl Word {
    fn new(word: &str, search: usize) -> Self {
        let (behind, word) = Behind::of(word);
        let to_compare = if word.is_ascii() { flat } else { lower_case };
        Self {
            bytes: word.bytes().map(to_compare).collect(),
            is_ascii: word.is_ascii(),
            behind,
            waiting: vec![search],
        }
    }

    /// Whether the word counts behind this text.
    fn may_start(&self, before: &[u8]) -> bool {
        self.behind.is(before)
    }

    /// Whether the text starts with the word.
    fn is_start_of(&self, text: &[u8]) -> bool {
        if self.is_ascii {
            is_start(self.bytes.iter().copied(), text, flat)
        } else {
            is_start(self.bytes.iter().copied(), text, lower_case)
        }
    }
}

/// The words without those that start with another: who waits for such a one is told of the shorter. So no two start at the
/// same place.
fn shortest(mut words: Vec<Word>) -> Vec<Word> {
    words.sort_by(|a, b| a.bytes.cmp(&b.bytes));
    words.dedup_by(|longer, shorter| {
        let starts_with_it = longer.bytes.starts_with(&shorter.bytes);
        if starts_with_it {
            shorter.behind = shorter.behind.min(longer.behind);
            shorter.waiting.append(&mut longer.waiting);
            shorter.waiting.sort_unstable();
            shorter.waiting.dedup();
        }
        starts_with_it
    });
    words
}

/// Whether the text starts with the word, once every byte is as `to_compare` has it. At the end of the text stands a space.
fn is_start(
    word: impl ExactSizeIterator<Item = u8>,
    text: &[u8],
    to_compare: impl Fn(u8) -> u8,
) -> bool {
    let same = |(byte, other): (u8, &u8)| byte == to_compare(*other);
    let length = word.len();
    match text.get(..length) {
        Some(start) => word.zip(start).all(same),
        None => text.len() + 1 == length && word.zip(text.iter().chain(b" ")).all(same),
    }
}

/// Whether the text starts with the ASCII word, as [`Words`] sees it.
pub(crate) fn starts_with_word(text: &[u8], word: &str) -> bool {
    is_start(word.bytes().map(flat), text, flat)
}

fn lower_case(byte: u8) -> u8 {
    byte.to_ascii_lowercase()
}

/// The byte with few of its differences left, at the cost of three instructions for many bytes: letters are in lower case,
/// and a space is all that is no visible ASCII character. Some punctuation becomes other punctuation.
#[inline]
pub(crate) fn flat(byte: u8) -> u8 {
    let visible = if byte.cast_signed() > 0x20 { 0xFF } else { 0 };
    (byte & visible) | 0x20
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::{collection::vec, prelude::*, sample::Index};

    use super::{super::BLOCK, *};
    use crate::{Profile, check::Check, detect};

    /// Checks who is told of words where. `expected` holds the searches at each byte of the text, `.` for none.
    fn check(searches: &[&[&str]], text: &str, expected: &str) {
        check_among(&[], searches, text, expected);
        let others: Vec<String> = (0..FEW).map(|n| format!("{n}{n}another")).collect();
        let others: Vec<&str> = others.iter().map(String::as_str).collect();
        check_among(&others, searches, text, expected);
    }

    /// Checks the same with other words, for which the search waits that comes last.
    fn check_among(others: &[&str], searches: &[&[&str]], text: &str, expected: &str) {
        let words = Words::new(searches.iter().copied().chain([others]));
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
        check(&[&["sudo "]], "sudo", "0...");
    }

    #[test]
    fn overlapping_words_are_all_found() {
        check(&[&["../", "/var"]], "../var", "0.0...");
        check(&[&["*aaaa"]], "aaaaaa", "000...");
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
    fn words_count_at_the_start_of_words_unless_they_say_otherwise() {
        check(
            &[&["git "], &["*token"]],
            "digit git _git tokentoken",
            "......0....0...1....1....",
        );
        check(
            &[&["^git "], &["^-rf "]],
            "git .git --git /git x-rf ",
            "0...............0....1...",
        );
        check(
            &[&["^git "]],
            "x -git \n\t@-git a=-git ",
            "...........0......0...",
        );
        check(&[&["-rf "]], "a-rf -rf ", ".0...0...");
        check(
            &[&["*cat"], &["catalogue"]],
            "concatalogue catalogue",
            "...01.........01........",
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
    fn every_word_is_long_and_short_enough() {
        for (check, profile) in Check::ALL
            .iter()
            .flat_map(|check| [Profile::Strict, Profile::Standard].map(|profile| (check, profile)))
        {
            let search = detect::search(check.under(profile));
            for word in search.iter().flat_map(detect::Search::words) {
                let length = Word::new(word, 0).bytes.len();
                let is_apt = (SHORTEST_WORD..=LONGEST_WORD).contains(&length);
                assert!(is_apt, "{word} of {check:?}");
            }
        }
    }

    static WORDS_OF_ALL_CHECKS: LazyLock<Words> = LazyLock::new(|| {
        let checks = Check::ALL.iter();
        let searches = checks.filter_map(|check| detect::search(check.under(Profile::Standard)));
        let searches: Vec<_> = searches.collect();
        Words::new(searches.iter().map(detect::Search::words))
    });

    proptest! {
        #[test]
        fn words_of_all_checks_are_found_wherever_they_stand(
            parts in vec((any::<Index>(), 0_usize..12, ".{0,3}"), 1..40),
            block in 1_usize..100,
        ) {
            let words = &*WORDS_OF_ALL_CHECKS;
            let text = parts.iter().flat_map(|(index, cut, between)| {
                let word = &index.get(&words.all).bytes;
                [word.get(..word.len().saturating_sub(*cut / 4)).unwrap(), between.as_bytes()]
            });
            let text = text.collect::<Vec<_>>().concat();
            let expected = (0..text.len()).flat_map(|at| {
                let (before, rest) = text.split_at(at);
                let here = words.all.iter().filter(|word| word.may_start(before) && word.is_start_of(rest));
                here.map(|word| (at, &*word.waiting)).collect::<Vec<_>>()
            });
            let mut found = Vec::new();
            for start in (0..text.len()).step_by(block) {
                let block = start..text.len().min(start + block);
                words.visit(&text, &block, &mut Scratch::new(), &mut |at, waiting| {
                    found.push((at, waiting.to_vec()));
                    true
                });
            }
            found.sort_unstable();
            prop_assert!(found.iter().map(|(at, waiting)| (*at, &**waiting)).eq(expected));
        }
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
        let words = Words::new([&["*aaaa"][..]].into_iter());
        let mut places = Vec::new();
        words.visit(b"aaaaaaaa", &(0..8), &mut Scratch::new(), &mut |at, _| {
            places.push(at);
            at < 2
        });
        assert_eq!(places, [0, 1, 2]);
    }
}
