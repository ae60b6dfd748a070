//! Words that a judge waits for, and a quick look at the line around each: whether it is worth reading the text.
//!
//! Most texts with such a word hold nothing that the judge flags: a sentence about a program, the header of a diff, a command
//! that only looks. Three looks tell most of them apart, each over a line at most once: what stands before a program, where
//! it can be the head of a command or behind one that runs others; what stands behind it, where a rule needs a verb or an
//! option; and, for words of other kinds, a function of the judge.
//!
//! A look never passes over what the judge would flag. Where quotes, escapes and expansions may hide what it looks for, the
//! text is worth reading.

mod line;

use aho_corasick::AhoCorasick;
use memchr::memchr;

pub(crate) use line::is_disguised;
use line::{Line, is_continued};

use super::prompt::opens_folded;
use crate::{
    detect::around,
    prefilter::{flat, starts_with_word},
};

/// Some words that a judge waits for, written as those of a [`Reader`](crate::detect::Reader) are, and what must be around
/// them.
pub(crate) struct Cue {
    pub(crate) words: &'static [&'static str],
    look: Look,
}

#[derive(Clone, Copy)]
enum Look {
    /// The words are programs, and one of these must stand on the line behind them, if there are any.
    Program(&'static [&'static str]),
    /// The words are programs, for which what is told of the text and of where the word starts decides. It may look at all
    /// of the text, so that it is asked for a few lines only.
    Files(fn(&str, usize) -> bool),
    /// One of these must stand on the line behind the words, if there are any.
    Line(&'static [&'static str]),
    /// What is told of the text and of where the word starts.
    Around(fn(&str, usize) -> bool),
    /// The same, and what is told of the line when that is left open.
    OnLine(fn(&str, usize) -> Glance, fn(&str) -> bool),
}

/// What a glance at a place tells.
pub(crate) enum Glance {
    Nothing,
    /// The line has to be looked at.
    Line,
    /// The text is worth reading.
    Read,
}

/// Programs as words: in front of their arguments, and in quotes as in a list of words.
macro_rules! names {
    ($($name:literal),* $(,)?) => {
        &[$(concat!($name, " "), concat!($name, "\""), concat!($name, "'")),*]
    };
}
pub(crate) use names;

/// Programs that are run, any of whose rules needs one of `then` on the same line, in any case.
pub(crate) const fn programs(words: &'static [&'static str], then: &'static [&'static str]) -> Cue {
    Cue {
        words,
        look: Look::Program(then),
    }
}

/// Programs that are run, if the function, given the text and where the program is named, answers true, or if they are run
/// often.
pub(crate) const fn programs_in(
    words: &'static [&'static str],
    look: fn(&str, usize) -> bool,
) -> Cue {
    Cue {
        words,
        look: Look::Files(look),
    }
}

/// Words wherever they stand, if one of `then` follows on the same line, in any case.
pub(crate) const fn text(words: &'static [&'static str], then: &'static [&'static str]) -> Cue {
    Cue {
        words,
        look: Look::Line(then),
    }
}

/// Words for which the function, given the text and where the word starts, answers true.
pub(crate) const fn around_it(
    words: &'static [&'static str],
    look: fn(&str, usize) -> bool,
) -> Cue {
    Cue {
        words,
        look: Look::Around(look),
    }
}

/// Words for which the first function answers so, or leaves it to the second, which is told of the line.
pub(crate) const fn on_line(
    words: &'static [&'static str],
    place: fn(&str, usize) -> Glance,
    line: fn(&str) -> bool,
) -> Cue {
    Cue {
        words,
        look: Look::OnLine(place, line),
    }
}

