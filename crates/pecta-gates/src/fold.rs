//! The folded form of a string: what disguised text reads like.
//!
//! NFKC (Unicode Standard Annex 15), then characters that cannot be seen removed, and look-alikes of hyphens, quotes,
//! slashes and spaces replaced by the ASCII ones. ASCII text is its own folded form.

use std::{ops::Range, sync::LazyLock};

use unicode_normalization::{
    IsNormalized, UnicodeNormalization, char::canonical_combining_class,
    char::decompose_compatible, is_nfc_quick, is_nfkc_quick,
};

/// Whether folding removes the character: it cannot be seen, and only hides what stands around it.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{FEFF}'
    )
}

/// What an already normalised character is folded to.
fn fold_char(c: char) -> Option<char> {
    match c {
        '\0'..='\x7F' => Some(c),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' => Some('-'),
        '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{02BC}' => Some('\''),
        '\u{201C}' | '\u{201D}' => Some('"'),
        '\u{2044}' | '\u{2215}' => Some('/'),
        c if is_invisible(c) => None,
        c if c.is_whitespace() => Some(' '),
        c => Some(c),
    }
}

/// A set of characters of the Basic Multilingual Plane, a bit for each.
struct Plane(Vec<u64>);

impl Plane {
    fn of(contains: impl Fn(char) -> bool) -> Self {
        let bit = |code| u64::from(char::from_u32(code).is_some_and(&contains));
        let bits = |from: u32| {
            (from..from + u64::BITS)
                .rev()
                .fold(0, |bits, code| (bits << 1) | bit(code))
        };
        Self((0..=0xFFFF).step_by(64).map(bits).collect())
    }

    fn contains(&self, c: char) -> bool {
        let code = c as usize;
        let bits = self.0.get(code / 64).copied().unwrap_or_default();
        (bits >> (code % 64)) & 1 == 1
    }
}

/// Characters that are normalised already and combine with nothing before them, in the words of the annex's quick check.
static NORMALISED: LazyLock<Plane> = LazyLock::new(|| {
    Plane::of(|c| {
        canonical_combining_class(c) == 0 && is_nfkc_quick(std::iter::once(c)) == IsNormalized::Yes
    })
});

/// Those of them that are their own folded form.
static FOLDED: LazyLock<Plane> =
    LazyLock::new(|| Plane::of(|c| NORMALISED.contains(c) && fold_char(c) == Some(c)));

/// Gets ready what the first fold would take a millisecond for.
pub(crate) fn prepare() {
    LazyLock::force(&FOLDED);
}

/// The length of the start of the text that a quick look takes for folded.
fn leading_folded(text: &str) -> usize {
    text.find(|c| !FOLDED.contains(c)).unwrap_or(text.len())
}

/// Whether a quick look tells that the string is its own folded form.
pub(crate) fn is_folded(text: &str) -> bool {
    leading_folded(text) == text.len()
}

/// A string on its way to its folded form, piece by piece.
pub(crate) struct Folding<'t> {
    text: &'t str,
    /// How much of the text is folded.
    done: usize,
    folded: String,
    /// What came from where, when ranges are to be translated back.
    segments: Option<Vec<Segment>>,
}

/// A part of the text that was folded by itself.
#[derive(Clone, Copy)]
struct Segment {
    /// Where it starts in the text.
    text: usize,
    /// Where it starts in the folded form.
    folded: usize,
    length: usize,
    /// Whether it was copied as it is.
    copied: bool,
}

impl<'t> Folding<'t> {
    /// Starts to fold. Ranges can be translated back only if `locatable`.
    pub(crate) fn new(text: &'t str, locatable: bool) -> Self {
        Self {
            text,
            done: 0,
            folded: String::new(),
            segments: locatable.then(Vec::new),
        }
    }

    /// Folds at least `length` bytes more. False when there was nothing left to fold.
    pub(crate) fn advance(&mut self, length: usize) -> bool {
        let until = self.done.saturating_add(length);
        while self.done < until {
            let (segment, how) = first_segment(self.text.get(self.done..).unwrap_or_default());
            if segment.is_empty() {
                return false;
            }
            if let Some(segments) = &mut self.segments {
                let (text, folded) = (self.done, self.folded.len());
                segments.push(Segment {
                    text,
                    folded,
                    length: segment.len(),
                    copied: how == How::Copied,
                });
            }
            match how {
                How::Copied => self.folded.push_str(segment),
                How::Mapped => self.folded.extend(segment.chars().filter_map(fold_char)),
                How::Normalised => self.folded.extend(segment.nfkc().filter_map(fold_char)),
            }
            self.done += segment.len();
        }
        true
    }

    /// The folded form, when it differs from the text itself.
    pub(crate) fn changed(&self) -> Option<&str> {
        (self.folded != self.text).then_some(&self.folded)
    }

