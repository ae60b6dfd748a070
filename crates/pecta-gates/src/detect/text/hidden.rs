//! Characters that hide text from people but not from models.
//!
//! Flags tag characters outside a flag, runs of variation selectors and of four or more invisible characters, in which data can be
//! written, words of Latin letters with as many invisible characters between the letters, and overrides of the writing direction.
//!
//! Leaves alone the joiners of emoji and of scripts that need them, soft hyphens, single zero-width spaces, marks and isolates of
//! direction, and flags.

use std::ops::Range;

use memchr::memchr3_iter;

use super::super::{Detector, Match, around, window};
use crate::prefilter::ByteKinds;

pub(super) const RULES: &[super::Rule] = &[
    super::Rule {
        id: "tag-characters",
        flags: "tag characters outside of a flag",
        hit: "ok\u{E0068}\u{E0069}",
        miss: "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
    },
    super::Rule {
        id: "variation-selectors",
        flags: "several variation selectors in a row",
        hit: "a\u{FE00}\u{FE01}\u{FE0F}\u{FE02}",
        miss: "\u{2764}\u{FE0F}",
    },
    super::Rule {
        id: "invisible-run",
        flags: "several invisible characters in a row",
        hit: "a\u{200B}\u{200C}\u{200B}\u{200D}b",
        miss: "a\u{200B}b",
    },
    super::Rule {
        id: "invisible-between-letters",
        flags: "invisible characters between the letters of a word",
        hit: "a\u{200B}b\u{200B}c\u{200B}d\u{200B}e",
        miss: "super\u{200B}cali\u{200B}fragi\u{200B}listic\u{200B}",
    },
    super::Rule {
        id: "direction-override",
        flags: "characters that reverse the direction of text",
        hit: "file\u{202E}txt.exe",
        miss: "\u{200F}\u{5D0}",
    },
];

/// Anchored at the first byte of the first such character.
pub(crate) struct Hidden;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tag,
    Selector,
    Invisible,
    Override,
}

impl Detector for Hidden {
    fn needs(&self) -> ByteKinds {
        // Part of every longer character.
        ByteKinds::SPACE
    }

    fn beyond_ascii(&self) -> bool {
        true
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        memchr3_iter(0xE2, 0xEF, 0xF3, window(text, &anchors, 1))
            .find_map(|at| judge(text, anchors.start + at))
    }
}

fn judge(text: &[u8], start: usize) -> Option<Match> {
    /// How much of a run is looked at, in characters.
    const LONGEST: usize = 64;
    let (before, rest) = around(text, start);
    let (kind, length) = kind_of(rest)?;
    if kind == Kind::Override {
        return Some(Match {
            rule: "direction-override",
            range: start..start + length,
        });
    }
    let inside = [3, 4].into_iter().any(|length| {
        let last = before
            .len()
            .checked_sub(length)
            .and_then(|at| before.get(at..));
        last.and_then(kind_of) == Some((kind, length))
    });
    if inside {
        return None;
    }
    let (mut count, mut end) = (0, 0);
    while let Some((_, length)) =
        kind_of(around(rest, end).1).filter(|(next, _)| *next == kind && count < LONGEST)
    {
        count += 1;
        end += length;
    }
    let flag = before.ends_with("\u{1F3F4}".as_bytes())
        && count <= 8
        && rest.get(..end)?.ends_with("\u{E007F}".as_bytes());
    let (rule, hit) = match kind {
        Kind::Tag => ("tag-characters", !flag),
        Kind::Selector => ("variation-selectors", count >= 3),
        Kind::Invisible | Kind::Override if count >= 4 => ("invisible-run", true),
        Kind::Invisible | Kind::Override => {
            end = interleaved(before, rest);
            ("invisible-between-letters", end > 0)
        }
    };
    hit.then_some(Match {
        rule,
        range: start..start + end,
    })
}

/// The length of what the text starts with, if that is single invisible characters and ASCII letters in turns, four times or
/// more, and it is the first of them; else 0.
fn interleaved(before: &[u8], text: &[u8]) -> usize {
    const LONGEST: usize = 64;
    let letter = |text: &[u8]| text.first().is_some_and(u8::is_ascii_alphabetic);
    let is_first = match before.split_last() {
        Some((last, before)) => {
            let earlier = before.len().checked_sub(3).and_then(|at| before.get(at..));
            last.is_ascii_alphabetic() && earlier.and_then(kind_of) != Some((Kind::Invisible, 3))
        }
        None => false,
    };
    let (mut count, mut end) = (0, 0);
    while is_first
        && count < LONGEST
        && matches!(kind_of(around(text, end).1), Some((Kind::Invisible, _)))
        && letter(around(text, end + 3).1)
    {
        count += 1;
        end += 4;
    }
    if count >= 4 { end } else { 0 }
}

/// What the first character of the text is, and its length.
fn kind_of(text: &[u8]) -> Option<(Kind, usize)> {
    Some(match text {
        // U+E0000 to U+E007F, and U+E0100 to U+E01EF.
        [0xF3, 0xA0, 0x80 | 0x81, _, ..] => (Kind::Tag, 4),
        [0xF3, 0xA0, 0x84..=0x87, _, ..] => (Kind::Selector, 4),
        // U+FE00 to U+FE0F.
        [0xEF, 0xB8, 0x80..=0x8F, ..] => (Kind::Selector, 3),
        // U+200B to U+200D, U+2060 to U+2064, U+FEFF.
        [0xE2, 0x80, 0x8B..=0x8D, ..] | [0xE2, 0x81, 0xA0..=0xA4, ..] | [0xEF, 0xBB, 0xBF, ..] => {
            (Kind::Invisible, 3)
        }
        // U+202D and U+202E.
        [0xE2, 0x80, 0xAD | 0xAE, ..] => (Kind::Override, 3),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, Hidden};

    fn check(marked: &str) {
        testing::check(&Hidden, marked);
    }

    #[test]
    fn hidden_text_is_flagged() {
        check("ok⟦\u{E0068}\u{E0069}⟧ more");
        check("\u{1F600}⟦\u{E0100}\u{E0101}\u{E0102}⟧");
        check("a⟦\u{200B}\u{200C}\u{200B}\u{2060}⟧b");
        check("⟦\u{202E}⟧x");
        check("i⟦\u{200B}g\u{200B}n\u{200B}o\u{200B}r⟧e");
        check("\u{1F3F4}⟦\u{E0068}\u{E0069}⟧");
    }

    #[test]
    fn what_scripts_need_is_left_alone() {
        for text in [
            "👨‍👩‍👧",
            "می‌خواهم",
            "❤️",
            "\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}",
            "a\u{200B}b\u{AD}c",
            "\u{FEFF}text",
            "葛\u{E0100}城",
            "\u{2067}שלום\u{2069}",
            "“quoted” – text…",
            "क्‍ष",
        ] {
            check(text);
        }
    }
}
