//! Commands that JSON holds as lists of words: `["rm", "-rf", "/data"]`, `{"command": "rm", "args": ["-rf", "/data"]}`.

use super::commands::{self, runs_others};
use crate::{Json, detect::destructive};

/// How many words a command has at most, and how long it is, in bytes.
const MOST_WORDS: usize = 64;
const LONGEST_LINE: usize = 1024;

/// How many programs behind another make a list of programs.
const FEWEST: usize = 2;

/// Members whose array holds the arguments of a program.
const ARGUMENT_KEYS: &[&str] = &["args", "argv", "arguments", "parameters", "params"];

/// Members next to such an array that name the program.
const PROGRAM_KEYS: &[&str] = &[
    "command",
    "cmd",
    "program",
    "executable",
    "exe",
    "binary",
    "file",
];

/// An array of JSON, and what it is in.
pub(crate) struct List<'j> {
    pub(crate) items: &'j [Json<'j>],
    /// Its key and the members around it, if it is in an object.
    pub(crate) member: Option<(&'j str, &'j [Member<'j>])>,
}

type Member<'j> = (std::borrow::Cow<'j, str>, Json<'j>);

impl<'j> List<'j> {
    /// The command that the array may be, quoted as a shell reads it.
    pub(crate) fn command_line(&self) -> Option<String> {
        let items = self.items.get(..MOST_WORDS.min(self.items.len()))?;
        let program = self.program();
        let first = program.or_else(|| self.items.first().and_then(word))?;
        if !is_program(first) {
            return None;
        }
        let words = || program.into_iter().chain(items.iter().filter_map(word));
        let length: usize = words().map(|word| word.len() + 3).sum();
        let are_words = items.iter().all(|item| word(item).is_some());
        if length > LONGEST_LINE || !are_words || !is_command(words()) {
            return None;
        }
        let quoted: Vec<String> = words().map(quoted).collect();
        Some(quoted.join(" "))
    }

    /// The program that a member next to the array names.
    fn program(&self) -> Option<&'j str> {
        let (key, members) = self.member?;
        if !ARGUMENT_KEYS.contains(&key) {
            return None;
        }
        let named = members
            .iter()
            .find(|(key, _)| PROGRAM_KEYS.contains(&key.as_ref()))?;
        word(&named.1)
    }
}

fn word<'j>(item: &'j Json<'_>) -> Option<&'j str> {
    match item {
        Json::String(text) => Some(text),
        _ => None,
    }
}

/// Whether a list of words that starts with this can be a command.
pub(super) fn is_program(first: &str) -> bool {
    let name = commands::program(first);
    let is_name = !name.is_empty() && !first.contains(char::is_whitespace);
    is_name
        && (commands::is_known(name)
            || runs_others(name)
            || destructive::is_judged(name)
            || name.starts_with("mkfs."))
}

/// Whether the words of which the first is a program are a command, rather than a list of programs.
pub(super) fn is_command<'w>(words: impl Iterator<Item = &'w str>) -> bool {
    let mut words = words;
    let runs = words.next().map(commands::program).is_some_and(runs_others);
    let (mut count, mut programs) = (0, 0);
    for word in words {
        count += 1;
        programs += usize::from(is_program(word));
    }
    count > 0 && (runs || count < FEWEST || programs < count)
}

/// The word as a shell reads it.
pub(super) fn quoted(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=+,@%~*".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, expected: Option<&str>) {
        let json = Json::parse(json).unwrap();
        let (items, member) = match &json {
            Json::Array(items) => (items, None),
            Json::Object(members) => {
                let list = members.iter().find_map(|(key, value)| match value {
                    Json::Array(items) => Some((items, Some((key.as_ref(), members.as_slice())))),
                    _ => None,
                });
                list.unwrap()
            }
            _ => unreachable!("arrays and objects only"),
        };
        let line = List { items, member }.command_line();
        assert_eq!(line.as_deref(), expected, "{json:?}");
    }

    #[test]
    fn lists_that_start_with_a_program_are_commands() {
        check(r#"["rm", "-rf", "/data"]"#, Some("rm -rf /data"));
        check(
            r#"["/bin/sh", "-c", "rm -rf *"]"#,
            Some("/bin/sh -c 'rm -rf *'"),
        );
        check(r#"["sudo", "reboot"]"#, Some("sudo reboot"));
        check(
            r#"["git", "commit", "-m", "it's"]"#,
            Some("git commit -m 'it'\\''s'"),
        );
        check(
            r#"{"command": "rm", "args": ["-rf", "/data"]}"#,
            Some("rm -rf /data"),
        );
        check(r#"{"tags": ["rm", "-rf", "/"]}"#, Some("rm -rf /"));
    }

    #[test]
    fn other_lists_are_none() {
        check(r#"["rm", "mv", "cp"]"#, None);
        check(r#"["reboot"]"#, None);
        check(r#"["red", "green"]"#, None);
        check(r#"["rm", 1]"#, None);
        check(r#"["rm -rf /", "x"]"#, None);
        check(r#"{"title": "rm", "args": ["-rf", "/"]}"#, None);
        check(r#"{"command": "rm", "tags": ["-rf", "/"]}"#, None);
    }
}
