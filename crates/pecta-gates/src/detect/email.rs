//! E-mail addresses.
//!
//! Flags `[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}`.
//!
//! Leaves alone an `@` with nothing before it (`@user`) and a host without a dot (`root@localhost`). It does not ask
//! whether the domain exists: `git@github.com` and `logo@2x.png` are flagged.

use std::ops::Range;

use memchr::memchr;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{ByteSet, leading, trailing},
};

const LOCAL: ByteSet = ByteSet::ALPHANUMERIC.with(b"._%+-");
const HOST: ByteSet = ByteSet::ALPHANUMERIC.with(b".-");

/// Anchored at the `@`, which neither side of an address can contain.
pub(crate) struct Email;

impl Detector for Email {
    fn needs(&self) -> ByteKinds {
        ByteKinds::AT.and(ByteKinds::DOT)
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let text_to_last = text.get(..anchors.end.min(text.len()))?;
        let mut from = anchors.start;
        loop {
            let at = next_sign(text_to_last, from)?;
            from = at + 1;
            let (before, after) = (around(text, at).0, around(text, from).1);
            if !before.last().is_some_and(|&byte| LOCAL.contains(byte)) {
                continue;
            }
            let host = after.get(..leading(after, |byte| HOST.contains(byte)))?;
            from += host.len();
            if let Some(domain) = domain(host) {
                let local = trailing(before, |byte| LOCAL.contains(byte));
                return Some(Match {
                    rule: "email-address",
                    range: at - local..at + 1 + domain,
                });
            }
        }
    }
}

/// Where the next `@` is. They may be close to each other, and a look at a few bytes costs less than a search.
fn next_sign(text: &[u8], from: usize) -> Option<usize> {
    const CLOSE: usize = 8;
    let rest = text.get(from..)?;
    let close = rest.iter().take(CLOSE).position(|&byte| byte == b'@');
    let at = match close {
        Some(at) => at,
        None => CLOSE + memchr(b'@', rest.get(CLOSE..)?)?,
    };
    Some(from + at)
}

/// The length of the host up to the end of its last top-level domain, of two letters or more.
fn domain(host: &[u8]) -> Option<usize> {
    let top_level = |part: &[u8]| matches!(part, [b'.', first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic());
    // At least one character of the host comes before the last dot that two letters follow.
    let dot = 1 + host.get(1..)?.windows(3).rposition(top_level)?;
    let letters = leading(host.get(dot + 1..)?, |byte| byte.is_ascii_alphabetic());
    Some(dot + 1 + letters)
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Email};

    fn check(marked: &str) {
        testing::check(&Email, marked);
    }

    #[test]
    fn addresses_are_flagged() {
        check("⟦first.last+tag@company.co.uk⟧");
        check("mail <⟦jane.doe@acme.io⟧>, or ⟦a@b.cc⟧.");
        check("⟦git@github.com⟧:org/repo");
        check("⟦a@b.cc⟧.d");
        check("⟦a@b.ccc⟧2");
        check("⟦a@..cc⟧");
        check("é⟦a@b.cc⟧é");
        check("x@y ⟦a@b.cc⟧");
    }

    #[test]
    fn other_uses_of_the_sign_are_left_alone() {
        for text in [
            "@user",
            "root@localhost",
            "a @ b.cc",
            "a@.cc",
            "a@b.c",
            "a@b.c1",
            "@",
            "a@",
            "é@b.cc",
            "a@bücher.de",
        ] {
            check(text);
        }
    }
}
