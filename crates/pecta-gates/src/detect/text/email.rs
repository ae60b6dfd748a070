//! E-mail addresses.
//!
//! Flags a local part, an `@` (or `%40`, as URLs write it) and a domain whose last label is a top-level domain. Both parts
//! may be in any script.
//!
//! Leaves alone hosts without such a label (`root@localhost`, `icon@2x.png`), versions (`pkg@1.2.3`), remotes of
//! git and scp (`git@host.org:path`), logins (`ssh -p 22 me@host.org`), users in URLs (`ssh://me@host.org`), handles (`@user@social.org`), and products in
//! code (`a@b.to(device)`). Domains set aside for documentation are flagged like others: who may be named there is for the
//! user to say.

use std::{ops::Range, str};

use memchr::memchr2;

use super::{
    super::{Detector, Match, around},
    context::tail,
    data::TOP_LEVEL_DOMAINS,
};
use crate::{
    prefilter::ByteKinds,
    text::{ByteSet, leading, trailing, valid_start},
};

pub(super) const RULES: &[super::Rule] = &[super::Rule {
    id: "email-address",
    flags: "an address with a registered top-level domain that is no file, version or git remote",
    hit: "jane@corp.com",
    miss: "icon@2x.png",
}];

/// Top-level domains that are also extensions of files.
#[rustfmt::skip]
const EXTENSIONS: &[&str] = &[
    "zip", "mov", "sh", "py", "rs", "md", "pl", "ps", "so", "cc", "app", "java", "map", "target",
];

/// Of these, the ones under which next to nobody registers a name of their own.
const FILES: &[&str] = &["zip", "mov", "py", "java", "map", "target"];
/// What files of source and scripts are called.
#[rustfmt::skip]
const STEMS: &[&str] = &[
    "main", "lib", "mod", "index", "test", "tests", "setup", "build", "install", "run", "init", "util", "utils", "config",
    "deploy", "file", "readme", "README", "CHANGELOG",
];

/// How far a local part or a domain may reach, in bytes.
const REACH: usize = 256;

/// The bytes of the characters of a local part, and of a domain.
const LOCAL: ByteSet = ByteSet::ALPHANUMERIC.with(b"._%+-'").with_beyond_ascii();
const DOMAIN: ByteSet = ByteSet::ALPHANUMERIC.with(b".-").with_beyond_ascii();

/// The ways to write the sign. None starts with a byte of a domain.
const SIGNS: [&[u8]; 3] = [b"@", b"%40", b"%2540"];

/// Anchored at the `@`, or the `%` of its encoded form.
pub(crate) struct Email {
    /// In order.
    top_level_domains: Vec<&'static str>,
}

impl Email {
    pub(crate) fn new() -> Self {
        let mut top_level_domains: Vec<_> = TOP_LEVEL_DOMAINS.split_whitespace().collect();
        top_level_domains.sort_unstable();
        Self { top_level_domains }
    }

    /// The address around a sign that `host` follows.
    fn address(&self, text: &[u8], at: usize, sign: &[u8], host: &[u8]) -> Option<Match> {
        let (before, after) = around(text, at);
        let local = local_part(before)?;
        let start = at - local.len();
        let domain = self.domain(host)?;
        let rest = after.get(sign.len() + domain.len()..)?;
        let range = start..at + sign.len() + domain.len();
        let other = is_version(domain)
            || is_file(domain)
            || matches!(rest, [b'(' | b'[', ..])
            || local == "git"
            || is_in_authority(around(text, start).0, sign == b"@")
            || is_remote_path(rest)
            || is_shells(around(text, start).0, rest)
            || is_login(around(text, start).0, rest);
        (!other).then_some(Match {
            rule: "email-address",
            range,
        })
    }

