//! A function that does nothing but start itself, twice: `:(){ :|:& };:`. And its like in a batch file: `%0|%0`.

use memchr::memmem;

use crate::detect::shell::{Report, prose};

/// The longest name of a function that is looked at.
const LONGEST_NAME: usize = 64;

/// Reports the fork bombs in a text.
pub(super) fn find(text: &str, report: Report<'_>) {
    for at in memmem::find_iter(text.as_bytes(), "(") {
        let (before, after) = text.split_at_checked(at).unwrap_or_default();
        let before = before.trim_end_matches(' ');
        let name_length = before
            .bytes()
            .rev()
            .take(LONGEST_NAME)
            .take_while(|byte| byte.is_ascii_alphanumeric() || b"_:.".contains(byte))
            .count();
        let start = before.len() - name_length;
        let Some(name) = before.get(start..).filter(|name| !name.is_empty()) else {
            continue;
        };
        let line_start = before.rfind('\n').map_or(0, |end| end + 1);
        let is_mention = || {
            let line = text.get(line_start..).and_then(|rest| rest.lines().next());
            start > line_start && prose::is_line(line.unwrap_or_default().as_bytes())
        };
        if let Some(rest) = body(after, name).filter(|_| !is_mention()) {
            report("fork-bomb", start..text.len() - rest.len());
        }
    }
    for at in memmem::find_iter(text.as_bytes(), "%0|%0") {
        report("fork-bomb", at..at + 5);
    }
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
