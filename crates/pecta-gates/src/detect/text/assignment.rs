//! Values assigned to the name of a secret.
//!
//! Flags a name that says "password", "secret", "token", "API key" and the like, and a literal value that looks random:
//! quoted, or unquoted with letters and digits mixed. Between the two stands `=`, `:` or "is"; or they are an option and its
//! value, an element of XML, cells of a table, or the name and the value of a setting. So are the passwords that some programs take among their
//! arguments, and credentials in base 64.
//!
//! Leaves alone references (`os.environ[…]`, `${pass}`), placeholders, hashes, names of something about the secret
//! (`password_hash`, `token_count`), prose, and what names something in a table, as a default or in a sentence (`GPT-4o-mini`,
//! `src/token_v2.rs`), accounts of blockchains, and times where a password could be (`time:12:30:59`).

mod apart;
pub(super) mod basic;
mod command_line;
mod literal;
mod name;

use std::ops::Range;

use self::literal::is_secret;
use super::{
    super::{Detector, Match, Reach, around},
    anchors::Anchors,
    command::is_one_of,
    context::tail,
};
use crate::prefilter::ByteKinds;

pub(super) const RULES: &[super::Rule] = &[
    super::Rule {
        id: "secret-assignment",
        flags: "a value that looks random, assigned to the name of a secret",
        hit: "DB_PASSWORD=\"k7Qz-91xWv\"",
        miss: "DB_PASSWORD=\"${DB_PASSWORD}\"",
    },
    command_line::RULE,
    basic::RULE,
];

/// Words that make a name that of a secret, in lower case, at any place in it.
#[rustfmt::skip]
const NAMES: &[&str] = &[
    "*password", "*passwd", "*passphrase", "*pass", "*pwd", "*secret", "*token", "*api_key", "*api-key", "*apikey",
    "*api key", "*access_key", "*accesskey", "*access-key", "*access key", "*auth_key", "*private_key", "*privatekey",
    "*encryption_key", "*encryption-key", "*encryptionkey", "*signing_key", "*signing-key", "*signingkey",
    "*account_key", "*accountkey", "*credential", "*bearer", "*authorization", "*passwort", "*contraseña",
    "*mot de passe", "*senha", "*wachtwoord", "*lösenord", "пароль", "Пароль", "密码", "密碼", "パスワード", "비밀번호",
    "*hasło", "*parola", "*kata sandi", "*şifre", "Şifre", "كلمة المرور", "סיסמה", "पासवर्ड",
    "*identified by", "*sshpass -p", "*convertto-securestring",
];

/// Names that their value follows without a sign between them.
const SIGNLESS: &[&str] = &["identified by", "sshpass -p", "convertto-securestring"];

/// Words between a header's name and its value.
const SCHEMES: &[&str] = &["bearer", "basic", "token"];

/// What may follow the word and still name the secret, in lower case.
#[rustfmt::skip]
const SUFFIXES: &[&str] = &[
    "key", "value", "access", "base", "default", "prod", "production", "staging", "dev", "main", "live",
    "master",
];

/// The longest value, in bytes.
const LONGEST_VALUE: usize = 256;

/// Anchored at the words above.
pub(crate) struct Assignment {
    labels: Vec<&'static str>,
    names: Anchors,
    words: Vec<&'static str>,
}

impl Assignment {
    pub(crate) fn new() -> Self {
        Self {
            labels: NAMES.iter().copied().chain([basic::LABEL]).collect(),
            names: Anchors::new(words().map(|name| name.trim_start_matches('*'))),
            words: words().collect(),
        }
    }

    /// The assignment whose name starts at the position.
    fn at(&self, text: &[u8], start: usize) -> Option<Match> {
        let (name, end) = self.names.at(text, start)?;
        if name < NAMES.len() {
            assignment(text, start, end)
        } else if name < NAMES.len() + command_line::NAMES.len() {
            command_line::password(text, start, end)
        } else {
            basic::credentials(text, start, end)
        }
    }
}

