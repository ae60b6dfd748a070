//! System directories and directories of secrets.
//!
//! Flags `(?<![A-Za-z0-9_.~%/\\-])/+(?:etc|usr|var)END` and `(?:~|/home/[^/\s]+)/\.(?:ssh|aws|gnupg)END`, where END is
//! `(?![A-Za-z0-9_-])(?!\.[^\s])`: the directory itself or something in it.
//!
//! Leaves alone the same names further down a path or URL (`/srv/etc`, `https://example.com/usr/x`), longer names
//! (`/etcetera`, `/etc.bak`) and relative paths (`./etc`).

use std::ops::Range;

use super::{Detector, Match, around};
use crate::{
    prefilter::ByteKinds,
    text::{leading_space, trailing, trailing_space},
};

/// Anchored at the slash before the name.
pub(crate) struct Sensitive;

impl Detector for Sensitive {
    fn needs(&self) -> ByteKinds {
        ByteKinds::SLASH
    }

    fn words(&self) -> &[&str] {
        &["/etc", "/usr", "/var", "/.ssh", "/.aws", "/.gnupg"]
    }

    fn find(&self, text: &[u8], mut anchors: Range<usize>) -> Option<Match> {
        anchors.find_map(|slash| directory(text, slash))
    }
}

fn directory(text: &[u8], slash: usize) -> Option<Match> {
    let (before, name) = around(text, slash);
    let (name, is_system) = match name {
        [b'/', b'e', b't', b'c', ..]
        | [b'/', b'u', b's', b'r', ..]
        | [b'/', b'v', b'a', b'r', ..] => (4, true),
        [b'/', b'.', b's', b's', b'h', ..] | [b'/', b'.', b'a', b'w', b's', ..] => (5, false),
        [b'/', b'.', b'g', b'n', b'u', b'p', b'g', ..] => (7, false),
        _ => return None,
    };
    let end = slash + name;
    if !ends_here(around(text, end).1) {
        return None;
    }
    if is_system {
        let start = slash - trailing(before, |byte| byte == b'/');
        let nested = |byte: &u8| byte.is_ascii_alphanumeric() || b"_.~%\\-".contains(byte);
        let at_root = !around(text, start).0.last().is_some_and(nested);
        return at_root.then_some(Match {
            rule: "system-directory",
            range: start..end,
        });
    }
    Some(Match {
        rule: "secrets-directory",
        range: home(before)?..end,
    })
}

/// Where the home directory starts that the text ends with: `/home/<user>` or `~`.
fn home(text: &[u8]) -> Option<usize> {
    let mut parent = text;
    while parent.last().is_some_and(|&byte| byte != b'/') && trailing_space(parent) == 0 {
        parent = parent.get(..parent.len() - 1)?;
    }
    let of_user = if parent.len() < text.len() {
        parent.strip_suffix(b"/home/")
    } else {
        None
    };
    of_user.or_else(|| text.strip_suffix(b"~")).map(<[u8]>::len)
}

/// Whether a name ends before the text, by END.
fn ends_here(after: &[u8]) -> bool {
    match after {
        [] | [b'.'] => true,
        [b'.', rest @ ..] => leading_space(rest) > 0,
        [byte, ..] => !(byte.is_ascii_alphanumeric() || b"_-".contains(byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::testing, Sensitive};

    fn check(marked: &str) {
        testing::check(&Sensitive, marked);
    }

    #[test]
    fn system_directories_are_flagged() {
        check("cat ⟦/etc⟧/passwd, ls ⟦/usr⟧, tail ⟦/var⟧/log");
        check("see ⟦/etc⟧.");
        check("see ⟦/etc⟧. And");
        check("file:⟦///etc⟧/passwd");
        check("é⟦/etc⟧é");
        check("'⟦/etc⟧' \"⟦/usr⟧\" x=⟦/var⟧");
    }

    #[test]
    fn directories_of_secrets_are_flagged() {
        check("cat ⟦~/.ssh⟧/id_rsa ⟦~/.gnupg⟧");
        check("⟦/home/bob/.aws⟧/credentials");
        check("x⟦/home/jörg/.ssh⟧. x");
        check("/home⟦/home/a~b/.ssh⟧");
        check("⟦/home/b~/.ssh⟧ /b⟦~/.ssh⟧");
    }

    #[test]
    fn other_paths_are_left_alone() {
        for text in [
            "https://example.com/usr/x",
            "/etcetera",
            "/etc-x",
            "/etc.bak",
            "./etc",
            "../usr",
            "~/var",
            "a/etc",
            "%2f/etc",
            "\\/etc",
            "/.ssh",
            "/home/.ssh",
            "/home//.ssh",
            "/home/a b/.ssh",
            "/home/a/b/.ssh",
            "/home/a\u{3000}/.ssh",
            "~/.sshd",
            "~/.ssh.bak",
            "/",
            "/e",
            "/usr.x",
        ] {
            check(text);
        }
    }
}
