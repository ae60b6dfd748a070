//! The documented patterns of the strict profile, run by the `regex` crate. It has no look-around, so a character before or
//! after a match is part of it, and the numbers that are never issued are spelled out. Of `rm`, only the form is matched.

use pecta_gates::Json;
use regex::{Regex, RegexSet};

const PATTERNS: [&str; 8] = [
    r"(?:^|[^A-Za-z0-9_.-])rm(?:\s+-{1,2}[A-Za-z-]+)+",
    r#"(?:^|[/\\\s'"`])\.\.(?:$|[/\\\s'"`])"#,
    r"(?:^|[^A-Za-z0-9_.~%/\\-])/+(?:etc|usr|var)(?:[^A-Za-z0-9_.-]|\.\s|\.?$)",
    r"(?:~|/home/[^/\s]+)/\.(?:ssh|aws|gnupg)(?:[^A-Za-z0-9_.-]|\.\s|\.?$)",
    r"[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}",
    concat!(
        r"(?-u:\b)(?:00[1-9]|0[1-9][0-9]|[1-57-8][0-9]{2}|6[0-57-9][0-9]|66[0-57-9])",
        r"-(?:0[1-9]|[1-9][0-9])-(?:000[1-9]|00[1-9][0-9]|0[1-9][0-9]{2}|[1-9][0-9]{3})(?-u:\b)"
    ),
    r"(?-u:\b)(?:\+?1[-.\s]?)?\(?[2-9][0-9]{2}\)?[-.\s][0-9]{3}[-.\s][0-9]{4}(?-u:\b)",
    concat!(
        r"(?i)(?-u:\b)(?:i\s+(?:don't|do\s+not)\s+have\s+(?:access|the\s+ability)",
        r"|i\s+(?:can't|cannot)\s+(?:do|help|provide|access|complete|fulfill|assist)",
        r"|as\s+an\s+ai\s+(?:language\s+)?model|(?:i'm|i\s+am|i'm\s+just)\s+an\s+ai)(?-u:\b)"
    ),
];

pub(crate) struct Separate(Vec<Regex>);

impl Separate {
    pub(crate) fn new() -> Result<Self, regex::Error> {
        PATTERNS
            .iter()
            .map(|pattern| Regex::new(pattern))
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// The number of patterns that match one of the strings.
    pub(crate) fn hits(&self, output: &Json<'_>) -> usize {
        strings(output, &|text| {
            self.0
                .iter()
                .filter(|regex| regex.find(text).is_some())
                .count()
        })
    }
}

pub(crate) struct Set(RegexSet);

impl Set {
    pub(crate) fn new() -> Result<Self, regex::Error> {
        RegexSet::new(PATTERNS).map(Self)
    }

    /// The number of strings that a pattern matches.
    pub(crate) fn hits(&self, output: &Json<'_>) -> usize {
        strings(output, &|text| usize::from(self.0.is_match(text)))
    }
}

fn strings(output: &Json<'_>, count: &dyn Fn(&str) -> usize) -> usize {
    match output {
        Json::String(text) => count(text),
        Json::Array(items) => items.iter().map(|item| strings(item, count)).sum(),
        Json::Object(members) => members.iter().map(|(_, value)| strings(value, count)).sum(),
        _ => 0,
    }
}