    /// The domain that the host starts with: two labels at least, the last of which is a top-level domain.
    fn domain<'t>(&self, host: &'t [u8]) -> Option<&'t str> {
        let text = valid_start(host);
        let end = text
            .find(|c: char| !is_domain_char(c))
            .unwrap_or(text.len());
        let mut end_of_domain = None;
        let mut at = 0;
        for (nth, label) in text.get(..end)?.split('.').enumerate() {
            if label.is_empty() || label.len() > 4 * 63 || label.starts_with('-') {
                break;
            }
            // A sentence may start right after the address: "jane@corp.com.Thanks".
            if nth > 1
                && end_of_domain.is_some()
                && label.starts_with(char::is_uppercase)
                && !self.is_top_level(label)
            {
                break;
            }
            end_of_domain = None;
            if nth > 0 {
                let label = latin_start(label);
                if self.is_top_level(label) {
                    end_of_domain = Some(at + label.len());
                }
            }
            at += label.len() + 1;
        }
        text.get(..end_of_domain?)
    }

    fn is_top_level(&self, label: &str) -> bool {
        // "q@k.mT" is a product of matrices.
        let camel = label.starts_with(|c: char| c.is_ascii_lowercase())
            && label.contains(|c: char| c.is_ascii_uppercase());
        if camel || label.len() > 24 {
            return false;
        }
        // The names in other scripts are many, and they are no extensions of files.
        if !label.is_ascii() {
            return label.chars().all(|c| c.is_alphabetic() || is_mark(c))
                && label.chars().count() >= 2;
        }
        let letters = || label.bytes().map(|letter| letter.to_ascii_lowercase());
        let encoded = label.len() > 6 && letters().take(4).eq(*b"xn--");
        let known = &self.top_level_domains;
        encoded
            || known
                .binary_search_by(|domain| domain.bytes().cmp(letters()))
                .is_ok()
    }
}

impl Detector for Email {
    fn needs(&self) -> ByteKinds {
        ByteKinds::DOT
    }

    fn find(&self, text: &[u8], anchors: Range<usize>) -> Option<Match> {
        let text_to_last = text.get(..anchors.end.min(text.len()))?;
        let mut from = anchors.start;
        loop {
            let at = next_sign(text_to_last, from)?;
            from = at + 1;
            let (before, after) = around(text, at);
            let follows_local = before
                .last()
                .is_some_and(|&byte| byte != b'.' && LOCAL.contains(byte));
            if !follows_local {
                let rest = around(text_to_last, from).1;
                from += leading(rest, |byte| byte == b'@');
                continue;
            }
            let Some(sign) = SIGNS.into_iter().find(|sign| after.starts_with(sign)) else {
                continue;
            };
            let host = around(after, sign.len()).1;
            let host = host.get(..REACH).unwrap_or(host);
            let host = host.get(..leading(host, |byte| DOMAIN.contains(byte)))?;
            from = at + sign.len() + host.len();
            if may_be_domain(host)
                && let Some(address) = self.address(text, at, sign, host)
            {
                return Some(address);
            }
        }
    }
}

/// Where the next byte is with which a sign starts. Signs may be close to each other, and a look at a few bytes costs less
/// than a search.
fn next_sign(text: &[u8], from: usize) -> Option<usize> {
    const CLOSE: usize = 8;
    let rest = text.get(from..)?;
    let close = rest
        .iter()
        .take(CLOSE)
        .position(|byte| b"@%".contains(byte));
    let at = match close {
        Some(at) => at,
        None => CLOSE + memchr2(b'@', b'%', rest.get(CLOSE..)?)?,
    };
    Some(from + at)
}

/// A quick look at whether a host starts like one and has a dot that may stand before a top-level domain.
fn may_be_domain(host: &[u8]) -> bool {
    let top_level = |part: &[u8]| match part {
        [b'.', first, second] => {
            !first.is_ascii() || (first.is_ascii_alphabetic() && second.is_ascii_alphabetic())
        }
        _ => false,
    };
    !host.starts_with(b".") && !host.starts_with(b"-") && host.windows(3).any(top_level)
}

/// The local part that the text ends with.
fn local_part(before: &[u8]) -> Option<&str> {
    let before = tail(before, REACH);
    let local = trailing(before, |byte| LOCAL.contains(byte));
    let before = valid_end(tail(before, local));
    let in_ascii = before.ends_with(|c: char| c.is_ascii());
    let is_local = |c: char| {
        c.is_ascii_alphanumeric()
            || "._%+-'".contains(c)
            // Between words of a script without spaces, an address is the Latin part.
            || (!c.is_ascii() && c.is_alphanumeric() && (!in_ascii || c < '\u{250}'))
    };
    let start = before
        .char_indices()
        .rev()
        .find(|&(_, c)| !is_local(c))
        .map_or(0, |(at, c)| at + c.len_utf8());
    let local = before
        .get(start..)?
        .trim_start_matches(['.', '-', '%', '\'']);
    (local.contains(char::is_alphanumeric) && !local.ends_with('.') && local.chars().count() <= 64)
        .then_some(local)
}

