//! Phrases in which an assistant refuses or speaks of itself as one.
//!
//! Flags the phrases of the table below in any ASCII case, with any white space between the words, and no word character
//! right before or after.
//!
//! Leaves alone everything else, such as "I can't say", "I cannot doubt it" and "they cannot help". It does not ask who
//! speaks: a quoted refusal is flagged.

use std::ops::Range;

use aho_corasick::{AhoCorasick, MatchKind};

use super::{Detector, Match, around, window};
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

/// Words of which every phrase contains one and which are rare elsewhere. The last one needs the space before it to be rare.
const ANCHORS: [&str; 5] = ["can't", "cannot", "ability", "access", " ai"];
const LONGEST_ANCHOR: usize = 7;

/// How much text is put in lower case at a time, on the stack.
const BLOCK: usize = 1024;

/// Anchored at the words above, which are searched for in lower case.
pub(crate) struct Refusal {
    anchors: AhoCorasick,
    /// For each anchor, the phrases that contain it.
    phrases: [Vec<Phrase>; ANCHORS.len()],
}

impl Refusal {
    pub(crate) fn new() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "fails only on patterns that are too many or too long"
        )]
        let anchors = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostFirst)
            .build(ANCHORS)
            .expect("five short words make an automaton");
        let phrases = ANCHORS.map(|anchor| {
            PHRASES
                .iter()
                .filter_map(|(rule, phrase)| Phrase::new(rule, phrase, anchor.trim_start()))
                .collect()
        });
        Self { anchors, phrases }
    }

    /// The first phrase whose anchor starts within `anchors`, which are one block at most.
    fn find_in_block(&self, text: &[u8], anchors: &Range<usize>) -> Option<Match> {
        let mut block = [0; BLOCK + LONGEST_ANCHOR - 1];
        let lower = lower_case(window(text, anchors, LONGEST_ANCHOR), &mut block);
        let mut found = self
            .anchors
            .find_iter(lower)
            .take_while(|anchor| anchor.start() < anchors.len());
        found.find_map(|anchor| {
            let phrases = self.phrases.get(anchor.pattern().as_usize())?;
            phrases
                .iter()
                .find_map(|phrase| phrase.around_anchor(text, anchors.start + anchor.end()))
        })
    }
}

impl Detector for Refusal {
    fn needs(&self) -> ByteKinds {
        ByteKinds::SPACE
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let end = anchors.end.min(text.len());
        (anchors.start..end)
            .step_by(BLOCK)
            .find_map(|start| self.find_in_block(text, &(start..end.min(start + BLOCK))))
    }
}

/// Copies the text in lower case, with all white space, and all that may be part of it, as spaces.
fn lower_case<'b>(text: &[u8], block: &'b mut [u8]) -> &'b [u8] {
    for (lower, byte) in block.iter_mut().zip(text) {
        *lower = match byte {
            b'\t'..=b'\r' | 0x80.. => b' ',
            byte => byte.to_ascii_lowercase(),
        };
    }
    block.get(..text.len()).unwrap_or_default()
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
        for (nth, word) in self.before.iter().rev().enumerate() {
            let spaces = if nth == 0 { 0 } else { trailing_spaces(before) };
            let rest = before.get(..before.len() - spaces)?;
            let (rest, end) = rest.split_at_checked(rest.len().checked_sub(word.len())?)?;
            if (spaces == 0 && nth > 0) || !end.eq_ignore_ascii_case(word.as_bytes()) {
                return None;
            }
            before = rest;
        }
        let alone = ends_without_word(before) && starts_without_word(after);
        alone.then_some(Match {
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
    fn phrases_are_found_across_blocks() {
        for shift in BLOCK - 20..BLOCK + 2 {
            check(&format!(
                "{}⟦I am an AI⟧ and ⟦I can't help⟧",
                ".".repeat(shift)
            ));
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

    #[test]
    fn anchors_never_overlap_and_fit_the_block() {
        for first in ANCHORS {
            assert!(first.len() <= LONGEST_ANCHOR);
            for second in ANCHORS {
                let mut tails = (1..first.len()).filter_map(|at| first.get(at..));
                let overlap =
                    tails.any(|tail| second.starts_with(tail) || tail.starts_with(second));
                assert!(!overlap, "{first:?} {second:?}");
            }
        }
    }
}
