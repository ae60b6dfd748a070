//! Files that the calls of tools and the tasks of Ansible name: `{"file_path": "/etc/x"}`, `dest: /etc/cron.daily/x`.

use std::ops::Range;

use memchr::memmem;

use super::{
    super::{Report, paths::is_within},
    Place, classify,
    places::RUN_UNASKED,
};

/// Keys whose values are files, in lower case.
const FILES: &[&str] = &[
    "dest",
    "destination",
    "file",
    "file_path",
    "filename",
    "filepath",
    "path",
    "target_file",
];

/// Keys of what is written to a file. Without one of them the call only reads, or the text is no call at all.
const CONTENTS: &[&str] = &[
    "content",
    "contents",
    "file_text",
    "insert_text",
    "new_str",
    "new_string",
    "newString",
];

/// Calls `report` with the paths in `/etc` that are the values of such members, if the text is what calls are given that
/// write to files, and with where a task puts what the system runs unasked.
pub(super) fn find(text: &str, report: Report<'_>) {
    let trimmed = text.trim();
    let is_json = trimmed.starts_with(['{', '[']) && trimmed.ends_with(['}', ']']);
    if is_json && CONTENTS.iter().any(|key| has_member(trimmed, key)) {
        for at in memmem::find_iter(text.as_bytes(), b"\"/etc/") {
            let (before, path) = text.split_at_checked(at + 1).unwrap_or_default();
            let path = path.split(['"', '\\']).next().unwrap_or_default();
            if classify(path) == Some(Place::Settings) && is_file(before) {
                report(Place::Settings.rule(), at + 1..at + 1 + path.len());
            }
        }
    }
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some(path) = destination(line) {
            report(Place::Settings.rule(), start + path.start..start + path.end);
        }
        start += line.len();
    }
}

/// Whether the text ends with the key of a file and the quote that opens its value.
fn is_file(before: &str) -> bool {
    let key = before.strip_suffix('"').map(str::trim_end);
    let key = key.and_then(|key| key.strip_suffix(':')).map(str::trim_end);
    let key = key.and_then(|key| key.strip_suffix('"'));
    let key = key.and_then(|key| key.rsplit('"').next());
    key.is_some_and(|key| FILES.iter().any(|file| key.eq_ignore_ascii_case(file)))
}

/// Whether a member of the JSON has the key.
fn has_member(json: &str, key: &str) -> bool {
    memmem::find_iter(json.as_bytes(), key).any(|at| {
        let (before, rest) = json.split_at_checked(at).unwrap_or_default();
        let value = rest
            .get(key.len()..)
            .and_then(|rest| rest.strip_prefix('"'));
        before.ends_with('"') && value.is_some_and(|value| value.trim_start().starts_with(':'))
    })
}

/// Whether the line tells a task where to put something.
pub(super) fn is_destination(line: &str) -> bool {
    destination(line).is_some()
}

/// The path of what the system runs unasked, where the line tells a task to put something there.
fn destination(line: &str) -> Option<Range<usize>> {
    let value = line.trim_start().strip_prefix("dest:")?;
    let path = value.trim().trim_matches(['"', '\'']);
    let start = line.find(path)?;
    let unasked = RUN_UNASKED
        .iter()
        .any(|directory| is_within(path, directory));
    unasked.then_some(start..start + path.len())
}
