//! E-mail addresses.
//!
//! Flags `[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+\.[a-zA-Z]{2,}`.
//!
//! Leaves alone an `@` with nothing before it (`@user`) and a host without a dot (`root@localhost`). It does not ask
//! whether the domain exists: `git@github.com` and `logo@2x.png` are flagged.

use std::ops::Range;

use memchr::memchr;

use super::{Detector, Match};
use crate::{
    prefilter::ByteKinds,
    text::{leading, trailing},
};

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
            // A search costs more than a look, and signs may follow each other.
            let rest = text_to_last.get(from..)?;
            let at = from
                + if rest.first() == Some(&b'@') {
                    0
                } else {
                    memchr(b'@', rest)?
                };
            from = at + 1;
            let next_to_another = text.get(from) == Some(&b'@');
            if let Some(address) = (!next_to_another).then(|| address(text, at)).flatten() {
                return Some(address);
            }
        }
    }
}

fn address(text: &[u8], at: usize) -> Option<Match> {
    let (before, after) = (text.get(..at)?, text.get(at + 1..)?);
    let local = trailing(before, |byte| {
        byte.is_ascii_alphanumeric() || b"._%+-".contains(&byte)
    });
    if local == 0 {
        return None;
    }
    let host = after.get(
        ..leading(after, |byte| {
            byte.is_ascii_alphanumeric() || b".-".contains(&byte)
        }),
    )?;
    let top_level = |part: &[u8]| matches!(part, [b'.', first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic());
    // At least one character of the host comes before the last dot that two letters follow.
    let dot = 1 + host.get(1..)?.windows(3).rposition(top_level)?;
    let letters = leading(host.get(dot + 1..)?, |byte| byte.is_ascii_alphabetic());
    Some(Match {
        rule: "email-address",
        range: at - local..at + 1 + dot + 1 + letters,
    })
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