fn is_domain_char(c: char) -> bool {
    c == '.' || c == '-' || c.is_alphanumeric() || (!c.is_ascii() && is_mark(c))
}

/// Whether the character belongs to the letter before it, as vowel signs do.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// The ASCII part of a label that starts in ASCII, else the whole: in a script without spaces, the next word follows.
fn latin_start(label: &str) -> &str {
    let ascii = label.find(|c: char| !c.is_ascii()).unwrap_or(label.len());
    match ascii {
        0 => label,
        _ => label.get(..ascii).unwrap_or(label),
    }
}

/// Whether the domain starts like a version (`1.2`, `v4.1`), an asset's scale (`2x`) or a file's number.
fn is_version(domain: &str) -> bool {
    let mut labels = domain.split('.');
    let first = labels.next().unwrap_or_default();
    let first = first.strip_prefix('v').unwrap_or(first);
    let second = labels.next().unwrap_or_default();
    let numeric = |label: &str| label.starts_with(|c: char| c.is_ascii_digit());
    let is_number = first.bytes().all(|byte| byte.is_ascii_digit());
    let last = domain.rsplit('.').next().unwrap_or_default();
    numeric(first) && ((is_number && numeric(second)) || EXTENSIONS.contains(&last))
}

/// Whether the domain is the name of a file: `bar.py`, `main.rs`.
fn is_file(domain: &str) -> bool {
    domain.split_once('.').is_some_and(|(stem, extension)| {
        FILES.contains(&extension) || EXTENSIONS.contains(&extension) && STEMS.contains(&stem)
    })
}

/// Whether what follows belongs to the authority of a URL, or to a handle: after `://`, `://user:` or another `@`.
fn is_in_authority(before: &[u8], plain: bool) -> bool {
    if before.ends_with(b"://") || before.ends_with(b"@") {
        return true;
    }
    let Some(user) = before.strip_suffix(b":").filter(|_| plain) else {
        return false;
    };
    let user = tail(user, REACH);
    let start = user
        .iter()
        .rposition(|byte| b"/ \t\r\n\"'<>(),".contains(byte))
        .unwrap_or(0);
    user.get(..=start)
        .is_some_and(|start| start.ends_with(b"//"))
}

/// Whether the text goes on with the path of a remote: `:org/project`, `:project.git`.
fn is_remote_path(rest: &[u8]) -> bool {
    let Some(path) = rest.strip_prefix(b":") else {
        return false;
    };
    let path = path.get(..REACH).unwrap_or(path);
    let end = path
        .iter()
        .position(|byte| b" \t\r\n\"'`<>(),;".contains(byte))
        .unwrap_or(path.len());
    let path = path.get(..end).unwrap_or_default();
    path.contains(&b'/') || path.ends_with(b".git") || path.starts_with(b"~")
}

/// Whether a variable stands before the sign, or the place is a prompt: `$HOME@corp.io`, `[ann@web.corp.io ~]$`.
fn is_shells(before: &[u8], rest: &[u8]) -> bool {
    let prompt = || {
        let end = rest
            .iter()
            .take(REACH)
            .position(|byte| b"]\n".contains(byte))?;
        let end = around(rest, end).1;
        Some(rest.starts_with(b" ") && (end.starts_with(b"]$") || end.starts_with(b"]#")))
    };
    before.ends_with(b"$") || before.ends_with(b"[") && prompt() == Some(true)
}

/// Programs that log in to another host, which is their first operand.
const LOGINS: &[&[u8]] = &[
    b"autossh",
    b"mosh",
    b"sftp",
    b"ssh",
    b"ssh-copy-id",
    b"sshpass",
];

/// Programs that copy from one host to another.
const COPIERS: &[&[u8]] = &[b"rsync", b"scp", b"sshfs"];

/// Whether the place is where a command names the host it logs in to: `ssh -p 22 ann@web.corp.io`, `rsync x ann@web.corp.io:`.
fn is_login(before: &[u8], rest: &[u8]) -> bool {
    let command = tail(before, REACH)
        .rsplit(|byte| b"\n;&|`\"'(".contains(byte))
        .next()
        .unwrap_or_default();
    let words = command.split(|byte| *byte == b' ');
    let mut words = words.filter(|word| {
        let prompts: [&[u8]; 4] = [b"", b"$", b"#", b"sudo"];
        !prompts.contains(word)
    });
    let Some(program) = words.next().filter(|_| command.ends_with(b" ")) else {
        return false;
    };
    // Every word before the host is an option or the value of the one before it.
    let mut takes_value = false;
    let is_first = words.all(|word| {
        let is_option = word.starts_with(b"-");
        let is_part = is_option || takes_value;
        takes_value = is_option;
        is_part
    });
    LOGINS.contains(&program) && is_first || COPIERS.contains(&program) && rest.starts_with(b":")
}

