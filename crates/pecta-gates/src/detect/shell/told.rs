//! Commands in the sentences of an answer that tell the reader to run them: "Just run `sudo rm -rf /usr` to fix it."
//!
//! A span in back-ticks within a sentence is a mention, unless the sentence asks its reader to run it: its verb is an
//! imperative, or follows "you can" and the like, and nothing in the sentence denies, doubts or warns. A single `rm` of what
//! is named relative to where the reader is stays a mention: it takes a part of a project, to make it anew.

use std::ops::Range;

use memchr::{memchr, memmem, memrchr};

/// What a reader is told to do with a command.
const VERBS: &[&str] = &[
    "run", "execute", "type", "enter", "issue", "invoke", "paste",
];

/// Words between such a verb and the command.
const FILLERS: &[&str] = &[
    "a",
    "and",
    "as",
    "command",
    "commands",
    "following",
    "in",
    "powershell",
    "query",
    "root",
    "shell",
    "simply",
    "sql",
    "statement",
    "terminal",
    "the",
    "then",
    "this",
    "your",
];

/// How many such words there are at most.
const MOST_FILLERS: usize = 6;

/// Words before a verb that leave it what it is.
const ADVERBS: &[&str] = &[
    "afterwards",
    "again",
    "also",
    "finally",
    "first",
    "just",
    "next",
    "now",
    "please",
    "simply",
    "then",
];

/// Words that make what follows "you" an advice.
const MODALS: &[&str] = &["can", "could", "may", "might", "must", "should"];

/// Words before "to" that make what follows "you", or follows at the start of a sentence, an advice.
const NEEDS: &[&str] = &["have", "need", "remember", "sure", "want"];

/// Words that start a sentence whose later clause is an imperative: "To start over, run", "Open a shell and run".
const LEADS: &[&str] = &[
    "after",
    "alternatively",
    "close",
    "connect",
    "download",
    "finally",
    "first",
    "go",
    "if",
    "in",
    "install",
    "log",
    "navigate",
    "next",
    "now",
    "once",
    "on",
    "open",
    "otherwise",
    "save",
    "ssh",
    "start",
    "stop",
    "switch",
    "then",
    "to",
    "when",
];

/// Words that deny what the sentence says, or report it.
const DENIALS: &[&str] = &[
    "avoid", "cannot", "instead", "never", "no", "nobody", "not", "refuse", "refused", "refuses",
    "someone", "without",
];

/// Words behind the command that warn of it.
const WARNINGS: &[&str] = &[
    "dangerous",
    "deletes",
    "destroys",
    "erases",
    "irreversible",
    "lose",
    "loses",
    "never",
    "not",
    "nothing",
    "peril",
    "regret",
    "wipes",
    "would",
];

/// How much of a line before and behind a command counts, in bytes.
const SENTENCE: usize = 400;

/// Calls `each` with every command that the reader is told to run, and with the range of the span.
pub(crate) fn commands(text: &str, each: &mut dyn FnMut(&str, Range<usize>)) {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(open) = find(bytes, at, b"`") {
        let rest = bytes.get(open..).unwrap_or_default();
        let marks = rest.iter().take_while(|&&byte| byte == b'`').count();
        let body = open + marks;
        let close = find(bytes, body, rest.get(..marks).unwrap_or_default());
        at = close.map_or(body, |close| close + marks);
        let span = text.get(body..close.unwrap_or(body)).unwrap_or_default();
        if marks > 2 || span.is_empty() {
            continue;
        }
        if span.contains('\n') {
            at = body;
            continue;
        }
        let command = without_parts(span);
        let before = sentence_before(text, open);
        if !command.is_empty() && before.is_some_and(|before| is_told(before, first_line(text, at)))
        {
            each(command, open..at);
        }
    }
}

