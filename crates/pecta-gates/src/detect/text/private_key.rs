//! Private keys.
//!
//! Flags the first line of a private key in PEM form (RFC 7468) or `OpenPGP` armour (RFC 9580), when nothing or a
//! key follows, and that of a file of `PuTTY` with a private part.
//!
//! Leaves alone public keys and certificates, the line when it is named in a sentence or quoted by itself, and keys whose
//! body is left out.

use std::ops::Range;

use memchr::memmem::{self, Finder};

use super::super::{Detector, Match, around, window};
use crate::prefilter::ByteKinds;

pub(super) const RULES: &[super::Rule] = &[super::Rule {
    id: "private-key",
    flags: "a private key in PEM or PuTTY's form, with something of its body",
    hit: "-----BEGIN ·RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAvX8s3Qm1",
    miss: "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEF",
}];

const BEGIN: &[u8] = b"-----BEGIN ";
const PUTTY: &[u8] = b"PuTTY-User-Key-File-";
/// How far into a file of `PuTTY`'s its private part starts at most, in bytes.
const LONGEST_PUBLIC_PART: usize = 4096;

/// Anchored at the start of the line.
pub(crate) struct PrivateKey {
    begin: Finder<'static>,
    putty: Finder<'static>,
}

impl PrivateKey {
    pub(crate) fn new() -> Self {
        Self {
            begin: Finder::new(BEGIN),
            putty: Finder::new(PUTTY),
        }
    }
}

impl Detector for PrivateKey {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DASH.and(ByteKinds::SPACE)
    }

    fn words(&self) -> &[&str] {
        &["-----begin ", "putty-user-key-file-"]
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let of_putty = self
            .putty
            .find_iter(window(text, &anchors, PUTTY.len()))
            .find_map(|at| putty_key(text, anchors.start + at));
        let in_pem = self
            .begin
            .find_iter(window(text, &anchors, BEGIN.len()))
            .find_map(|at| key(text, anchors.start + at));
        [in_pem, of_putty]
            .into_iter()
            .flatten()
            .min_by_key(|found| found.range.start)
    }
}

fn putty_key(text: &[u8], start: usize) -> Option<Match> {
    let rest = around(text, start).1;
    let rest = rest.get(..LONGEST_PUBLIC_PART).unwrap_or(rest);
    let private = b"Private-Lines: ";
    let at = memmem::find(rest, private)? + private.len();
    let (_, body) = around(rest, at);
    let digits = body.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_private = digits > 0 && is_body(around(body, digits).1);
    is_private.then_some(Match {
        rule: "private-key",
        range: start..start + PUTTY.len(),
    })
}

fn key(text: &[u8], start: usize) -> Option<Match> {
    let label = start + BEGIN.len();
    let rest = around(text, label).1;
    let words = rest
        .iter()
        .take(40)
        .take_while(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b' ')
        .count();
    let (label_text, after) = rest.split_at_checked(words)?;
    let private =
        label_text.ends_with(b"PRIVATE KEY") || label_text.ends_with(b"PRIVATE KEY BLOCK");
    let body = after.strip_prefix(b"-----")?;
    (private && is_body(body)).then_some(Match {
        rule: "private-key",
        range: start..label + words + 5,
    })
}

/// Whether what follows the line is the end, the end of a line, or a key.
fn is_body(text: &[u8]) -> bool {
    let mut rest = text;
    let mut lines = false;
    loop {
        rest = match rest {
            [b'\r' | b'\n', rest @ ..] | [b'\\', b'n' | b'r', rest @ ..] => {
                lines = true;
                rest
            }
            [b' ' | b'\t', rest @ ..] => rest,
            _ => break,
        };
    }
    if rest.is_empty() {
        return true;
    }
    // "Proc-Type: 4,ENCRYPTED"
    if rest.starts_with(b"Proc-Type")
        || rest.starts_with(b"Version:")
        || rest.starts_with(b"Comment:")
    {
        return lines;
    }
    let key = rest
        .iter()
        .take(16)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(byte))
        .count();
    let varied = super::random::distinct(rest.get(..key).unwrap_or_default()) > 4;
    let ends_line = matches!(
        around(rest, key).1,
        [] | [b'\r' | b'\n' | b'\\' | b'.' | b'"' | b'-', ..]
    );
    (key >= 16 || (lines && key >= 4 && ends_line)) && varied && !rest.starts_with(b"REDACTED")
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, PrivateKey};

    fn check(marked: &str) {
        testing::check(&PrivateKey::new(), &marked.replace('·', ""));
    }

    #[test]
    fn private_keys_are_flagged() {
        check("⟦-----BEGIN ·RSA PRIVATE KEY-----⟧\nMIIEowIBAAKCAQEAvX8s3Qm1\n");
        check("⟦-----BEGIN ·OPENSSH PRIVATE KEY-----⟧\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\n");
        check("⟦-----BEGIN ·PRIVATE KEY-----⟧");
        check(
            "{\"private_key\": \"⟦-----BEGIN ·PRIVATE KEY-----⟧\\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\\n\"}",
        );
        check("⟦-----BEGIN ·ENCRYPTED PRIVATE KEY-----⟧\r\nMIIFDjBABgkqhkiG9w0BBQ0w\r\n");
        check("⟦-----BEGIN ·PGP PRIVATE KEY BLOCK-----⟧\n\nlQOYBF2Qm1ABCADKx8s3\n");
        check("⟦-----BEGIN ·RSA PRIVATE KEY-----⟧\nProc-Type: 4,ENCRYPTED\n");
        check(
            "⟦PuTTY-User-Key-File-⟧2: ssh-rsa\nComment: x\nPublic-Lines: 1\nAAAAB3NzaC1yc2EAAAAB\n\
             Private-Lines: 1\nAAABAQCkQ8wZr3XtVn5LmPy7\nPrivate-MAC: 7c3f\n",
        );
        check("⟦-----BEGIN ·EC PRIVATE KEY-----⟧ MHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtL");
    }

    #[test]
    fn other_blocks_are_left_alone() {
        for text in [
            "-----BEGIN PUBLIC KEY-----",
            "-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBg",
            "-----BEGIN OPENSSH PUBLIC KEY-----",
            "a key starts with `-----BEGIN PRIVATE KEY-----`",
            "if line == \"-----BEGIN RSA PRIVATE KEY-----\":",
            "The line -----BEGIN PRIVATE KEY----- starts it.",
            "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
            "-----BEGIN PRIVATE KEY-----\n<your key>\n",
            "-----BEGIN PRIVATE KEY-----\nREDACTED\n",
            "PuTTY-User-Key-File-2 is what such a file starts with.",
            "PuTTY-User-Key-File-2: ssh-rsa\nPublic-Lines: 1\nAAAAB3NzaC1yc2E",
            "PuTTY-User-Key-File-2: ssh-rsa\nPrivate-Lines: 1\n<your key>",
            "-----BEGIN PRIVATE KEY",
            "-----BEGIN ",
        ] {
            check(text);
        }
    }
}
