//! What stands in every text with a sensitive path, and what must be around it.

use super::{
    is_program, members,
    places::{CHANGING, IN_SYSTEM, LOOKING, SEARCHING, SOUGHT, STORES},
};
use crate::detect::{
    around,
    shell::{
        commands,
        cues::{Cue, Glance, around_it, is_disguised, on_line, text},
        prompt, prose,
    },
};

/// What is in every text that is flagged.
pub(super) const CUES: &[Cue] = &[
    on_line(&["/etc"], settings, may_read),
    on_line(&["/usr", "/var"], shared, may_change),
    around_it(&["/root"], |text, at| is_directory(text, at, "/root")),
    text(
        &["/proc/"],
        &["auxv", "cmdline", "environ", "kcore", "maps", "mem", "root"],
    ),
    around_it(NAMES, in_home),
    text(
        &[
            ".bash_history",
            ".zsh_history",
            ".mysql_history",
            ".psql_history",
        ],
        &[],
    ),
    around_it(&["/passwd", "/shadow"], is_behind_pattern),
    text(
        &[
            "/e\\", "/e'", "/e\"", "/e?c/", "/?tc/", "/et?/", "/e??/", "/???/",
        ],
        &[],
    ),
    text(
        &[
            "-name id_",
            "-iname id_",
            "-name 'id_",
            "-iname 'id_",
            "-name \"id_",
            "-iname \"id_",
        ],
        &[],
    ),
    text(
        &["reg save", "reg.exe save", "reg export", "reg.exe export"],
        &[],
    ),
    text(
        &[
            "/run/secrets",
            ".config/gcloud",
            ".config/gh",
            "keychains",
            ".cargo/cred",
            ".gem/cred",
            ".terraform.d",
            "system32",
            "ntds",
            "docker.sock",
        ],
        &[],
    ),
];

/// Files and directories in a home.
const NAMES: &[&str] = &[
    ".aws",
    ".azure",
    ".docker",
    ".git-credentials",
    ".gnupg",
    ".kube",
    ".netrc",
    ".npmrc",
    ".password-store",
    ".pgpass",
    ".pypirc",
    ".ssh",
];

/// Programs that change directories when they are given certain options, and calls that delete them.
const CHANGING_TOO: &[&str] = &[
    "curl",
    "find",
    "gfind",
    "removeSync",
    "RemoveAll",
    "remove_dir_all",
    "rimraf",
    "rimrafSync",
    "rm_r",
    "rm_rf",
    "rmtree",
    "sed",
    "wget",
];

/// How far back a variable is looked for that a path starts with, in bytes.
const LOOK_BACK: usize = 64;

fn is_part(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-".contains(&byte)
}

/// Whether the name of a directory at the root is all of a component, and may be the first of a path.
fn is_directory(text: &str, at: usize, name: &str) -> bool {
    let (before, rest) = around(text.as_bytes(), at);
    let ends = !rest.get(name.len()).is_some_and(|&byte| is_part(byte));
    let may_hide = |byte: &u8| b"$\\".contains(byte);
    let starts = !before.last().is_some_and(|&byte| is_part(byte))
        || before.ends_with(b"private")
        || before.iter().rev().take(LOOK_BACK).any(may_hide);
    ends && starts
}

/// Whether the part of a path before a name may read otherwise than it is written: `/e*/shadow`.
fn is_behind_pattern(text: &str, at: usize) -> bool {
    let (before, _) = around(text.as_bytes(), at);
    let part = before.iter().rev().take(LOOK_BACK);
    part.take_while(|byte| !b"/ ".contains(byte))
        .any(|byte| b"*?\\'\"$[".contains(byte))
}

/// Whether nothing but the path stands in the text, as far as up to here.
fn opens_text(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default().trim_start();
    !before.contains(|c: char| c.is_whitespace() || c == '=')
}

fn settings(text: &str, at: usize) -> Glance {
    if !is_directory(text, at, "/etc") {
        return Glance::Nothing;
    }
    let inside = text.as_bytes().get(at + "/etc".len()..).unwrap_or_default();
    let name = match inside {
        [b'/', name @ ..] => name,
        _ => &[],
    };
    let length = name
        .iter()
        .take_while(|byte| is_part(**byte) || **byte == b'.')
        .count();
    let (name, _) = around(name, length);
    let mut secrets = IN_SYSTEM
        .iter()
        .filter_map(|path| path.strip_prefix("/etc/"));
    let is_secret = secrets.any(|path| {
        let first = path.split('/').next().unwrap_or(path);
        name.get(..first.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(first.as_bytes()))
    });
    let is_odd = length == 0 && inside.starts_with(b"/") || name.starts_with(b".");
    if is_secret || is_odd || opens_text(text, at) {
        Glance::Read
    } else {
        Glance::Line
    }
}

fn shared(text: &str, at: usize) -> Glance {
    if !is_directory(text, at, "/usr") {
        return Glance::Nothing;
    }
    let inside = text.as_bytes().get(at + "/usr".len()..).unwrap_or_default();
    let path = text.get(at..).unwrap_or_default();
    let is_secret = |secret: &&str| {
        let start = path.get(..secret.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(secret))
    };
    let may_be_secret = [&b"/spool"[..], b"/run", b"//", b"/."]
        .iter()
        .any(|start| inside.starts_with(start))
        || inside.starts_with(b"/lib/") && STORES.iter().any(is_secret);
    if may_be_secret || opens_text(text, at) {
        Glance::Read
    } else {
        Glance::Line
    }
}

/// Whether a program may be run on the line that reads what is in `/etc`.
fn may_read(line: &str) -> bool {
    let before = line.rfind("/etc").and_then(|at| line.get(..at));
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " \t-_.,:/+@~^*?".contains(c);
    if is_disguised(line.as_bytes()) || !before.is_some_and(|before| before.chars().all(is_plain)) {
        return true;
    }
    let command = line.trim_start();
    let command = command.get(prompt::setting(command.as_bytes())..);
    let mut words = command.unwrap_or_default().split_ascii_whitespace();
    let name = commands::program(words.next().unwrap_or_default());
    let searches = || {
        let line = line.to_ascii_lowercase();
        SEARCHING.contains(&name) && SOUGHT.iter().any(|sought| line.contains(sought))
    };
    let reads = is_program(name) && !LOOKING.contains(&name) || searches();
    (members::is_destination(line) || reads || commands::runs_others(name))
        && !prose::is_line(line.as_bytes())
}

/// Whether a program may be run on the line that changes what it is given, or a variable get the name of a directory.
fn may_change(line: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = line.split(|c| !is_part(c));
    line.contains(['>', '='])
        || line.trim_start().starts_with(['"', '\'', '[', '('])
        || words.any(|word| CHANGING.contains(&word) || CHANGING_TOO.contains(&word))
        || is_disguised(line.as_bytes())
}

/// Whether a name in a home is all of a component, and stands in a path.
fn in_home(text: &str, at: usize) -> bool {
    let (before, rest) = around(text.as_bytes(), at);
    let name = rest
        .iter()
        .skip(1)
        .take_while(|&&byte| is_part(byte))
        .count();
    let (name, after) = around(rest, 1 + name);
    let is_whole = NAMES
        .iter()
        .any(|whole| name.eq_ignore_ascii_case(whole.as_bytes()));
    let goes_on = matches!(after, [b'.', next, ..] if is_part(*next));
    let follows = |byte: &u8| !is_part(*byte) && !byte.is_ascii_whitespace();
    let leads = matches!(after.first(), Some(b'/' | b'\\'));
    is_whole && !goes_on && (before.last().is_some_and(follows) || leads)
}
