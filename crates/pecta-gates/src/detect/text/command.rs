//! Whether words are said as a command, or only spoken of.

use super::{super::around, context::tail};

/// How far the words before and behind a command are read, in bytes.
const REACH: usize = 96;

/// Words that may stand before a command, in lower case.
#[rustfmt::skip]
const LEADS: &[&str] = &[
    "please", "now", "and", "then", "immediately", "first", "just", "instead", "important", "also", "so",
    "kindly", "but", "next", "hey", "hi", "assistant", "system", "simply", "fully",
];

/// Pairs of words that may stand before a command, in lower case.
const PAIRS: [(&str, &str); 15] = [
    ("you", "must"),
    ("you", "should"),
    ("you", "to"),
    ("you", "will"),
    ("must", "now"),
    ("need", "to"),
    ("have", "to"),
    ("are", "to"),
    ("can", "you"),
    ("could", "you"),
    ("you", "shall"),
    ("going", "to"),
    ("want", "to"),
    ("you", "can"),
    ("you", "may"),
];

/// Words that, before a colon, make what follows an example.
#[rustfmt::skip]
const EXAMPLES: &[&str] = &[
    "attack", "attacks", "example", "examples", "e.g", "such as", "like", "injection", "injections", "phrase",
    "phrases", "payload", "payloads", "pattern", "patterns", "jailbreak", "prompts",
];

/// Words that, after a phrase, name it, in lower case.
#[rustfmt::skip]
const NAMED: &[&str] = &[
    "attack", "attacks", "injection", "injections", "prompt", "prompts", "jailbreak", "jailbreaks", "phrase",
    "phrases", "technique", "techniques", "style", "pattern",
];

/// Whether the words at the position open a sentence as a command does, outside quotes.
pub(super) fn is_command(text: &[u8], at: usize) -> bool {
    let mut before = tail(around(text, at).0, REACH);
    for _ in 0..4 {
        let trimmed = before.trim_ascii_end();
        let spaces = around(before, trimmed.len()).1;
        let Some(&last) = trimmed.last() else {
            return true;
        };
        if last.is_ascii_alphabetic() {
            if spaces.contains(&b'\n') {
                return true;
            }
            let (rest, word) = last_word(trimmed);
            if LEADS
                .iter()
                .any(|lead| word.eq_ignore_ascii_case(lead.as_bytes()))
            {
                before = rest;
                continue;
            }
            let (rest, earlier) = last_word(rest.trim_ascii_end());
            let pair = PAIRS.iter().any(|(first, second)| {
                earlier.eq_ignore_ascii_case(first.as_bytes())
                    && word.eq_ignore_ascii_case(second.as_bytes())
            });
            // Whoever says "you must" speaks to the reader, unless it is quoted.
            return pair && !ends_in_quote(rest);
        }
        return match last {
            b'"' | b'\'' | b'`' => is_json_value(trimmed),
            b':' => !is_example(trimmed),
            b'(' | b'/' | b'_' | b'=' => false,
            b'-' | b'.' => trimmed.len() < before.len() || last == b'.',
            // The end of a curly quote or the start of one; other characters end a sentence in their script.
            0x80.. => !ends_in_quote(trimmed),
            byte => !byte.is_ascii_digit() || spaces.contains(&b'\n'),
        };
    }
    true
}

/// Whether what follows the phrase names it: "'ignore previous instructions' attacks".
pub(super) fn is_named(text: &[u8], end: usize) -> bool {
    let after = around(text, end).1;
    let after = after.get(..REACH).unwrap_or(after);
    let quoted = after.first().is_some_and(|byte| b"'\"`".contains(byte));
    let after = if quoted {
        after.get(1..).unwrap_or_default()
    } else {
        after
    };
    let after = after.trim_ascii_start();
    NAMED.iter().any(|word| {
        after
            .split_at_checked(word.len())
            .is_some_and(|(start, rest)| {
                start.eq_ignore_ascii_case(word.as_bytes())
                    && !rest.first().is_some_and(u8::is_ascii_alphabetic)
            })
    })
}

fn last_word(text: &[u8]) -> (&[u8], &[u8]) {
    let length = text
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    around(text, text.len() - length)
}

fn ends_in_quote(text: &[u8]) -> bool {
    let text = text.trim_ascii_end();
    let quotes = [
        "\"", "'", "`", "\u{201C}", "\u{201D}", "\u{2018}", "\u{2019}", "\u{AB}", "\u{BB}",
        "\u{201E}", "\u{300C}",
    ];
    quotes.iter().any(|quote| text.ends_with(quote.as_bytes()))
}

/// Whether a quote that ends the text opens a value of JSON: `"note": "`.
pub(super) fn is_json_value(text: &[u8]) -> bool {
    let text = text.strip_suffix(b"\"").unwrap_or_default();
    let text = text.strip_suffix(b"\\").unwrap_or(text).trim_ascii_end();
    text.strip_suffix(b":")
        .is_some_and(|name| name.trim_ascii_end().ends_with(b"\""))
}

/// Whether the line before a colon announces an example.
fn is_example(text: &[u8]) -> bool {
    let line = text
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    EXAMPLES
        .iter()
        .any(|word| line.windows(word.len()).any(|part| part == word.as_bytes()))
}

/// The word that follows, after white space, and the position after it. Empty when something else follows.
pub(super) fn next_word(text: &[u8], at: usize) -> (&[u8], usize) {
    let rest = around(text, at).1;
    let spaces = rest
        .iter()
        .take(8)
        .take_while(|byte| byte.is_ascii_whitespace())
        .count();
    let rest = around(rest, spaces).1;
    let length = rest
        .iter()
        .take(24)
        .take_while(|byte| byte.is_ascii_alphabetic() || **byte == b'\'')
        .count();
    (rest.get(..length).unwrap_or_default(), at + spaces + length)
}

/// Whether the word is in the list, in any ASCII case.
pub(super) fn is_one_of(word: &[u8], words: &[&str]) -> bool {
    words
        .iter()
        .any(|other| word.eq_ignore_ascii_case(other.as_bytes()))
}