impl Detector for Assignment {
    fn needs(&self) -> ByteKinds {
        ByteKinds::NONE
    }

    fn words(&self) -> &[&str] {
        &self.words
    }

    fn labels(&self) -> &[&str] {
        &self.labels
    }

    fn reach(&self) -> Option<Reach> {
        Some(Reach {
            before: 256,
            behind: 640,
        })
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|start| self.at(text, start))
    }
}

/// Names of secrets, programs that are given some, and settings that hold some.
fn words() -> impl Iterator<Item = &'static str> {
    let others = command_line::NAMES.iter().chain(basic::WORDS);
    NAMES.iter().chain(others).copied()
}

fn assignment(text: &[u8], start: usize, end: usize) -> Option<Match> {
    let (before, rest) = around(text, end);
    let name = text.get(start..end)?;
    let suffix = rest
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
        .count();
    let part_of_word = || {
        around(text, start)
            .0
            .last()
            .is_some_and(u8::is_ascii_alphabetic)
    };
    let is_glued = name == b"sshpass -p" && suffix > 0;
    if !is_glued && !names_the_secret(rest.get(..suffix)?)
        || name.eq_ignore_ascii_case(b"pass") && part_of_word()
        || name.eq_ignore_ascii_case(b"token") && name::pages(around(text, start).0)
    {
        return None;
    }
    let rest = if is_glued { rest } else { rest.get(suffix..)? };
    let (rest, quoted) = if is_glued {
        (rest, true)
    } else if name.eq_ignore_ascii_case(b"bearer") {
        (rest.strip_prefix(b" ")?, false)
    } else if is_one_of(name, SIGNLESS) {
        (rest.strip_prefix(b" ")?, true)
    } else if let Some(rest) = assigned(rest, is_set(around(text, start).0)) {
        match scheme(rest) {
            Some(credentials) => (credentials, false),
            None => (rest, true),
        }
    } else if let Some(value) = apart::cell(around(text, start).0, rest)
        .or_else(|| apart::default(around(text, start).0, rest))
        .filter(|value| !starts_with_name(value))
    {
        (value, true)
    } else {
        (spoken(around(before, start).0, name, rest)?, true)
    };
    let element = rest.strip_prefix(b">");
    let rest = element.unwrap_or(rest);
    let written = match element {
        Some(rest) => content(rest)?,
        None => rest,
    };
    let (value, quoted) = match value(written)? {
        (value, _) if !quoted => (value, false),
        value => value,
    };
    let at = text.len() - rest.len() + usize::from(quoted);
    // "authorization: policy-v2": without a scheme, only a long value is one.
    let is_short = name.eq_ignore_ascii_case(b"authorization") && value.len() < 16;
    let is_public = match name {
        b"secret" => !part_of_name(around(text, start).0) && name::is_resource(value),
        b"Secret" => around(text, start).0.ends_with(b"existing") && name::is_resource(value),
        b"authorization" | b"Authorization" => basic::holds_time(value),
        b"token" => !part_of_name(around(text, start).0) && name::is_account(value),
        _ => false,
    };
    (!is_short && !is_public && is_secret(value, quoted)).then_some(Match {
        rule: "secret-assignment",
        range: start..at + value.len(),
    })
}

/// Whether the name of something goes on behind the text.
fn part_of_name(before: &[u8]) -> bool {
    before
        .last()
        .is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(byte))
}

