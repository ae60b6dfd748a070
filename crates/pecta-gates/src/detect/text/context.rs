//! The words around a number that say what it is.

use super::super::around;
use crate::text::ByteSet;

/// The bit in which the cases of most letters differ, beyond ASCII as well.
const CASE: u8 = 0x20;

/// Words, in lower case, that text is looked at for the end of.
pub(super) struct WordList {
    pub(super) words: &'static [&'static str],
    /// The bytes that end a word in either case.
    ends: ByteSet,
}

impl WordList {
    pub(super) const fn new(words: &'static [&'static str]) -> Self {
        let mut ends = ByteSet::NONE;
        let mut left = words;
        while let [word, rest @ ..] = left {
            if let Some(last) = word.as_bytes().last() {
                ends = ends.with(&[*last, *last ^ CASE]);
            }
            left = rest;
        }
        Self { words, ends }
    }

    /// Whether one of the words ends with what the text ends with.
    fn may_end(&self, text: &[u8]) -> bool {
        text.last().is_some_and(|last| self.ends.contains(*last))
    }
}

/// Words that may stand between a label and what it labels.
#[rustfmt::skip]
static FILLERS: WordList = WordList::new(&[
    "number", "numbers", "num", "no", "nr", "nbr", "is", "are", "was", "at", "on", "to", "me", "us", "my",
    "our", "the", "your", "his", "her", "their", "home", "work", "office", "direct", "new", "numero", "número",
    "nummer", "numer", "on file", "номер", "n°", "nº", "est", "es", "ist", "号", "号码", "번호",
]);

/// How far back a label is searched for, in bytes.
const REACH: usize = 48;

/// Whether what follows the text is labelled by one of the words (in lower case), as in "Phone:", "phone number is" or
/// `"phone": "`.
pub(super) fn labelled(before: &[u8], labels: &WordList) -> bool {
    let mut rest = tail(before, REACH);
    for _ in 0..5 {
        rest = trim_punctuation(rest);
        if ends_with_any(rest, labels).is_some() {
            return true;
        }
        let Some(filler) = ends_with_any(rest, &FILLERS) else {
            return false;
        };
        rest = rest.get(..rest.len() - filler).unwrap_or_default();
    }
    false
}

/// Whether what follows the text may be [labelled](labelled), as its last byte tells.
pub(super) fn may_be_labelled(before: &[u8], labels: &WordList) -> bool {
    let rest = trim_punctuation(tail(before, REACH));
    labels.may_end(rest) || FILLERS.may_end(rest)
}

/// Whether one of the words (in lower case) stands within `reach` bytes before or after the range, on the same line.
pub(super) fn mentioned(
    text: &[u8],
    range: &std::ops::Range<usize>,
    reach: usize,
    words: &[&str],
) -> bool {
    let before = tail(around(text, range.start).0, reach);
    let before = before.rsplit(|&byte| byte == b'\n').next();
    let after = around(text, range.end).1;
    let after = after.get(..reach).unwrap_or(after);
    let after = after.split(|&byte| byte == b'\n').next();
    [before, after]
        .into_iter()
        .flatten()
        .any(|part| contains_any(part, words))
}

/// The last bytes of the text.
pub(super) fn tail(text: &[u8], length: usize) -> &[u8] {
    text.get(text.len().saturating_sub(length)..)
        .unwrap_or_default()
}

fn trim_punctuation(mut text: &[u8]) -> &[u8] {
    while let [
        rest @ ..,
        b' ' | b'\t' | b'.' | b':' | b'=' | b'#' | b'-' | b'(' | b')' | b'"' | b'\'' | b'*' | b'>'
        | b'_' | b'`' | b'[',
    ] = text
    {
        text = rest;
    }
    while let Some(rest) = text
        .strip_suffix("：".as_bytes())
        .or_else(|| text.strip_suffix("\u{A0}".as_bytes()))
    {
        text = rest;
    }
    text
}