/// The text without the rest of a character that it may start with.
fn valid_end(text: &[u8]) -> &str {
    (0..4)
        .find_map(|skip| str::from_utf8(text.get(skip..)?).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing, Email};

    fn check(marked: &str) {
        testing::check(&Email::new(), marked);
    }

    #[test]
    fn addresses_are_flagged() {
        check("⟦jane@corp.com⟧");
        check("mail <⟦jane.doe+tag@mail.corp.co.uk⟧>, or ⟦o'neil@b.cc⟧.");
        check("⟦user@xn--80ak6aa92e.com⟧ ⟦user@example.xn--p1ai⟧");
        check("https://x.io/u?e=⟦jane%40corp.com⟧&x=1");
        check("redirect=⟦jane%2540corp.com⟧%26");
        check("[⟦ann@corp.io⟧ wrote]");
        check("mailto:⟦jane@corp.com⟧?subject=x");
        check("[⟦jane@corp.com⟧](mailto:⟦jane@corp.com⟧)");
        check("⟦user@bücher.de⟧ ⟦用户@例子.公司⟧ ⟦почта@пример.рф⟧ ⟦jörg@corp.de⟧");
        check("请联系⟦jane@corp.com⟧。谢谢");
        check("⟦ana@firma.rs⟧ ⟦ana@firma.com.py⟧ ⟦ana@firma.md⟧");
        check("请联系⟦jane@corp.com⟧进行");
        check("⟦jane@163.com⟧ ⟦jane@corp.com⟧.Thanks");
        check("ask ⟦JANE@CORP.COM⟧!");
        check("From: Jane:⟦jane@corp.com⟧: hi");
        check("(⟦jane@corp.io⟧) \"⟦jane@corp.museum⟧\"");
        check("{\"to\":\"⟦jane@corp.dev⟧\"}");
        check("mail -s ssh ⟦jane@corp.dev⟧");
        check("ssh web1 mail ⟦jane@corp.dev⟧");
        check("scp report.pdf and send it to ⟦jane@corp.dev⟧");
    }

    #[test]
    fn other_uses_of_the_sign_are_left_alone() {
        for text in [
            "icon@2x.png",
            "logo@3x.webp",
            "npm i @scope/pkg@1.2.3",
            "pkg@1.2.3-rc.dev",
            "react@18.2.0/umd/react.min.js",
            "actions/checkout@v4.1.app",
            "my email is info@presidio.",
            "git@github.com:org/repo.git",
            "ssh -T git@github.com",
            "ssh://git@github.com/org/repo",
            "deploy@host.com:/srv/app",
            "scp x me@host.org:backup/x",
            "https://user@host.com/path",
            "postgres://app:pw@db.host.com/x",
            "https://user:p.w@host.com",
            "@user",
            "@jane@mastodon.social",
            "root@localhost",
            "$USER@corp.com",
            "[ann@web.corp.io ~]$ ls",
            "ssh ann@web.corp.io",
            "$ sudo ssh -p 22 -i key.pem ann@web.corp.io uptime",
            "sftp ann@web.corp.io",
            "cd x && rsync -a dist/ ann@web.corp.io:",
            "[root@web.corp.io etc]# ls",
            "root@server.local",
            "root@server.company.local",
            "getty@tty1.service",
            "@app.route",
            "@Component.Name",
            "x@y.T",
            "q@k.mT",
            "q@k.transpose(0, 1)",
            "a@b.to(device)",
            "a @ b.com",
            "a@.com",
            "a@-b.com",
            "a.@b.com",
            "a@b..com",
            "100%40.5",
            "@",
            "50% @ b.com",
            "backup@2024.zip",
            "foo@bar.py",
            "module@main.rs",
            "Foo@Bar.java:12",
            "core@latest.zip",
            "https://unpkg.com/%40scope%2Fpkg%401.2.3",
        ] {
            check(text);
        }
    }
}