/// The cues of a judge, made ready.
pub(crate) struct Cues {
    cues: Vec<Ready>,
    /// Every word in order of its start, with the number of its cue.
    words: Vec<Word>,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Word {
    /// Its first bytes, as they are compared.
    start: u32,
    text: &'static str,
    cue: usize,
}

/// How many looks may be at all of a text before it is read instead.
const MOST_LOOKS_AT_ALL: usize = 16;

struct Ready {
    look: Look,
    then: Option<Then>,
}

/// What must stand on a line behind a word.
enum Then {
    /// One of some bytes, for which there are faster ways.
    Bytes(Vec<u8>),
    Words(AhoCorasick),
}

impl Then {
    fn new(words: &[&str]) -> Option<Self> {
        let bytes = words.iter().map(|word| match word.as_bytes() {
            &[byte] => Some([byte.to_ascii_lowercase(), byte.to_ascii_uppercase()]),
            _ => None,
        });
        if words.is_empty() {
            return None;
        }
        if let Some(bytes) = bytes.collect::<Option<Vec<_>>>() {
            let mut bytes = bytes.concat();
            bytes.dedup();
            return Some(Self::Bytes(bytes));
        }
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .build(words);
        search.ok().map(Self::Words)
    }

    fn is_in(&self, text: &[u8]) -> bool {
        match self {
            Self::Bytes(bytes) => bytes.iter().any(|byte| memchr(*byte, text).is_some()),
            Self::Words(search) => search.is_match(text),
        }
    }
}

impl Cues {
    pub(crate) fn new(tables: &[&[Cue]]) -> Self {
        let cues = || tables.iter().copied().flatten();
        let mut words: Vec<_> = cues()
            .enumerate()
            .flat_map(|(cue, with)| {
                with.words.iter().map(move |&text| Word {
                    start: start_of(text.as_bytes()),
                    text,
                    cue,
                })
            })
            .collect();
        words.sort_unstable();
        Self {
            cues: cues().map(Ready::new).collect(),
            words,
        }
    }

    /// The words, written as those of a [`Reader`](crate::detect::Reader) are.
    pub(crate) fn words(&self) -> impl Iterator<Item = String> {
        self.words.iter().map(|word| {
            // What follows another hyphen or a full stop is an option, or the rest of a name.
            let cue = self.cues.get(word.cue);
            let is_program = cue.is_some_and(Ready::are_programs);
            let mark = if is_program { "^" } else { "" };
            format!("{mark}{}", word.text)
        })
    }

    /// Whether the judge may flag anything in the text, of whose words some start at these places.
    pub(crate) fn are_worth(&self, text: &str, places: &[usize]) -> bool {
        let mut lines = Lines {
            text,
            line: Line::default(),
            searched: Vec::new(),
            looks_at_all: 0,
        };
        // The same word is often repeated.
        let (mut known_start, mut known) = (None, [].as_slice());
        let mut done_until = 0;
        places.iter().any(|&at| {
            let (before, rest) = around(text.as_bytes(), at);
            let start = rest.first_chunk().map(|bytes| u32::from_le_bytes(*bytes));
            if start.is_none() || start != known_start {
                (known_start, known) = (start, self.starting_with(start_of(rest)));
                done_until = 0;
            }
            if at < done_until {
                return false;
            }
            let mut are_done = true;
            let is_worth = known.iter().any(|word| {
                self.cues.get(word.cue).is_some_and(|cue| {
                    !lines.are_done_with(cue, word.cue, at) && {
                        are_done = false;
                        starts_with_word(rest, word.text)
                            && stands_alone(before, word.text)
                            && lines.is_worth(cue, word.cue, at, word.text.len())
                    }
                })
            });
            if are_done {
                done_until = lines.line.range.end;
            }
            is_worth
        })
    }

