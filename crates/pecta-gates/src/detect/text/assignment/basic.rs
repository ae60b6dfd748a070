//! Names and passwords in base 64, as the settings of `docker` and `npm` hold them: `"auth": "…"`, `auth: …`, `_auth=…`.

use memchr::memmem;

use super::{
    super::{
        super::{Match, around, shell::decode},
        random::{distinct, is_placeholder},
    },
    LONGEST_VALUE,
};

pub(in super::super) const RULE: super::super::Rule = super::super::Rule {
    id: "basic-credentials",
    flags: "a name and a password in base 64, as the settings of `docker` and `npm` hold them",
    hit: "\"auth\": \"YW5uOms3UXotOTF4V3Y=\"",
    miss: "\"auth\": \"YW5uOnBhc3N3b3Jk\"",
};

/// How the setting is written, up to its value.
pub(super) const WORDS: &[&str] = &[
    "auth\":",
    "auth\\\":",
    "auth\" :",
    "auth: ",
    "*_auth=",
    "*_auth =",
];

/// What the key of a member ends with that holds some.
pub(super) const LABEL: &str = "auth";

/// The fewest bytes of a password, and how many different ones it has.
const SHORTEST: usize = 6;
const FEWEST: u32 = 5;

/// What starts an address with a colon in it: `urn:…`, `arn:…`.
const ADDRESSES: &[&[u8]] = &[b"urn", b"arn", b"http", b"https"];

/// Whether settings of `docker` hold a name and a password, in base 64 or as they are.
pub(in super::super) fn is_in(settings: &[u8]) -> bool {
    const AUTH: &[u8] = b"\"auth\":";
    const PASSWORD: &[u8] = b"\"password\":";
    let encoded = memmem::find_iter(settings, AUTH)
        .any(|at| credentials(settings, at + 1, at + AUTH.len()).is_some());
    encoded
        || memmem::find_iter(settings, PASSWORD).any(|at| {
            let value = around(settings, at + PASSWORD.len()).1.trim_ascii_start();
            let value = value.strip_prefix(b"\"").unwrap_or_default();
            let password = value.split(|byte| *byte == b'"').next().unwrap_or_default();
            password.len() >= SHORTEST && !is_placeholder(password)
        })
}

/// The credentials behind the words at the position.
pub(super) fn credentials(text: &[u8], start: usize, end: usize) -> Option<Match> {
    let (before, rest) = around(text, end);
    let is_key = match around(before, start).0.last() {
        None | Some(b'"' | b'_') => true,
        Some(b' ' | b'\t' | b'\n') => before.ends_with(b": "),
        _ => false,
    };
    if !(is_key || before.ends_with(b"=")) {
        return None;
    }
    let open = rest
        .iter()
        .take(4)
        .take_while(|byte| b" \\\"".contains(byte))
        .count();
    let value = around(rest, open).1;
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte);
    let length = value.iter().take(LONGEST_VALUE).take_while(is_part).count();
    let decoded = decode::base64(str::from_utf8(value.get(..length)?).ok()?)?;
    let colon = decoded.iter().position(|byte| *byte == b':')?;
    let (name, password) = (decoded.get(..colon)?, decoded.get(colon + 1..)?);
    let is_address = password.starts_with(b"//") || ADDRESSES.contains(&name);
    let is_secret = !name.is_empty()
        && !is_address
        && decoded.iter().all(u8::is_ascii_graphic)
        && password.len() >= SHORTEST
        && password != name
        && distinct(password) >= FEWEST
        && !password.starts_with(b"$")
        && !is_time(password)
        && !is_placeholder(password);
    is_secret.then_some(Match {
        rule: RULE.id,
        range: start..end + open + length,
    })
}

/// Whether a value in base 64 holds a name, a colon and a time.
pub(super) fn holds_time(value: &[u8]) -> bool {
    let decoded = str::from_utf8(value).ok().and_then(decode::base64);
    decoded.is_some_and(|decoded| {
        let password = decoded.splitn(2, |byte| *byte == b':').nth(1);
        password.is_some_and(is_time)
    })
}

/// Whether it is a time, as in a line of a log: `time:12:30:59`.
fn is_time(password: &[u8]) -> bool {
    let mut parts = password.split(|byte| *byte == b':');
    let is_part =
        |part: &[u8]| (1..=2).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    (2..=3).contains(&parts.clone().count()) && parts.all(is_part)
}
