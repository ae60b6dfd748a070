//! Commands that JSON holds as lists of words: `["rm", "-rf", "/data"]`, `{"command": "rm", "args": ["-rf", "/data"]}`.

use std::borrow::Cow;

use super::commands::{self, runs_others};
use crate::{Json, detect::destructive, fold::folded};

/// How many words of a command are looked at, and how many bytes of them.
const MOST_WORDS: usize = 64;
const LONGEST_LINE: usize = 1024;

/// How many members of an object are asked for the program that one of them holds the arguments of, so that many such
/// members cost no more than they are long.
const MOST_MEMBERS: usize = 32;

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

type Member<'j> = (Cow<'j, str>, Json<'j>);

impl<'j> List<'j> {
    /// The command that the array may be, as its words read and quoted as a shell reads them, as far as that is looked at.
    pub(crate) fn command_line(&self) -> Option<String> {
        let program = self.program();
        let first = program.or_else(|| self.items.first().and_then(word))?;
        // A name with a number behind it is a row of a table.
        let is_row =
            program.is_none() && self.items.get(1).is_some_and(|item| word(item).is_none());
        if is_row || first.len() > LONGEST_LINE || !is_program(&folded(first)) {
            return None;
        }
        let items = self.items.iter().take(MOST_WORDS).map_while(scalar);
        let mut words: Vec<Cow<'_, str>> = program.map(folded).into_iter().collect();
        let mut left = LONGEST_LINE;
        for item in items {
            let length = item.floor_char_boundary(left);
            words.push(match item {
                Cow::Borrowed(item) => folded(item.get(..length).unwrap_or_default()),
                number @ Cow::Owned(_) => number,
            });
            left = left.saturating_sub(length + 1);
            if left == 0 {
                break;
            }
        }
        let texts = || words.iter().map(AsRef::as_ref);
        let quoted = || texts().map(quoted).collect::<Vec<_>>().join(" ");
        is_command(texts()).then(quoted)
    }

    /// The program that a member next to the array names.
    fn program(&self) -> Option<&'j str> {
        let (key, members) = self.member?;
        if !ARGUMENT_KEYS.contains(&key) {
            return None;
        }
        let named = members
            .iter()
            .take(MOST_MEMBERS)
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

/// A scalar as the word that a program is given for it.
fn scalar<'j>(item: &'j Json<'_>) -> Option<Cow<'j, str>> {
    match item {
        Json::Number(number) => Some(Cow::Owned(number.to_string())),
        Json::Bool(value) => Some(Cow::Borrowed(if *value { "true" } else { "false" })),
        item => word(item).map(Cow::Borrowed),
    }
}

/// Whether a list of words that starts with this can be a command.
pub(super) fn is_program(first: &str) -> bool {
    let name = commands::program(first);
    let is_name = !name.is_empty() && !first.contains(char::is_whitespace);
    is_name && (commands::is_known(name) || runs_others(name) || destructive::is_judged(name))
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
    fn programs_that_only_rules_know_start_commands() {
        check(r#"["mkswap", "/dev/sda"]"#, Some("mkswap /dev/sda"));
        check(r#"["ncat", "-e", "/bin/sh"]"#, Some("ncat -e /bin/sh"));
        check(r#"["RD", "/s", "C:\\x"]"#, Some("RD /s 'C:\\x'"));
        check(r#"["reg.exe", "delete", "x"]"#, Some("reg.exe delete x"));
    }

    #[test]
    fn long_lists_are_cut() {
        let long = "x".repeat(LONGEST_LINE + 100);
        let json = format!(r#"["rm", "-rf", "/data", "{long}", "/"]"#);
        let cut = "x".repeat(LONGEST_LINE - "rm -rf /data ".len());
        check(&json, Some(&format!("rm -rf /data {cut}")));
        check(r#"["rm", "-rf", "/data", 1]"#, Some("rm -rf /data 1"));
        check(r#"["rm", "-rf", true, ["/"]]"#, Some("rm -rf true"));
    }

    #[test]
    fn the_program_is_looked_for_among_few_members() {
        let others = r#""a": 1, "#;
        for (count, expected) in [(MOST_MEMBERS - 1, Some("rm -rf")), (MOST_MEMBERS, None)] {
            let json = format!(
                r#"{{{}"command": "rm", "args": ["-rf"]}}"#,
                others.repeat(count)
            );
            check(&json, expected);
        }
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
