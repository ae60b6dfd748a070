//! Telling natural language from commands.
//!
//! A line is prose when it starts like a sentence rather than with a command, and reads on like one. A command that only
//! starts a sentence ("rm -rf is dangerous") is told by the words that follow it. English decides by its function words, any
//! language by a capital letter and the end of a sentence.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr2, memrchr};

use super::{commands, lexer::Word, word_set::WordSet};

/// How many words are looked at to tell a sentence from arguments.
const LONGEST_SENTENCE: usize = 64;

/// Words that hold English sentences together, each rare as an operand of a command.
static FUNCTION_WORDS: WordSet<78> = WordSet::new(&[
    "a",
    "about",
    "after",
    "against",
    "all",
    "also",
    "always",
    "an",
    "and",
    "any",
    "anything",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "but",
    "by",
    "every",
    "everything",
    "for",
    "from",
    "has",
    "have",
    "here",
    "how",
    "if",
    "in",
    "instead",
    "into",
    "it",
    "its",
    "just",
    "like",
    "may",
    "might",
    "my",
    "never",
    "no",
    "not",
    "of",
    "on",
    "only",
    "or",
    "our",
    "over",
    "so",
    "than",
    "that",
    "the",
    "their",
    "them",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "under",
    "unless",
    "until",
    "using",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "why",
    "with",
    "without",
    "you",
    "your",
]);

/// Words that start the object of a sentence: "shred the documents".
const DETERMINERS: &[&str] = &[
    "the", "your", "my", "our", "their", "its", "this", "these", "those", "every",
];

/// Words that follow the name of a command when a sentence says something about it.
static PREDICATES: WordSet<27> = WordSet::new(&[
    "are",
    "can",
    "can't",
    "cannot",
    "command",
    "commands",
    "could",
    "deletes",
    "destroys",
    "discards",
    "does",
    "doesn't",
    "drops",
    "erases",
    "flag",
    "is",
    "isn't",
    "means",
    "must",
    "overwrites",
    "removes",
    "should",
    "shouldn't",
    "throws",
    "will",
    "wipes",
    "would",
]);

/// The fenced blocks that hold commands, by their language tag.
const SHELL_FENCES: &[&str] = &[
    "",
    "bash",
    "bat",
    "batch",
    "cmd",
    "console",
    "dosbatch",
    "fish",
    "ksh",
    "posh",
    "powershell",
    "ps1",
    "pwsh",
    "sh",
    "shell",
    "shell-session",
    "shellsession",
    "sql",
    "terminal",
    "zsh",
];

/// Whether the text behind the back-ticks of a fence announces commands.
pub(crate) fn is_shell_fence(tag: &[u8]) -> bool {
    let tag = tag.trim_ascii();
    let length = tag
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    let tag = tag.get(..length).unwrap_or_default().to_ascii_lowercase();
    SHELL_FENCES.iter().any(|shell| shell.as_bytes() == tag)
}

fn weight(word: &str) -> usize {
    let marks = word
        .bytes()
        .rev()
        .take_while(|byte| b",.!?:;".contains(byte));
    let marks = marks.count();
    let word = word.get(..word.len() - marks).unwrap_or_default();
    if FUNCTION_WORDS.contains(word) {
        1
    } else if PREDICATES.contains(word) {
        2
    } else {
        0
    }
}

/// Whether the word ends a sentence.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', '*', '_', '\u{201D}', '\u{BB}']);
    let body = word.trim_end_matches(['.', '!', '?', ':', '\u{3002}', '\u{FF01}', '\u{FF1F}']);
    let ends_word = |c: char| c.is_alphanumeric() || c == '`';
    body.len() < word.len() && body.chars().next_back().is_some_and(ends_word)
}