/// What stands before the position in its sentence, if that starts on the same line.
fn sentence_before(text: &str, at: usize) -> Option<&str> {
    let from = text.ceil_char_boundary(at.saturating_sub(SENTENCE));
    let near = text.get(from..at)?;
    let line = memrchr(b'\n', near.as_bytes()).map(|end| end + 1);
    let line_start = line.or((from == 0).then_some(0))?;
    let line = near.get(line_start..)?;
    // Quotations, tables, headings and comments.
    if [">", "|", "#", "//", "--"]
        .iter()
        .any(|mark| line.trim_start().starts_with(mark))
    {
        return None;
    }
    let sentences = [". ", "! ", "? "].iter();
    let last = sentences.filter_map(|end| line.rfind(end).map(|at| at + end.len()));
    if let Some(start) = last.max() {
        return line.get(start..);
    }
    // "You should never\nrun" goes on from the line above.
    let above = near.get(..line_start)?.trim_end_matches([' ', '\r']);
    let above = above.strip_suffix('\n').unwrap_or(above).trim_end();
    let is_item = line
        .trim_start()
        .starts_with(|c: char| c.is_ascii_digit() || "-*+".contains(c));
    let is_whole =
        above.is_empty() && from == 0 || above.ends_with(['\n', '.', '!', '?', ':', '`']);
    let is_blank = near.get(..line_start)?.ends_with("\n\n");
    (is_item || is_whole || is_blank).then_some(line)
}

/// The start of what stands behind the position on its line.
fn first_line(text: &str, at: usize) -> &str {
    let rest = text.get(at..).unwrap_or_default();
    let near = rest.get(..rest.floor_char_boundary(SENTENCE));
    near.and_then(|near| near.lines().next())
        .unwrap_or_default()
}

fn find(text: &[u8], from: usize, what: &[u8]) -> Option<usize> {
    let rest = text.get(from..)?;
    let found = match what {
        &[byte] => memchr(byte, rest),
        _ => memmem::find(rest, what),
    };
    found.map(|at| from + at)
}

/// The commands of a span but for those at its start that take parts of a project.
fn without_parts(mut span: &str) -> &str {
    loop {
        let (command, rest) = match span.find(['&', ';', '|']) {
            Some(end) => span.split_at_checked(end).unwrap_or_default(),
            None => (span, ""),
        };
        if !takes_part(command) {
            return span.trim();
        }
        span = rest.trim_start_matches(['&', ';', '|', ' ']);
    }
}

/// Whether the command is a single `rm` of names.
fn takes_part(command: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "_./*-".contains(c);
    let is_name = |word: &str| {
        let word = word.strip_prefix("./").unwrap_or(word);
        let is_whole = ["", ".", "*", ".git"].contains(&word);
        !is_whole && !word.starts_with('/') && !word.contains("..") && word.chars().all(is_part)
    };
    let mut words = command.split_ascii_whitespace();
    words.next() == Some("rm") && words.all(is_name)
}

/// Whether a sentence tells its reader to run what stands between these parts of it.
fn is_told(sentence: &str, after: &str) -> bool {
    // Few sentences do, so that the rest are told quickly.
    let last = sentence
        .split_ascii_whitespace()
        .next_back()
        .unwrap_or_default();
    let last = plain(last).to_ascii_lowercase();
    let leads = [FILLERS, VERBS, &["running", "executing"]];
    if !leads.iter().any(|words| words.contains(&last.as_str())) {
        return false;
    }
    let opened = |open, close| sentence.rfind(open) > sentence.rfind(close);
    if sentence.matches('"').count() % 2 == 1
        || opened('\u{201C}', '\u{201D}')
        || opened('\u{AB}', '\u{BB}')
    {
        return false;
    }
    let sentence = sentence.to_lowercase().replace('\u{2019}', "'");
    let is_bullet = |word: &&str| !word.contains(char::is_alphabetic);
    let words: Vec<&str> = sentence.split_whitespace().skip_while(is_bullet).collect();
    let is_denied = || {
        words
            .iter()
            .any(|word| is_any(word, DENIALS) || plain(word).ends_with("n't"))
    };
    tells(&words) && !is_denied() && !warns(after)
}

