//! Paths that climb out of where they start.
//!
//! Flags a path whose `..` lead above its start, or to the root of an absolute one; the same percent-encoded, once or more
//! often, in overlong UTF-8, with path parameters (`..;/`), or doubled to survive a filter (`....//`).
//!
//! Leaves alone paths that stay inside (`docs/../README.md`), what programs and documents name relative to themselves
//! (imports, includes, links, paths from `__DIR__`), going somewhere (`cd ../lib`), other parts of a project that tools are given (`npm install ../lib`),
//! a program that is run (`../gradlew build`), what comments tell of, what git lists, a literal alone (`"../users"`), sentences, ranges and
//! ellipses. A climb to files that attackers look for is none of these, unless code names in quotes what a project may have, too
//! (`import x from '../users'`).

mod climb;
mod names;

use std::ops::Range;

use super::{
    Judge, Piece, Report,
    commands::{self, SHELLS, assignment, is_interpreter},
    cues::text,
    prose,
};
use crate::{detect::Entry, prefilter::ByteKinds};
use climb::{Climb, Target};
use names::{
    FILE_TOOLS, ITEMS, LISTS, NAVIGATION, OWN_PLACES, PRIVATE, PROJECT_KEYS, PROJECT_TOOLS,
    REFERRERS,
};

pub(super) const JUDGE: Judge = Judge {
    needs: ByteKinds::BREAK,
    cues: &[&[text(
        &[
            "../", "..\\", "/..", "\\..", "..;", "..%", "%2e", "%25", "%c0%", "%e0%80", "%f0%80",
            "%u002e", "%uff0e", "%u2024", "%2f..", "%5c..",
        ],
        &[],
    )]],
    read: judge,
};

pub(super) const RULES: &[Entry] = &[
    Entry {
        id: "climb",
        flags: "a path that climbs above its start, or to the root and then to another place",
        hit: "../../secrets/key",
        miss: "docs/../README.md",
    },
    Entry {
        id: "disguised-climb",
        flags: "the same encoded, with parameters, or with a NUL behind it",
        hit: "/download?file=%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        miss: "100%2e5",
    },
    Entry {
        id: "doubled-climb",
        flags: "dots and slashes doubled, to survive a filter",
        hit: "....//....//etc/passwd",
        miss: "and so on....",
    },
];

/// How far back from a path the command is looked for that it belongs to, in bytes.
const LOOK_BACK: usize = 256;

fn judge(piece: &Piece<'_>, places: &[usize], report: Report<'_>) {
    let text = piece.text;
    let is_literal = text.trim_start().starts_with(['{', '[', '"', '\'']);
    let mut line = prose::Line::default();
    let mut read = 0;
    for &at in places {
        // A token may have several words.
        if at < read {
            continue;
        }
        if piece.is_done() {
            return;
        }
        let token = token(text, at, read);
        read = token.end;
        let Some(climb) = text.get(token.clone()).and_then(Climb::of) else {
            continue;
        };
        let (before, after) = (text.get(..token.start), text.get(token.end..));
        let is_private = is_private(text.get(token.clone()).unwrap_or_default());
        let place = Place {
            before: before.unwrap_or_default(),
            after: after.unwrap_or_default(),
            is_literal,
            is_beside: climb.is_beside && !is_private,
            is_private,
        };
        let is_to_prize = match climb.target {
            Target::Prize => true,
            Target::Shared { is_rare: true } => !place.is_behind_own_place(),
            Target::Shared { is_rare: false } => {
                !(place.is_quoted_by_code() || place.is_alone(text, &token))
            }
            Target::Root { is_mapped } => is_mapped || place.is_bound() || place.goes_on_to_prize(),
            Target::Other => false,
        };
        let excused = !climb.is_disguised
            && ((!is_to_prize
                && (place.is_relative_by_right()
                    || place.is_in_comment()
                    || place.is_alone(text, &token)
                    || text
                        .get(token.clone())
                        .is_some_and(|token| is_bare(text, token) || is_position(token))))
                || line.is_prose(text, &token));
        if !excused {
            report(climb.rule, token);
        }
    }
}

