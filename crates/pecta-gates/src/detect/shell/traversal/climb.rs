//! What a path climbs to, whatever it is disguised as.

use super::super::decode;

/// How often a path is decoded.
const MOST_LAYERS: usize = 3;

/// Where attackers climb to, below the root.
const PRIZES: &[&str] = &[
    "etc",
    "proc",
    "root",
    "var",
    "usr",
    "home",
    "sys",
    "windows",
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
    "users",
];

/// A path that climbs.
pub(super) struct Climb {
    pub(super) rule: &'static str,
    pub(super) is_disguised: bool,
    pub(super) is_to_prize: bool,
    /// Whether it leads one step up.
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
                is_to_prize: true,
                is_beside: false,
            });
        }
        let (url, path) = match path.split_once("://") {
            Some(("file", rest)) => (false, rest),
            Some((_, rest)) => (
                true,
                rest.find('/')
                    .and_then(|at| rest.get(at..))
                    .unwrap_or_default(),
            ),
            None => (false, path.as_str()),
        };
        let drive = path.get(1..3) == Some(":/");
        let path = if drive {
            path.get(2..).unwrap_or_default()
        } else {
            path
        };
        let is_absolute = path.starts_with('/');
        let (mut depth, mut lowest, mut climbs) = (0_i32, i32::MAX, 0);
        let mut parameter = false;
        let mut parts: Vec<&str> = Vec::new();
        let mut has_separator = false;
        for (at, part) in path.split('/').enumerate() {
            has_separator |= at > 0;
            let (name, has_parameter) = part
                .split_once(';')
                .map_or((part, false), |(name, _)| (name, true));
            let name = name.trim_end_matches('\0');
            match name {
                "" | "." | "~" => {}
                ".." => {
                    parameter |= has_parameter;
                    climbs += 1;
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
        let is_to_prize = PRIZES.contains(&first) || path.contains('\0');
        let leaves = if is_absolute {
            lowest < 0 || (lowest == 0 && (is_to_prize || climbs > 1 && !url))
        } else {
            lowest < 0
        };
        let is_disguised =
            encoded_dots || parameter || (is_encoded && leaves) || path.contains('\0');
        (leaves || encoded_dots || parameter).then_some(Self {
            rule: if is_disguised {
                "disguised-climb"
            } else {
                "climb"
            },
            is_disguised,
            is_to_prize,
            is_beside: !is_absolute
                && lowest == -1
                && climbs == 1
                && parts.len() <= 1
                && !parts.iter().any(|part| part.starts_with('.')),
        })
    }
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
