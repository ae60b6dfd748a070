//! What a path climbs to, whatever it is disguised as.

use super::super::decode;

/// How often a path is decoded.
const MOST_LAYERS: usize = 3;

/// Where attackers climb to, below the root.
const PRIZES: &[&str] = &[
    "proc",
    "sys",
    "winnt",
    "boot.ini",
    "win.ini",
    "passwd",
    "shadow",
    ".ssh",
    ".aws",
    ".gnupg",
    "id_rsa",
    "id_ed25519",
    "authorized_keys",
    ".bash_history",
    "web.config",
    "web-inf",
    "system32",
    ".htpasswd",
    ".git-credentials",
    "autoexec.bat",
    "inetpub",
];

/// The same, of directories that projects have as well.
const SHARED: &[&str] = &["etc", "home", "root", "users", "usr", "var", "windows"];

/// What is in these of a system, and hardly in those of a project.
const OF_SYSTEM: &[(&str, &[&str])] = &[
    (
        "etc",
        &[
            "apache2",
            "cron.d",
            "crontab",
            "environment",
            "fstab",
            "hosts",
            "kubernetes",
            "mysql",
            "nginx",
            "profile",
            "resolv.conf",
            "ssh",
            "ssl",
            "sudoers",
        ],
    ),
    ("usr", &["bin", "lib", "local", "sbin", "share"]),
    (
        "var",
        &["backups", "db", "lib", "log", "mail", "run", "spool", "www"],
    ),
    ("windows", &["repair", "system.ini"]),
];

/// Those of them that few projects have.
const RARELY_SHARED: &[&str] = &["etc", "usr"];

/// What ends a path for some who read it, and not for others.
const BREAKS: [char; 3] = ['\0', '\r', '\n'];

/// How many steps up lead to the root, or close to it.
const TO_ROOT: usize = 4;

/// Where a path climbs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// What attackers look for.
    Prize,
    /// A directory that the system has, and the project may have too.
    Shared {
        /// Whether it is the project's only where the path starts from where the code is.
        is_rare: bool,
    },
    /// So far up that nothing but the root is likely to be there, and to nothing in it.
    Root {
        /// Whether it is mapped to an absolute path, as container tools are told: `../../../..:/host`.
        is_mapped: bool,
    },
    Other,
}

/// A path that climbs.
pub(super) struct Climb {
    pub(super) rule: &'static str,
    pub(super) is_disguised: bool,
    pub(super) target: Target,
    /// Whether it goes one step up, and no more than one down.
    pub(super) is_beside: bool,
}

impl Climb {
    /// None where the path stays inside.
    pub(super) fn of(token: &str) -> Option<Self> {
        let (path, encoded_dots, is_encoded) = decoded(token);
        let path = path.replace('\\', "/");
        if is_doubled(&path) {
            return Some(Self {
                rule: "doubled-climb",
                is_disguised: true,
                target: Target::Prize,
                is_beside: false,
            });
        }
        let (url, path) = without_origin(&path);
        let elsewhere = on_other_host(path).and_then(Self::of);
        let is_prize = |climb: &Self| matches!(climb.target, Target::Prize | Target::Shared { .. });
        if let Some(climb) = elsewhere.filter(is_prize) {
            return Some(climb);
        }
        let mapped = path.split_once(":/").filter(|_| path.starts_with('.'));
        let is_mapped = mapped.is_some();
        let path = mapped.map_or(path, |(path, _)| path);
        let is_absolute = path.starts_with('/');
        let (mut depth, mut lowest, mut climbs) = (0_i32, i32::MAX, 0);
        let (mut parameter, mut is_linked) = (false, false);
        let mut parts: Vec<&str> = Vec::new();
        let mut has_separator = false;
        for (at, part) in path.split('/').enumerate() {
            has_separator |= at > 0;
            let (name, has_parameter) = part
                .split_once(';')
                .map_or((part, false), |(name, _)| (name, true));
            let name = name.trim_end_matches(BREAKS);
            match name {
                "" | "." | "~" => {}
                ".." => {
                    parameter |= has_parameter;
                    climbs += 1;
                    // What a process names as its own directories are links to others.
                    is_linked |= is_absolute
                        && matches!(parts.as_slice(), ["proc", _, "cwd" | "root" | "fd", ..]);
                    depth -= 1;
                    lowest = lowest.min(depth);
                    parts.pop();
                }
                _ => {
                    depth += 1;
                    parts.push(part);
                }
            }
        }
        if climbs == 0 || !has_separator {
            return None;
        }
        let first = parts
            .first()
            .map(|part| part.to_ascii_lowercase())
            .unwrap_or_default();
        let first = first
            .split(['\0', '%', '?', '#', ':'])
            .next()
            .unwrap_or_default();
        let has_control = path.contains(BREAKS);
        let is_shared = SHARED.contains(&first);
        let is_to_prize = PRIZES.contains(&first) || is_shared || has_control || is_linked;
        let may_be_own =
            is_shared && !(has_control || is_linked) && is_of_project(token, &parts, climbs);
        let leaves = if is_absolute {
            is_linked || lowest < 0 || (lowest == 0 && (is_to_prize || climbs > 1 && !url))
        } else {
            lowest < 0
        };
        // Nobody encodes the slash of a climb, twice, who means where it leads.
        let is_encoded_climb = is_encoded && (leaves || climbs > 1);
        let is_disguised = encoded_dots || parameter || is_encoded_climb || has_control;
        let is_beside = !is_absolute
            && lowest == -1
            && climbs == 1
            && parts.len() <= 1
            && !parts.iter().any(|part| part.starts_with('.'));
        let target = if may_be_own {
            Target::Shared {
                is_rare: is_absolute || RARELY_SHARED.contains(&first),
            }
        } else if is_to_prize {
            Target::Prize
        } else if climbs >= TO_ROOT && parts.is_empty() {
            Target::Root { is_mapped }
        } else {
            Target::Other
        };
        (leaves || encoded_dots || parameter || is_encoded_climb).then_some(Self {
            rule: if is_disguised {
                "disguised-climb"
            } else {
                "climb"
            },
            is_disguised,
            target,
            is_beside,
        })
    }
}

