//! Telling natural language from commands.
//!
//! A line is prose when it starts like a sentence rather than with a command, and reads on like one. A command that only
//! starts a sentence ("rm -rf is dangerous") is told by the words that follow it. English decides by its function words, any
//! language by a capital letter and the end of a sentence.

use super::{commands, lexer::Word};

/// How many words are looked at to tell a sentence from arguments.
const LONGEST_SENTENCE: usize = 64;

/// Words that hold English sentences together, each rare as an operand of a command.
const FUNCTION_WORDS: &[&str] = &[
    "a",
    "about",
    "after",
    "against",
    "all",
    "also",
    "always",
    "an",
    "and",
    "any",
    "anything",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "but",
    "by",
    "every",
    "everything",
    "for",
    "from",
    "has",
    "have",
    "here",
    "how",
    "if",
    "in",
    "instead",
    "into",
    "it",
    "its",
    "just",
    "like",
    "may",
    "might",
    "my",
    "never",
    "no",
    "not",
    "of",
    "on",
    "only",
    "or",
    "our",
    "over",
    "so",
    "than",
    "that",
    "the",
    "their",
    "them",
    "there",
    "these",
    "they",
    "this",
    "those",
    "to",
    "unless",
    "until",
    "using",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "whether",
    "which",
    "while",
    "why",
    "with",
    "without",
    "you",
    "your",
];

/// Words that follow the name of a command when a sentence says something about it.
const PREDICATES: &[&str] = &[
    "are",
    "can",
    "can't",
    "cannot",
    "command",
    "commands",
    "could",
    "deletes",
    "destroys",
    "discards",
    "does",
    "doesn't",
    "drops",
    "erases",
    "flag",
    "is",
    "isn't",
    "means",
    "must",
    "overwrites",
    "removes",
    "should",
    "shouldn't",
    "throws",
    "will",
    "wipes",
    "would",
];

/// The fenced blocks that hold commands, by their language tag.
const SHELL_FENCES: &[&str] = &[
    "",
    "bash",
    "bat",
    "batch",
    "cmd",
    "console",
    "dosbatch",
    "fish",
    "ksh",
    "posh",
    "powershell",
    "ps1",
    "pwsh",
    "sh",
    "shell",
    "shell-session",
    "shellsession",
    "sql",
    "terminal",
    "zsh",
];

/// Whether the text behind the back-ticks of a fence announces commands.
pub(crate) fn is_shell_fence(tag: &[u8]) -> bool {
    let tag = tag.trim_ascii();
    let length = tag
        .iter()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    let tag = tag.get(..length).unwrap_or_default().to_ascii_lowercase();
    SHELL_FENCES.iter().any(|shell| shell.as_bytes() == tag)
}

fn weight(word: &str) -> usize {
    let word = word.trim_end_matches([',', '.', '!', '?', ':', ';']);
    if FUNCTION_WORDS.binary_search(&word).is_ok() {
        1
    } else if PREDICATES.binary_search(&word).is_ok() {
        2
    } else {
        0
    }
}

/// Whether the word ends a sentence.
fn ends_sentence(word: &str) -> bool {
    let word = word.trim_end_matches(['"', '\'', ')', '*', '_', '\u{201D}', '\u{BB}']);
    let body = word.trim_end_matches(['.', '!', '?', ':', '\u{3002}', '\u{FF01}', '\u{FF1F}']);
    body.len() < word.len() && body.chars().next_back().is_some_and(char::is_alphanumeric)
}

/// Whether the words that follow a command make it the beginning of a sentence.
pub(crate) fn is_sentence(words: &[Word]) -> bool {
    let words = words
        .get(..LONGEST_SENTENCE.min(words.len()))
        .unwrap_or_default();
    let plain = || {
        words
            .iter()
            .filter(|word| !word.quoted && !word.is_option())
    };
    let weight: usize = plain().map(|word| weight(&word.text)).sum();
    let ends = || {
        plain()
            .next_back()
            .is_some_and(|word| ends_sentence(&word.text))
    };
    let eastern = || plain().any(|word| word.text.ends_with('\u{3002}'));
    weight >= 2 || eastern() || (weight == 1 && ends())
}

