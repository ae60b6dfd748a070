//! Rules about single statements of SQL.

use super::{conditions::filters_nothing, lexer::Token};
use crate::detect::destructive::{Example, example};

/// A rule about one statement.
pub(in crate::detect::destructive) struct StatementRule {
    pub(in crate::detect::destructive) id: &'static str,
    pub(in crate::detect::destructive) flags: &'static str,
    pub(super) matches: fn(&[Token<'_>]) -> bool,
    pub(in crate::detect::destructive) example: Example,
}

pub(in crate::detect::destructive) const STATEMENTS: &[StatementRule] = &[
    StatementRule {
        id: "sql-drop",
        flags: "a table, database, schema or user dropped",
        matches: |tokens| {
            let Some(kind) = keywords(tokens, &["DROP"]) else {
                return false;
            };
            let is_kind = |token: &Token<'_>| {
                token.is_any(&[
                    "TABLE",
                    "DATABASE",
                    "SCHEMA",
                    "KEYSPACE",
                    "TABLESPACE",
                    "KEYSTORE",
                    "USER",
                    "ROLE",
                ])
            };
            let (Some(first), Some(rest)) = (kind.first(), kind.get(1..)) else {
                return false;
            };
            let rest = keywords(rest, &["IF", "EXISTS"]).unwrap_or(rest);
            let owned = keywords(kind, &["OWNED", "BY"]);
            owned.is_some_and(|owner| {
                name(owner).is_some_and(|(_, rest)| ends(rest, &["CASCADE", "RESTRICT"]))
            }) || is_kind(first)
                && name(rest).is_some_and(|(table, rest)| {
                    !table.is_temporary()
                        && ends(rest, &["CASCADE", "RESTRICT", "PURGE", "WITH", "INCLUDING"])
                })
        },
        example: example(
            "DROP TABLE IF EXISTS users CASCADE;",
            "SELECT 'DROP TABLE users' AS tip;",
        ),
    },
    StatementRule {
        id: "sql-truncate",
        flags: "a table emptied by `TRUNCATE`",
        matches: |tokens| {
            let Some(rest) = keywords(tokens, &["TRUNCATE"]) else {
                return false;
            };
            let with_table = keywords(rest, &["TABLE"]);
            let rest = with_table.unwrap_or(rest);
            let rest = keywords(rest, &["ONLY"]).unwrap_or(rest);
            name(rest).is_some_and(|(table, after)| {
                let clause =
                    |words| keywords(after, words).is_some_and(|rest| ends(rest, &["CASCADE"]));
                let closed = with_table.is_some()
                    || clause(&["RESTART", "IDENTITY"])
                    || clause(&["CONTINUE", "IDENTITY"])
                    || after.first().is_some_and(|token| token.text == ";")
                    || table.text.contains('.');
                !table.is_temporary()
                    && ends(
                        after,
                        &[
                            "CASCADE", "RESTRICT", "RESTART", "CONTINUE", "DROP", "REUSE",
                        ],
                    )
                    && (closed || tokens.first().is_some_and(Token::is_upper))
            })
        },
        example: example(
            "TRUNCATE TABLE orders;",
            "SELECT TRUNCATE(price, 2) FROM orders;",
        ),
    },
    StatementRule {
        id: "sql-delete-all",
        flags: "a `DELETE` of all rows",
        matches: |tokens| {
            // "DELETE orders FROM orders" names the table twice, "DELETE o FROM orders o" its alias.
            let first = keywords(tokens, &["DELETE"]).and_then(name);
            let named = first.and_then(|(_, rest)| keywords(rest, &["FROM"]));
            let Some(rest) = keywords(tokens, &["DELETE", "FROM"]).or(named) else {
                return false;
            };
            let rest = keywords(rest, &["ONLY"]).unwrap_or(rest);
            name(rest).is_some_and(|(table, after)| {
                let alias = keywords(after, &["AS"]).unwrap_or(after).split_first();
                let after = alias
                    .filter(|(alias, _)| first.is_some_and(|(first, _)| first.text == alias.text))
                    .map_or(after, |(_, rest)| rest);
                !table.is_temporary()
                    && unfiltered(
                        tokens,
                        after,
                        &["USING", "RETURNING", "ORDER", "LIMIT", "OPTION"],
                    )
            })
        },
        example: example(
            "DELETE FROM users WHERE 1=1;",
            "DELETE FROM users WHERE id = 7;",
        ),
    },
    StatementRule {
        id: "sql-update-all",
        flags: "an `UPDATE` of all rows",
        matches: |tokens| {
            let Some(rest) = keywords(tokens, &["UPDATE"]) else {
                return false;
            };
            name(rest).is_some_and(|(table, rest)| {
                let sets = keywords(rest, &["SET"]).filter(|rest| {
                    rest.get(1..)
                        .unwrap_or_default()
                        .iter()
                        .take(3)
                        .any(|token| token.text == "=")
                });
                let filter = || rest.iter().position(|token| token.is("WHERE"));
                !table.is_temporary()
                    && sets.is_some_and(|_| {
                        filter().is_none_or(|at| {
                            filters_nothing(rest.get(at + 1..).unwrap_or_default())
                        })
                    })
            })
        },
        example: example(
            "UPDATE users SET active = 0;",
            "UPDATE users SET active = 0 WHERE id = 7;",
        ),
    },
    StatementRule {
        id: "sql-drop-column",
        flags: "a column or partition dropped",
        matches: |tokens| {
            let altered = keywords(tokens, &["ALTER", "TABLE"])
                .map(|rest| keywords(rest, &["IF", "EXISTS"]).unwrap_or(rest));
            let Some((_, rest)) = altered.and_then(name) else {
                return false;
            };
            rest.windows(2).any(|pair| matches!(pair, [drop, what] if drop.is("DROP") && what.is_name() && !what.is_any(KEPT)))
        },
        example: example(
            "ALTER TABLE users DROP COLUMN email;",
            "ALTER TABLE users ADD COLUMN email text;",
        ),
    },
];

/// The name of the temporary table that a `CREATE` makes.
pub(super) fn temporary(create: &[Token<'_>]) -> Option<String> {
    let rest = create.get(1..)?;
    let rest = keywords(rest, &["LOCAL"])
        .or(keywords(rest, &["GLOBAL"]))
        .unwrap_or(rest);
    let rest = keywords(rest, &["TEMP", "TABLE"]).or(keywords(rest, &["TEMPORARY", "TABLE"]))?;
    let rest = keywords(rest, &["IF", "NOT", "EXISTS"]).unwrap_or(rest);
    let is_qualified = rest.get(1).is_some_and(|next| next.text == ".");
    let name = rest.first().filter(|_| !is_qualified);
    name.map(|name| name.text.to_ascii_lowercase())
}

/// Whether the table that a statement names, and the only one, is one of these.
pub(super) fn touches_only(statement: &[Token<'_>], tables: &[String]) -> bool {
    const WORDS: &[&str] = &[
        "DROP", "TRUNCATE", "DELETE", "UPDATE", "ALTER", "TABLE", "IF", "EXISTS", "FROM", "ONLY",
    ];
    let is_of_table = match statement {
        [first, second, ..] if first.is_any(&["DROP", "ALTER"]) => second.is_any(&["TABLE"]),
        _ => true,
    };
    let mut rest = statement.iter().skip_while(|token| token.is_any(WORDS));
    let is_known = |token: &Token<'_>| tables.contains(&token.text.to_ascii_lowercase());
    !tables.is_empty()
        && is_of_table
        && rest.next().is_some_and(is_known)
        && !rest.any(|token| [",", "."].contains(&token.text))
}

/// What `ALTER TABLE` drops without losing data.
const KEPT: &[&str] = &[
    "CHECK",
    "CONSTRAINT",
    "DEFAULT",
    "EXPRESSION",
    "FOREIGN",
    "IDENTITY",
    "INDEX",
    "KEY",
    "NOT",
    "POLICY",
    "PRIMARY",
    "PROJECTION",
    "ROW",
    "STATISTICS",
    "SYSTEM",
    "TRIGGER",
];

/// Words that an English sentence goes on with behind a verb, which are no names of tables.
pub(super) const ENGLISH: &[&str] = &[
    "the", "an", "your", "my", "this", "that", "each", "all", "any", "it", "is", "to", "with",
];

/// What follows the keywords that the tokens start with.
fn keywords<'a, 't>(tokens: &'a [Token<'t>], keywords: &[&str]) -> Option<&'a [Token<'t>]> {
    let (start, rest) = tokens.split_at_checked(keywords.len())?;
    let all = start
        .iter()
        .zip(keywords)
        .all(|(token, keyword)| token.is(keyword));
    all.then_some(rest)
}

/// The name that the tokens start with, in its parts, and what follows it.
fn name<'a, 't>(tokens: &'a [Token<'t>]) -> Option<(Token<'t>, &'a [Token<'t>])> {
    let (first, mut rest) = tokens.split_first()?;
    if !first.is_name() || first.is_any(ENGLISH) {
        return None;
    }
    while let [dot, part, after @ ..] = rest
        && dot.text == "."
        && part.is_name()
    {
        rest = after;
    }
    Some((*first, rest))
}

/// Whether a statement ends here, further names and these keywords apart.
fn ends(tokens: &[Token<'_>], keywords: &[&str]) -> bool {
    match tokens.first() {
        None => true,
        // Another name follows a comma, or the next argument of a call.
        Some(token) if token.text == "," => tokens
            .get(1)
            .is_none_or(|next| next.is_name() || next.is_literal || next.text == "("),
        Some(token) => [";", ")", "\"", "'", "\\"].contains(&token.text) || token.is_any(keywords),
    }
}

/// Whether a statement takes all rows: without a filter, or with one that filters nothing.
fn unfiltered(statement: &[Token<'_>], after: &[Token<'_>], keywords: &[&str]) -> bool {
    let filter = after.iter().position(|token| token.is("WHERE"));
    if let Some(at) = filter {
        return at <= 3 && filters_nothing(after.get(at + 1..).unwrap_or_default());
    }
    let closed = after.iter().any(|token| token.text == ";");
    let same_case = match statement {
        [first, second, ..] => {
            first.is_upper() == second.is_upper()
                && (first.is_upper() || first.text.starts_with('d'))
        }
        _ => false,
    };
    ends(after, keywords) && (closed || same_case)
}
