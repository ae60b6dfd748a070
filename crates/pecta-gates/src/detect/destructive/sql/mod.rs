//! SQL statements that lose tables, databases or all rows, and the same in other database tools.
//!
//! A statement counts where one can start: at the start of the text or a line, behind `;`, or as the argument or the input
//! of a database client. String literals, quoted names and comments are no statements.

mod conditions;
mod cues;
mod lexer;
mod rules;
mod tools;

use std::ops::Range;

use memchr::memmem;

pub(super) use cues::CUES;
pub(super) use rules::STATEMENTS;
pub(super) use tools::TOOLS;

use self::{
    lexer::{Token, statement, tokens},
    rules::StatementRule,
};
use super::first_broken;
use crate::detect::{
    Entry,
    shell::{
        Piece, Report, code, files,
        invocation::{self, Invocation, Source},
        told,
    },
};

/// Judges a text as SQL, and what it hands to the programs of databases.
pub(super) fn judge(piece: &Piece<'_>, report: Report<'_>) {
    statements(piece.text, report);
    in_code(piece.text, report);
    invocation::visit(piece, true, &mut |run, range| {
        if let Some(rule) = first_broken(run, &[TOOLS]) {
            report(rule, range.clone());
        }
        of_client(run, &mut |rule| report(rule, range.clone()));
    });
}

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

/// What the shell and the drivers of `MongoDB` and the drivers of Redis call to lose a database or a collection.
const MONGO: &[&str] = &[
    ".dropDatabase(",
    ".deleteMany({})",
    ".deleteMany( {} )",
    ".remove({})",
    ".flushall(",
    ".flushAll(",
    ".flushdb(",
    ".flushDb(",
];

const MONGO_RULE: Entry = Entry {
    id: "mongo-drop",
    flags: "a database of MongoDB dropped or one of Redis emptied by a call, or a collection emptied",
    hit: "db.dropDatabase()",
    miss: "db.users.remove({age: 7})",
};

/// How many temporary tables of a text are remembered.
const MOST_TEMPORARY: usize = 32;

/// What the rules about statements flag.
pub(super) fn entries() -> Vec<Entry> {
    let of_statements = STATEMENTS.iter();
    of_statements
        .map(|rule| rule.example.entry(rule.id, rule.flags))
        .chain([MONGO_RULE])
        .collect()
}

/// Calls `each` with the rules that a text as SQL breaks, and where.
fn statements(text: &str, each: Report<'_>) {
    let tokens = tokens(text);
    let mut with = false;
    let mut explains = false;
    let mut closes = false;
    let mut analyses = false;
    let mut temporary = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if token.starts_statement {
            with = token.is("WITH");
            explains = token.is("EXPLAIN");
        }
        let starts = token.starts_statement
            // "WITH old AS (SELECT ...) DELETE FROM users"
            || with && closes && token.is_any(&["DELETE", "UPDATE"])
            // "EXPLAIN ANALYZE DELETE FROM users" carries it out.
            || explains && analyses && token.is_any(&["DELETE", "UPDATE"]);
        closes = token.text == ")";
        analyses = explains && (analyses || token.is_any(&["ANALYZE", "ANALYSE"]));
        if starts && token.is("CREATE") && temporary.len() < MOST_TEMPORARY {
            temporary.extend(rules::temporary(tokens.get(at..).unwrap_or_default()));
        }
        if starts && token.is_any(&["EXEC", "EXECUTE"]) {
            executed(statement(tokens.get(at..).unwrap_or_default()), each);
        }
        if !starts || !token.is_any(&["DROP", "TRUNCATE", "DELETE", "UPDATE", "ALTER"]) {
            continue;
        }
        // A statement has one `WITH` or `EXPLAIN`, so that no second one is looked for up to its end.
        with = false;
        explains = false;
        let rest = tokens.get(at..).unwrap_or_default();
        let statement = statement(rest);
        if let Some(rule) = STATEMENTS.iter().find(|rule| (rule.matches)(statement))
            && !rules::touches_only(statement, &temporary)
        {
            let end = statement
                .last()
                .map_or(token.at, |last| last.at + last.text.len());
            each(rule.id, token.at..end);
        }
    }
    if let [command, rest @ ..] = tokens.as_slice()
        && command.is_any(&["FLUSHALL", "FLUSHDB"])
        && rest.iter().all(|word| word.is_any(&["SYNC", "ASYNC"]))
    {
        each("redis-flush", command.at..command.at + command.text.len());
    }
    for at in memmem::find_iter(text.as_bytes(), ".drop()") {
        let before = text.get(..at).unwrap_or_default();
        let before = before_collection(before).unwrap_or(before);
        let name = before.rfind(|c: char| !(c.is_alphanumeric() || "_.".contains(c)));
        let start = name.map_or(0, |at| {
            at + before
                .get(at..)
                .and_then(|rest| rest.chars().next())
                .map_or(1, char::len_utf8)
        });
        if before
            .get(start..)
            .is_some_and(|name| name == "db" || name.starts_with("db."))
        {
            each(MONGO_RULE.id, start..at + 7);
        }
    }
    for call in MONGO {
        for at in memmem::find_iter(text.as_bytes(), call) {
            each(MONGO_RULE.id, at..at + call.len());
        }
    }
}

/// What stands before the collection that the text ends with: `db.getCollection('x')`, `db.collection("x")`, `db['x']`.
fn before_collection(text: &str) -> Option<&str> {
    let (quoted, calls) = match text.strip_suffix(')') {
        Some(text) => (text, [".getCollection(", ".collection("].as_slice()),
        None => (text.strip_suffix(']')?, ["["].as_slice()),
    };
    let quote = quoted.chars().next_back().filter(|c| "'\"`".contains(*c))?;
    let (call, _) = quoted.strip_suffix(quote)?.rsplit_once(quote)?;
    calls.iter().find_map(|name| call.strip_suffix(name))
}

/// Calls `each` with the rules that the literals of an `EXECUTE` break, which are run as statements.
fn executed(execute: &[Token<'_>], each: Report<'_>) {
    for literal in execute.iter().filter(|token| token.is_literal) {
        let tokens = tokens(literal.text.trim_matches('\''));
        let starts = tokens.first().is_some_and(|token| token.starts_statement);
        let broken = |rule: &&StatementRule| starts && (rule.matches)(statement(&tokens));
        if let Some(rule) = STATEMENTS.iter().find(broken) {
            each(rule.id, literal.at..literal.at + literal.text.len());
        }
    }
}

/// Statements in the string arguments of calls that run them, in files of settings, and in sentences that ask to run them.
fn in_code(text: &str, each: Report<'_>) {
    let each = &mut |statement: &str, range: Range<usize>| {
        statements(statement, &mut |rule, _| each(rule, range.clone()));
    };
    code::statements(text, each);
    files::statements(text, each);
    told::commands(text, each);
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
