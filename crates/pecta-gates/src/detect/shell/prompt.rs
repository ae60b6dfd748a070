//! What stands before the command on a line: prompts of terminal sessions, and the marks of files of settings.

/// Keys of files of settings whose values are commands.
const COMMAND_KEYS: &[&str] = &[
    "after_script",
    "bash",
    "before_script",
    "cmd",
    "command",
    "entrypoint",
    "exec",
    "powershell",
    "pwsh",
    "raw",
    "run",
    "script",
    "shell",
    "win_command",
    "win_shell",
];

/// How long such a key is at most: `ansible.builtin.win_command`.
const LONGEST_KEY: usize = 48;

/// What stands before a command in the logs of those that run it.
const LOG_MARKS: &[&str] = &["Action Input: ", "##[command]", "[command]"];

/// Elements that hold a command where models write calls of tools: `<command>`, `<parameter name="command">`.
const COMMAND_TAGS: &[&str] = &["bash", "cmd", "command", "execute_bash", "shell"];

/// What an element that names a parameter starts with.
const PARAMETERS: &[&str] = &["arg", "param"];

/// How many tags may stand before a command, and how long they are at most.
const MOST_TAGS: usize = 4;
const LONGEST_TAG: usize = 80;

/// The length of what stands before the command on a line: the prompt of a terminal session (`$ `, `user@host:~$ `), or what
/// a file of settings puts there.
pub(crate) fn length(line: &[u8]) -> usize {
    let mut length = setting(line);
    if length > 0 {
        return length;
    }
    let first = line.iter().take(80).position(|byte| b"$%".contains(byte));
    if let Some(at) = first {
        let before = line.get(..at).unwrap_or_default();
        let host = before.is_empty()
            || (before.starts_with(b"~") && !before.contains(&b' '))
            || (before.contains(&b'@') && !before.contains(&b'\''))
            || (before.starts_with(b"[") && before.ends_with(b"]"));
        if host && matches!(line.get(at + 1), Some(b' ')) {
            length = at + 2;
        }
    }
    if length == 0 {
        // A superuser's prompt is a comment to a shell, unless it names the host.
        if let Some(at) = line.iter().take(80).position(|&byte| byte == b'#') {
            let before = line.get(..at).unwrap_or_default();
            let host = before.contains(&b'@') && !before.contains(&b' ') || before.ends_with(b"]");
            if host && matches!(line.get(at + 1), Some(b' ')) {
                length = at + 2;
            }
        }
    }
    length
}

/// The length of what stands before the command on a line that is no shell text of its own: an item of a list or a member of
/// a YAML file, the marks of a recipe of `make`, the times of a `crontab`.
pub(super) fn setting(line: &[u8]) -> usize {
    if let Some(length) = themed(line) {
        return length;
    }
    // `+ rm x`, as `set -x` shows what is run; and the prompts of some shells.
    for mark in ["+ ", "++ ", "+++ ", "\u{276F} ", "\u{279C} ", "\u{03BB} "] {
        if let Some(rest) = line.strip_prefix(mark.as_bytes()) {
            let starts = rest.first().is_some_and(|byte| !byte.is_ascii_whitespace());
            return if starts { mark.len() } else { 0 };
        }
    }
    if let Some(length) = service(line).or_else(|| log(line)) {
        return length;
    }
    if line.starts_with(b"<") {
        return tags(line);
    }
    let blanks = |text: &[u8]| text.iter().take_while(|byte| **byte == b' ').count();
    // Cells of notebooks: `!ls`, `%sh ls`.
    if matches!(line, [b'!', byte, ..] if byte.is_ascii_alphabetic()) {
        return 1;
    }
    for mark in ["%sh ", "%%sh ", "%%bash "] {
        if line.starts_with(mark.as_bytes()) {
            return mark.len();
        }
    }
    if matches!(line, [b'@' | b'-', byte, ..] if byte.is_ascii_alphabetic())
        || matches!(line, [b'@', b'-', ..] | [b'-', b'@', ..])
    {
        return line.iter().take_while(|byte| b"@-".contains(byte)).count();
    }
    let key = key(line);
    if key > 0 {
        return key;
    }
    if line.starts_with(b"- ") {
        1 + blanks(line.get(1..).unwrap_or_default())
    } else {
        times(line)
    }
}