/// A word without the marks around it.
fn plain(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

fn is_any(word: &str, words: &[&str]) -> bool {
    words.contains(&plain(word))
}

/// Whether the words of a sentence before a command say that it is to be run.
fn tells(words: &[&str]) -> bool {
    let fillers = words
        .iter()
        .rev()
        .take_while(|word| is_any(word, FILLERS))
        .count();
    let Some((verb, lead)) = words
        .len()
        .checked_sub(fillers.min(MOST_FILLERS))
        .and_then(|end| words.get(..end)?.split_last())
    else {
        return false;
    };
    let advises = |words: &[&str]| matches!(words, [.., you, modal] if plain(you) == "you" && is_any(modal, MODALS));
    if is_any(verb, &["running", "executing"]) {
        let by = lead.last().is_some_and(|word| plain(word) == "by");
        return by && lead.windows(2).any(advises);
    }
    if !is_any(verb, VERBS) {
        return false;
    }
    let adverbs = lead
        .iter()
        .rev()
        .take_while(|word| is_any(word, ADVERBS))
        .count();
    let lead = lead.get(..lead.len() - adverbs).unwrap_or_default();
    let Some((last, others)) = lead.split_last() else {
        return true;
    };
    let first = lead.first().map_or("", |word| plain(word));
    let needs = || {
        let need = others.last().is_some_and(|word| is_any(word, NEEDS));
        need && (others.iter().any(|word| plain(word) == "you")
            || ["be", "make", "remember"].contains(&first))
    };
    advises(lead)
        || plain(last) == "to" && needs()
        || (last.ends_with([',', ':', ';']) || *last == "and")
            && (LEADS.contains(&first) || VERBS.contains(&first))
        // "Fix: run", "Step 2: run"
        || last.ends_with(':') && lead.len() <= 2
}

/// Whether the rest of a sentence warns of what it speaks of, or asks.
fn warns(after: &str) -> bool {
    let end = after.find(['.', '!', '?']);
    let (rest, mark) = after
        .split_at_checked(end.unwrap_or(after.len()))
        .unwrap_or_default();
    let rest = rest.to_lowercase();
    mark.starts_with('?')
        || rest
            .split_whitespace()
            .any(|word| is_any(word, WARNINGS) || plain(word).ends_with("n't"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let mut found = Vec::new();
        commands(text, &mut |command, range| {
            assert!(
                text.get(range).is_some_and(|span| span.starts_with('`')),
                "{text}"
            );
            found.push(command.to_owned());
        });
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn readers_are_told_to_run_commands() {
        for text in [
            "Just run `x /y` to fix it.",
            "Please run the following command: `x /y`",
            "To start over, execute `x /y` in the directory.",
            "It is broken. Run ``x /y`` as root.",
            "- Run `x /y`",
            "2. Then type `x /y`.",
            "You can fix this by running `x /y` and logging in.",
            "You should run `x /y` first.",
            "You need to run `x /y`.",
            "Make sure to run `x /y`.",
            "Open a terminal and run `x /y`.",
            "If it still fails, run `x /y`.",
        ] {
            check(text, &["x /y"]);
        }
        check("Run `a` and, if that fails, run `b`.", &["a", "b"]);
        check("Run `rm -rf x; dd /y`", &["dd /y"]);
        check("Run `rm -rf {/etc,/usr}`", &["rm -rf {/etc,/usr}"]);
        check("So ``it is. Run `x /y`", &["x /y"]);
        check("It is broken:\nrun `x /y`", &["x /y"]);
        let long = "Wait. ".repeat(100);
        check(&format!("{long}\nRun `a`. {long}"), &["a"]);
    }

    #[test]
    fn other_sentences_mention_them() {
        for text in [
            "Never run `x /y`.",
            "You should not run `x /y`.",
            "Don\u{2019}t run `x /y`.",
            "Someone ran `x /y` on the server.",
            "The agent tried to run `x /y`.",
            "Attackers log in and run `x /y`.",
            "What happens if I run `x /y`?",
            "Run `x /y` and you will lose everything.",
            "Should you run `x /y`?",
            "The command `x /y` is dangerous.",
            "> Run `x /y`",
            "| run `x /y` | removes all |",
            "He said: \"run `x /y` now\"",
            "```\nrun `x /y`\n```",
            "Run `rm -rf node_modules` and install again.",
            "Run `rm -rf ./dist .next`.",
            "You should never, under any circumstances,\nrun `x /y`.",
            "/// Never\n/// run `x /y`",
            "The note said: \u{201C}run `x /y` now\u{201D}",
            "A common answer of trolls: run `x /y`.",
            "Inside the sandbox you can run `x /y` and nothing happens.",
        ] {
            check(text, &[]);
        }
    }
}
