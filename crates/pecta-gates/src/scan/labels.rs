//! Keys that say what their values are: `{"ssn": "536904399"}`.

use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::Prepared;
use crate::{check::ProbeSet, detect::Search, fold};

/// How long a key and its value are at most, in bytes: longer ones are text that speaks for itself.
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 256;
/// No number, address or secret is shorter.
const SHORTEST_VALUE: usize = 7;

/// The labels of all searches that have some.
pub(super) struct Labels {
    labelled: ProbeSet,
    /// Whether these searches find nothing but numbers.
    are_of_numbers: bool,
    words: Option<AhoCorasick>,
}

impl Labels {
    pub(super) fn new(searches: &[Prepared]) -> Self {
        let labelled = searches
            .iter()
            .filter(|prepared| !prepared.search.labels().is_empty());
        let are_of_numbers = |prepared: &Prepared| matches!(prepared.search, Search::Numbers(_));
        let words = searches
            .iter()
            .flat_map(|prepared| prepared.search.labels());
        Self {
            are_of_numbers: labelled.clone().all(are_of_numbers),
            labelled: labelled.map(|prepared| prepared.probe).collect(),
            words: AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::DFA))
                .build(words.map(|word| word.trim_start_matches('*')))
                .ok(),
        }
    }

    /// The searches that have labels.
    pub(super) fn searches<'s>(&self, all: &'s [Prepared]) -> impl Iterator<Item = &'s Prepared> {
        let labelled = self.labelled;
        all.iter()
            .filter(move |prepared| labelled.contains(prepared.probe))
    }

    /// The member, if its key says what its value is, and the value may be that: nothing is found in text without a digit, and
    /// no number where none has a shape that is asked for.
    pub(super) fn member(&self, key: &str, value: &str, has_number: bool) -> Option<Member> {
        let may_hit = !self.labelled.is_empty()
            && (has_number || !self.are_of_numbers)
            && (SHORTEST_VALUE..=LONGEST_VALUE).contains(&value.len())
            && key.len() <= LONGEST_KEY
            && value.bytes().any(|byte| byte.is_ascii_digit());
        if !may_hit {
            return None;
        }
        let key = fold::folded(key);
        let words = self.words.as_ref()?;
        let is_label = if key.is_ascii() {
            words.is_match(key.as_ref())
        } else {
            words.is_match(&key.to_lowercase())
        };
        is_label.then(|| Member::new(&key, value)).flatten()
    }
}

/// A member as it is written in JSON, but for the first quote and for escapes.
pub(super) struct Member {
    pub(super) text: String,
    value: Range<usize>,
}

impl Member {
    /// None when the key is no name.
    fn new(key: &str, value: &str) -> Option<Self> {
        let name = key.trim_end_matches(|c: char| c.is_ascii_digit() || "_-".contains(c));
        let mut text = String::with_capacity(2 * key.len() + value.len() + 8);
        let mut in_word = false;
        for c in name.chars() {
            if !(c.is_alphabetic() || "_-. ".contains(c)) {
                return None;
            }
            // "homePhone" reads like "home_Phone".
            if in_word && c.is_uppercase() {
                text.push('_');
            }
            in_word = c.is_lowercase();
            text.push(c);
        }
        text.push_str("\": \"");
        let start = text.len();
        text.push_str(value);
        let value = start..text.len();
        text.push('"');
        Some(Self { text, value })
    }

    /// The part of a range that lies in the value, counted from its start.
    pub(super) fn in_value(&self, range: &Range<usize>) -> Range<usize> {
        let within = |at: usize| at.clamp(self.value.start, self.value.end) - self.value.start;
        within(range.start)..within(range.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_words() {
        let check = |key: &str, expected: Option<&str>| {
            let member = Member::new(key, "x");
            assert_eq!(
                member.map(|member| member.text).as_deref(),
                expected,
                "{key}"
            );
        };
        check("ssn", Some("ssn\": \"x\""));
        check("homePhone2", Some("home_Phone\": \"x\""));
        check("X-Api-Key", Some("X-Api-Key\": \"x\""));
        check("電話", Some("電話\": \"x\""));
        check("call 555", Some("call \": \"x\""));
        check("a=b", None);
        check("a1b", None);
    }

    #[test]
    fn ranges_lead_to_the_value() {
        let member = Member::new("pin", "12345").unwrap();
        assert_eq!(member.in_value(&(0..member.text.len())), 0..5);
        assert_eq!(member.in_value(&(8..9)), 1..2);
    }
}