/// The text between the delimiters around a place, which starts nowhere before `from`.
fn token(text: &str, at: usize, from: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| {
        let byte = |at: usize| bytes.get(at).copied().unwrap_or(b' ');
        let joins = byte(at) == b';' && b"/\\".contains(&byte(at + 1));
        is_delimiter(byte(at)) && !joins
    };
    let start = (from..at).rev().find(|&at| ends(at));
    let end = (at..bytes.len()).find(|&at| ends(at));
    start.map_or(from, |end| end + 1)..end.unwrap_or(bytes.len())
}

fn is_delimiter(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b"'\"`<>|()[]{},=&;*".contains(&byte)
}

/// Where a path stands.
struct Place<'t> {
    before: &'t str,
    after: &'t str,
    /// Whether the text starts as data does.
    is_literal: bool,
    /// Whether it leads to something harmless beside the directory it starts from.
    is_beside: bool,
    /// Whether its name tells that it is nobody else's business.
    is_private: bool,
}

impl Place<'_> {
    /// Whether it is named relative to the file that names it, or is where a command goes, or the program that is run.
    fn is_relative_by_right(&self) -> bool {
        self.is_named_by_file()
            || self.is_behind_variable()
            || self.is_assigned()
            // The text of a link.
            || self.after.starts_with("](")
            || self.is_gone_to()
            || self.is_in_project()
            || self.is_listed()
            || self.is_beside && self.is_dependency()
    }

    /// Whether a comment of code tells something of it: `// like ../x/a.rs, but`. The number sign may also be a prompt.
    fn is_in_comment(&self) -> bool {
        let (before, after) = (self.on_line(), self.rest_of_line());
        let mut words = before.split_ascii_whitespace();
        let marks = ["//", "///", "//!", "#", "*", "--"];
        if !words.next().is_some_and(|mark| marks.contains(&mark)) {
            return false;
        }
        let is_word = |word: &&str| {
            word.starts_with(char::is_alphabetic)
                && word.chars().all(|c| c.is_alphabetic() || "-'".contains(c))
        };
        let is_program = |word: &str| word.contains(['/', '\\', '$']) || commands::is_known(word);
        let is_command = words.clone().next().is_some_and(is_program)
            || words.clone().any(|word| word.starts_with('-'));
        let words = words.chain(after.split_ascii_whitespace());
        !is_command && words.filter(is_word).count() > 2
    }

    /// Whether code, a document or settings name it relative to the file they are in.
    fn is_named_by_file(&self) -> bool {
        let quotes = ['"', '\'', '`', '<', ' ', '\t', '\n'];
        let referrer = self.before.trim_end_matches(quotes);
        let key = referrer.strip_suffix(['=', ':']).unwrap_or(referrer);
        let key = key.trim_end_matches(quotes);
        let refers = |text: &str| REFERRERS.iter().any(|word| ends_with_word(text, word));
        let assigns = referrer.ends_with('=')
            && ["path", "src", "href"]
                .iter()
                .any(|word| ends_with_word(key, word));
        // `read_file(path="../x")`
        let is_argument = key
            .strip_suffix("path")
            .is_some_and(|call| call.ends_with('('));
        assigns && !is_argument
            || refers(referrer)
            || refers(key)
            || self.is_joined()
            || self.is_from_own_place()
    }

    /// Whether the text is nothing but a literal that names a part of a project, without an extension: `"../users"`.
    fn is_alone(&self, text: &str, token: &Range<usize>) -> bool {
        let name = text.get(token.clone()).unwrap_or_default();
        let after = self.after.trim_end_matches([',', ';', '\n', ' ']);
        self.is_beside
            && ["\"", "'"].contains(&self.before.trim_start())
            && after == self.before.trim_start()
            && !name.trim_start_matches("../").contains('.')
    }

    /// Whether a container is given what is there: `type=bind,source=../../../../`.
    fn is_bound(&self) -> bool {
        self.on_line().contains("type=bind")
    }

    /// Whether it is gone to only for what a command behind it takes from the root: `cd ../../../.. && cat etc/passwd`.
    fn goes_on_to_prize(&self) -> bool {
        let rest = self.rest_of_line().trim_ascii_start();
        let next = rest.strip_prefix("&&").or(rest.strip_prefix(';'));
        next.is_some_and(|command| command.split_ascii_whitespace().any(climb::is_prize))
    }

    /// Whether a file of settings in YAML says with it where a part of a project is: `path: ../base`.
    fn is_dependency(&self) -> bool {
        let line = self.on_line().trim();
        line.strip_prefix("- ").unwrap_or(line) == "path:" && !self.is_literal
    }

    /// Whether it is a part that a call joins to others: `path.join(root, "../x")`.
    fn is_joined(&self) -> bool {
        let call = self.on_line().rsplit_once('(');
        call.is_some_and(|(name, parts)| {
            let joins = ["join", "resolve", "joinpath", "Path"];
            !parts.contains(')') && joins.iter().any(|word| ends_with_word(name, word))
        })
    }

    /// Whether the code on its line starts from where its own file is: `__DIR__ . "/../x"`, `expand_path("../x", __dir__)`.
    fn is_from_own_place(&self) -> bool {
        let names = |text: &str| OWN_PLACES.iter().any(|place| text.contains(place));
        names(self.on_line()) || names(self.rest_of_line())
    }

    /// Whether code, and no data, names its own place before it.
    fn is_behind_own_place(&self) -> bool {
        let line = self.on_line();
        !self.is_literal && OWN_PLACES.iter().any(|place| line.contains(place))
    }

    /// Whether code or a page names it in quotes, relative to the file they are in: neither data nor a request does.
    fn is_quoted_by_code(&self) -> bool {
        let is_quoted = self.before.ends_with(['"', '\'', '`', '(']);
        let word = self.on_line().rsplit([' ', '"', '\'', '`']).nth(1);
        let is_in_query = word.is_some_and(|word| word.contains('?'));
        is_quoted && !is_in_query && !self.is_literal && self.is_named_by_file()
    }

    /// Whether it starts from a directory that only who runs it knows: `${dir}../x`, `$(pwd)/../x`, `"$dir"/../x`.
    fn is_behind_variable(&self) -> bool {
        let line = self.on_line();
        let is_part = |c: char| c.is_alphanumeric() || "_.-".contains(c);
        if let Some(line) = line.strip_suffix('}') {
            return line.trim_end_matches(is_part).ends_with('{') && !line.ends_with('{');
        }
        if let Some(line) = line.strip_suffix(')') {
            return line
                .rsplit_once("$(")
                .is_some_and(|(_, inner)| !inner.contains(')'));
        }
        let quoted = line
            .strip_suffix('"')
            .map(|line| line.trim_end_matches(is_part));
        quoted.is_some_and(|line| line.ends_with('$'))
    }

    /// Whether a file of settings or a Makefile sets a name to it: `DOC_CONF = ../../doc/x.conf`.
    fn is_assigned(&self) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || "_.-".contains(c);
        let set = self.on_line().trim().strip_suffix('=');
        let set = set.map(|set| (set, set.trim_end_matches([' ', '\t', ':', '?', '+'])));
        set.is_some_and(|(set, name)| {
            name.len() < set.len() && !name.is_empty() && name.chars().all(is_part)
        })
    }

    /// Whether it is in the settings of a project: `{"references": [{"path": "../core"}]}`.
    fn is_in_project(&self) -> bool {
        let near = self.near();
        PROJECT_KEYS.iter().any(|key| {
            let value = near
                .rfind(key)
                .map(|at| at + key.trim_end_matches(['[', '{']).len());
            value.is_some_and(|value| near.get(value..).is_some_and(is_open))
        })
    }

    /// Whether it is alone on its line, below the head of a list of files that git makes.
    fn is_listed(&self) -> bool {
        self.on_line().trim().is_empty() && LISTS.iter().any(|head| self.near().contains(head))
    }

    /// What stands before it, as far as it is looked at.
    fn near(&self) -> &str {
        let from = self.before.len().saturating_sub(LOOK_BACK);
        let from = self.before.floor_char_boundary(from);
        self.before.get(from..).unwrap_or_default()
    }

    /// The same on its line.
    fn on_line(&self) -> &str {
        self.near().rsplit('\n').next().unwrap_or_default()
    }

    /// What stands behind it on its line, as far as it is looked at.
    fn rest_of_line(&self) -> &str {
        let end = self.after.floor_char_boundary(LOOK_BACK);
        let near = self.after.get(..end).unwrap_or_default();
        near.split('\n').next().unwrap_or_default()
    }

    fn is_gone_to(&self) -> bool {
        let on_line = self.on_line();
        if ITEMS.contains(&on_line.trim()) {
            return true;
        }
        let command = on_line
            .rsplit([';', '&', '|', '('])
            .next()
            .unwrap_or(on_line);
        // The command may stand in quotes, with the path within them.
        let quoted = command.rsplit(['"', '\'', '`']).next();
        let command = quoted
            .filter(|quoted| !quoted.trim_ascii().is_empty())
            .unwrap_or(command);
        let mut words = command.split_ascii_whitespace().skip_while(|word| {
            ["$", ">", "-", "RUN", "call", "sudo", "time"].contains(word) || is_setting(word)
        });
        let Some(program) = words.next() else {
            return !self.rest_of_line().trim_ascii().is_empty() && !self.is_literal;
        };
        let program = program.rsplit(['/', '\\']).next().unwrap_or(program);
        let program = program.to_ascii_lowercase();
        // The program that is run may be a script: `python ../tools/gen.py`.
        let is_beside = self.is_beside && !command.trim_end().ends_with('>');
        let runs_it = (SHELLS.contains(&program.as_str()) || is_interpreter(&program))
            && words.all(|word| word.starts_with('-') && !["-c", "-e"].contains(&word));
        runs_it
            || is_beside && (program == "." || FILE_TOOLS.contains(&program.as_str()))
            || NAVIGATION.contains(&program.as_str())
            || !self.is_private && PROJECT_TOOLS.contains(&program.as_str())
    }
}

