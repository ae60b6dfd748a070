//! Commands that code of other languages hands to a shell: the text in the first argument of `os.system(...)`,
//! `subprocess.run(...)`, `execSync(...)` and the like, and in the members of JSON whose keys say that they are commands.

use std::ops::Range;

use memchr::memmem;

use super::argv;

/// What a call that runs a command looks like, up to its opening parenthesis.
const CALLS: &[&str] = &[
    "system(",
    "popen(",
    "Popen(",
    "exec(",
    "execSync(",
    "spawn(",
    "spawnSync(",
    "subprocess.run(",
    "subprocess.call(",
    "check_call(",
    "check_output(",
    "shell_exec(",
    "passthru(",
    "getoutput(",
    "Command(",
    "execa(",
    "shell(",
    "sh(",
    "Command::new(",
    "ProcessBuilder(",
    "Process.Start(",
    "execlp(",
    "execvp(",
];

/// Members of JSON whose values are commands.
const COMMAND_KEYS: &[&str] = &[
    "command",
    "cmd",
    "script",
    "shell_command",
    "action_input",
    "bash",
    "run",
    "exec",
];

/// Members of JSON whose values are lists of commands, or commands by name: `{"scripts": {"clean": "rm -rf dist"}}`.
const LIST_KEYS: &[&str] = &["commands", "scripts"];

/// What JSON stands behind that calls a tool, in text that models write.
const TOOL_CALLS: &[&str] = &[
    "<tool_call>",
    "<function_call>",
    "<tool_use>",
    "<function=",
    "[TOOL_CALLS]",
    "Action Input:",
];

/// Members of JSON whose values are SQL.
const SQL_KEYS: &[&str] = &["sql", "query", "statement"];

/// What a call that runs SQL looks like.
const QUERIES: &[&str] = &[
    "execute(",
    "executemany(",
    "executescript(",
    "executeUpdate(",
    "query(",
    "raw(",
    "exec(",
    "executeSql(",
    "executeRaw(",
    "queryRaw(",
    "text(",
    "RunSQL(",
    "Exec(",
    "Query(",
    "QueryRow(",
    "exec_driver_sql(",
    "execute_sql(",
    "executeRawUnsafe(",
    "queryRawUnsafe(",
    "mysqli_query(",
    "pg_query(",
];

/// What a call looks like that deletes a directory with everything in it.
const REMOVALS: &[&str] = &[
    "rmtree(",
    "rm_rf(",
    "rm_r(",
    "removeSync(",
    "rimraf(",
    "rimrafSync(",
    "RemoveAll(",
    "remove_dir_all(",
];

/// What a call looks like that does so if its options say so.
const OPTIONAL_REMOVALS: &[&str] = &["rmSync(", "fs.rm(", "promises.rm("];

/// The option.
const RECURSIVE: &str = "recursive: true";

/// How many words an argument list may hold.
const MOST_WORDS: usize = 64;

/// Calls `each` with every command that is handed to a shell or run as a list of words, and with the range of the call.
pub(crate) fn scripts(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    arguments(text, CALLS, each);
    members(text, COMMAND_KEYS, each);
    listed(text, each);
    lists(text, each);
    arguments(text, REMOVALS, &mut |path, range| {
        each(&format!("rm -rf '{path}'"), range);
    });
    arguments(text, OPTIONAL_REMOVALS, &mut |path, range| {
        let options = text.get(range.end..).unwrap_or_default();
        let options = options.split(')').next().unwrap_or_default();
        if options.contains(RECURSIVE) {
            each(&format!("rm -r '{path}'"), range);
        }
    });
}

/// Calls `each` with every list of words that is a command, wherever it stands, unless it is the argument of a call that is
/// known: `CMD ["rm", "-rf", "/data"]`.
fn lists(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for at in memmem::find_iter(text.as_bytes(), b"[") {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let list = after.get(1..).unwrap_or_default();
        let first = list.trim_start();
        if !first.starts_with(['"', '\'', '\\']) || is_call(before.trim_end(), CALLS).is_some() {
            continue;
        }
        let is_program = literal(first).is_some_and(|(word, _)| argv::is_program(&word));
        if let Some((words, length)) = literals(list).filter(|_| is_program)
            && argv::is_command(words.iter().map(String::as_str))
        {
            each(&line(&words), at..at + 1 + length);
        }
    }
}

