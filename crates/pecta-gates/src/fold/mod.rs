//! The folded form of a string: what disguised text reads like.
//!
//! NFKC (Unicode Standard Annex 15), then characters that cannot be seen removed, and look-alikes of hyphens, quotes,
//! slashes and spaces replaced by the ASCII ones. ASCII text is its own folded form.

mod folded;
mod normaliser;
mod table;

use std::{borrow::Cow, ops::Range};

use normaliser::Normaliser;
use table::{Fold, Table};

pub use folded::Folded;

/// Gets ready what the first fold would take milliseconds for.
pub(crate) fn prepare() {
    Table::get();
}

/// Whether the string is its own folded form, as far as a look at each of its characters tells.
pub(crate) fn is_folded(text: &str) -> bool {
    leading_folded(Table::get(), text) == text.len()
}

/// The folded form of a short string.
pub(crate) fn folded(text: &str) -> Cow<'_, str> {
    match Folded::of(text, |_| true) {
        Some(folded) => folded.text().to_owned().into(),
        None => text.into(),
    }
}

/// Whether the string is nothing but white space and characters that cannot be seen.
pub(crate) fn is_blank(text: &str) -> bool {
    let table = Table::get();
    text.chars().all(|c| {
        if c.is_ascii() {
            c.is_whitespace()
        } else {
            matches!(table.fold(c), Fold::Nothing | Fold::Ascii(b' '))
        }
    })
}

/// The length of the start of the text in which every character is its own folded form, alone and after those before it.
fn leading_folded(table: &Table, text: &str) -> usize {
    let mut rest = text;
    loop {
        rest = rest.get(leading_ascii(rest)..).unwrap_or_default();
        let stop = rest.find(|c: char| c.is_ascii() || table.fold(c) != Fold::Itself);
        rest = rest.get(stop.unwrap_or(rest.len())..).unwrap_or_default();
        if !rest.starts_with(|c: char| c.is_ascii()) {
            return text.len() - rest.len();
        }
    }
}

/// How many bytes at the start of the text are ASCII, if they are enough to be copied at once.
fn long_ascii(text: &str) -> Option<usize> {
    let eight: &[u8; 8] = text.as_bytes().first_chunk()?;
    eight.is_ascii().then(|| leading_ascii(text))
}

/// How many bytes at the start of the text are ASCII.
fn leading_ascii(text: &str) -> usize {
    const BEYOND_ASCII: u64 = 0x8080_8080_8080_8080;
    let (eights, rest) = text.as_bytes().as_chunks::<8>();
    for (nth, eight) in eights.iter().enumerate() {
        let beyond = u64::from_le_bytes(*eight) & BEYOND_ASCII;
        if beyond != 0 {
            return 8 * nth + beyond.trailing_zeros() as usize / 8;
        }
    }
    let of_rest = rest.iter().take_while(|byte| byte.is_ascii()).count();
    8 * eights.len() + of_rest
}

/// A string on its way to its folded form, piece by piece.
pub(crate) struct Folding<'t> {
    table: &'static Table,
    text: &'t str,
    /// How much of the text is folded.
    done: usize,
    room: Room,
    /// What came from where, when ranges are to be translated back.
    segments: Option<Vec<Segment>>,
}

/// The room that a folding takes, for use again by the next.
#[derive(Default)]
pub(crate) struct Room {
    folded: String,
    normaliser: Normaliser,
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
    pub(crate) fn new(text: &'t str, mut room: Room, locatable: bool) -> Self {
        room.folded.clear();
        room.folded.reserve(text.len());
        Self {
            table: Table::get(),
            text,
            done: 0,
            room,
            segments: locatable.then(Vec::new),
        }
    }

    pub(crate) fn into_room(self) -> Room {
        self.room
    }

    /// Folds at least `length` bytes more. False when there was nothing left to fold.
    pub(crate) fn advance(&mut self, length: usize) -> bool {
        let until = self.done.saturating_add(length);
        let mut rest = self.text.get(self.done..).unwrap_or_default().chars();
        while self.done < until {
            if let Some(length) = long_ascii(rest.as_str()) {
                let (copied, others) = rest.as_str().split_at_checked(length).unwrap_or_default();
                self.begin_segment(length, true);
                self.room.folded.push_str(copied);
                self.done += length;
                rest = others.chars();
            }
            let Some(c) = rest.next() else {
                return false;
            };
            let fold = self.table.fold(c);
            if let Fold::Ascii(byte) = fold {
                self.begin_segment(c.len_utf8(), false);
                self.room.folded.push(byte.into());
            } else if fold == Fold::Itself {
                self.begin_segment(c.len_utf8(), true);
                self.room.folded.push(c);
            } else if matches!(fold, Fold::Mark(_) | Fold::Combining) {
                self.normalise();
                rest = self.text.get(self.done..).unwrap_or_default().chars();
                continue;
            } else {
                self.begin_segment(c.len_utf8(), false);
                if let Fold::Others(nth) = fold {
                    self.room.folded.push_str(self.table.replacement(nth));
                }
            }
            self.done += c.len_utf8();
        }
        true
    }

