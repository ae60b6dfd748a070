//! The gate `keywords`.

use std::{cell::RefCell, char::ToLowercase, ops::Range};

use aho_corasick::{AhoCorasick, AhoCorasickKind, BuildError, MatchKind};
use pecta_gates::{Deadline, Folded, Gate, Outcome, Pace, Places, Profile, Subject, TIMEOUT};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    Hits, Made, Options,
    strings::{Pointers, Selection, Telling, VISIT_COST, in_either_form},
};
use crate::error::Fault;

/// Fails an output in which one of some words stands.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Keywords {
    /// The words. Each may hold spaces.
    #[schemars(length(min = 1))]
    words: Vec<String>,
    /// Whether a word counts only where no letter, digit or underscore touches it; it does, unless set.
    #[serde(default = "yes")]
    whole_words: bool,
    /// Whether upper and lower case are the same; they are, unless set.
    #[serde(default = "yes")]
    ignore_case: bool,
    /// JSON Pointers to what is looked at, and all that is in it, in which the step `*` stands for any; the whole output unless set.
    #[serde(default)]
    pointers: Pointers,
}

fn yes() -> bool {
    true
}

/// The rule that its hits name.
pub(super) const RULE: &str = "keyword";

struct KeywordsGate {
    whole_words: bool,
    ignore_case: bool,
    selection: Selection,
    words: AhoCorasick,
}

impl Options for Keywords {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        if self.words.is_empty() {
            return Err(Fault::new("must not be empty").within("words"));
        }
        if let Some(nth) = self.words.iter().position(|word| word.trim().is_empty()) {
            return Err(Fault::new("must not be blank")
                .within(&nth.to_string())
                .at("/words"));
        }
        // Both as they are written and as they read, as the strings are looked at.
        let as_read = |word: &String| {
            let folded = Folded::of(word, |_| true)?;
            Some(folded.text().to_owned()).filter(|word| !word.is_empty())
        };
        let words = self.words.iter();
        let words = words.flat_map(|word| [Some(word.clone()), as_read(word)]);
        let words = words.flatten().map(|word| {
            if self.ignore_case {
                in_one_case(&word)
            } else {
                word
            }
        });
        let selection = self.pointers.selection()?;
        Ok(Made {
            named_keys: selection.named_keys(),
            callout: None,
            hits: Hits::OfKind,
            weight: 0,
            gate: KeywordsGate {
                whole_words: self.whole_words,
                ignore_case: self.ignore_case,
                selection,
                words: automaton(words).map_err(|error| Fault::new(error).within("words"))?,
            }
            .into(),
        })
    }
}

/// What finds all of the words.
fn automaton(words: impl IntoIterator<Item = String>) -> Result<AhoCorasick, BuildError> {
    AhoCorasick::builder()
        // All overlapping ones are asked for: of two words that begin alike only one may be whole.
        .match_kind(MatchKind::Standard)
        // The other kinds take many times the memory.
        .kind(Some(AhoCorasickKind::ContiguousNFA))
        .build(words)
}

impl KeywordsGate {
    /// Where the words stand in a text whose case does not matter any more, as long as `goes_on` says so of each that is only part
    /// of a word: words that begin with each other are many at one place.
    fn find<'t>(
        &'t self,
        text: &'t str,
        mut goes_on: impl FnMut() -> bool + 't,
    ) -> impl Iterator<Item = Range<usize>> + 't {
        let found = self.words.find_overlapping_iter(text);
        let found = found.map(|found| found.range()).map(move |range| {
            let counts = !self.whole_words || is_whole(text, &range);
            (counts || goes_on()).then_some(counts.then_some(range))
        });
        found.map_while(|found| found).flatten()
    }

    fn is_in(&self, text: &str, pace: &mut Pace<'_>) -> bool {
        let goes_on = || pace.spend(VISIT_COST);
        if self.ignore_case {
            self.find(&in_one_case(text), goes_on).next().is_some()
        } else {
            self.find(text, goes_on).next().is_some()
        }
    }

    fn places_in(&self, text: &str, telling: &mut Telling<'_, '_>) {
        let telling = RefCell::new(telling);
        let goes_on = || telling.borrow_mut().spend(VISIT_COST);
        let tell = |range| telling.borrow_mut().tell(range);
        if !self.ignore_case {
            self.find(text, goes_on).all(tell);
            return;
        }
        // Where each byte of the text in one case comes from, for a letter may take another number of bytes then.
        let mut origins = Vec::with_capacity(text.len() + 1);
        let mut in_one_case = String::with_capacity(text.len());
        for (start, letter) in text.char_indices() {
            in_one_case.extend(same_case(letter));
            origins.resize(in_one_case.len(), start..start + letter.len_utf8());
        }
        let found = self.find(&in_one_case, goes_on);
        let origin = |at: usize| origins.get(at).cloned();
        let mut ranges = found.filter_map(|range| {
            Some(origin(range.start)?.start..origin(range.end.checked_sub(1)?)?.end)
        });
        ranges.all(tell);
    }
}

/// The text with letters in one case, letter by letter, so that the place of a letter tells nothing.
fn in_one_case(text: &str) -> String {
    text.chars().flat_map(same_case).collect()
}

/// The lower case of the upper case, for of some letters there are several lower ones, such as the sigma at the end of a word. A
/// letter whose upper case is more than one, such as `ß`, stays apart from those.
fn same_case(letter: char) -> ToLowercase {
    let mut upper = letter.to_uppercase();
    let upper = upper.next().filter(|_| upper.len() == 0);
    upper.unwrap_or(letter).to_lowercase()
}

fn is_whole(text: &str, range: &Range<usize>) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    let before = text
        .get(..range.start)
        .and_then(|text| text.chars().next_back());
    let behind = text.get(range.end..).and_then(|text| text.chars().next());
    !before.is_some_and(is_part) && !behind.is_some_and(is_part)
}

impl Gate for KeywordsGate {
    fn name(&self) -> &'static str {
        "keywords"
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        match self.selection.any(subject.output, deadline, |text, pace| {
            in_either_form(text, pace, |text, pace| self.is_in(text, pace))
        }) {
            None => Outcome::failed(TIMEOUT),
            Some(true) => Outcome::failed("output contains a forbidden word"),
            Some(false) => Outcome::Passed,
        }
    }

    fn places(&self, subject: &Subject<'_>, places: &mut Places<'_>) {
        self.selection
            .places(subject, RULE, places, |text, telling| {
                self.places_in(text, telling);
            });
    }
}

#[cfg(test)]
mod tests {
    use aho_corasick::AhoCorasickKind;

    use super::*;

    #[test]
    fn long_words_take_little_memory() {
        let words: Vec<_> = ('a'..='z')
            .map(|letter| letter.to_string().repeat(1000))
            .collect();
        let automaton = automaton(words).unwrap();
        assert_eq!(automaton.kind(), AhoCorasickKind::ContiguousNFA);
        assert!(automaton.memory_usage() < 26 * 1000 * 32);
    }
}
