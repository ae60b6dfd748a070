//! The gate `size`.

use std::io;

use pecta_gates::{Deadline, Gate, Json, Outcome, Profile, Subject};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Made, Options};
use crate::error::Fault;

/// Fails an output that is too large.
#[expect(
    clippy::struct_field_names,
    reason = "they are named as policies name them"
)]
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Size {
    /// How many bytes the output may have, written as JSON without white space.
    max_bytes: Option<u64>,
    /// How many arrays and objects may be within each other; 0 for none at all.
    max_depth: Option<u64>,
    /// How many values may be in arrays and objects, all of them together.
    max_items: Option<u64>,
}

struct SizeGate(Size);

impl Options for Size {
    fn gate(self, _: &'static str, _: Profile) -> Result<Made, Fault> {
        if let (None, None, None) = (self.max_bytes, self.max_depth, self.max_items) {
            return Err(Fault::new("needs max_bytes, max_depth or max_items"));
        }
        Ok(SizeGate(self).into())
    }
}

impl Gate for SizeGate {
    fn name(&self) -> &'static str {
        "size"
    }

    fn judge(&self, subject: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        let (depth, items) = extent(subject.output);
        let within = |limit: Option<u64>, value: u64| limit.is_none_or(|limit| value <= limit);
        let limits = &self.0;
        if !within(limits.max_depth, depth) {
            return Outcome::failed("output nests too deeply");
        }
        if !within(limits.max_items, items) {
            return Outcome::failed("output has too many items");
        }
        if limits
            .max_bytes
            .is_some_and(|limit| !fits(subject.output, limit))
        {
            return Outcome::failed("output is too large");
        }
        Outcome::Passed
    }
}

/// How deep a value nests, and how many values are in it.
fn extent(output: &Json<'_>) -> (u64, u64) {
    let (mut deepest, mut items) = (0, 0);
    let mut open = vec![(0_u64, output)];
    while let Some((depth, value)) = open.pop() {
        let below = depth + 1;
        let before = open.len();
        match value {
            Json::Array(values) => open.extend(values.iter().map(|value| (below, value))),
            Json::Object(members) => open.extend(members.iter().map(|(_, value)| (below, value))),
            _ => continue,
        }
        items += u64::try_from(open.len() - before).unwrap_or(u64::MAX);
        deepest = deepest.max(below);
    }
    (deepest, items)
}

/// Whether a value, written as JSON, takes no more than `limit` bytes.
fn fits(output: &Json<'_>, limit: u64) -> bool {
    serde_json::to_writer(Room(limit), output).is_ok()
}

/// Takes as many bytes as there is room for, and forgets them.
struct Room(u64);

impl io::Write for Room {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let taken = u64::try_from(bytes.len()).ok();
        let left = taken.and_then(|taken| self.0.checked_sub(taken));
        self.0 = left.ok_or(io::ErrorKind::StorageFull)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
