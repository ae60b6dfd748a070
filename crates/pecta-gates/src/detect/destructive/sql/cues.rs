//! What stands in every text that breaks a rule about databases, and what must be around it.

use super::{lexer::is_word, rules::ENGLISH};
use crate::detect::{
    around,
    shell::cues::{Cue, around_it, names, programs, text},
};

/// What is in every text that breaks a rule.
pub(in crate::detect::destructive) const CUES: &[Cue] = &[
    around_it(&["drop"], |text, at| {
        let kinds = [
            "table",
            "database",
            "schema",
            "keyspace",
            "tablespace",
            "keystore",
            "user",
            "role",
            "owned",
        ];
        is_followed(text, at, "drop", |next| starts_with_any(next, &kinds))
    }),
    around_it(&["truncate"], |text, at| {
        is_followed(text, at, "truncate", may_be_name)
    }),
    around_it(&["delete"], |text, at| {
        let goes_on = |next: &[u8]| starts_with_any(next, &["from"]) || may_be_named(next, "from");
        is_followed(text, at, "delete", goes_on)
    }),
    around_it(&["alter "], |text, at| {
        is_followed(text, at, "alter", |next| starts_with_any(next, &["table"]))
    }),
    around_it(&["update "], |text, at| {
        is_followed(text, at, "update", |next| may_be_named(next, "set"))
    }),
    text(
        &[
            ".drop()",
            ".dropdatabase(",
            ".deletemany({})",
            ".deletemany( {} )",
            ".remove({})",
            "flushall",
            "flushdb",
            "db:drop",
            "db:migrate:reset",
            "db:purge",
            "db:reset",
            "db:schema:load",
            "db:wipe",
            "/_all",
            ":9200/*",
            "migrate:fresh",
            "migrate:reset",
        ],
        &[],
    ),
    text(&["manage.py"], &["flush", "reset_db"]),
    text(&["prisma"], &["reset", "accept-data-loss"]),
    text(&["alembic"], &["base"]),
    programs(names!["flyway"], &["clean"]),
    programs(names!["dropdb", "dropuser", "mysqladmin"], &[]),
    programs(names!["curl"], &["delete"]),
];

/// Whether a keyword stands here, and what comes next is a comment or passes the test.
fn is_followed(text: &str, at: usize, keyword: &str, goes_on: impl Fn(&[u8]) -> bool) -> bool {
    let (_, rest) = around(text.as_bytes(), at + keyword.len());
    let next = rest.trim_ascii_start();
    !rest.first().is_some_and(|&byte| is_word(byte)) && (is_comment(next) || goes_on(next))
}

fn is_comment(text: &[u8]) -> bool {
    [&b"/*"[..], b"*/", b"--"]
        .iter()
        .any(|start| text.starts_with(start))
}

fn starts_with_any(text: &[u8], words: &[&str]) -> bool {
    let first = |word: &&str| text.get(..word.len());
    words
        .iter()
        .any(|word| first(word).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// Whether the text may start with the name of a table, and not with a word that an English sentence goes on with.
fn may_be_name(text: &[u8]) -> bool {
    let length = text.iter().take_while(|&&byte| is_word(byte)).count();
    let word = text.get(..length).unwrap_or_default();
    let is_english = ENGLISH
        .iter()
        .any(|english| english.as_bytes().eq_ignore_ascii_case(word));
    !is_english
        && text
            .first()
            .is_some_and(|&byte| is_word(byte) || b"\"`[".contains(&byte))
}

/// Whether the text may start with the name of a table and the keyword. Of quoted names the end is not looked for.
fn may_be_named(text: &[u8], keyword: &str) -> bool {
    let is_part = |byte: &&u8| is_word(**byte) || **byte == b'.';
    let length = text.iter().take_while(is_part).count();
    let (name, after) = around(text, length);
    let after = after.trim_ascii_start();
    let is_quoted = after
        .first()
        .or(name.first())
        .is_some_and(|byte| b"\"`[".contains(byte));
    is_quoted
        || after.starts_with(b".")
        || is_comment(after)
        || may_be_name(name) && starts_with_any(after, &[keyword])
}
