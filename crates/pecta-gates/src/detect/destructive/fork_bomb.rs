//! A function that does nothing but start itself, twice: `:(){ :|:& };:`. And its like in a batch file: `%0|%0`.

use std::ops::Range;

use memchr::memmem;

use crate::detect::{
    Entry,
    shell::{
        Report,
        cues::{Cue, around_it, text},
        prose,
    },
};

pub(super) const RULES: &[Entry] = &[Entry {
    id: "fork-bomb",
    flags: "a function or batch file that does nothing but start itself, twice",
    hit: ":(){ :|:& };:",
    miss: "f() { f1 | f2 & }",
}];

/// The longest name of a function that is looked at.
const LONGEST_NAME: usize = 64;

/// What is in every text with a fork bomb.
pub(super) const CUES: &[Cue] = &[
    around_it(&["(){", "() {", "()  ", "( )"], |text, at| {
        bomb(text, at).is_some()
    }),
    text(&["%0|%0"], &[]),
];

/// Reports the fork bombs in a text.
pub(super) fn find(text: &str, report: Report<'_>) {
    let mut line = prose::Line::default();
    for at in memmem::find_iter(text.as_bytes(), "(") {
        let bomb = bomb(text, at);
        if let Some(range) = bomb.filter(|range| !line.is_prose(text, range)) {
            report("fork-bomb", range);
        }
    }
    for at in memmem::find_iter(text.as_bytes(), "%0|%0") {
        report("fork-bomb", at..at + 5);
    }
}

/// The fork bomb whose first parenthesis is here.
fn bomb(text: &str, at: usize) -> Option<Range<usize>> {
    let (before, after) = text.split_at_checked(at)?;
    let before = before.trim_end_matches(' ');
    let name_length = before
        .bytes()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b"_:.".contains(byte))
        .count();
    let start = before.len() - name_length;
    let name = before.get(start..).filter(|name| !name.is_empty())?;
    let rest = body(after, name)?;
    Some(start..text.len() - rest.len())
}

/// What follows `(){ name | name & }`.
fn body<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut rest = text;
    for part in ["(", ")", "{", name, "|", name, "&"] {
        rest = rest
            .trim_start_matches([' ', '\n', '\t', ';'])
            .strip_prefix(part)?;
    }
    rest.trim_start_matches([' ', '\n', '\t', ';'])
        .strip_prefix('}')
}
