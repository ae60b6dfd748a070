//! Paths to secrets, and what commands do to the directories of a system.
//!
//! Flags a string that is the path of a system directory (`/etc`, `/usr`, `/var`) or of something in it; a command that
//! reads from `/etc` or changes any of them; and, wherever they stand, the places where keys and passwords lie, in a home or
//! in the system.
//!
//! Leaves alone addresses, names further down another path, sentences and comments, programs that are run, and commands
//! that only look: whether something exists, what a directory holds, what is in `/usr` and `/var`. Directories for temporary
//! files and public halves of keys are not sensitive. Where services keep their keys, which settings and logs name, counts
//! only by itself and in commands that read or change it.

mod cues;
mod members;
mod places;
mod searches;

use std::ops::Range;

use self::{
    places::{
        ASKING, CHANGING, COPYING, GUARDS, IN_HOME, IN_SYSTEM, LOOKING, PUBLIC, READING, SEARCHING,
        STORES, TEMPORARY, TOOLS,
    },
    searches::{copied_hive, is_search, sought_key},
};
use super::{
    Judge, Piece, Report, commands,
    invocation::{self, Invocation},
    lexer::Word,
    paths::{self, is_within, normalise},
    prose,
};
use crate::{detect::Entry, prefilter::ByteKinds, text::ByteSet};

pub(super) const JUDGE: Judge = Judge {
    needs: ByteKinds::BREAK,
    cues: &[cues::CUES],
    read: |piece, _, report| judge(piece, report),
};

pub(super) const RULES: &[Entry] = &[
    Entry {
        id: "system-directory",
        flags: "a string that is a path in `/etc`, `/usr` or `/var`; a command that changes one, or reads from `/etc`",
        hit: "cat /etc/hosts",
        miss: "ls /usr/local",
    },
    Entry {
        id: "secrets-directory",
        flags: "the places where keys and passwords lie, in a home or in the system",
        hit: "cat ~/.ssh/id_rsa",
        miss: "~/.ssh/id_rsa.pub",
    },
];

/// What a path leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Keys and passwords.
    Secrets,
    /// Where services keep passwords and keys among other things: settings and logs name it, too.
    Stores,
    /// `/etc`: what a system is set up with.
    Settings,
    /// `/usr` and `/var`: programs and data that anyone may read.
    Shared,
}

impl Place {
    fn rule(self) -> &'static str {
        match self {
            Place::Secrets | Place::Stores => "secrets-directory",
            Place::Settings | Place::Shared => "system-directory",
        }
    }
}

fn judge(piece: &Piece<'_>, report: Report<'_>) {
    let text = piece.text;
    let trimmed = text.trim();
    let whole = trimmed.trim_matches(['"', '\'', '`']);
    if !whole.contains(|c: char| c.is_whitespace() || c == '=')
        && let Some(place) = parts(whole).find_map(classify)
    {
        let start = text.len() - text.trim_start().len();
        return report(place.rule(), start..start + trimmed.len());
    }
    // Advice may well name a file of the system: "run `cat /etc/hosts`".
    invocation::visit(piece, false, &mut |run, range| {
        in_command(run, &range, report);
    });
    anywhere(piece, report);
    members::find(text, report);
}

/// The paths that a program is given.
fn in_command(run: &Invocation<'_>, range: &Range<usize>, report: Report<'_>) {
    let is_written = *range == run.command.range;
    let at = |word: &Word<'_>| {
        if is_written {
            word.range.clone()
        } else {
            range.clone()
        }
    };
    for redirect in &run.command.redirects {
        let place = parts(&redirect.target.text).find_map(classify);
        if run.name.is_empty()
            && place.is_some_and(|place| redirect.writes || place != Place::Shared)
        {
            report(place.map_or("", Place::rule), at(&redirect.target));
        }
    }
    if let Some(hive) = copied_hive(run) {
        report(Place::Secrets.rule(), at(hive));
    }
    if let Some(key) = sought_key(run) {
        report(Place::Secrets.rule(), at(key));
    }
    let last = run.args.iter().rposition(|word| !word.is_option());
    for (index, word) in run.args.iter().enumerate() {
        if word.quoted && word.text.contains(' ') {
            continue;
        }
        let Some(place) = parts(&word.text).find_map(classify) else {
            continue;
        };
        let is_changed = CHANGING.contains(&run.name)
            && (!COPYING.contains(&run.name) || Some(index) == last)
            || run.name == "sed" && run.args.iter().any(|word| word.text.starts_with("-i"))
            || run.name == "find" && run.args.iter().any(|word| word.text == "-delete");
        let is_written_to = ["-o", "-O", "--output"].contains(
            &index
                .checked_sub(1)
                .and_then(|before| run.args.get(before))
                .map_or("", |word| word.text.as_ref()),
        ) && ["curl", "wget"].contains(&run.name)
            || word.text.starts_with("of=");
        let is_sought = ["grep", "rg"].contains(&run.name) && word.quoted;
        let flagged = match place {
            Place::Secrets => {
                let names_it = [GUARDS, ASKING].iter().any(|list| list.contains(&run.name));
                is_program(run.name) && !names_it && !is_sought
            }
            Place::Stores => is_changed || reads_store(run.name) && !is_sought,
            Place::Settings => {
                is_changed
                    || is_written_to
                    || !LOOKING.contains(&run.name) && is_program(run.name)
                    || is_search(run)
            }
            Place::Shared => is_changed || is_written_to,
        };
        if flagged {
            report(place.rule(), at(word));
        }
    }
}

