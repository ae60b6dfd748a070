//! Phrases in which an assistant refuses or speaks of itself as one.
//!
//! Flags the phrases of the table below in any ASCII case, with any white space between the words, and no word character
//! right before or after.
//!
//! Leaves alone everything else, such as "I can't say", "I cannot doubt it" and "they cannot help". It does not ask who
//! speaks: a quoted refusal is flagged.

use std::ops::Range;

use super::{Detector, Match, around};
use crate::{
    prefilter::{ByteKinds, starts_with_word},
    text::{ends_without_word, leading_spaces, starts_without_word, trailing_spaces},
};

/// Rule and phrase.
const PHRASES: [(&str, &str); 23] = [
    ("refusal-no-access", "i don't have access"),
    ("refusal-no-access", "i do not have access"),
    ("refusal-no-access", "i don't have the ability"),
    ("refusal-no-access", "i do not have the ability"),
    ("refusal-cannot", "i can't do"),
    ("refusal-cannot", "i can't help"),
    ("refusal-cannot", "i can't provide"),
    ("refusal-cannot", "i can't access"),
    ("refusal-cannot", "i can't complete"),
    ("refusal-cannot", "i can't fulfill"),
    ("refusal-cannot", "i can't assist"),
    ("refusal-cannot", "i cannot do"),
    ("refusal-cannot", "i cannot help"),
    ("refusal-cannot", "i cannot provide"),
    ("refusal-cannot", "i cannot access"),
    ("refusal-cannot", "i cannot complete"),
    ("refusal-cannot", "i cannot fulfill"),
    ("refusal-cannot", "i cannot assist"),
    ("refusal-as-an-ai", "as an ai model"),
    ("refusal-as-an-ai", "as an ai language model"),
    ("refusal-i-am-an-ai", "i'm an ai"),
    ("refusal-i-am-an-ai", "i am an ai"),
    ("refusal-i-am-an-ai", "i'm just an ai"),
];

/// The anchors, each with the word of the phrases that it ends with; the words are rare elsewhere. "ai" needs what is
/// before it to be rare: the end of "an" and a space, or the last two bytes of longer white space.
const ANCHORS: [(&str, &str); 6] = [
    ("can't", "can't"),
    ("cannot", "cannot"),
    ("ability", "ability"),
    ("access", "access"),
    ("*n ai", "ai"),
    ("  ai", "ai"),
];

/// Anchored at rare words.
pub(crate) struct Refusal {
    anchors: [&'static str; ANCHORS.len()],
    /// For each anchor, the phrases that contain it.
    phrases: [Vec<Phrase>; ANCHORS.len()],
}

impl Refusal {
    pub(crate) fn new() -> Self {
        let phrases = |word| {
            let split = PHRASES
                .iter()
                .filter_map(|(rule, phrase)| Phrase::new(rule, phrase, word));
            split.collect()
        };
        Self {
            anchors: ANCHORS.map(|(anchor, _)| anchor),
            phrases: ANCHORS.map(|(_, word)| phrases(word)),
        }
    }
}

impl Detector for Refusal {
    fn needs(&self) -> ByteKinds {
        ByteKinds::SPACE
    }

    fn words(&self) -> &[&str] {
        &self.anchors
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|start| {
            let rest = around(text, start).1;
            let mut anchors = self.anchors.iter().zip(&self.phrases);
            let (length, phrases) = anchors.find_map(|(anchor, phrases)| {
                let anchor = anchor.trim_start_matches('*');
                starts_with_word(rest, anchor).then_some((anchor.len(), phrases))
            })?;
            phrases
                .iter()
                .find_map(|phrase| phrase.around_anchor(text, start + length))
        })
    }
}

/// A phrase, split after its anchor.
struct Phrase {
    rule: &'static str,
    /// The words up to the anchor, which is the last.
    before: Vec<&'static str>,
    after: Vec<&'static str>,
}

impl Phrase {
    /// The phrase, if it contains the anchor.
    fn new(rule: &'static str, phrase: &'static str, anchor: &str) -> Option<Self> {
        let mut before: Vec<_> = phrase.split(' ').collect();
        let at = before.iter().position(|&word| word == anchor)?;
        let after = before.split_off(at + 1);
        Some(Self {
            rule,
            before,
            after,
        })
    }

    /// Matches the phrase around an anchor that ends at the position.
    fn around_anchor(&self, text: &[u8], anchor_end: usize) -> Option<Match> {
        let (mut before, mut after) = around(text, anchor_end);
        for word in &self.after {
            let spaces = leading_spaces(after);
            let (start, rest) = after.get(spaces..)?.split_at_checked(word.len())?;
            if spaces == 0 || !start.eq_ignore_ascii_case(word.as_bytes()) {
                return None;
            }
            after = rest;
        }
        if !starts_without_word(after) {
            return None;
        }
        for (nth, word) in self.before.iter().rev().enumerate() {
            let spaces = if nth == 0 { 0 } else { trailing_spaces(before) };
            let rest = before.get(..before.len() - spaces)?;
            let (rest, end) = rest.split_at_checked(rest.len().checked_sub(word.len())?)?;
            if (spaces == 0 && nth > 0) || !end.eq_ignore_ascii_case(word.as_bytes()) {
                return None;
            }
            before = rest;
        }
        ends_without_word(before).then_some(Match {
            rule: self.rule,
            range: before.len()..text.len() - after.len(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, *};

    fn check(marked: &str) {
        testing::check(&Refusal::new(), marked);
    }

    #[test]
    fn every_phrase_is_found() {
        for (_, phrase) in PHRASES {
            check(&format!("Sorry, ⟦{phrase}⟧."));
            check(&format!("⟦{}⟧", phrase.to_ascii_uppercase()));
            check(&format!("é⟦{}⟧é", phrase.replace(' ', "\u{A0}\r\n")));
        }
    }

    #[test]
    fn other_words_are_left_alone() {
        for text in [
            "I cannot doubt it",
            "I can't helpfully",
            "I can't say",
            "they cannot help",
            "hi can't help",
            "I don't have accessible",
            "I don't have ability",
            "i'm an aide",
            "I'm an AI_",
            "as an ai languagemodel",
            "as an aimodel",
            "I am just an AI",
            "Ican't help",
            "I can'thelp",
            "I can\u{2019}t help",
            "an ai",
            "access",
            "\u{A0}ai",
            " ai",
            "i am an\u{85}ai",
        ] {
            check(text);
        }
    }
}