/// Whether a line is natural language.
pub(crate) fn is_line(line: &[u8]) -> bool {
    let Ok(line) = std::str::from_utf8(line) else {
        return false;
    };
    if line.trim_start().starts_with("<!--") {
        return true;
    }
    let is_bullet = |word: &&str| {
        ["-", "*", "+", "\u{2022}", ">"].contains(word)
            || word
                .trim_end_matches(['.', ')'])
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte == b'#')
    };
    let mut words = line
        .split_ascii_whitespace()
        .skip_while(is_bullet)
        .peekable();
    let Some(&first) = words.peek() else {
        return false;
    };
    let first = first.trim_matches([
        '"', '\'', '(', '*', '_', ',', ':', '.', '!', '\u{201C}', '\u{AB}',
    ]);
    let capital = first.chars().next().is_some_and(char::is_uppercase);
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .chars()
                .all(|c| c.is_alphabetic() || "'\u{2019}-".contains(c))
    };
    if !is_word(first) || commands::is_known(first) || first.starts_with('-') {
        return false;
    }
    let is_loop = ["for", "case", "select"].contains(&first)
        && words.clone().skip(2).take(2).any(|word| word == "in");
    if is_loop {
        return false;
    }
    let mut is_code = false;
    let (mut count, mut letters, mut weights, mut operators, mut ended) = (0, 0, 0, false, false);
    for word in words {
        count += 1;
        letters += usize::from(is_word(word));
        weights += weight(word).min(1);
        let call = word.find("('").or_else(|| word.find("(\""));
        is_code |= call.is_some_and(|at| at > 0);
        operators |= ["&&", "||", "|"].contains(&word);
        ended = ends_sentence(word);
    }
    if is_code {
        return false;
    }
    let first_is_capital = capital && first.chars().skip(1).all(|c| !c.is_uppercase());
    if first_is_capital {
        (weights >= 1 && count >= 3) || (ended && count >= 2) || letters >= 4
    } else {
        !operators && weights >= 2 && count >= 4
    }
}

/// Keys of files of settings whose values are commands.
const COMMAND_KEYS: &[&str] = &[
    "before_script:",
    "cmd:",
    "command:",
    "entrypoint:",
    "exec:",
    "run:",
    "script:",
    "shell:",
];

/// The length of what stands before the command on a line that is no shell text of its own: an item of a list or a member of
/// a YAML file, the marks of a recipe of `make`, the times of a `crontab`.
fn setting(line: &[u8]) -> usize {
    let blanks = |text: &[u8]| text.iter().take_while(|byte| **byte == b' ').count();
    if matches!(line, [b'@' | b'-', byte, ..] if byte.is_ascii_alphabetic())
        || matches!(line, [b'@', b'-', ..] | [b'-', b'@', ..])
    {
        return line.iter().take_while(|byte| b"@-".contains(byte)).count();
    }
    let item = if line.starts_with(b"- ") {
        1 + blanks(line.get(1..).unwrap_or_default())
    } else {
        0
    };
    let rest = line.get(item..).unwrap_or_default();
    let key = COMMAND_KEYS.iter().find(|key| {
        let after = rest.strip_prefix(key.as_bytes());
        after.is_some_and(|after| after.starts_with(b" "))
    });
    if let Some(key) = key {
        let after = rest.get(key.len()..).unwrap_or_default();
        return item + key.len() + blanks(after);
    }
    if item == 0 { times(line) } else { item }
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

/// The length of what stands before the command on a line: the prompt of a terminal session (`$ `, `user@host:~$ `), or what
/// a file of settings puts there.
pub(crate) fn prompt(line: &[u8]) -> usize {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_sorted() {
        assert!(FUNCTION_WORDS.is_sorted());
        assert!(PREDICATES.is_sorted());
    }

    #[test]
    fn sentences_are_prose() {
        for line in [
            "Never run rm -rf / on a server.",
            "We ran it; rm -rf / is what broke the build.",
            "- Please do not use rm -rf here.",
            "Führen Sie niemals rm -rf / aus.",
            "<!-- rm -rf / -->",
            "the command (rm -rf /) is a bad idea",
            "Our SOC wrote a Falco rule to alert on /etc/shadow reads.",
        ] {
            assert!(is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn commands_are_not() {
        for line in [
            "rm -rf /",
            "echo this is the end of the world; rm -rf /",
            "sudo rm -rf / and all that is in it",
            "cd /tmp && rm -rf x",
            "mytool in the box && rm -rf /",
            "FOO=1 rm -rf /",
            "/bin/rm -rf /",
            "DROP TABLE users;",
            "Remove-Item -Recurse -Force C:\\",
            "",
        ] {
            assert!(!is_line(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn prompts_are_known() {
        for (line, length) in [
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
        ] {
            assert_eq!(prompt(line.as_bytes()), length, "{line}");
        }
    }
}