/// Whether the program reads what it is given. Any other word may be the name of a setting: `path = /var/lib/grafana/grafana.db`.
fn reads_store(name: &str) -> bool {
    let only_looks = LOOKING.contains(&name) && !SEARCHING.contains(&name);
    READING.contains(&name) || commands::is_known(name) && !only_looks
}

/// Whether a word can be the name of a program, rather than of a line in a log or a file of settings.
fn is_program(name: &str) -> bool {
    commands::is_known(name)
        || name.len() <= 20
            && name
                .bytes()
                .next()
                .is_some_and(|byte| byte.is_ascii_lowercase())
            && name.bytes().all(|byte| {
                byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_.+".contains(&byte)
            })
}

/// What a path ends before, wherever it stands.
const ENDS: ByteSet = ByteSet::NONE.with(b" \t\n\r\x0C'\"`<>|()[]{},=&;*");

/// Paths to secrets wherever they stand, but for sentences, comments and the arguments of known commands, which are judged
/// by what the command does.
fn anywhere(piece: &Piece<'_>, report: Report<'_>) {
    let mut line_start = 0;
    for line in piece.text.split_inclusive('\n') {
        let mut start = 0;
        let mut is_data = None;
        for (at, byte) in line.bytes().chain([b' ']).enumerate() {
            if !ENDS.contains(byte) {
                continue;
            }
            if piece.is_done() {
                return;
            }
            let token = line.get(start..at).unwrap_or_default();
            let place = if token.contains(['/', '\\']) {
                parts(token).find_map(classify)
            } else {
                None
            };
            let is_told_of = || {
                let (before, after) = (line.get(..start), line.get(at..));
                is_told_of(before.unwrap_or_default(), after.unwrap_or_default())
            };
            if place == Some(Place::Secrets)
                && !*is_data.get_or_insert_with(|| is_data_line(line))
                && !is_told_of()
            {
                report(Place::Secrets.rule(), line_start + start..line_start + at);
            }
            start = at + 1;
        }
        line_start += line.len();
    }
}

/// Whether a path on the line is a mention, or the argument of a command that is judged elsewhere.
fn is_data_line(line: &str) -> bool {
    let line = line.trim_start();
    let line = line.strip_prefix("- ").unwrap_or(line);
    let first = line.split_ascii_whitespace().next().unwrap_or_default();
    let guards = GUARDS.iter().any(|guard| first.eq_ignore_ascii_case(guard));
    // "assert!(is_sensitive(...))" only asks about the path.
    let asserts = first.starts_with("assert") && !line.contains("open(") && !line.contains("read");
    // What a list of patterns names has no home: ".ssh/".
    let is_pattern =
        first.len() == line.trim_end().len() && first.starts_with('.') && first.ends_with('/');
    let runs_code = |name: &str| commands::SHELLS.contains(&name) || commands::is_interpreter(name);
    // A setting of `ssh`, and what makes keys and never shows the private half of one.
    let names_key = first.eq_ignore_ascii_case("identityfile") || first == "ssh-keygen";
    // What a program says when it could not read something.
    let is_message = line.contains(": Permission denied") || line.contains(": No such file");
    names_key
        || is_message
        || guards
        || asserts
        || is_pattern
        || first.starts_with('#')
        || ["//", "--", "/*", "*", ";"].contains(&first)
        || (commands::is_known(first) && !runs_code(first))
        || prose::is_line(line.as_bytes())
}

/// Whether words tell something of a path in back-ticks that the line starts with: "`~/.npmrc` is read first".
fn is_told_of(before: &str, after: &str) -> bool {
    let line = before.trim_start();
    let rest = after.strip_prefix('`').unwrap_or_default();
    let is_word = |word: &str| {
        word.chars()
            .all(|c| c.is_alphabetic() || "'`,.".contains(c))
    };
    let words = rest.trim_start_matches([',', ':', ' ', '(']);
    let words = words.split_ascii_whitespace();
    line.strip_prefix("- ").unwrap_or(line) == "`"
        && words.take_while(|word| is_word(word)).count() > 2
}

/// The paths that a word holds: it may be the value of an option, a list of paths, or a path on another host.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let is_address = word.contains("://") && !word.starts_with("file://");
    let word = word.strip_prefix("file://").unwrap_or(word);
    let word = word.split_once('=').map_or(word, |(_, value)| value);
    let word = word.trim_start_matches('@');
    let drive = word.get(1..2) == Some(":")
        && word
            .get(2..3)
            .is_some_and(|slash| slash == "\\" || slash == "/");
    let rest = if drive {
        word.get(2..).unwrap_or_default()
    } else {
        word
    };
    rest.split(':').filter(move |_| !is_address)
}

