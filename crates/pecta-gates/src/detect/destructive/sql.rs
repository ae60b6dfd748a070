//! SQL statements that lose tables, databases or all rows, and the same in other database tools.
//!
//! A statement counts where one can start: at the start of the text or a line, behind `;`, or as the argument or the input
//! of a database client. String literals, quoted names and comments are no statements.

use memchr::{memchr, memmem, memrchr};

use super::{Example, Rule, example, first_broken};
use crate::detect::shell::{
    Report, code,
    invocation::{self, Invocation, Source},
    prose,
};

/// Words of which every text contains one that breaks a rule.
pub(super) const WORDS: &[&str] = &[
    "drop",
    "truncate",
    "delete",
    "update ",
    "alter ",
    ".remove({})",
    "flushall",
    "flushdb",
    "db:",
    "migrate:",
    "manage.py",
    "prisma",
];

/// Judges a text as SQL, and what it hands to the programs of databases.
pub(super) fn judge(text: &str, report: Report<'_>) {
    statements(text, report);
    in_code(text, report);
    invocation::visit(text, &mut |run, range| {
        if let Some(rule) = first_broken(run, &[TOOLS]) {
            report(rule, range.clone());
        }
        of_client(run, &mut |rule| report(rule, range.clone()));
    });
}

/// A rule about one statement.
pub(super) struct StatementRule {
    pub(super) id: &'static str,
    matches: fn(&[Token<'_>]) -> bool,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "documents the rule, and is read by the test of all examples"
        )
    )]
    pub(super) example: Example,
}

