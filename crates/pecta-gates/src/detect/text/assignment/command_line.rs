//! Passwords among the arguments of programs: `mysql -pX`, `curl -u name:X`, `docker login -p X`.

use super::{
    super::super::{Match, around},
    literal::is_secret,
};

pub(in super::super) const RULE: super::super::Rule = super::super::Rule {
    id: "secret-argument",
    flags: "a password among the arguments of a program that takes one",
    hit: "mysql -u root -pk7Qz91xWv shop",
    miss: "mysql -u root -p shop",
};

/// A program, and how it is given a password.
pub(super) struct Program {
    /// In lower case. What the name goes on with, up to a space, is part of it: `mysqldump`.
    pub(super) name: &'static str,
    option: &'static str,
    form: Form,
}

/// Where the password stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// In the word of the option itself.
    Glued,
    /// In the next word.
    Next,
    /// In the next word, behind a name and a colon.
    Named,
}

const fn program(name: &'static str, option: &'static str, form: Form) -> Program {
    Program { name, option, form }
}

pub(super) const PROGRAMS: &[Program] = &[
    program("az login", "-p", Form::Next),
    program("curl", "-u", Form::Named),
    program("curl", "--user", Form::Named),
    program("docker login", "-p", Form::Next),
    program("mariadb", "-p", Form::Glued),
    program("mysql", "-p", Form::Glued),
    program("podman login", "-p", Form::Next),
    program("redis-cli", "-a", Form::Next),
    program("registry login", "-p", Form::Next),
    program("sqlcmd", "-P", Form::Next),
];

/// What the anchors are: the names of the programs.
pub(super) const NAMES: &[&str] = &[
    "az login",
    "curl",
    "docker login",
    "mariadb",
    "mysql",
    "podman login",
    "redis-cli",
    "registry login",
    "sqlcmd",
];

/// How much of a command is read, in bytes.
const LONGEST_COMMAND: usize = 512;

/// The password in the arguments of the program whose name starts here.
pub(super) fn password(text: &[u8], start: usize, end: usize) -> Option<Match> {
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-.".contains(byte);
    let (before, rest) = around(text, end);
    let name = text.get(start..end)?;
    if around(before, start).0.last().is_some_and(joins) {
        return None;
    }
    let rest = rest.get(..LONGEST_COMMAND).unwrap_or(rest);
    let rest = rest.split(|byte| b"\n;|&".contains(byte)).next()?;
    let suffix = rest
        .iter()
        .take_while(|byte| byte.is_ascii_lowercase())
        .count();
    let arguments = rest.get(suffix..).filter(|rest| rest.starts_with(b" "))?;
    let mut next = end + suffix;
    let mut words = arguments
        .split(|byte| *byte == b' ')
        .map(|word| {
            next += word.len() + 1;
            (word, next - 1)
        })
        .filter(|(word, _)| !word.is_empty());
    while let Some((word, end)) = words.next() {
        let mut programs = PROGRAMS.iter();
        let takes = |program: &&Program| {
            name.eq_ignore_ascii_case(program.name.as_bytes())
                && match program.form {
                    Form::Glued => word.starts_with(program.option.as_bytes()),
                    Form::Next | Form::Named => word == program.option.as_bytes(),
                }
        };
        let Some(program) = programs.find(takes) else {
            continue;
        };
        let (value, end) = match program.form {
            Form::Glued => (word.get(program.option.len()..)?, end),
            Form::Next | Form::Named => words.next()?,
        };
        let value = match program.form {
            Form::Named => value.splitn(2, |byte| *byte == b':').nth(1)?,
            Form::Glued | Form::Next => value,
        };
        return is_secret(unquoted(value), true).then_some(Match {
            rule: RULE.id,
            range: start..end,
        });
    }
    None
}

/// The word without quotes around it, escaped ones too.
fn unquoted(word: &[u8]) -> &[u8] {
    let is_quote = |byte: &u8| b"\"'\\".contains(byte);
    let opened = word.iter().take_while(|byte| is_quote(byte)).count();
    let inside = word.get(opened..).unwrap_or_default();
    let closed = inside
        .iter()
        .rev()
        .take_while(|byte| is_quote(byte))
        .count();
    inside.get(..inside.len() - closed).unwrap_or_default()
}