/// Whether what is climbed to may be a part of a project, named from within it in its own way, rather than of a system.
fn is_of_project(token: &str, parts: &[&str], climbs: usize) -> bool {
    let is_of_system = |part: &&str| PRIZES.contains(part) || part.starts_with('.');
    let has_entry = |(directory, entries): &(&str, &[&str])| match parts {
        [first, second, ..] => {
            first.eq_ignore_ascii_case(directory)
                && entries
                    .iter()
                    .any(|entry| second.eq_ignore_ascii_case(entry))
        }
        _ => false,
    };
    climbs < TO_ROOT
        && !token.contains('\\')
        && !parts.iter().any(is_of_system)
        && !OF_SYSTEM.iter().any(has_entry)
}

/// Whether a path that starts at the root leads to what attackers look for.
pub(super) fn is_prize(path: &str) -> bool {
    path.split_once('/')
        .is_some_and(|(first, _)| PRIZES.contains(&first) || SHARED.contains(&first))
}

/// Whether the path is that of an address, and what stands behind its host or its drive.
fn without_origin(path: &str) -> (bool, &str) {
    let (url, path) = match path.split_once("://") {
        Some(("file", rest)) => (false, rest),
        Some((_, rest)) => (
            true,
            rest.find('/')
                .and_then(|at| rest.get(at..))
                .unwrap_or_default(),
        ),
        None => (false, path),
    };
    let drive = path.get(1..3) == Some(":/");
    let path = if drive {
        path.get(2..).unwrap_or_default()
    } else {
        path
    };
    (url, path)
}

/// The path on another host or in a container: `host:../../x`.
fn on_other_host(path: &str) -> Option<&str> {
    let (host, inside) = path.split_once(':')?;
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_.-@".contains(&byte);
    let is_host = host.len() > 1 && host.bytes().all(is_part) && !host.starts_with('.');
    let leaves = inside.starts_with(['.', '/']) && !is_package(host, inside);
    (is_host && leaves).then_some(inside)
}

/// Whether a manager of packages is told where one of the project lies: `workspace:../users`, `users@file:../../users`. What
/// is climbed to is a name alone, which any package may have.
fn is_package(host: &str, path: &str) -> bool {
    let protocol = host.rsplit('@').next().unwrap_or(host);
    let name = path.trim_start_matches("../");
    let steps = path.len().saturating_sub(name.len()) / "../".len();
    ["file", "link", "portal", "workspace"].contains(&protocol)
        && (1..TO_ROOT).contains(&steps)
        && !name.trim_end_matches(':').contains(['/', '.', ':'])
}

/// Whether dots and slashes are doubled, so that a filter that removes `../` once leaves it.
fn is_doubled(path: &str) -> bool {
    path.contains("....//") || path.contains("..././")
}

/// The path without its encoding; whether the dots of a climb were encoded; and whether anything of a climb was.
fn decoded(token: &str) -> (String, bool, bool) {
    let mut path = token.to_owned();
    let (mut dots, mut any) = (false, false);
    for _ in 0..MOST_LAYERS {
        if !path.contains('%') {
            break;
        }
        let next = decode::percent(&path);
        if next == path {
            break;
        }
        let climbs = |path: &str| {
            path.replace('\\', "/")
                .split('/')
                .filter(|part| part.split(';').next() == Some(".."))
                .count()
        };
        dots |= next.matches("..").count() > path.matches("..").count() && climbs(&next) > 0;
        any |= climbs(&next) > climbs(&path);
        path = next;
    }
    let path = path.chars().map(decode::look_alike).collect();
    (path, dots, any)
}