    fn starting_with(&self, start: u32) -> &[Word] {
        let words = self.words.as_slice();
        let from = words.partition_point(|word| word.start < start);
        let words = words.get(from..).unwrap_or_default();
        let length = words.partition_point(|word| word.start == start);
        words.get(..length).unwrap_or_default()
    }
}

/// The first three bytes of a text, as they are compared with those of words; no word is shorter.
fn start_of(text: &[u8]) -> u32 {
    let [a, b, c] = [0, 1, 2].map(|at| flat(text.get(at).copied().unwrap_or(b' ')));
    u32::from_be_bytes([0, a, b, c])
}

/// Whether the word is not the rest of a longer one.
fn stands_alone(before: &[u8], word: &str) -> bool {
    let joins = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts_joined = word
        .bytes()
        .next()
        .is_some_and(|byte| joins(byte) || byte == b'-');
    !(starts_joined && before.last().is_some_and(|&byte| joins(byte)))
}

impl Ready {
    fn new(cue: &Cue) -> Self {
        let then = match cue.look {
            Look::Program(then) | Look::Line(then) => then,
            Look::Around(_) | Look::OnLine(..) | Look::Files(_) => &[],
        };
        Self {
            look: cue.look,
            then: Then::new(then),
        }
    }

    fn are_programs(&self) -> bool {
        matches!(self.look, Look::Program(_) | Look::Files(_))
    }
}

/// Whether a line goes on from the one that the text before it ends with, or may go on in the next.
fn goes_on_around(before: &[u8]) -> bool {
    is_continued(before) || opens_folded(before)
}

/// The lines of a text, each looked at when the first place in it is.
struct Lines<'t> {
    text: &'t str,
    line: Line,
    /// For each cue, the end of the last line that was searched for what it needs, in vain.
    searched: Vec<usize>,
    looks_at_all: usize,
}

impl Lines<'_> {
    /// Whether the text is worth reading for the word of this length at this place.
    fn is_worth(&mut self, cue: &Ready, number: usize, at: usize, length: usize) -> bool {
        match cue.look {
            Look::Around(look) => look(self.text, at),
            Look::OnLine(place, line) => match place(self.text, at) {
                Glance::Nothing => false,
                Glance::Read => true,
                Glance::Line => {
                    self.go_to(at);
                    let range = self.line.range.clone();
                    self.is_first_search(number)
                        && (goes_on_around(around(self.text.as_bytes(), range.start).0)
                            || line(self.text.get(range).unwrap_or_default()))
                }
            },
            Look::Files(look) => {
                self.may_run(at) && {
                    self.looks_at_all += 1;
                    self.looks_at_all > MOST_LOOKS_AT_ALL
                        || look(self.text, at)
                        || opens_folded(around(self.text.as_bytes(), self.line.range.start).0)
                }
            }
            Look::Program(_) | Look::Line(_) => {
                if cue.are_programs() && !self.may_run(at) {
                    return false;
                }
                let Some(then) = &cue.then else {
                    return true;
                };
                self.go_to(at);
                let behind = self.text.as_bytes().get(at + length..self.line.range.end);
                self.is_first_search(number)
                    && (self.line.is_disguised(self.text, at)
                        || then.is_in(behind.unwrap_or_default())
                        || opens_folded(around(self.text.as_bytes(), self.line.range.start).0))
            }
        }
    }

    /// Whether what the cue needs is not on the rest of the line, as is known from a place before this one.
    fn are_done_with(&self, cue: &Ready, number: usize, at: usize) -> bool {
        cue.then.is_some() && at < self.line.range.end && self.was_searched(number)
    }

    /// Whether a program may be run that is named at a place.
    fn may_run(&mut self, at: usize) -> bool {
        self.go_to(at);
        self.line.may_run(self.text, at)
    }

    fn go_to(&mut self, at: usize) {
        let end = self.line.range.end;
        if at >= end {
            self.line = Line::around(self.text.as_bytes(), at, end);
        }
    }

    /// Whether the line has been searched for a cue: what is not behind a place is not behind a later one.
    fn was_searched(&self, number: usize) -> bool {
        self.searched.get(number) == Some(&self.line.range.end)
    }

    /// Whether the line has not been searched for a cue before.
    fn is_first_search(&mut self, number: usize) -> bool {
        let is_first = !self.was_searched(number);
        if self.searched.len() <= number {
            self.searched.resize(number + 1, 0);
        }
        if let Some(searched) = self.searched.get_mut(number) {
            *searched = self.line.range.end;
        }
        is_first
    }
}

#[cfg(test)]
mod tests;