/// The length of the key of YAML whose value is a command, with the blanks behind it, and of the mark of an item before it.
/// The key may be the last part of a name: `ansible.builtin.shell: `.
pub(crate) fn key(line: &[u8]) -> usize {
    let rest = line.strip_prefix(b"- ").unwrap_or(line).trim_ascii_start();
    let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_.".contains(byte);
    let name = rest.iter().take(LONGEST_KEY).take_while(is_part).count();
    let (name, after) = rest.split_at_checked(name).unwrap_or_default();
    let last = name.rsplit(|&byte| byte == b'.').next().unwrap_or_default();
    // Elsewhere than in a task, what is raw is what was read.
    let is_task = line.starts_with(b"- ") || name != last;
    let is_key = after.starts_with(b": ")
        && (last != b"raw" || is_task)
        && COMMAND_KEYS.iter().any(|key| key.as_bytes() == last);
    let value = after.get(1..).unwrap_or_default().iter();
    let blanks = value.take_while(|&&byte| byte == b' ').count();
    if is_key {
        line.len() - after.len() + 1 + blanks
    } else {
        0
    }
}

/// Whether the text before a line ends with a key of YAML whose value, a command, starts on that line and is folded: `run: >-`.
pub(in crate::detect::shell) fn opens_folded(before: &[u8]) -> bool {
    let end = before.strip_suffix(b"\n");
    let end = end.map(|end| end.strip_suffix(b"\r").unwrap_or(end));
    let is_marked = |end: &&[u8]| {
        matches!(
            end,
            [.., b':', b' ', b'>'] | [.., b':', b' ', b'>', b'-' | b'+']
        )
    };
    end.filter(is_marked).is_some_and(|end| {
        let start = memchr::memrchr(b'\n', end).map_or(0, |at| at + 1);
        end.get(start..)
            .is_some_and(|line| key(line.trim_ascii_start()) > 0)
    })
}

/// The length of what a log puts before a command, with the time before it; and of what `docker build` does.
pub(super) fn log(line: &[u8]) -> Option<usize> {
    let is_time = |byte: &&u8| byte.is_ascii_digit() || b"-:.TZ ".contains(byte);
    let time = match line.first() {
        Some(byte) if byte.is_ascii_digit() => line.iter().take_while(is_time).count(),
        _ => 0,
    };
    let rest = line.get(time..)?;
    if let Some(mark) = LOG_MARKS
        .iter()
        .find(|mark| rest.starts_with(mark.as_bytes()))
    {
        return Some(time + mark.len());
    }
    let is_step = |byte: &&u8| byte.is_ascii_digit() || b"/ :".contains(byte);
    let number = line
        .strip_prefix(b"Step ")?
        .iter()
        .take_while(is_step)
        .count();
    let step = "Step ".len() + number;
    line.get(step..)?.starts_with(b"RUN ").then_some(step)
}

/// The length of the prompt of a shell that names the directory behind its mark: `➜  src git:(main) ✗ `.
fn themed(line: &[u8]) -> Option<usize> {
    let is_blank = |byte: &u8| *byte == b' ';
    let rest = line.strip_prefix("\u{279C}  ".as_bytes())?;
    let directory = rest.iter().position(is_blank)? + 1;
    let mut rest = rest.get(directory..)?;
    if rest.starts_with(b"git:(") {
        rest = rest.get(rest.iter().position(is_blank)? + 1..)?;
        rest = rest.strip_prefix("\u{2717} ".as_bytes()).unwrap_or(rest);
    }
    Some(line.len() - rest.len())
}

/// The length of the tags that the line starts with, up to the first that holds a command; 0 without one.
fn tags(line: &[u8]) -> usize {
    let mut length = 0;
    for _ in 0..MOST_TAGS {
        let rest = line.get(length..).and_then(|rest| rest.strip_prefix(b"<"));
        let end =
            rest.and_then(|rest| rest.iter().take(LONGEST_TAG).position(|&byte| byte == b'>'));
        let (Some(rest), Some(end)) = (rest, end) else {
            return 0;
        };
        length += end + 2;
        if holds_command(rest.get(..end).unwrap_or_default()) {
            return length;
        }
    }
    0
}