pub(super) const STATEMENTS: &[StatementRule] = &[
    StatementRule {
        id: "sql-drop",
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
            is_kind(first)
                && name(rest).is_some_and(|(table, rest)| {
                    !table.is_temporary() && ends(rest, &["CASCADE", "RESTRICT", "PURGE", "WITH"])
                })
        },
        example: example(
            "DROP TABLE IF EXISTS users CASCADE;",
            "SELECT 'DROP TABLE users' AS tip;",
        ),
    },
    StatementRule {
        id: "sql-truncate",
        matches: |tokens| {
            let Some(rest) = keywords(tokens, &["TRUNCATE"]) else {
                return false;
            };
            let with_table = keywords(rest, &["TABLE"]);
            let rest = with_table.unwrap_or(rest);
            let rest = keywords(rest, &["ONLY"]).unwrap_or(rest);
            name(rest).is_some_and(|(table, after)| {
                let closed = with_table.is_some()
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
        matches: |tokens| {
            let Some(rest) = keywords(tokens, &["DELETE", "FROM"]) else {
                return false;
            };
            let rest = keywords(rest, &["ONLY"]).unwrap_or(rest);
            name(rest).is_some_and(|(table, after)| {
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
        matches: |tokens| {
            let altered = keywords(tokens, &["ALTER", "TABLE"])
                .map(|rest| keywords(rest, &["IF", "EXISTS"]).unwrap_or(rest));
            let Some((_, rest)) = altered.and_then(name) else {
                return false;
            };
            rest.windows(2).any(|pair| matches!(pair, [drop, what] if drop.is("DROP") && what.is_any(&["COLUMN", "PARTITION"])))
        },
        example: example(
            "ALTER TABLE users DROP COLUMN email;",
            "ALTER TABLE users ADD COLUMN email text;",
        ),
    },
];

/// Programs that run the SQL they are given.
pub(crate) const CLIENTS: &[&str] = &[
    "bq",
    "clickhouse-client",
    "cockroach",
    "cqlsh",
    "duckdb",
    "isql",
    "litecli",
    "mariadb",
    "mycli",
    "mysql",
    "osql",
    "pgcli",
    "psql",
    "snowsql",
    "sqlcmd",
    "sqlite",
    "sqlite3",
    "sqlplus",
    "trino",
    "usql",
];

/// Rules about the programs of databases.
pub(super) const TOOLS: &[Rule] = &[
    Rule {
        id: "drop-database",
        programs: &["dropdb", "mysqladmin", "dropuser"],
        matches: |run| {
            (run.name != "mysqladmin" && !run.args.is_empty() && !run.is_rehearsal())
                || run.does(&["-u", "-h", "-P"], &["drop"])
        },
        example: example("dropdb shop", "createdb shop"),
    },
    Rule {
        id: "redis-flush",
        programs: &["redis-cli", "valkey-cli", "keydb-cli"],
        matches: |run| {
            run.args.iter().any(|word| {
                ["flushall", "flushdb"].contains(&word.text.to_ascii_lowercase().as_str())
            })
        },
        example: example("redis-cli -n 2 FLUSHALL", "redis-cli get flush"),
    },
    Rule {
        id: "migrate-reset",
        programs: &[
            "rails",
            "rake",
            "prisma",
            "artisan",
            "php",
            "python",
            "python3",
            "npx",
            "bundle",
            "yarn",
            "pnpm",
            "sequelize",
            "knex",
            "bin/rails",
        ],
        matches: |run| {
            let tasks = [
                "db:drop",
                "db:reset",
                "db:purge",
                "db:migrate:reset",
                "db:schema:load",
                "migrate:fresh",
                "migrate:reset",
                "db:wipe",
                "db:drop:all",
            ];
            let django = || {
                run.args
                    .first()
                    .is_some_and(|word| word.text.ends_with("manage.py"))
                    && run.args.get(1).is_some_and(|word| {
                        ["flush", "reset_db", "sqlflush"].contains(&word.text.as_str())
                    })
            };
            let prisma = || {
                let prisma = run.name == "prisma" || run.has_word("prisma");
                prisma
                    && (run.has_word("reset")
                        || run.has_word("--force-reset")
                        || run.has_word("--accept-data-loss"))
            };
            run.has_any(&tasks) || django() || prisma()
        },
        example: example("bundle exec rake db:drop", "bundle exec rake db:migrate"),
    },
];

/// What `MongoDB`'s shell and drivers call to lose a database or a collection.
const MONGO: &[&str] = &[
    ".dropDatabase(",
    ".deleteMany({})",
    ".deleteMany( {} )",
    ".remove({})",
];

/// Calls `each` with the rules that a text as SQL breaks, and where.
fn statements(text: &str, each: Report<'_>) {
    let tokens = tokens(text);
    for (at, token) in tokens.iter().enumerate() {
        if !token.starts_statement
            || !token.is_any(&["DROP", "TRUNCATE", "DELETE", "UPDATE", "ALTER"])
        {
            continue;
        }
        let rest = tokens.get(at..).unwrap_or_default();
        let statement = statement(rest);
        if let Some(rule) = STATEMENTS.iter().find(|rule| (rule.matches)(statement)) {
            let end = statement
                .last()
                .map_or(token.at, |last| last.at + last.text.len());
            each(rule.id, token.at..end);
        }
    }
    for call in MONGO {
        for at in memmem::find_iter(text.as_bytes(), call) {
            each("mongo-drop", at..at + call.len());
        }
    }
}

/// Words that start a statement where a line starts, though no `;` ends the one before.
const STARTERS: &[&str] = &[
    "ALTER", "BEGIN", "COMMIT", "CREATE", "DELETE", "DROP", "GO", "GRANT", "INSERT", "ROLLBACK",
    "SELECT", "TRUNCATE", "UPDATE", "WITH",
];

/// The statement that the tokens start with.
fn statement<'a, 't>(tokens: &'a [Token<'t>]) -> &'a [Token<'t>] {
    let alters = tokens.first().is_some_and(|first| first.is("ALTER"));
    let starts = |token: &Token<'_>| {
        token.starts_statement && token.is_any(STARTERS) && !(alters && token.is("DROP"))
    };
    let mut after_first = tokens.iter().skip(1);
    let end = after_first
        .position(|token| token.text == ";" || starts(token))
        .map_or(tokens.len(), |at| at + 1);
    let closes = tokens.get(end).is_some_and(|token| token.text == ";");
    tokens.get(..end + usize::from(closes)).unwrap_or_default()
}

/// Statements in the string arguments of calls that run them.
fn in_code(text: &str, each: Report<'_>) {
    code::statements(text, &mut |statement, range| {
        statements(statement, &mut |rule, _| each(rule, range.clone()));
    });
}

/// The rules that the SQL breaks which a program is given.
fn of_client(run: &Invocation<'_>, each: &mut dyn FnMut(&'static str)) {
    if !CLIENTS.contains(&run.name) {
        return;
    }
    for word in run.args.iter().filter(|word| word.quoted) {
        statements(
            word.text.trim_start_matches("--execute="),
            &mut |rule, _| each(rule),
        );
    }
    if let Source::Literal(text) = &run.runs {
        statements(text, &mut |rule, _| each(rule));
    }
}

/// A word or a punctuation mark of SQL.
#[derive(Clone, Copy, Debug)]
struct Token<'t> {
    text: &'t str,
    at: usize,
    /// Whether a statement may start with it.
    starts_statement: bool,
    is_literal: bool,
}