    /// Folds the last character once more, with what combines with it.
    fn normalise(&mut self) {
        self.take_back();
        let rest = self.text.get(self.done..).unwrap_or_default();
        let mut end = 0;
        for (at, c) in rest.char_indices() {
            let fold = self.table.fold(c);
            let goes_on = matches!(fold, Fold::Mark(_) | Fold::Combining) && at < LONGEST_SEGMENT;
            if at > 0 && !goes_on {
                break;
            }
            self.room.normaliser.push(c, fold);
            end = at + c.len_utf8();
        }
        self.begin_segment(end, false);
        let Room { folded, normaliser } = &mut self.room;
        normaliser.finish(folded);
        self.done += end;
    }

    /// Goes back to before the last character, unless there is none or it was at the end of a segment as long as may be.
    fn take_back(&mut self) {
        let before = self.text.get(..self.done).unwrap_or_default();
        let Some(last) = before.chars().next_back() else {
            return;
        };
        let folded = match self.table.fold(last) {
            Fold::Itself => last.len_utf8(),
            Fold::Nothing => 0,
            Fold::Ascii(_) => 1,
            Fold::Others(nth) => self.table.replacement(nth).len(),
            Fold::Mark(_) | Fold::Combining => return,
        };
        self.done -= last.len_utf8();
        let length = self.room.folded.len() - folded;
        self.room.folded.truncate(length);
        if let Some(segments) = &mut self.segments
            && let Some(segment) = segments.last_mut()
        {
            segment.length -= last.len_utf8();
            if segment.length == 0 {
                segments.pop();
            }
        }
    }

    fn begin_segment(&mut self, length: usize, copied: bool) {
        if let Some(segments) = &mut self.segments {
            if let Some(last) = segments.last_mut().filter(|last| copied && last.copied) {
                last.length += length;
                return;
            }
            let (text, folded) = (self.done, self.room.folded.len());
            segments.push(Segment {
                text,
                folded,
                length,
                copied,
            });
        }
    }

    /// The folded form, when it differs from the text itself.
    pub(crate) fn changed(&self) -> Option<&str> {
        (self.room.folded != self.text).then_some(&self.room.folded)
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
        // Around what cannot be seen, an empty range ends before it starts.
        start..end.max(start)
    }
}

/// Where even a segment that would combine further is cut, so that no text of marks alone can stall a fold.
const LONGEST_SEGMENT: usize = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::{table::fold_normalised, *};
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    fn fold(text: &str) -> Folding<'_> {
        let mut folding = Folding::new(text, Room::default(), true);
        while folding.advance(1) {}
        folding
    }

    fn whole(text: &str) -> String {
        text.nfkc().filter_map(fold_normalised).collect()
    }

    fn check(text: &str, expected: &str) {
        assert_eq!(fold(text).room.folded, expected, "{text:?}");
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
        assert_eq!(source("\u{200B}z", 0..0), "");
    }

    #[test]
    fn blanks_are_white_space_and_what_cannot_be_seen() {
        for c in '\0'..=char::MAX {
            let expected = c.is_whitespace() || table::is_invisible(c);
            assert_eq!(is_blank(c.encode_utf8(&mut [0; 4])), expected, "{c:?}");
        }
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

    #[test]
    fn every_character_is_folded_alone_and_among_others() {
        // Those behind are their own folded form.
        for c in '\0'..='\u{30000}' {
            for text in [
                format!("{c}"),
                format!("e{c}\u{301}x"),
                format!("\u{FF45}{c}\u{316}\u{302}"),
                format!("\u{1100}{c}\u{11A8}"),
            ] {
                assert_eq!(fold(&text).room.folded, whole(&text), "{text:?}");
            }
        }
    }

    #[test]
    fn runs_of_marks_are_ordered_however_long() {
        let check = |text: String| assert_eq!(fold(&text).room.folded, whole(&text));
        check("\u{301}\u{316}".repeat(1000));
        check(format!("r{}\u{30C}m", "\u{316}\u{327}".repeat(3000)));
        check(format!("e{}", "\u{344}\u{301}\u{302}\u{323}".repeat(500)));
    }

    proptest! {
        #[test]
        fn what_a_quick_look_takes_for_folded_is_folded(text in "([a-z\u{C0}-\u{17F}\u{300}-\u{308}\u{400}-\u{4FF}\u{900}-\u{9FF}\u{1100}-\u{11FF}\u{2000}-\u{206F}\u{3040}-\u{30FF}\u{AC00}-\u{D7A3}\u{FF00}-\u{FFEF}]){1,4}|\\PC{1,6}") {
            prop_assert!(!is_folded(&text) || fold(&text).room.folded == text);
        }

        #[test]
        fn folding_in_segments_is_folding_the_whole(text in "\\PC{0,12}([a-e\u{300}-\u{308}\u{1100}-\u{1175}\u{AC00}-\u{AC10}\u{FF00}-\u{FFEF}\u{2000}-\u{206F} ]){0,20}\\PC{0,6}") {
            prop_assert_eq!(&fold(&text).room.folded, &whole(&text));
        }
    }
}