/// Calls `each` with every statement that is handed to a database, and with the range of the call.
pub(crate) fn statements(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    arguments(text, QUERIES, each);
    members(text, SQL_KEYS, each);
}

/// Where the JSON of the text starts, if it is JSON or calls a tool.
fn json_start(text: &str) -> Option<usize> {
    // All of an answer may be a fenced block of JSON.
    let start = text.trim_start();
    let fenced = start
        .strip_prefix("```json")
        .filter(|_| start.trim_end().ends_with("```"));
    if fenced.unwrap_or(start).trim_start().starts_with(['{', '[']) {
        return Some(0);
    }
    let calls = TOOL_CALLS
        .iter()
        .filter_map(|call| memmem::find(text.as_bytes(), call.as_bytes()));
    calls.min()
}

/// Members with one of the keys, if the text is JSON or has JSON that calls a tool.
fn members(text: &str, keys: &[&str], each: &mut dyn FnMut(&str, Range<usize>)) {
    let Some(start) = json_start(text) else {
        return;
    };
    let from = text.as_bytes().get(start..).unwrap_or_default();
    for at in memmem::find_iter(from, b"\":").map(|at| start + at) {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        // In JSON that is in a string of JSON, quotes are escaped.
        let before = before.strip_suffix('\\').unwrap_or(before);
        let key = keys.iter().find(|key| {
            let before = before.strip_suffix(**key);
            before.is_some_and(|before| before.ends_with('"'))
        });
        let (Some(key), Some(value)) = (key, after.get(2..)) else {
            continue;
        };
        let inner = value.trim_start();
        if let Some((script, length)) = literal(inner) {
            let end = at + 2 + (value.len() - inner.len()) + length;
            each(&script, at - key.len() - 1..end);
        }
    }
}

/// The commands that the members with keys of lists hold, whatever stands around them.
fn listed(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    for key in LIST_KEYS {
        for at in memmem::find_iter(text.as_bytes(), key) {
            let (before, after) = text.split_at_checked(at + key.len()).unwrap_or_default();
            let quoted = before.get(..at).is_some_and(|before| before.ends_with('"'));
            let list = after.strip_prefix("\":").map(str::trim_start);
            let Some(list) = list.filter(|list| quoted && list.starts_with(['[', '{'])) else {
                continue;
            };
            let named = list.starts_with('{');
            let mut rest = list.get(1..).unwrap_or_default();
            for _ in 0..MOST_WORDS {
                rest = rest.trim_start_matches([' ', ',', '\n', '\r', '\t']);
                if named {
                    let value = literal(rest).and_then(|(_, length)| rest.get(length..));
                    let value = value.and_then(|value| value.trim_start().strip_prefix(':'));
                    let Some(value) = value else { break };
                    rest = value.trim_start();
                }
                let Some((script, length)) = literal(rest) else {
                    break;
                };
                let start = text.len() - rest.len();
                each(&script, start..start + length);
                rest = rest.get(length..).unwrap_or_default();
            }
        }
    }
}

fn arguments(text: &str, calls: &[&str], each: &mut dyn FnMut(&str, Range<usize>)) {
    let bytes = text.as_bytes();
    for at in memmem::find_iter(bytes, b"(") {
        let (before, after) = text.split_at_checked(at + 1).unwrap_or_default();
        let Some(call) = is_call(before, calls) else {
            continue;
        };
        let start = at + 1 - call.len();
        if let Some((script, length)) = argument(after).or_else(|| converted(after)) {
            each(&script, start..at + 1 + length);
        }
    }
}

/// The literal that a call within the arguments is given alone: `run(shlex.split("rm -rf /"))`.
fn converted(text: &str) -> Option<(String, usize)> {
    let (name, inner) = text.split_once('(')?;
    let is_part = |c: char| c.is_alphanumeric() || "_.:".contains(c);
    let (script, length) =
        literal(inner).filter(|_| !name.is_empty() && name.chars().all(is_part))?;
    let ends = inner.get(length..)?.trim_start().starts_with(')');
    ends.then(|| (script, name.len() + 1 + length))
}