impl Token<'_> {
    fn is(&self, keyword: &str) -> bool {
        self.text.eq_ignore_ascii_case(keyword)
    }

    fn is_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.is(keyword))
    }

    fn is_upper(&self) -> bool {
        self.text.bytes().all(|byte| byte.is_ascii_uppercase())
    }

    fn is_name(&self) -> bool {
        let first = self.text.bytes().next();
        first.is_some_and(|byte| {
            byte.is_ascii_alphabetic() || !byte.is_ascii() || b"_#@$\"`[%{".contains(&byte)
        }) && !self.is_literal
    }

    fn is_temporary(&self) -> bool {
        self.text.starts_with('#') || self.text.to_ascii_lowercase().starts_with("pg_temp")
    }
}

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
    let english = [
        "the", "an", "your", "my", "this", "that", "each", "all", "any", "it", "is", "to", "with",
    ];
    if !first.is_name() || first.is_any(&english) {
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
        Some(token) => {
            [";", ",", ")", "\"", "'", "\\"].contains(&token.text) || token.is_any(keywords)
        }
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

/// Whether a condition is always true.
fn filters_nothing(condition: &[Token<'_>]) -> bool {
    let end = condition
        .iter()
        .position(|token| token.text == ";" || token.is_any(&["RETURNING", "ORDER", "LIMIT"]))
        .unwrap_or(condition.len());
    let condition: Vec<Token<'_>> = condition
        .iter()
        .take(end)
        .filter(|token| !["(", ")"].contains(&token.text))
        .copied()
        .collect();
    condition
        .split(|token| token.is("OR"))
        .any(|part| part.split(|token| token.is("AND")).all(is_always_true))
}

fn is_always_true(terms: &[Token<'_>]) -> bool {
    match terms {
        [value] => value.is("TRUE") || value.text.parse::<f64>().is_ok_and(|value| value != 0.0),
        [not, value] => not.is("NOT") && value.is_any(&["FALSE", "0"]),
        [_, like, pattern] if like.is("LIKE") => pattern.text == "'%'",
        [left, rest @ ..] => {
            let (operator, right) = match rest {
                [one, right] => (one.text.to_owned(), right),
                [one, two, right] => ([one.text, two.text].concat(), right),
                _ => return false,
            };
            let numbers = left
                .text
                .parse::<f64>()
                .ok()
                .zip(right.text.parse::<f64>().ok());
            let literals = left.is_literal && right.is_literal;
            let same = left.is(right.text);
            match (operator.as_str(), numbers) {
                ("=" | "==" | "<=" | ">=" | "IS" | "is", _) if same => true,
                ("<", Some((left, right))) => left < right,
                (">", Some((left, right))) => left > right,
                ("<=", Some((left, right))) => left <= right,
                (">=", Some((left, right))) => left >= right,
                ("<>" | "!=", Some(_)) => !same,
                ("<>" | "!=", None) => literals && !same,
                _ => false,
            }
        }
        [] => false,
    }
}

/// Cuts a text into tokens, without white space and comments.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let bytes = text.as_bytes();
    let last = |quote: u8| memrchr(quote, bytes).unwrap_or(0);
    let (last_single, last_double, last_back) = (last(b'\''), last(b'"'), last(b'`'));
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let mut in_fence = false;
    let mut at = other_text(bytes, &mut in_fence);
    let mut starts = true;
    while let Some(&byte) = bytes.get(at) {
        let rest = bytes.get(at..).unwrap_or_default();
        let opens = |last: usize| at < last;
        let after_letter = at
            .checked_sub(1)
            .and_then(|before| bytes.get(before))
            .is_some_and(u8::is_ascii_alphabetic);
        let mut is_literal = false;
        let length = match byte {
            b'\n' => {
                starts = true;
                at += 1;
                at += other_text(bytes.get(at..).unwrap_or_default(), &mut in_fence);
                continue;
            }
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'-' if rest.starts_with(b"--") => {
                at += memchr(b'\n', rest).unwrap_or(rest.len());
                continue;
            }
            b'/' if rest.starts_with(b"/*") => {
                let version = rest.get(2) == Some(&b'!');
                at += if version {
                    3 + rest
                        .iter()
                        .skip(3)
                        .take_while(|byte| byte.is_ascii_digit())
                        .count()
                } else {
                    memmem::find(rest, b"*/").map_or(rest.len(), |end| end + 2)
                };
                continue;
            }
            b'*' if rest.starts_with(b"*/") => {
                at += 2;
                continue;
            }
            b'\'' if opens(last_single) && !after_letter => {
                is_literal = true;
                quoted(rest, b'\'')
            }
            b'"' if opens(last_double) => quoted(rest, b'"'),
            b'`' if opens(last_back) => quoted(rest, b'`'),
            b'[' => {
                let name = rest
                    .iter()
                    .take(130)
                    .position(|&byte| byte == b']' || byte == b'\n');
                name.filter(|&end| rest.get(end) == Some(&b']'))
                    .map_or(1, |end| end + 1)
            }
            byte if is_word(byte) => {
                is_literal = byte.is_ascii_digit();
                rest.iter().take_while(|&&byte| is_word(byte)).count()
            }
            _ => 1,
        };
        let word = text.get(at..at + length).unwrap_or_default();
        let prompt =
            word == ">" || word == "#" && tokens.last().is_some_and(|last| last.text == "=");
        tokens.push(Token {
            text: word,
            at,
            starts_statement: starts && is_word(byte),
            is_literal,
        });
        starts = word == ";"
            || prompt
            || (starts && !is_word(byte) && !is_literal && byte != b'"' && byte != b'`');
        at += length;
    }
    tokens
}

/// Whether a line starts with a statement's first word, written as SQL is: all in capitals, or none.
fn starts_as_sql(line: &[u8]) -> bool {
    let length = line
        .iter()
        .take_while(|byte| byte.is_ascii_alphabetic())
        .count();
    let word = line.get(..length).unwrap_or_default();
    let one_case =
        word.iter().all(u8::is_ascii_uppercase) || word.iter().all(u8::is_ascii_lowercase);
    one_case
        && STARTERS
            .iter()
            .any(|starter| starter.as_bytes().eq_ignore_ascii_case(word))
}

/// How much of the text, which starts a line, is no SQL: a line of prose, a fence, or a fenced block of something else.
fn other_text(text: &[u8], in_fence: &mut bool) -> usize {
    let length = memchr(b'\n', text).unwrap_or(text.len());
    let line = text.get(..length).unwrap_or_default();
    match line.trim_ascii_start().strip_prefix(b"```") {
        Some(tag) if *in_fence || prose::is_shell_fence(tag) => {
            *in_fence = !*in_fence;
            length
        }
        Some(_) => memmem::find(text, b"\n```").map_or(text.len(), |end| end + 4),
        None if !starts_as_sql(line) && prose::is_line(line) => length,
        None => 0,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_$#@%{}".contains(&byte) || !byte.is_ascii()
}

/// The length of a quoted text with its quotes; doubled quotes and escaped ones do not end it.
fn quoted(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(&byte) = text.get(at) {
        at += match byte {
            b'\\' => 2,
            _ if byte != quote => 1,
            _ if text.get(at + 1) == Some(&quote) => 2,
            _ => return at + 1,
        };
    }
    text.len()
}