/// Whether the words that follow a command make it the beginning of a sentence.
pub(crate) fn is_sentence(words: &[Word<'_>]) -> bool {
    let words = words
        .get(..LONGEST_SENTENCE.min(words.len()))
        .unwrap_or_default();
    let plain = || {
        words
            .iter()
            .filter(|word| !word.quoted && !word.is_option())
    };
    let names_object = words
        .first()
        .is_some_and(|word| DETERMINERS.contains(&word.text.as_ref()));
    if names_object && !words.iter().any(Word::is_option) {
        return true;
    }
    let mut weighed = 0;
    for word in plain() {
        weighed += weight(&word.text);
        let ends_east_asian = word.text.ends_with('\u{3002}');
        if weighed >= 2 || ends_east_asian {
            return true;
        }
    }
    weighed == 1
        && plain()
            .next_back()
            .is_some_and(|word| ends_sentence(&word.text))
}

/// Whether a line is natural language.
pub(crate) fn is_line(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    if line.trim_start().starts_with("<!--") {
        return true;
    }
    let is_bullet = |word: &&str| {
        ["-", "*", "+", "\u{2022}", ">"].contains(word)
            || word
                .trim_end_matches(['.', ')'])
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'#')
    };
    let words = line.split_ascii_whitespace().skip_while(is_bullet);
    let Some(first) = words.clone().next() else {
        return false;
    };
    let first = first.trim_matches([
        '"', '\'', '(', '*', '_', ',', ':', '.', '!', '\u{201C}', '\u{AB}',
    ]);
    let capital = first.chars().next().is_some_and(char::is_uppercase);
    if !is_word(first) || commands::is_known(first) || first.starts_with('-') {
        return false;
    }
    let is_loop = ["for", "case", "select"].contains(&first)
        && words.clone().skip(2).take(2).any(|word| word == "in");
    if is_loop || calls(line.as_bytes()) {
        return false;
    }
    let first_is_capital = capital && first.chars().skip(1).all(|c| !c.is_uppercase());
    if !first_is_capital {
        return !has_operator(line) && has_weight(words, 2, 4);
    }
    has_weight(words.clone(), 1, 3)
        || words.clone().filter(|word| is_word(word)).take(4).count() == 4
        || words.clone().nth(1).is_some() && words.last().is_some_and(ends_sentence)
}

fn is_word(word: &str) -> bool {
    let is_part = |c: char| c.is_alphabetic() || "'\u{2019}-".contains(c);
    !word.is_empty() && word.chars().all(is_part)
}

/// Whether so many of the words hold sentences together, and there are so many in all.
fn has_weight<'l>(words: impl Iterator<Item = &'l str>, weights: usize, least: usize) -> bool {
    let mut heavy = 0;
    words.enumerate().any(|(at, word)| {
        heavy += usize::from(heavy < weights && weight(word) > 0);
        heavy >= weights && at + 1 >= least
    })
}

/// Whether a function is called on the line with a string literal.
fn calls(line: &[u8]) -> bool {
    memchr_iter(b'(', line).any(|at| {
        let (before, after) = line.split_at_checked(at).unwrap_or_default();
        let in_word = before
            .last()
            .is_some_and(|byte| !byte.is_ascii_whitespace());
        in_word && matches!(after.get(1), Some(b'\'' | b'"'))
    })
}

/// Whether an operator of the shell stands by itself on the line.
fn has_operator(line: &str) -> bool {
    memchr2(b'&', b'|', line.as_bytes()).is_some()
        && line
            .split_ascii_whitespace()
            .any(|word| ["&&", "||", "|"].contains(&word))
}

/// The line at hand, and whether it is prose.
#[derive(Default)]
pub(crate) struct Line {
    range: Range<usize>,
    is_prose: bool,
}

impl Line {
    /// Whether the line is prose that the range starts on. Ranges are asked about in order.
    pub(crate) fn is_prose(&mut self, text: &str, place: &Range<usize>) -> bool {
        if place.start >= self.range.end {
            let bytes = text.as_bytes();
            let before = bytes.get(self.range.end..place.start).unwrap_or_default();
            let start =
                memrchr(b'\n', before).map_or(self.range.end, |end| self.range.end + end + 1);
            let rest = bytes.get(place.end..).unwrap_or_default();
            let end = memchr(b'\n', rest).map_or(bytes.len(), |length| place.end + length + 1);
            self.range = start..end;
            self.is_prose = is_line(bytes.get(start..end).unwrap_or_default());
        }
        self.is_prose
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_are_prose() {
        for line in [
            "Never run rm -rf / on a server.",
            "We ran it; rm -rf / is what broke the build.",
            "- Please do not use rm -rf here.",
            "Führen Sie niemals rm -rf / aus.",
            "<!-- rm -rf / -->",
            "the command (rm -rf /) is a bad idea",
            "Our SOC wrote a Falco rule to alert on /etc/shadow reads.",
        ] {
            assert!(is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn commands_are_not() {
        for line in [
            "rm -rf /",
            "echo this is the end of the world; rm -rf /",
            "sudo rm -rf / and all that is in it",
            "cd /tmp && rm -rf x",
            "mytool in the box && rm -rf /",
            "FOO=1 rm -rf /",
            "/bin/rm -rf /",
            "DROP TABLE users;",
            "Remove-Item -Recurse -Force C:\\",
            "",
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }
}
