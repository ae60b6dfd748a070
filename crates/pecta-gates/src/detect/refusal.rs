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
    prefilter::ByteKinds,
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

/// The anchors: words of the phrases that are rare elsewhere. "ai" needs what is before it to be rare: the end of "an" and a
/// space, or the last two bytes of longer white space.
const ANCHORS: [&str; 6] = ["can't", "cannot", "ability", "access", "*n ai", "  ai"];

/// Anchored at rare words.
pub(crate) struct Refusal {
    cant: Phrases,
    cannot: Phrases,
    ability: Phrases,
    access: Phrases,
    ai: Phrases,
}

impl Refusal {
    pub(crate) fn new() -> Self {
        Self {
            cant: Phrases::around("can't"),
            cannot: Phrases::around("cannot"),
            ability: Phrases::around("ability"),
            access: Phrases::around("access"),
            ai: Phrases::around("ai"),
        }
    }

    fn refusal(&self, text: &[u8], anchor: usize) -> Option<Match> {
        let start = around(text, anchor).1.first_chunk()?;
        let (before_word, phrases) = match &start.map(|byte: u8| byte.to_ascii_lowercase()) {
            b"can'" => (0, &self.cant),
            b"cann" => (0, &self.cannot),
            b"abil" => (0, &self.ability),
            b"acce" => (0, &self.access),
            [_, _, b'a', b'i'] => (2, &self.ai),
            _ => return None,
        };
        let (before, after) = around(text, anchor + before_word + phrases.word.len());
        let (rule, start, rest) = phrases.find(before, after)?;
        Some(Match {
            rule,
            range: start..text.len() - rest,
        })
    }
}

impl Detector for Refusal {
    fn needs(&self) -> ByteKinds {
        ByteKinds::SPACE
    }

    fn words(&self) -> &[&str] {
        &ANCHORS
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|anchor| self.refusal(text, anchor))
    }
}

/// Phrases that have their anchor in common, and some words before it. They form a tree, so that most places are left after a
/// look at one word.
struct Phrases {
    /// The first of the words that they have in common.
    word: &'static str,
    /// Those that go on before it.
    longer: Vec<Phrases>,
    /// The rule of each that starts with it, and its words behind the anchor.
    whole: Vec<(&'static str, Vec<&'static str>)>,
}

impl Phrases {
    fn new(word: &'static str) -> Self {
        Self {
            word,
            longer: Vec::new(),
            whole: Vec::new(),
        }
    }

    /// The phrases that contain the word.
    fn around(anchor: &'static str) -> Self {
        let mut phrases = Self::new(anchor);
        for (rule, phrase) in PHRASES {
            let words: Vec<_> = phrase.split(' ').collect();
            let mut parts = words.splitn(2, |&word| word == anchor);
            if let (Some(before), Some(after)) = (parts.next(), parts.next()) {
                phrases.insert(before, (rule, after.to_vec()));
            }
        }
        phrases
    }

    fn insert(&mut self, before: &[&'static str], end: (&'static str, Vec<&'static str>)) {
        let Some((&word, before)) = before.split_last() else {
            self.whole.push(end);
            return;
        };
        let mut known = self.longer.iter_mut();
        if let Some(longer) = known.find(|longer| longer.word == word) {
            longer.insert(before, end);
        } else {
            let mut longer = Self::new(word);
            longer.insert(before, end);
            self.longer.push(longer);
        }
    }

    /// The phrase that has its words up to the anchor at the end of the one text, and the others at the start of the other:
    /// its rule, how much text is before it, and how much after it.
    fn find(&self, before: &[u8], after: &[u8]) -> Option<(&'static str, usize, usize)> {
        let before = strip_word(before, self.word)?;
        if !self.whole.is_empty() && ends_without_word(before) {
            let next = after.get(leading_spaces(after)).map(u8::to_ascii_lowercase);
            let mut found = self.whole.iter().filter_map(|(rule, words)| {
                let may_follow = words.first().is_none_or(|word| word.bytes().next() == next);
                let rest = may_follow.then(|| rest(after, words)).flatten()?;
                Some((*rule, before.len(), rest))
            });
            if let Some(found) = found.next() {
                return Some(found);
            }
        }
        let spaces = trailing_spaces(before);
        let before = before.get(..before.len() - spaces).filter(|_| spaces > 0)?;
        self.longer
            .iter()
            .find_map(|longer| longer.find(before, after))
    }
}

/// The length of what follows the words that the text starts with, each of them after white space.
fn rest(mut text: &[u8], words: &[&str]) -> Option<usize> {
    for word in words {
        let spaces = leading_spaces(text);
        let rest = text.get(spaces..).filter(|_| spaces > 0)?;
        let (start, rest) = rest.split_at_checked(word.len())?;
        if !same_word(start, word) {
            return None;
        }
        text = rest;
    }
    starts_without_word(text).then_some(text.len())
}

/// The text without the word that it ends with.
fn strip_word<'t>(text: &'t [u8], word: &str) -> Option<&'t [u8]> {
    let (rest, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
    same_word(end, word).then_some(rest)
}

fn same_word(text: &[u8], word: &str) -> bool {
    let mut letters = text.iter().zip(word.bytes());
    letters.all(|(byte, letter)| byte.to_ascii_lowercase() == letter)
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
