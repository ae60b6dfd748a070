//! Commands in the files of other programs: steps of Jenkins (`sh 'rm -rf /srv'`), settings of Terraform and of runners of
//! tasks (`command = "rm -rf /srv"`, `inline = ["rm -rf /srv"]`), and lists of words in YAML.

use std::ops::Range;

use memchr::{memchr2_iter, memmem};

use super::{
    argv,
    code::{line, literal, literals},
};

/// Names of settings whose values are commands.
const SETTINGS: &[&str] = &["cmd", "command", "exec", "run", "script", "shell"];

/// The setting whose value is a list of commands.
const INLINE: &str = "inline";

/// Keys of YAML whose values are commands as lists of words.
const LISTS: &[&str] = &["args:", "cmd:", "command:", "entrypoint:"];

/// Keys of YAML whose values are SQL.
const QUERIES: &[&str] = &["query:", "sql:"];

/// How far above a setting the head of its section is looked for, in lines.
const MOST_SETTINGS: usize = 32;

/// How much of the text that is, in bytes.
const LONGEST_SECTION: usize = 2048;

/// Parts of heads of sections whose settings are commands that are not to be run.
const REFUSING: &[&str] = &["block", "deny", "forbid"];

/// How long the name of a setting is at most, with what it is indented by, in bytes.
const LONGEST_NAME: usize = 64;

/// How many words a list may hold.
const MOST_WORDS: usize = 64;

/// Calls `each` with every command, and with the range that it takes.
pub(crate) fn scripts(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for at in memchr2_iter(b'\'', b'"', text.as_bytes()) {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        if !(is_step(before) || is_setting(before, SETTINGS)) {
            continue;
        }
        if let Some((script, length)) = literal(after)
            && script.contains(char::is_whitespace)
        {
            each(&script, at..at + length);
        }
    }
    lists(text, each);
    inline(text, each);
}

/// Calls `each` with the commands of every list that a setting holds.
fn inline(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for start in memmem::find_iter(text.as_bytes(), INLINE) {
        let value = text.get(start + INLINE.len()..).unwrap_or_default();
        let value = value.trim_start_matches(' ').strip_prefix('=');
        let list = value.and_then(|value| value.trim_start_matches(' ').strip_prefix('['));
        let Some(list) = list else {
            continue;
        };
        let inside = text.len() - list.len();
        let before = text.get(..inside - 1).unwrap_or_default();
        if let Some((commands, length)) = literals(list).filter(|_| is_setting(before, &[INLINE])) {
            each(&commands.join("\n"), start..inside + length);
        }
    }
}

/// Calls `each` with every statement that a member of YAML holds, and with the range that it takes.
pub(crate) fn statements(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for key in QUERIES {
        for at in keys(text, key) {
            let rest = text.get(at..).unwrap_or_default();
            let value = rest.lines().next().unwrap_or_default();
            let inner = value.trim().trim_matches(['"', '\'']);
            if !inner.is_empty() {
                each(inner, at..at + value.len());
            }
        }
    }
}

/// Whether the argument of a step that runs a shell starts behind the text.
fn is_step(before: &str) -> bool {
    let before = before.trim_end_matches(' ');
    let before = before.strip_suffix("script:").map_or(before, |call| {
        let call = call.trim_end_matches(' ');
        call.strip_suffix('(').unwrap_or(call)
    });
    before.strip_suffix("sh").is_some_and(|before| {
        let before = before.trim_end_matches([' ', '\t']);
        before.is_empty() || before.ends_with(['\n', '{', ';'])
    })
}

/// Whether the text ends with the name of one of the settings and a `=`, in a section of such settings.
fn is_setting(before: &str, settings: &[&str]) -> bool {
    let Some(name) = before.trim_end_matches(' ').strip_suffix('=') else {
        return false;
    };
    let (above, name) = last_line(name);
    let near = above.ceil_char_boundary(above.len().saturating_sub(LONGEST_SECTION));
    let above = above.get(near..).unwrap_or_default();
    let lines = above.rsplit('\n').map(str::trim);
    settings.contains(&name)
        && lines
            .take(MOST_SETTINGS)
            .find(|line| !(line.is_empty() || line.starts_with('#') || sets(line)))
            .is_some_and(is_head)
}

