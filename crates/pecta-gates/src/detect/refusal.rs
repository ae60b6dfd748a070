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
    ("n ai", "ai"),
    ("  ai", "ai"),
];

/// Anchored at rare words.
pub(crate) struct Refusal {
    anchors: [&'static str; ANCHORS.len()],
    /// For each anchor, the word that it ends with and the phrases around that.
    phrases: [(&'static str, Phrases); ANCHORS.len()],
}

impl Refusal {
    pub(crate) fn new() -> Self {
        Self {
            anchors: ANCHORS.map(|(anchor, _)| anchor),
            phrases: ANCHORS.map(|(_, word)| (word, Phrases::around(word))),
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
            let (anchor, (word, phrases)) =
                anchors.find(|(anchor, _)| starts_with_word(rest, anchor))?;
            let (before, after) = around(text, start + anchor.len());
            let (rule, start, end) = phrases.find(strip_word(before, word)?, after)?;
            Some(Match {
                rule,
                range: start..text.len() - end,
            })
        })
    }
}

/// Phrases that have their anchor in common, and some words before it, as a tree: most places are left after a look at one
/// word.
#[derive(Default)]
struct Phrases {
    /// The words that may stand before, with the phrases that have them there.
    before: Vec<(&'static str, Phrases)>,
    /// The rule of each phrase that nothing more stands before, and its words behind the anchor.
    whole: Vec<(&'static str, Vec<&'static str>)>,
}

impl Phrases {
    /// The phrases that contain the word.
    fn around(anchor: &str) -> Self {
        let mut phrases = Self::default();
        for (rule, phrase) in PHRASES {
            let words: Vec<_> = phrase.split(' ').collect();
            let mut parts = words.splitn(2, |&word| word == anchor);
            if let (Some(before), Some(after)) = (parts.next(), parts.next()) {
                phrases.insert(before, (rule, after.to_vec()));
            }
        }
        phrases
    }

    fn insert(&mut self, before: &[&'static str], rest: (&'static str, Vec<&'static str>)) {
        let Some((&last, before)) = before.split_last() else {
            self.whole.push(rest);
            return;
        };
        let mut known = self.before.iter_mut();
        if let Some((_, phrases)) = known.find(|(word, _)| *word == last) {
            phrases.insert(before, rest);
        } else {
            let mut phrases = Self::default();
            phrases.insert(before, rest);
            self.before.push((last, phrases));
        }
    }

    /// The rule of the phrase that has its words before the anchor at the end of the one text, and those behind it at the
    /// start of the other; how much text comes before it, and how much after it.
    fn find(&self, before: &[u8], after: &[u8]) -> Option<(&'static str, usize, usize)> {
        if !self.whole.is_empty() && ends_without_word(before) {
            let whole = self.whole.iter();
            let found = whole.map(|(rule, words)| Some((*rule, before.len(), rest(after, words)?)));
            if let Some(found) = found.flatten().next() {
                return Some(found);
            }
        }
        let spaces = trailing_spaces(before);
        let before = before.get(..before.len() - spaces).filter(|_| spaces > 0)?;
        self.before
            .iter()
            .find_map(|(word, phrases)| phrases.find(strip_word(before, word)?, after))
    }
}

/// The length of what follows the words that the text starts with, each of them after white space.
fn rest(mut text: &[u8], words: &[&str]) -> Option<usize> {
    for word in words {
        let spaces = leading_spaces(text);
        let (start, rest) = text.get(spaces..)?.split_at_checked(word.len())?;
        if spaces == 0 || !start.eq_ignore_ascii_case(word.as_bytes()) {
            return None;
        }
        text = rest;
    }
    starts_without_word(text).then_some(text.len())
}

/// The text without the word that it ends with.
fn strip_word<'t>(text: &'t [u8], word: &str) -> Option<&'t [u8]> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    end.eq_ignore_ascii_case(word.as_bytes()).then_some(rest)
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
