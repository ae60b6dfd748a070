//! Files that the calls of tools and the tasks of Ansible name: `{"file_path": "/etc/x"}`, `dest: /etc/cron.daily/x`.

use std::ops::Range;

use memchr::memmem;

use super::{
    super::{Report, paths::is_within},
    Place, classify,
    places::RUN_UNASKED,
};

/// What the keys end with whose values are files.
const FILES: &[&str] = &["path", "file", "filename", "destination", "dest", "target"];

/// Calls `report` with the paths in `/etc` that are the values of such members, if the text is a call's arguments, and with
/// where a task puts what the system runs unasked.
pub(super) fn find(text: &str, report: Report<'_>) {
    let trimmed = text.trim();
    if trimmed.starts_with('{') && trimmed.ends_with('}') {
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
    key.is_some_and(|key| {
        FILES
            .iter()
            .any(|file| key.to_ascii_lowercase().ends_with(file))
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