/// What stands on the last line of the text, if that is short, and what stands above it.
fn last_line(text: &str) -> (&str, &str) {
    let from = text.ceil_char_boundary(text.len().saturating_sub(LONGEST_NAME));
    let near = text.get(from..).unwrap_or_default();
    let line = near.rfind('\n').map_or(from, |end| from + end + 1);
    let (above, line) = text.split_at_checked(line).unwrap_or_default();
    (above.strip_suffix('\n').unwrap_or(above), line.trim())
}

/// Whether the line is a setting: `interpreter = ["bash"]`.
fn sets(line: &str) -> bool {
    let name = line.split_once('=').map(|(name, _)| name.trim());
    name.is_some_and(|name| {
        !name.is_empty()
            && name
                .chars()
                .all(|c| c.is_alphanumeric() || "_-".contains(c))
    })
}

/// Whether the line is the head of a section: `[tasks.clean]`, `provisioner "local-exec" {`.
fn is_head(line: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || "_-.\" ".contains(c);
    let section = line
        .strip_prefix('[')
        .and_then(|line| line.strip_suffix(']'));
    let block = line.strip_suffix('{').filter(|block| block.contains('"'));
    section.or(block).is_some_and(|head| {
        let refuses = REFUSING.iter().any(|part| head.contains(part));
        !head.is_empty() && !refuses && head.chars().all(is_part)
    })
}

/// Calls `each` with every command that a list of YAML has a word a line of.
fn lists(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for key in LISTS {
        for start in keys(text, key) {
            let mut end = start;
            let mut words = Vec::new();
            for item in text
                .get(start..)
                .unwrap_or_default()
                .split_inclusive('\n')
                .take(MOST_WORDS)
            {
                let word = item.trim();
                match word.strip_prefix("- ") {
                    Some(word) => words.push(word.trim().trim_matches(['"', '\'']).to_owned()),
                    None if word.is_empty() && words.is_empty() => {}
                    None => break,
                }
                end += item.len();
            }
            if argv::is_command(words.iter().map(String::as_str)) {
                each(&line(&words), start..end);
            }
        }
    }
}

/// Where the values of a key of YAML start.
fn keys<'t>(text: &'t str, key: &'t str) -> impl Iterator<Item = usize> + 't {
    memmem::find_iter(text.as_bytes(), key)
        .filter(|&at| {
            let before = text.get(..at).unwrap_or_default();
            let before = before.strip_suffix("- ").unwrap_or(before);
            let before = before.trim_end_matches([' ', '\t']);
            before.is_empty() || before.ends_with('\n')
        })
        .map(|at| at + key.len())
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing::check_scripts, *};

    fn check(text: &str, expected: &[&str]) {
        check_scripts(scripts, text, expected);
    }

    #[test]
    fn steps_run_their_argument() {
        check("steps {\n  sh 'rm -rf /srv'\n}", &["rm -rf /srv"]);
        check("steps { sh \"\"\"\n a b\n\"\"\" }", &["\n a b\n"]);
        check("sh(script: 'a b', returnStdout: true)", &["a b"]);
        check("sh script: 'a b'", &["a b"]);
        check("sh 'build.sh'", &[]);
        check("push 'a b'", &[]);
        check("// sh 'a b'", &[]);
        check("Do not write sh 'a b' here.", &[]);
    }

    #[test]
    fn settings_in_sections_are_run() {
        check(
            "provisioner \"local-exec\" {\n  command = \"a b\"\n}",
            &["a b"],
        );
        check("[tasks.clean]\ncwd = \"x\"\n\nscript = \"a b\"", &["a b"]);
        check(
            "provisioner \"shell\" {\n  inline = [\n    \"a b\",\n    \"c d\",\n  ]\n}",
            &["a b\nc d"],
        );
        check("inline = [\"a b\"]", &[]);
        check("[deny]\ninline = [\"a b\"]", &[]);
        check("command = \"a b\"", &[]);
        check("[deny]\ncommand = \"a b\"", &[]);
        check("def f():\n    cmd = \"a b\"", &[]);
        check("function f() {\n  cmd = \"a b\"", &[]);
    }

    #[test]
    fn lists_of_words_are_commands() {
        check(
            "command:\n  - rm\n  - -rf\n  - \"/mnt\"\n",
            &["'rm' '-rf' '/mnt'"],
        );
        check("command:\n  - rm -rf /\n", &[]);
        check("x_command:\n  - rm\n  - -rf\n", &[]);
    }
}