    /// The bytes of the text that a range of the folded form comes from: to the byte where it was copied, else the whole
    /// of every segment it touches.
    pub(crate) fn source(&self, range: &Range<usize>) -> Range<usize> {
        let segments = self.segments.as_deref().unwrap_or_default();
        let last_that = |starts: &dyn Fn(usize) -> bool| {
            let after = segments.partition_point(|segment| starts(segment.folded));
            after.checked_sub(1).and_then(|last| segments.get(last))
        };
        let start = last_that(&|folded| folded <= range.start).map_or(0, |first| {
            let into = if first.copied {
                range.start - first.folded
            } else {
                0
            };
            first.text + into
        });
        let end = last_that(&|folded| folded < range.end).map_or(0, |last| {
            let into = if last.copied {
                range.end - last.folded
            } else {
                last.length
            };
            last.text + into
        });
        start..end
    }
}

/// Where even a segment that would combine further is cut, so that no text of marks alone can stall a fold.
const LONGEST_SEGMENT: usize = 4096;

/// How a part of a text is folded.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// It is folded already.
    Copied,
    /// It is normalised already.
    Mapped,
    Normalised,
}

/// The start of the text that can be folded by itself, and how: what is folded already as far as that goes, else one character
/// with what combines with it.
fn first_segment(text: &str) -> (&str, How) {
    let folded = leading_folded(text);
    let start = text.get(..folded).unwrap_or_default();
    // The last character may combine with what follows.
    let alone = if folded == text.len() {
        folded
    } else {
        start.char_indices().next_back().map_or(0, |(last, _)| last)
    };
    if alone > 0 {
        return (text.get(..alone).unwrap_or_default(), How::Copied);
    }
    let mut next = text.char_indices().skip(1);
    let end = next
        .find(|&(at, c)| at >= LONGEST_SEGMENT || starts_segment(c))
        .map_or(text.len(), |(at, _)| at);
    let segment = text.get(..end).unwrap_or_default();
    let mut chars = segment.chars();
    let is_normalised =
        chars.next().is_some_and(|c| NORMALISED.contains(c)) && chars.next().is_none();
    (
        segment,
        if is_normalised {
            How::Mapped
        } else {
            How::Normalised
        },
    )
}

/// Whether the character never combines with what stands before it (a normalisation boundary, in the words of the
/// annex).
fn starts_segment(c: char) -> bool {
    if NORMALISED.contains(c) {
        return true;
    }
    let mut first = None;
    decompose_compatible(c, |part| {
        first.get_or_insert(part);
    });
    let first = first.unwrap_or(c);
    canonical_combining_class(first) == 0
        && is_nfc_quick(std::iter::once(first)) == IsNormalized::Yes
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fold(text: &str) -> Folding<'_> {
        let mut folding = Folding::new(text, true);
        while folding.advance(1) {}
        folding
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text).folded, expected, "{text:?}");
    }

    #[test]
    fn disguises_are_seen_through() {
        check("rm -rf", "rm -rf");
        check("\u{FF52}\u{FF4D} \u{FF0D}\u{FF52}\u{FF46}", "rm -rf");
        check("r\u{AD}m\u{200B} \u{2011}r\u{2060}f", "rm -rf");
        check("can\u{2019}t \u{201C}x\u{201D}", "can't \"x\"");
        check("\u{2212}\u{FE63}\u{2014}", "---");
        check("\u{2215}etc \u{BD}", "/etc 1/2");
        check("a\u{85}b\u{3000}c\u{2028}d\te", "a b c d\te");
        check("e\u{301}\u{1100}\u{1161}", "\u{E9}\u{AC00}");
        check("e\u{200B}\u{301}", "e\u{301}");
    }

    #[test]
    fn ranges_lead_back_to_the_text() {
        let source = |text: &str, range: Range<usize>| {
            text.get(fold(text).source(&range)).unwrap().to_owned()
        };
        assert_eq!(source("é run rm -rf /x", 7..13), "rm -rf");
        assert_eq!(
            source("x \u{FF52}\u{FF4D} \u{FF0D}\u{FF52}\u{FF46} y", 2..8),
            "\u{FF52}\u{FF4D} \u{FF0D}\u{FF52}\u{FF46}"
        );
        assert_eq!(source("x r\u{200B}m y", 2..4), "r\u{200B}m");
        assert_eq!(source("\u{FDFA}z", 3..4), "\u{FDFA}");
    }

    #[test]
    fn other_scripts_are_folded_already() {
        for text in [
            "中文",
            "Ёлка",
            "한국어",
            "日本語のテキスト",
            "Grüße",
            "עברית",
        ] {
            assert!(is_folded(text), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_a_quick_look_takes_for_folded_is_folded(text in "([a-z\u{C0}-\u{17F}\u{300}-\u{308}\u{400}-\u{4FF}\u{900}-\u{9FF}\u{1100}-\u{11FF}\u{2000}-\u{206F}\u{3040}-\u{30FF}\u{AC00}-\u{D7A3}\u{FF00}-\u{FFEF}]){1,4}|\\PC{1,6}") {
            prop_assert!(!is_folded(&text) || fold(&text).folded == text);
        }

        #[test]
        fn folding_in_segments_is_folding_the_whole(text in "\\PC{0,12}([a-e\u{300}-\u{308}\u{1100}-\u{1175}\u{AC00}-\u{AC10}\u{FF00}-\u{FFEF}\u{2000}-\u{206F} ]){0,20}\\PC{0,6}") {
            let whole: String = text.nfkc().filter_map(fold_char).collect();
            prop_assert_eq!(&fold(&text).folded, &whole);
        }
    }
}