/// The call that the text ends with the opening of, if it is one of these.
fn is_call<'c>(text: &str, calls: &[&'c str]) -> Option<&'c str> {
    let joins = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let last_letter = |text: &str| text.bytes().nth_back(1);
    let last = last_letter(text);
    let mut calls = calls.iter();
    let opens = |call: &&&str| {
        // Most are told apart by one byte.
        let before = (last_letter(call) == last).then(|| text.strip_suffix(**call));
        before
            .flatten()
            .is_some_and(|before| !before.ends_with(joins))
    };
    calls.find(opens).copied()
}

/// The command in the arguments that the text starts with, and how much of the text it takes.
fn argument(text: &str) -> Option<(String, usize)> {
    let inner = text.trim_start_matches([' ', '\n', '\r', '\t', 'f', 'r', 'b', 'u']);
    let opened = text.len() - inner.len();
    if let Some(list) = inner.strip_prefix(['[', '(']) {
        return words(list).map(|(script, length)| (script, opened + 1 + length));
    }
    // `mysqli_query($connection, "DROP TABLE users")`
    let handle = inner.find(|c: char| !(c.is_alphanumeric() || "_$.>-".contains(c)));
    let skipped =
        handle.filter(|&at| at > 0 && inner.get(at..).is_some_and(|rest| rest.starts_with(',')));
    let skipped = skipped.map_or(0, |at| {
        let rest = inner.get(at + 1..).unwrap_or_default();
        at + 1 + (rest.len() - rest.trim_start().len())
    });
    let (script, length) = literal(inner.get(skipped..)?)?;
    let length = skipped + length;
    let rest = inner.get(length..).unwrap_or_default();
    // `spawn("rm", ["-rf", "/"])`, `Command("rm", "-rf", "/")`, `new("rm").arg("-rf").arg("/")`
    let list = rest.trim_start_matches([' ', ',', '\n']);
    let is_program = !script.contains(char::is_whitespace) && skipped == 0;
    let args = match list.strip_prefix('[') {
        Some(list) => words(list).map(|(args, length)| (args, 1 + length)),
        None if is_program && list.len() < rest.len() => words(list),
        None if is_program => chained(list),
        None => None,
    };
    Some(match args {
        Some((args, end)) => {
            let skipped = rest.len() - list.len();
            (format!("{script} {args}"), opened + length + skipped + end)
        }
        // More text follows that only the program knows: `"rm -rf " + path`.
        None if list.starts_with(['+', '.']) => (format!("{script}$0"), opened + length),
        None => (script, opened + length),
    })
}

/// The arguments that further calls add: `).arg("-rf").args(["/"])`.
fn chained(text: &str) -> Option<(String, usize)> {
    let mut script = Vec::new();
    let mut rest = text;
    for _ in 0..MOST_WORDS {
        let call = rest.trim_start_matches([')', ']', ' ', '\n', '\t']);
        let Some(list) = [".arg(", ".args(&[", ".args(["]
            .iter()
            .find_map(|name| call.strip_prefix(name))
        else {
            break;
        };
        let Some((args, length)) = words(list) else {
            if is_name(list) {
                script.push(UNKNOWN.to_owned());
            }
            break;
        };
        script.push(args);
        rest = list.get(length..).unwrap_or_default();
    }
    (!script.is_empty()).then(|| (script.join(" "), text.len() - rest.len()))
}

/// Whether the text starts with the name of something.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || "_$".contains(c))
}

/// The command that the literals of a list make, up to its end.
fn words(text: &str) -> Option<(String, usize)> {
    literals(text).map(|(words, length)| (line(&words), length))
}