fn holds_command(tag: &[u8]) -> bool {
    let is_command = |word: &[u8]| COMMAND_TAGS.iter().any(|name| name.as_bytes() == word);
    let mut words = tag.split(|byte| b" =\"'".contains(byte));
    let is_parameter = PARAMETERS
        .iter()
        .any(|name| tag.starts_with(name.as_bytes()));
    is_command(tag) || is_parameter && words.any(is_command)
}

/// The length of a key of systemd's whose value is a command, with the marks that may stand before it: `ExecStartPre=-`.
fn service(line: &[u8]) -> Option<usize> {
    let letters = |byte: &&u8| byte.is_ascii_alphabetic();
    let name = line.strip_prefix(b"Exec")?;
    let key = "Exec".len() + name.iter().take_while(letters).count();
    let value = line.get(key..)?.strip_prefix(b"=")?;
    let marks = value.iter().take_while(|byte| b"-@:+!".contains(byte));
    Some(key + 1 + marks.count())
}

/// The length of the five fields of a `crontab` that the line starts with, and of the user that the system's has.
fn times(line: &[u8]) -> usize {
    let mut length = 0;
    for _ in 0..5 {
        let rest = line.get(length..).unwrap_or_default();
        let field = rest
            .iter()
            .take_while(|byte| byte.is_ascii_digit() || b"*/,-".contains(byte))
            .count();
        let spaces = rest
            .iter()
            .skip(field)
            .take_while(|byte| byte.is_ascii_whitespace())
            .count();
        if field == 0 || spaces == 0 {
            return 0;
        }
        length += field + spaces;
    }
    let user = b"root ";
    let rest = line.get(length..).unwrap_or_default();
    length
        + if rest.starts_with(user) {
            user.len()
        } else {
            0
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folded_commands_are_known() {
        for (before, expected) in [
            ("run: >-\n", true),
            ("steps:\n  - run: >\r\n", true),
            ("script: >+\n", true),
            ("run: |\n", false),
            ("description: >-\n", false),
            ("run: >-", false),
            ("run: a >-\n", false),
            ("", false),
        ] {
            assert_eq!(opens_folded(before.as_bytes()), expected, "{before}");
        }
    }

    #[test]
    fn prompts_are_known() {
        for (line, expected) in [
            ("$ rm", 2),
            ("ann@host:~/src$ rm", 16),
            ("[root@host /]# rm", 15),
            ("# rm", 0),
            ("- rm", 2),
            ("run: rm", 5),
            ("- run: rm", 7),
            ("rerun: rm", 0),
            ("@-rm", 2),
            ("-rf", 1),
            ("0 3 * * * rm", 10),
            ("*/5 * * * * root rm", 17),
            ("1 2 3 rm", 0),
            ("rm $ x", 0),
            ("echo $HOME", 0),
            ("~/src$ rm", 7),
            ("+ rm", 2),
            ("++ rm", 3),
            ("+  rm", 0),
            ("+rm", 0),
            ("!rm", 1),
            ("! rm", 0),
            ("%sh rm", 4),
            ("❯ rm", 4),
            ("ExecStart=/bin/rm", 10),
            ("ExecStopPost=-rm", 14),
            ("Executor=x", 9),
            ("Exec x", 0),
            ("<command>rm x</command>", 9),
            ("<invoke name=\"bash\"><parameter name=\"command\">rm", 46),
            ("<parameter=command>rm", 19),
            ("<p>rm", 0),
            ("<a name=\"command\">rm", 0),
            ("< rm", 0),
            ("ansible.builtin.shell: rm", 23),
            ("- win_shell:  rm", 14),
            ("myshell: rm", 0),
            ("- raw: rm", 7),
            ("raw: rm", 0),
            ("Action Input: rm", 14),
            ("2024-03-01T10:00:00.123Z ##[command]rm", 36),
            ("Step 5/9 : RUN rm", 11),
            ("Step 5 is rm", 0),
            ("➜  ~ rm", 7),
            ("➜  src git:(main) ✗ rm", 24),
        ] {
            assert_eq!(length(line.as_bytes()), expected, "{line}");
        }
    }
}