/// Whether the name tells that a file is nobody else's business.
fn is_private(path: &str) -> bool {
    let path = path.to_ascii_lowercase();
    PRIVATE.iter().any(|part| path.contains(part))
}

/// Whether the word sets a variable for the command behind it.
fn is_setting(word: &str) -> bool {
    assignment(word).is_some_and(|(_, value)| !value.is_empty() && !value.ends_with(['"', '\'']))
}

/// Whether the value of a member does not end in the text, which starts behind its key.
fn is_open(value: &str) -> bool {
    let mut depth = 0_usize;
    value.bytes().all(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' if depth < 2 => return false,
            b']' | b'}' => depth -= 1,
            b',' if depth == 0 => return false,
            _ => {}
        }
        true
    })
}

/// Whether the token is nothing but the step of a climb, within a text that speaks of it or looks for it.
fn is_bare(text: &str, token: &str) -> bool {
    ["../", "..\\", "\\.."].contains(&token)
        || ["/..", "/../"].contains(&token) && text.trim_ascii().len() > token.len()
}

/// Files without an extension that tools name in their messages.
const BUILD_FILES: &[&str] = &["Dockerfile", "GNUmakefile", "Makefile", "Rakefile"];

/// Whether the token is a place in a file, as compilers name it: `../src/a.c:10:`.
fn is_position(token: &str) -> bool {
    let token = token.trim_end_matches(':');
    token.rsplit_once(':').is_some_and(|(path, number)| {
        let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
        let file = file.split(':').next().unwrap_or(file);
        let extension = file.rsplit_once('.').map(|(_, extension)| extension);
        (extension.is_some_and(|extension| !extension.is_empty()) || BUILD_FILES.contains(&file))
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

/// Whether the text ends with the word, and the word does not start within another.
fn ends_with_word(text: &str, word: &str) -> bool {
    text.strip_suffix(word).is_some_and(|before| {
        let starts_open = word.starts_with(|c: char| !c.is_alphanumeric());
        starts_open || !before.ends_with(|c: char| c.is_alphanumeric() || c == '_')
    })
}

#[cfg(test)]
mod tests;