/// What the name before the text is assigned. It may be the first argument of a call that sets it.
fn assigned(text: &[u8], is_set: bool) -> Option<&[u8]> {
    // The end of a quoted name or of an index: "password": x, env['TOKEN'] = x.
    let rest = trim_start(text, b"\"'`]\\", 4);
    // "- name: PASSWORD\n  value: x", <add key="password" value="x"/>
    let rest = match rest.first() {
        Some(b' ' | b',' | b'\n') => value_of_pair(rest).unwrap_or(rest),
        _ => rest,
    };
    // define('DB_PASSWORD', 'x'), setenv("TOKEN", "x")
    let argument = rest
        .strip_prefix(b",")
        .map(|rest| trim_start(rest, b" ", 2));
    if let Some(argument @ [b'"' | b'\'', ..]) = argument
        && is_set
    {
        return Some(argument);
    }
    let rest = match trim_start(rest, b" \t", 8) {
        [b'=', b'=', ..] | [b':', b':' | b'/', ..] => return None,
        [b':', b'=', rest @ ..] | [b'=', b'>', rest @ ..] | [b'=' | b':', rest @ ..] => rest,
        _ => return None,
    };
    let value = trim_start(trim_start(rest, b" \t", 8), b"\\", 2);
    let literal = CONSTRUCTORS
        .iter()
        .find_map(|constructor| value.strip_prefix(constructor.as_bytes()))
        .filter(|literal| literal.starts_with(b"\"") || literal.starts_with(b"'"));
    Some(literal.unwrap_or(value))
}

/// Calls that give a name a value.
const SETTERS: &[&str] = &["define(", "setenv(", "setItem("];

/// Whether the name that stands behind the text is the first argument of such a call.
fn is_set(before: &[u8]) -> bool {
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte == b'_';
    let name = before.iter().rev().take(32).take_while(is_part).count();
    let call = before.get(..before.len() - name).unwrap_or_default();
    let call = call.strip_suffix(b"'").or_else(|| call.strip_suffix(b"\""));
    call.is_some_and(|call| {
        SETTERS
            .iter()
            .any(|setter| call.ends_with(setter.as_bytes()))
    })
}

/// What may stand before a literal and leaves it what it is.
const CONSTRUCTORS: &[&str] = &[
    "String::from(",
    "Some(",
    "new String(",
    "String(",
    "b",
    "r",
    "f",
    "@",
    "N",
];

/// Words of sentences that tell the secret.
const SAYING: &[&str] = &["is", "ist", "lautet", "es", "est", "è", "é"];

/// Words before a password that is set to something.
const SETTING: &[&str] = &["set ", "change", "reset", "update"];

/// What the text says that the name before it was made to be.
fn made(text: &[u8]) -> Option<&[u8]> {
    const WAS: &[&str] = &["has been ", "was ", "is now "];
    const SET: &[&str] = &["set to ", "changed to ", "reset to ", "updated to "];
    [WAS, SET].into_iter().try_fold(text, |text, words| {
        words
            .iter()
            .find_map(|word| text.strip_prefix(word.as_bytes()))
    })
}

/// What follows the word "value" that the text starts with, spaces and quotes apart.
fn value_of_pair(text: &[u8]) -> Option<&[u8]> {
    let (word, rest) = trim_start(text, b" \t\r\n,\"\\", 24).split_at_checked(5)?;
    word.eq_ignore_ascii_case(b"value")
        .then(|| trim_start(rest, b"\"\\", 2))
}

