//! Paths as the commands of a text name them.

use std::borrow::Cow;

use super::{
    invocation::Invocation,
    lexer::{Script, Word},
};

/// Directories for temporary files, and caches that their programs fill again.
const TEMPORARY: &[&str] = &[
    "/var/cache",
    "/var/lib/apt/lists",
    "/tmp",
    "/var/tmp",
    "/private/tmp",
    "/private/var/tmp",
    "/var/folders",
    "/private/var/folders",
    "/dev/shm",
    "/usr/tmp",
    "/root/.cache",
    "~/.cache",
    "$HOME/.cache",
    "${HOME}/.cache",
];

/// Variables that hold a directory for temporary files.
const TEMPORARY_VARIABLES: &[&str] = &[
    "TMPDIR",
    "TMP",
    "TEMP",
    "RUNNER_TEMP",
    "BATS_TMPDIR",
    "BATS_TEST_TMPDIR",
    "XDG_RUNTIME_DIR",
];

/// Directories at the root whose loss breaks a system or takes everyone's data.
const VITAL: &[&str] = &[
    "Applications",
    "Library",
    "System",
    "Users",
    "Volumes",
    "bin",
    "boot",
    "dev",
    "etc",
    "home",
    "lib",
    "lib32",
    "lib64",
    "media",
    "mnt",
    "opt",
    "proc",
    "root",
    "run",
    "sbin",
    "srv",
    "sys",
    "usr",
    "var",
];

/// How much deleting, moving or changing a path would take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Something in a directory for temporary files.
    Temporary,
    Ordinary,
    /// The whole system, a whole home, or a directory that either rests on.
    Vital,
}

/// A path without `.`, empty and undone components. `..` above the start stays.
pub(crate) fn normalise(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut parts: Vec<&str> = Vec::new();
    for part in path
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
    {
        match (part, parts.last()) {
            ("..", None) if absolute => {}
            ("..", Some(&last)) if last != ".." => {
                parts.pop();
            }
            _ => parts.push(part),
        }
    }
    let root = if absolute { "/" } else { "" };
    format!("{root}{}", parts.join("/"))
}

/// Whether a path is in the directory, or the directory itself.
pub(crate) fn is_within(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The variable that a path starts with, and what follows it.
pub(crate) fn variable(path: &str) -> Option<(&str, &str)> {
    let rest = path.strip_prefix('$')?;
    if let Some(inner) = rest.strip_prefix('{') {
        let (inner, after) = inner.split_once('}')?;
        let name = inner
            .split([':', '-', '?', '%', '#', '/'])
            .next()
            .unwrap_or(inner);
        return Some((name, after));
    }
    let name = rest
        .bytes()
        .take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        .count();
    rest.split_at_checked(name)
}

/// A path as it reads outside of the directory.
pub(crate) fn join<'p>(directory: Option<&str>, path: &'p str) -> Cow<'p, str> {
    match directory {
        Some(directory) if is_relative(path) => Cow::Owned(format!("{directory}/{path}")),
        _ => Cow::Borrowed(path),
    }
}

/// Whether the path starts where the program is: not at a root or a drive, and not with what a template or variable stands for.
fn is_relative(path: &str) -> bool {
    let is_drive = path.as_bytes().get(1) == Some(&b':');
    !(path.is_empty() || is_drive || path.starts_with(['/', '\\', '~', '$', '{', '%', '<', '#']))
}

/// How far an operand of a program reaches. The directory that it is run in can only make it less.
pub(crate) fn reach(word: &Word<'_>, run: &Invocation<'_>) -> Reach {
    let reach = reach_from(None, word, run.script);
    let inside = || reach_from(run.directory, word, run.script);
    if reach == Reach::Ordinary && inside() == Reach::Temporary {
        Reach::Temporary
    } else {
        reach
    }
}

/// How far an operand reaches where it is named in the directory.
fn reach_from(directory: Option<&str>, word: &Word<'_>, script: &Script<'_>) -> Reach {
    if script.is_made(word) {
        return Reach::Temporary;
    }
    let text = join(directory, &word.text);
    let text = text.as_ref();
    let path = normalise(text);
    let inside = |directory: &str| is_within(&path, directory) && path.len() > directory.len();
    if TEMPORARY.iter().any(|directory| inside(directory)) {
        return Reach::Temporary;
    }
    if let Some((name, after)) = variable(text) {
        let temporary =
            TEMPORARY_VARIABLES.contains(&name) || script.temporary.iter().any(|made| made == name);
        let climbs = after.split('/').any(|part| part == "..");
        if temporary && !climbs {
            return Reach::Temporary;
        }
        let all = after.trim_matches(['/', '*', '.']).is_empty();
        return if name == "HOME" && all {
            Reach::Vital
        } else {
            Reach::Ordinary
        };
    }
    let path = path.trim_end_matches(['*', '/', '.']);
    let is_home = path.starts_with('~') && !path.contains('/');
    let at_root = text.starts_with('/')
        && path
            .strip_prefix('/')
            .is_none_or(|name| name.is_empty() || VITAL.contains(&name));
    if is_home || at_root {
        Reach::Vital
    } else {
        Reach::Ordinary
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_normalised() {
        for (path, normal) in [
            ("/tmp/../etc", "/etc"),
            ("//etc/./passwd", "/etc/passwd"),
            ("a/b/../c", "a/c"),
            ("../a/..", ".."),
            ("/..", "/"),
            ("a/..", ""),
        ] {
            assert_eq!(normalise(path), normal, "{path}");
        }
    }

    #[test]
    fn targets_are_weighed() {
        let script = Script::default();
        for (text, expected) in [
            ("/", Reach::Vital),
            ("/*", Reach::Vital),
            ("~", Reach::Vital),
            ("~/", Reach::Vital),
            ("~/*", Reach::Vital),
            ("~bob", Reach::Vital),
            ("$HOME", Reach::Vital),
            ("${HOME}/*", Reach::Vital),
            ("/etc", Reach::Vital),
            ("/usr/", Reach::Vital),
            ("/tmp/../", Reach::Vital),
            ("/tmp", Reach::Ordinary),
            ("/tmp/x", Reach::Temporary),
            ("/tmp/*", Reach::Temporary),
            ("/tmp/../etc/x", Reach::Ordinary),
            ("/tmpfiles", Reach::Ordinary),
            ("/var/tmp/x", Reach::Temporary),
            ("/var/lib/apt/lists/*", Reach::Temporary),
            ("/var/lib/apt", Reach::Ordinary),
            ("$TMPDIR/x", Reach::Temporary),
            ("${TMPDIR:-/tmp}/x", Reach::Temporary),
            ("$TMPDIR/../x", Reach::Ordinary),
            ("~/.cache/pip", Reach::Temporary),
            ("$HOME/.cache/pip", Reach::Temporary),
            ("~/.cache", Reach::Ordinary),
            ("~/.cache/../x", Reach::Ordinary),
            ("~/.cached/x", Reach::Ordinary),
            ("build", Reach::Ordinary),
            ("~/x", Reach::Ordinary),
            ("$DIR/", Reach::Ordinary),
        ] {
            let word = Word {
                text: text.into(),
                ..Word::default()
            };
            assert_eq!(reach_from(None, &word, &script), expected, "{text}");
        }
    }
}