/// What the path leads to, if it is sensitive.
fn classify(path: &str) -> Option<Place> {
    let slashed = path.replace('\\', "/");
    let trimmed = slashed.trim_end_matches(['.', ',', ';', '!', '?']);
    if let Some(inside) = home(trimmed) {
        let inside = normalise(inside.trim_start_matches('/')).to_ascii_lowercase();
        let is_public = inside
            .rsplit_once('.')
            .is_some_and(|(_, suffix)| suffix == "pub");
        let secret = IN_HOME
            .iter()
            .any(|directory| is_within(&inside, directory));
        if secret && !is_public {
            return Some(Place::Secrets);
        }
    }
    if !trimmed.starts_with('/') {
        return None;
    }
    let normal = normalise(trimmed);
    let path = normal
        .strip_prefix("/private")
        .filter(|rest| rest.starts_with('/'))
        .unwrap_or(&normal);
    let lower = path.to_ascii_lowercase();
    let within = |directories: &[&str]| {
        directories
            .iter()
            .any(|directory| is_within(&lower, directory))
    };
    if within(TEMPORARY)
        || within(PUBLIC)
        || within(TOOLS)
        || ["/etc/ssh/ssh_known_hosts"].contains(&path)
    {
        return None;
    }
    if within(IN_SYSTEM) || is_process_secret(path) || is_pattern_of_secret(path) {
        return Some(Place::Secrets);
    }
    if within(STORES) {
        return Some(Place::Stores);
    }
    if is_within(path, "/etc") {
        return Some(Place::Settings);
    }
    (is_within(path, "/usr") || is_within(path, "/var")).then_some(Place::Shared)
}

/// Whether a shell would expand the path to one of passwords: `/???/passwd`, `/e*/shadow`.
fn is_pattern_of_secret(path: &str) -> bool {
    let parts = path.strip_prefix('/').and_then(|rest| rest.split_once('/'));
    parts.is_some_and(|(directory, file)| {
        let is_named = file.bytes().filter(u8::is_ascii_alphabetic).count() > 2;
        directory.contains(['?', '*'])
            && is_named
            && expands_to(directory, "etc")
            && ["passwd", "shadow"]
                .iter()
                .any(|name| expands_to(file, name))
    })
}

/// Whether the pattern stands for the name, as a shell would expand it.
fn expands_to(pattern: &str, name: &str) -> bool {
    let mut letters = name.chars();
    let mut pattern = pattern.chars();
    for c in pattern.by_ref() {
        if c == '*' {
            let rest = pattern.as_str().trim_start_matches('*');
            return (0..=letters.as_str().len()).any(|at| {
                letters
                    .as_str()
                    .get(at..)
                    .is_some_and(|end| expands_to(rest, end))
            });
        }
        if !letters.next().is_some_and(|letter| c == '?' || c == letter) {
            return false;
        }
    }
    letters.as_str().is_empty()
}

/// Whether the path shows the environment or the memory of a process.
fn is_process_secret(path: &str) -> bool {
    let inside = path
        .strip_prefix("/proc/")
        .and_then(|rest| rest.split_once('/'));
    inside.is_some_and(|(_, file)| {
        let file = file.rsplit('/').next().unwrap_or(file);
        ["environ", "mem", "maps", "cmdline", "auxv"].contains(&file) || file == "root"
    })
}

/// What follows the home that the path starts with.
fn home(path: &str) -> Option<&str> {
    if let Some(rest) = path.strip_prefix('~') {
        return rest.find('/').and_then(|at| rest.get(at..));
    }
    if let Some((name, rest)) = paths::variable(path) {
        return ["HOME", "USERPROFILE", "env"].contains(&name).then(|| {
            rest.trim_start_matches(":USERPROFILE")
                .trim_start_matches(":HOME")
        });
    }
    if let Some(rest) = path
        .get(..13)
        .filter(|start| start.eq_ignore_ascii_case("%userprofile%"))
        .and_then(|_| path.get(13..))
    {
        return Some(rest);
    }
    // What is left of PowerShell's `$env:USERPROFILE`.
    let (variable, rest) = path.split_once('/').unwrap_or((path, ""));
    if variable.eq_ignore_ascii_case("userprofile") {
        return Some(rest);
    }
    if path.starts_with(".ssh/") || path.starts_with(".aws/") || path.starts_with(".gnupg/") {
        return Some(path);
    }
    let normal_start = path.trim_start_matches('/');
    if !path.starts_with('/') {
        return None;
    }
    let normal_start = normal_start
        .strip_prefix("private/")
        .unwrap_or(normal_start);
    if let Some(rest) = normal_start.strip_prefix("root/") {
        return Some(rest);
    }
    let (homes, rest) = normal_start.split_once('/')?;
    if !["home", "users"].contains(&homes.to_ascii_lowercase().as_str()) {
        return None;
    }
    rest.find('/').and_then(|at| rest.get(at..))
}

#[cfg(test)]
mod tests;