/// What follows the name where nothing assigns it: in a sentence, behind an option, in an element of XML (with the end of the
/// tag), in SQL, and in a line of a `.netrc`.
fn spoken<'t>(before: &[u8], name: &[u8], text: &'t [u8]) -> Option<&'t [u8]> {
    let start = before
        .iter()
        .rev()
        .take(40)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_-:".contains(byte))
        .count();
    let (before, prefix) = around(before, before.len() - start);
    if text.starts_with(b">") {
        return before.ends_with(b"<").then_some(text);
    }
    // `.password("x")`, `setPassword("x")`
    if let [b'(', quoted @ ..] = text {
        let sets = prefix.is_empty() && before.ends_with(b".")
            || prefix.starts_with(b"set")
            || prefix.starts_with(b"with");
        let is_passed = name.eq_ignore_ascii_case(b"pass");
        return (sets && !is_passed && quoted.starts_with(b"\"")).then_some(quoted);
    }
    let rest = text.strip_prefix(b" ")?;
    // "I set the password to x."
    if let Some(value) = rest.strip_prefix(b"to ") {
        let is_set = SETTING.iter().any(|verb| {
            tail(before, 24)
                .to_ascii_lowercase()
                .windows(verb.len())
                .any(|part| part == verb.as_bytes())
        });
        let is_password = is_set && name.eq_ignore_ascii_case(b"password");
        return (is_password && !starts_with_name(value)).then_some(value);
    }
    // "The password has been changed to x."
    if let Some(value) = made(rest) {
        let is_password = name.eq_ignore_ascii_case(b"password");
        return (is_password && !starts_with_name(value)).then_some(value);
    }
    let mut said = SAYING
        .iter()
        .filter_map(|word| rest.strip_prefix(word.as_bytes()));
    if let Some(value) = said.find(|rest| matches!(rest.first(), Some(b' ' | b':'))) {
        return Some(trim_start(value, b": ", 2));
    }
    // Dockerfile's `ENV PASSWORD x`, `aws configure set aws_secret_access_key x`.
    let is_option = prefix.starts_with(b"--")
        || [&b"ENV "[..], b" set ", b"setx "]
            .iter()
            .any(|word| before.ends_with(word));
    let is_login = || {
        let login = tail(before, 96).windows(7).any(|part| part == b" login ");
        login && name == b"password"
    };
    let is_quoted = || rest.first() == Some(&b'\'') && name.eq_ignore_ascii_case(b"password");
    (is_option || is_quoted() || is_login()).then_some(rest)
}

/// Whether the literal that the text starts with names something.
fn starts_with_name(text: &[u8]) -> bool {
    value(text).is_some_and(|(value, _)| name::is_name(value))
}

/// What an element of XML holds, up to the tag that ends it.
fn content(text: &[u8]) -> Option<&[u8]> {
    let length = text
        .iter()
        .take(LONGEST_VALUE)
        .position(|byte| *byte == b'<')?;
    let (content, end) = text.split_at_checked(length)?;
    end.starts_with(b"</").then_some(content)
}

/// What follows the scheme of an authorization: "Basic dXNlcj…".
fn scheme(text: &[u8]) -> Option<&[u8]> {
    let text = trim_start(text, b"\"'", 1);
    SCHEMES.iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start
            .eq_ignore_ascii_case(scheme.as_bytes())
            .then(|| rest.strip_prefix(b" "))
            .flatten()
    })
}

/// Whether a name that goes on like this after its word is still that of the secret itself.
fn names_the_secret(suffix: &[u8]) -> bool {
    suffix.split(|byte| b"_-".contains(byte)).all(|part| {
        part.iter().all(u8::is_ascii_digit)
            || SUFFIXES
                .iter()
                .any(|suffix| part.eq_ignore_ascii_case(suffix.as_bytes()))
    })
}

fn trim_start<'t>(mut text: &'t [u8], bytes: &[u8], most: usize) -> &'t [u8] {
    for _ in 0..most {
        match text {
            [byte, rest @ ..] if bytes.contains(byte) => text = rest,
            _ => break,
        }
    }
    text
}

/// The literal that the text starts with, and whether it is quoted.
fn value(text: &[u8]) -> Option<(&[u8], bool)> {
    let (&first, rest) = text.split_first()?;
    if b"\"'`".contains(&first) {
        let rest = rest.get(..LONGEST_VALUE).unwrap_or(rest);
        // An escaped quote ends a string that stands within another.
        let end = rest
            .iter()
            .position(|byte| *byte == first || b"\n\\".contains(byte))?;
        return Some((rest.get(..end)?, true));
    }
    let text = text.get(..LONGEST_VALUE).unwrap_or(text);
    let end = text
        .iter()
        .position(|byte| b" \t\r\n\"'`,;&|".contains(byte))
        .unwrap_or(text.len());
    let value = text.get(..end)?;
    Some((value.strip_suffix(b".").unwrap_or(value), false))
}

#[cfg(test)]
mod tests;
