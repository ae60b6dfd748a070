//! The reference: the documented patterns, written out for an engine with look-around.

use std::{collections::BTreeMap, ops::Range};

use fancy_regex::Regex;
use unicode_normalization::UnicodeNormalization;

pub(crate) struct Reference {
    patterns: BTreeMap<&'static str, Vec<Regex>>,
}

/// ECMAScript's `\s`, for use in a class.
const SPACE: &str = r"\t\n\x0B\x0C\r \x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}\x{FEFF}";

impl Reference {
    pub(crate) fn new() -> Self {
        let compile = |pattern: &str| {
            // `\b` and `\d` are ASCII; `S` stands for white space, to be written within a class.
            let boundary =
                "(?:(?<=[A-Za-z0-9_])(?![A-Za-z0-9_])|(?<![A-Za-z0-9_])(?=[A-Za-z0-9_]))";
            let pattern = pattern
                .replace(r"\b", boundary)
                .replace(r"\d", "[0-9]")
                .replace("%S", SPACE);
            Regex::new(&pattern).unwrap()
        };
        let end = r"(?![A-Za-z0-9_-])(?!\.[^%S])";
        let any_case = |phrase: &str| -> String {
            phrase
                .chars()
                .map(|c| match c {
                    'a'..='z' => format!("[{c}{}]", c.to_ascii_uppercase()),
                    ' ' => "[%S]+".to_owned(),
                    _ => c.to_string(),
                })
                .collect()
        };
        let phrases = [
            "i (don't|do not) have (access|the ability)",
            "i (can't|cannot) (do|help|provide|access|complete|fulfill|assist)",
            "as an ai (language )?model",
            "(i'm|i am|i'm just) an ai",
        ];
        let patterns = BTreeMap::from([
            (
                "destructive",
                vec![r"(?<![A-Za-z0-9_.-])rm((?:[%S]+-{1,2}[A-Za-z-]+)+)".to_owned()],
            ),
            (
                "traversal",
                vec![r#"(?:^|[/\\%S'"`])\.\.(?:$|[/\\%S'"`])"#.to_owned()],
            ),
            (
                "sensitive",
                vec![
                    format!(r"(?<![A-Za-z0-9_.~%/\\-])/+(?:etc|usr|var){end}"),
                    format!(r"(?:~|/home/[^/%S]+)/\.(?:ssh|aws|gnupg){end}"),
                ],
            ),
            (
                "email",
                vec![r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}".to_owned()],
            ),
            (
                "ssn",
                vec![r"\b(?!000|666|9\d{2})\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b".to_owned()],
            ),
            (
                "phone",
                vec![r"\b(?:\+?1[-.%S]?)?\(?[2-9]\d{2}\)?[-.%S]\d{3}[-.%S]\d{4}\b".to_owned()],
            ),
            (
                "refusal",
                phrases
                    .iter()
                    .map(|phrase| format!(r"\b{}\b", any_case(phrase)))
                    .collect(),
            ),
        ]);
        let compiled =
            |sources: Vec<String>| sources.iter().map(|source| compile(source)).collect();
        Self {
            patterns: patterns
                .into_iter()
                .map(|(check, sources)| (check, compiled(sources)))
                .collect(),
        }
    }

    /// Where the check matches the text, in order.
    pub(crate) fn find(&self, check: &str, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        for pattern in &self.patterns[check] {
            for captures in pattern.captures_iter(text) {
                let captures = captures.unwrap();
                if check != "destructive" || is_recursive_and_forced(&captures[1]) {
                    found.push(captures.get(0).unwrap().range());
                }
            }
        }
        found.sort_by_key(|range| range.start);
        found
    }

    pub(crate) fn hits(&self, check: &str, text: &str, folded: &str) -> bool {
        match check {
            "empty" => folded.trim().is_empty(),
            _ => {
                !self.find(check, text).is_empty()
                    || (folded != text && !self.find(check, folded).is_empty())
            }
        }
    }
}

fn is_recursive_and_forced(options: &str) -> bool {
    let has = |long: &str, letters: &str| {
        options
            .split(|c: char| c.is_whitespace() || c == '\u{FEFF}')
            .any(|option| {
                if option.starts_with("--") {
                    option == long
                } else {
                    option.contains(|c| letters.contains(c))
                }
            })
    };
    has("--recursive", "rR") && has("--force", "f")
}

/// The folded form.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::new();
    for c in text.nfkc() {
        let code = u32::from(c);
        match code {
            0xAD
            | 0x180E
            | 0x200B..=0x200F
            | 0x202A..=0x202E
            | 0x2060..=0x2064
            | 0x2066..=0x2069
            | 0xFEFF => {}
            0x2010..=0x2015 | 0x2212 | 0xFE58 | 0xFE63 => folded.push('-'),
            0x2018 | 0x2019 | 0x201B | 0x2BC => folded.push('\''),
            0x201C | 0x201D => folded.push('"'),
            0x2044 | 0x2215 => folded.push('/'),
            _ if c.is_whitespace() => folded.push(' '),
            _ => folded.push(c),
        }
    }
    folded
}
