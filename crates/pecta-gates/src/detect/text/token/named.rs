//! Tokens without a mark of their own, or with one that many words start with, near the name of who issued them.
//!
//! Flags what has the issuer's form within a few words behind its name: `AIRTABLE_API_KEY=pat….…`, `"herokuApiKey": "…"`.
//! Leaves alone an identifier that has the form of a key, unless it is called one.

use std::ops::Range;

use super::super::{
    super::{Match, around},
    Rule,
    anchors::Anchors,
    data::Alphabet,
    random::{is_placeholder, looks_random},
};

/// A form of tokens, and the name that stands before them.
struct Named {
    rule: &'static str,
    /// The name, in lower case.
    issuer: &'static str,
    /// Words of which one must stand between the name and the token; none if the form says enough.
    called: &'static [&'static str],
    form: &'static [Part],
    hit: &'static str,
    miss: &'static str,
}

/// Some text, then as many characters as are between these numbers.
struct Part(&'static str, Alphabet, usize, usize);

const UUID: &[Part] = &[
    Part("", Alphabet::Hex, 8, 8),
    Part("-", Alphabet::Hex, 4, 4),
    Part("-", Alphabet::Hex, 4, 4),
    Part("-", Alphabet::Hex, 4, 4),
    Part("-", Alphabet::Hex, 12, 12),
];

const NAMED: &[Named] = &[
    Named {
        rule: "airtable-token",
        issuer: "airtable",
        called: &[],
        form: &[
            Part("pat", Alphabet::Alphanumeric, 14, 14),
            Part(".", Alphabet::Hex, 64, 64),
        ],
        hit: "AIRTABLE_PAT=pat·kQ8wZr3XtVn5Lm.7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a",
        miss: "https://airtable.com/patterns/kQ8wZr3XtVn5Lm",
    },
    Named {
        rule: "discord-bot-token",
        issuer: "discord",
        called: &[],
        form: &[
            Part("", Alphabet::Alphanumeric, 23, 28),
            Part(".", Alphabet::Url, 6, 7),
            Part(".", Alphabet::Url, 27, 40),
        ],
        hit: "DISCORD_BOT=MTE4·NjI5MzQ4NzIxMDk1Njg0MQ.GkQ8wZ.r3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi",
        miss: "discord.js.org/docs/packages",
    },
    Named {
        rule: "heroku-api-key",
        issuer: "heroku",
        called: &["key", "token", "auth"],
        form: UUID,
        hit: "HEROKU_API_KEY=·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
        miss: "heroku app ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
    },
];

/// How far behind the name a token may start, in bytes.
const REACH: usize = 48;

/// A rule for each issuer.
pub(super) fn rules() -> impl Iterator<Item = Rule> {
    NAMED.iter().map(|named| Rule {
        id: named.rule,
        flags: "a token of the issuer's form that looks random, a few words behind its name",
        hit: named.hit,
        miss: named.miss,
    })
}

/// The names, where words start.
pub(super) const WORDS: &[&str] = &["airtable", "discord", "heroku"];

/// Where the names are.
pub(super) fn issuers() -> Anchors {
    Anchors::new(NAMED.iter().map(|named| named.issuer))
}

/// The token behind the name that starts at the position.
pub(super) fn find(issuers: &Anchors, text: &[u8], start: usize) -> Option<Match> {
    let (number, end) = issuers.at(text, start)?;
    let named = NAMED.get(number)?;
    let near = around(text, end).1;
    let near = near.get(..REACH).unwrap_or(near);
    let line = memchr::memchr(b'\n', near).unwrap_or(near.len());
    (0..line).find_map(|at| {
        let range = end + at..end + at + named.length(text.get(end + at..)?)?;
        let words = near.get(..at)?.to_ascii_lowercase();
        let is_called = |word: &&str| memchr::memmem::find(&words, word.as_bytes()).is_some();
        let called = named.called.is_empty() || named.called.iter().any(is_called);
        (called && stands_alone(text, &range)).then_some(Match {
            rule: named.rule,
            range,
        })
    })
}

impl Named {
    /// How long the token is that the text starts with.
    fn length(&self, text: &[u8]) -> Option<usize> {
        let mut length = 0;
        for Part(mark, alphabet, fewest, most) in self.form {
            let rest = around(text, length).1.strip_prefix(mark.as_bytes())?;
            let is_part = |byte: &&u8| alphabet.contains(**byte);
            let count = rest.iter().take(*most).take_while(is_part).count();
            if count < *fewest {
                return None;
            }
            length += mark.len() + count;
        }
        let token = around(text, length).0;
        (looks_random(token) && !is_placeholder(token)).then_some(length)
    }
}

/// Whether the token is no part of a longer word.
fn stands_alone(text: &[u8], range: &Range<usize>) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    !around(text, range.start).0.last().is_some_and(is_part)
        && !around(text, range.end).1.first().is_some_and(is_part)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_looked_for_as_they_are() {
        let issuers = NAMED.iter().map(|named| named.issuer);
        let words = WORDS.iter().copied();
        assert!(issuers.eq(words));
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let text = text.replace('·', "");
        let at = text.to_ascii_lowercase().find(|c| "ahd".contains(c));
        let found = find(&issuers(), text.as_bytes(), at.unwrap_or_default());
        assert_eq!(found.map(|found| found.rule), expected, "{text}");
    }

    #[test]
    fn tokens_stand_near_the_name() {
        check(
            "airtable \"pat·kQ8wZr3XtVn5Lm.7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a\"",
            Some("airtable-token"),
        );
        check(
            "herokuApiKey: '·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e'",
            Some("heroku-api-key"),
        );
        check("heroku key\n·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e", None);
        check("heroku key ·00000000-0000-0000-0000-000000000000", None);
        check("heroku key ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e-1", None);
        check(
            "airtable (a base of ours) and then, when all of it was done, a good deal later, pat·kQ8wZr3XtVn5Lm.7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e2b4d6f8a0c1e3b5d7f9a2c4e6b8d0f1a",
            None,
        );
    }
}