/// The command that the words make.
pub(super) fn line(words: &[String]) -> String {
    let quoted = |word: &String| match word.as_str() {
        UNKNOWN => UNKNOWN.to_owned(),
        word => format!("'{}'", word.replace('\'', "'\\''")),
    };
    words.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Stands for a word that only the program knows.
const UNKNOWN: &str = "$0";

/// The literals of a list, up to its end.
pub(super) fn literals(text: &str) -> Option<(Vec<String>, usize)> {
    let mut script = Vec::new();
    let mut at = 0;
    for _ in 0..MOST_WORDS {
        let rest = text.get(at..)?;
        let item = rest.trim_start_matches([' ', ',', '\n', '\r', '\t']);
        at += rest.len() - item.len();
        let Some((word, length)) = literal(item) else {
            // A word that only the program knows: `path`, `dir.join("x")`.
            if !script.is_empty() && is_name(item) {
                script.push(UNKNOWN.to_owned());
            }
            break;
        };
        script.push(word);
        at += length;
    }
    (!script.is_empty()).then_some((script, at))
}

/// The string literal that the text starts with, without its quotes, and its length with them. The quotes may be escaped.
pub(super) fn literal(text: &str) -> Option<(String, usize)> {
    if let Some(body) = text.strip_prefix("\\\"") {
        let (value, _) = body.split_once("\\\"")?;
        return (!value.contains('\n')).then(|| (value.to_owned(), value.len() + 4));
    }
    let quote = text.chars().next().filter(|c| "'\"`".contains(*c))?;
    let triple = [quote; 3].iter().collect::<String>();
    let (open, close) = if text.starts_with(&triple) {
        (3, triple)
    } else {
        (1, quote.to_string())
    };
    let body = text.get(open..)?;
    let mut value = String::new();
    let mut chars = body.char_indices();
    while let Some((at, c)) = chars.next() {
        if body.get(at..).is_some_and(|rest| rest.starts_with(&close)) {
            return Some((value, open + at + close.len()));
        }
        match c {
            '\n' if open == 1 && quote != '`' => return None,
            '\\' => match chars.next() {
                Some((_, 'n')) => value.push('\n'),
                Some((_, 't')) => value.push('\t'),
                Some((_, c)) => value.push(c),
                None => return None,
            },
            c => value.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{super::super::testing::check_scripts, *};

    fn check(text: &str, expected: &[&str]) {
        check_scripts(scripts, text, expected);
    }

    #[test]
    fn commands_in_calls_are_found() {
        check("os.system(\"rm -rf /\")", &["rm -rf /"]);
        check("subprocess.run(['rm', '-rf', path])", &["'rm' '-rf' $0"]);
        check("cp.execSync(`rm -rf ${x}`)", &["rm -rf ${x}"]);
        check("spawn('rm', ['-rf', '/'])", &["rm '-rf' '/'"]);
        check("print('rm -rf /')", &[]);
        check("ecosystem('rm -rf /')", &[]);
        check("shell_exec('rm -rf /')", &["rm -rf /"]);
        check("system(cmd)", &[]);
        check("shutil.rmtree('/srv')", &["rm -rf '/srv'"]);
        check("shutil.rmtree(path)", &[]);
        check("exec.Command(\"rm\", \"-rf\", \"/\")", &["rm '-rf' '/'"]);
        check(
            "Command::new(\"rm\").arg(\"-rf\").args([dir])",
            &["rm '-rf' $0"],
        );
        check(
            "Command::new(\"rm\").args([\"-rf\", \"/\"])",
            &["rm '-rf' '/'"],
        );
        check("call('rm -rf ' + path)", &[]);
        check("os.system('rm -rf ' + path)", &["rm -rf $0"]);
        check("{\"command\": \"rm -rf /\", \"x\": \"y\"}", &["rm -rf /"]);
        check("{\"cmd\": [\"rm\", \"-rf\"]}", &["'rm' '-rf'"]);
        check("{\"description\": \"rm -rf /\"}", &[]);
        check(
            "{\"scripts\": {\"a\": \"rm -rf x\", \"b\": \"tsc\"}}",
            &["rm -rf x", "tsc"],
        );
        check("\"scripts\": {\"a\": \"rm -rf /\"}", &["rm -rf /"]);
        check(
            "{\"commands\": [\"cd /\", \"rm -rf *\"]}",
            &["cd /", "rm -rf *"],
        );
        check("{\"scripts\": \"none\", \"a\": \"rm\"}", &[]);
        check("fs.rmSync('/', { recursive: true })", &["rm -r '/'"]);
        check("fs.rmSync('/x', { force: true })", &[]);
        check("shutil.rmtree(os.path.expanduser('~'))", &["rm -rf '~'"]);
        check("shutil.rmtree(os.path.join('/tmp', x))", &[]);
        check("subprocess.run(shlex.split('rm -rf /'))", &["rm -rf /"]);
    }
}
