//! Tokens without a mark of their own, or with one that many words start with, near the name of who issued them.
//!
//! Flags what has the issuer's form within a few words behind its name: `AIRTABLE_API_KEY=pat….…`, `"herokuApiKey": "…"`.
//! Leaves alone an identifier that has the form of a key, unless it is called one.

use std::ops::Range;

use super::{
    super::{
        super::{Match, around},
        Rule,
        anchors::Anchors,
        context::contains_any,
        data::Alphabet,
        random::{is_placeholder, looks_random},
    },
    is_extended,
};

/// A form of tokens, and the name that stands before them.
struct Named {
    rule: &'static str,
    /// The name, in lower case.
    issuer: &'static str,
    /// Words of which one must stand between the name and the token; none if the form says enough.
    called: &'static [&'static str],
    form: &'static [Part],
    /// What must be true of the token besides.
    is_like: fn(&[u8]) -> bool,
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
        is_like: |_| true,
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
        is_like: starts_with_number,
        hit: "DISCORD_BOT=MTE4·NjI5MzQ4NzIxMDk1Njg0MQ.GkQ8wZ.r3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi",
        miss: "discord.js.org/docs/packages",
    },
    Named {
        rule: "heroku-api-key",
        issuer: "heroku",
        called: &["key", "apikey", "token", "auth"],
        form: UUID,
        is_like: |_| true,
        hit: "HEROKU_API_KEY=·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
        miss: "heroku app ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
    },
    Named {
        rule: "mailchimp-key",
        issuer: "mailchimp",
        called: &[],
        form: &[
            Part("", Alphabet::Hex, 32, 32),
            Part("-us", Alphabet::Hex, 1, 2),
        ],
        is_like: |_| true,
        hit: "MAILCHIMP_KEY=dac1a4b7d0b352ad6074dce111881383·-us12",
        miss: "mailchimp/dac1a4b7d0b352ad6074dce111881383·-us1.tar.gz",
    },
    Named {
        rule: "mailgun-key",
        issuer: "mailgun",
        called: &[],
        form: &[Part("key-", Alphabet::Hex, 32, 32)],
        is_like: |_| true,
        hit: "MAILGUN_API_KEY=key-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
        miss: "mailgun key-·value-store",
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
pub(super) const WORDS: &[&str] = &["airtable", "discord", "heroku", "mailchimp", "mailgun"];

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
        let called = named.called.is_empty() || contains_any(near.get(..at)?, named.called);
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
        (looks_random(token) && !is_placeholder(token) && (self.is_like)(token)).then_some(length)
    }
}

/// Whether the token starts with a number in base 64, as the identifiers of Discord's bots are.
fn starts_with_number(token: &[u8]) -> bool {
    let part = token.split(|byte| *byte == b'.').next().unwrap_or_default();
    matches!(part, [b'M' | b'N' | b'O', ..]) && part.iter().any(u8::is_ascii_digit)
}

/// Whether the token is no part of a longer word, and does not name a file.
fn stands_alone(text: &[u8], range: &Range<usize>) -> bool {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let (before, after) = (around(text, range.start).0, around(text, range.end).1);
    !before
        .last()
        .is_some_and(|byte| is_part(byte) || *byte == b'.')
        && !after.first().is_some_and(is_part)
        && !is_extended(after)
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
        let at = text.to_ascii_lowercase().find(|c| "ahdm".contains(c));
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
        check(
            "DISCORD=MTE4·NjI5MzQ4NzIxMDk1Njg0MQ.GkQ8wZ.r3XtVn5LmPy7sJdHf2GcB4vNx6TzRq9WkE1uYi",
            Some("discord-bot-token"),
        );
        check(
            "discord.InteractionResponseHandler.invoke.deferReplyAndFollowUpWithEmbeds",
            None,
        );
        check(
            "discord.MessageComponentInteractions.client.waitForGuildMemberUpdateEvents",
            None,
        );
        check(
            "mailgun: key-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e",
            Some("mailgun-key"),
        );
        check("mailgun/key-·7c3f9a1e5b8d2f4a6c0e9b7d1f3a5c8e.png", None);
        check(
            "mailchimp ·dac1a4b7d0b352ad6074dce111881383-us12",
            Some("mailchimp-key"),
        );
        check(
            "heroku auth ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
            Some("heroku-api-key"),
        );
        check(
            "heroku_author_id: ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
            None,
        );
        check(
            "Heroku keyspace id ·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
            None,
        );
        check("herokuMonkeyId=·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e", None);
        check(
            "heroku log drain token d.·7c3f9a1e-5b8d-2f4a-6c0e-9b7d1f3a5c8e",
            None,
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
