//! Passwords in URLs.
//!
//! Flags `scheme://user:password@host`.
//!
//! Leaves alone URLs without a password, placeholders (`user:password@`, `<user>:<password>@`), variables, masks, and a
//! password that repeats the user's name, as defaults do.

use std::ops::Range;

use memchr::memmem::Finder;

use super::{
    super::{Detector, Match, around, window},
    random::is_placeholder,
};
use crate::prefilter::ByteKinds;

pub(super) const RULES: &[super::Rule] = &[super::Rule {
    id: "url-credentials",
    flags: "a password in a URL",
    hit: "redis://default:k7Qz-91x@cache:6379",
    miss: "redis://user:password@cache:6379",
}];

/// Passwords that are none, in lower case.
#[rustfmt::skip]
const EVERYDAY: &[&str] = &[
    "pass", "passwd", "password", "pwd", "pw", "secret", "guest", "admin", "root", "test", "token", "user",
    "none", "null", "mypassword", "redacted", "x-oauth-basic",
];

/// The longest user and password, in bytes.
const REACH: usize = 256;

/// Anchored at `://`.
pub(crate) struct UrlCredentials {
    slashes: Finder<'static>,
}

impl UrlCredentials {
    pub(crate) fn new() -> Self {
        Self {
            slashes: Finder::new(b"://"),
        }
    }
}

impl Detector for UrlCredentials {
    fn needs(&self) -> ByteKinds {
        ByteKinds::SLASH.and(ByteKinds::AT)
    }

    fn words(&self) -> &[&str] {
        &["://"]
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        self.slashes
            .find_iter(window(text, &anchors, 3))
            .find_map(|at| credentials(text, anchors.start + at))
    }
}

fn credentials(text: &[u8], slashes: usize) -> Option<Match> {
    let (before, rest) = (around(text, slashes).0, around(text, slashes + 3).1);
    let scheme = before
        .iter()
        .rev()
        .take(32)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+.-".contains(byte))
        .count();
    let rest = rest.get(..REACH).unwrap_or(rest);
    let length = rest
        .iter()
        .position(|byte| b"@/?# \t\r\n\"'`<>|\\".contains(byte))?;
    if rest.get(length) != Some(&b'@') || scheme < 2 {
        return None;
    }
    let user_info = rest.get(..length)?;
    let colon = user_info.iter().position(|byte| *byte == b':')?;
    let (user, password) = (user_info.get(..colon)?, user_info.get(colon + 1..)?);
    let named = rest.get(length + 1).is_some_and(|byte| {
        byte.is_ascii_alphanumeric() || *byte >= 0x80 || b"[$-_".contains(byte)
    });
    let host = rest.get(length + 1..).unwrap_or_default();
    (named && !is_example(host) && is_password(user, password)).then_some(Match {
        rule: "url-credentials",
        range: slashes - scheme..slashes + 3 + length,
    })
}

/// Whether the host is set aside for documentation: nobody logs in to it.
fn is_example(host: &[u8]) -> bool {
    let length = host
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".-".contains(byte))
        .count();
    let host = host.get(..length).unwrap_or_default();
    [&b"example.com"[..], b"example.net", b"example.org"]
        .iter()
        .any(|name| {
            host.strip_suffix(*name)
                .is_some_and(|sub| sub.is_empty() || sub.ends_with(b"."))
        })
}

fn is_password(user: &[u8], password: &[u8]) -> bool {
    let variable = password.iter().any(|byte| b"${}[]()*".contains(byte))
        && password.first().is_some_and(|byte| b"${[(*".contains(byte))
        || password.contains(&b'{')
        || password.starts_with(b"%s")
        || password
            .windows(2)
            .any(|pair| pair == b"${" || pair == b"$(")
        || password
            .windows(3)
            .any(|run| run == b"***" || run == b"...");
    let lower = password.to_ascii_lowercase();
    let everyday = EVERYDAY.iter().any(|word| lower == word.as_bytes());
    let constant = password
        .iter()
        .all(|byte| byte.is_ascii_uppercase() || *byte == b'_');
    let repeats = lower.iter().all(|byte| Some(byte) == lower.first());
    password.len() >= 3
        && !variable
        && !everyday
        && !constant
        && !repeats
        && !is_placeholder(password)
        && !password.eq_ignore_ascii_case(user)
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, UrlCredentials};

    fn check(marked: &str) {
        testing::check(&UrlCredentials::new(), marked);
    }

    #[test]
    fn passwords_are_flagged() {
        check("⟦postgres://app:s3cr3t-Pa55⟧@db:5432/x");
        check("clone ⟦https://bot:k7Qz91xW⟧@git.corp.com/x.git");
        check("⟦mongodb+srv://root:hunter2⟧@cluster0.mongodb.net");
        check("⟦redis://:k7Qz91xW⟧@cache:6379");
        check("url='⟦amqp://svc:p%40ss7⟧@mq'");
    }

    #[test]
    fn other_urls_are_left_alone() {
        for text in [
            "https://abc:k7Qz-91x@example.com/",
            "https://abc:k7Qz-91x@www.example.org",
            "https://host.com:8080/a@b",
            "https://user@host.com",
            "postgres://user:password@host/db",
            "postgres://user:pass@localhost",
            "postgres://postgres:postgres@db",
            "https://<user>:<password>@host",
            "https://${USER}:${PASS}@host",
            "https://user:$PASS@host",
            "https://{user}:{password}@host",
            "https://user:****@host",
            "https://user:xxxx@host",
            "https://user:PASSWORD@host",
            "https://user:your-password@host",
            "http://a.b/?x=c:d@e",
            "://a:b@c",
            "https://user:@host",
            "see https://a.b and c:d@e",
        ] {
            check(text);
        }
    }
}