/// The length of the word of the list that the text ends with.
fn ends_with_any(text: &[u8], list: &WordList) -> Option<usize> {
    // Nearly all text is none of it by its last byte, nor are most of the words.
    let end_byte = text
        .last()
        .filter(|end_byte| list.ends.contains(**end_byte))?
        | CASE;
    let may_be = |word: &&&str| {
        word.bytes()
            .last()
            .is_some_and(|byte| byte | CASE == end_byte)
    };
    list.words.iter().filter(may_be).find_map(|word| {
        let (rest, end) = text.split_at_checked(text.len().checked_sub(word.len())?)?;
        (same(end, word) && starts_at_boundary(rest, end)).then_some(word.len())
    })
}

/// Whether one of the words (in lower case) stands in the text.
pub(super) fn contains_any(text: &[u8], words: &[&str]) -> bool {
    (0..text.len()).any(|at| {
        let (before, rest) = around(text, at);
        words.iter().any(|word| {
            rest.split_at_checked(word.len())
                .is_some_and(|(start, after)| {
                    let ends =
                        !word.is_ascii() || !after.first().is_some_and(u8::is_ascii_alphabetic);
                    ends && same(start, word) && starts_at_boundary(before, start)
                })
        })
    })
}

/// Whether the word does not go on from one before it. A word in another alphabet may stand in the middle of others: not all
/// scripts have spaces. A capital starts a word of a name: "homePhone".
fn starts_at_boundary(before: &[u8], word: &[u8]) -> bool {
    match (before.last(), word.first()) {
        (Some(last), Some(first)) if word.is_ascii() => {
            !last.is_ascii_alphanumeric() || last.is_ascii_lowercase() && first.is_ascii_uppercase()
        }
        _ => true,
    }
}

/// Whether the text is the word, in any case.
fn same(text: &[u8], word: &str) -> bool {
    text.eq_ignore_ascii_case(word.as_bytes()) || !text.is_ascii() && is_in_lower_case(text, word)
}

fn is_in_lower_case(text: &[u8], word: &str) -> bool {
    let text = str::from_utf8(text);
    text.is_ok_and(|text| text.chars().flat_map(char::to_lowercase).eq(word.chars()))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Every word of the list labels what follows, in any case.
    pub(in super::super) fn check_words(list: &WordList) {
        for word in list.words {
            assert_eq!(*word, word.to_lowercase());
            assert_eq!(trim_punctuation(word.as_bytes()), word.as_bytes(), "{word}");
            let mut letters = word.chars();
            let first = letters.next().into_iter().flat_map(char::to_uppercase);
            let capitalised: String = first.chain(letters).collect();
            for written in [word, word.to_uppercase().as_str(), &capitalised] {
                let before = format!("{written}: ");
                let before = before.as_bytes();
                assert!(may_be_labelled(before, list), "{written}");
                assert!(labelled(before, list), "{written}");
            }
        }
    }

    #[test]
    fn fillers_are_passed_over_in_any_case() {
        check_words(&FILLERS);
    }

    #[test]
    fn labels_stand_right_before() {
        let labels = WordList::new(&["phone", "電話", "тел"]);
        let check = |before: &str, expected: bool| {
            let before_bytes = before.as_bytes();
            assert!(
                !expected || may_be_labelled(before_bytes, &labels),
                "{before}"
            );
            assert_eq!(labelled(before_bytes, &labels), expected, "{before}");
        };
        for before in [
            "Phone: ",
            "phone number is ",
            "\"phone\": \"",
            "Phone No. ",
            "my phone (",
            "電話：",
            "work_phone=",
            "workPhone=",
            "ТЕЛ. НОМЕР: ",
        ] {
            check(before, true);
        }
        for before in [
            "",
            "phone model ",
            "microphone: ",
            "phone, order ",
            "phones ",
        ] {
            check(before, false);
        }
    }

    #[test]
    fn mentions_stand_on_the_same_line() {
        let check = |text: &str, expected| {
            let at = text.find('#').unwrap();
            assert_eq!(
                mentioned(text.as_bytes(), &(at..at + 1), 12, &["card"]),
                expected,
                "{text}"
            );
        };
        check("Card ending # here", true);
        check("# on the card", true);
        check("card\n#", false);
        check("discard #", false);
        check("cards #", false);
        check("card far away from #", false);
        let text = "CARTÃO # e CARTÀO";
        assert!(mentioned(text.as_bytes(), &(8..9), 12, &["cartão"]));
        assert!(!mentioned(text.as_bytes(), &(8..9), 12, &["cartáo"]));
    }
}
