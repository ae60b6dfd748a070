//! Outputs to judge, from lines of a file.

use crate::check::{Case, Lines, open, without_line};
use crate::failure::Failure;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;

/// The output of an agent, and how it should be judged.
pub(super) struct Output<'l> {
    pub(super) case: Case<'l>,
    agent_id: Option<Cow<'l, str>>,
    pub(super) expect: Option<Expectation>,
}

/// What a case expects of its judgement.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) passed: Option<bool>,
    #[serde(default)]
    pub(super) gates: BTreeMap<String, Expected>,
}

impl Expectation {
    /// Whether no judgement could be another than is expected.
    pub(super) fn is_empty(&self) -> bool {
        self.passed.is_none() && self.gates.is_empty()
    }

    /// A gate that is expected to be suppressed, which none can be without suppressions.
    pub(super) fn suppressed(&self) -> Option<&str> {
        let mut gates = self.gates.iter();
        let (name, _) = gates.find(|(_, expected)| **expected == Expected::Suppressed)?;
        Some(name)
    }
}

/// What is expected of a gate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Expected {
    Passed,
    Failed,
    WouldBlock,
    Skipped,
    /// What answers of servers may say; refused, so that it does not look misspelt.
    Suppressed,
    Absent,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::WouldBlock => "would_block",
            Self::Skipped => "skipped",
            Self::Suppressed => "suppressed",
            Self::Absent => "absent",
        })
    }
}

/// What a line holds besides what `check` reads.
#[derive(Deserialize)]
struct Members<'l> {
    #[serde(borrow)]
    agent_id: Option<Cow<'l, str>>,
    expect: Option<Expectation>,
}

/// All that a case may hold.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the names alone matter")]
struct Known {
    id: Option<IgnoredAny>,
    agent_id: Option<IgnoredAny>,
    output: Option<IgnoredAny>,
    tool: Option<IgnoredAny>,
    input: Option<IgnoredAny>,
    latency_ms: Option<IgnoredAny>,
    context: Option<KnownContext>,
    expect: Option<IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(dead_code, reason = "the names alone matter")]
struct KnownContext {
    tmax_ms: Option<IgnoredAny>,
    elapsed_ms: Option<IgnoredAny>,
}

impl<'l> Output<'l> {
    fn parse(line: &'l str) -> Result<Self, String> {
        let case = Case::parse(line).map_err(|error| error.to_string())?;
        // Of these two nothing is secret, so the parser may quote them.
        let Members { agent_id, expect } =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        // What is no member would be judged as if it were not there.
        let Known { .. } = serde_json::from_str(line).map_err(|error| without_line(&error))?;
        Ok(Self {
            case,
            agent_id,
            expect,
        })
    }

    pub(super) fn agent(&self) -> &str {
        self.agent_id.as_deref().unwrap_or_default()
    }

    /// The id of the line, as it is written.
    pub(super) fn id(&self) -> Option<&str> {
        self.case.id.map(RawValue::get)
    }
}

/// Reads the outputs one at a time, each with the number of its line. A line that is none ends it all: a test that is not
/// run must not look like one that passes.
pub(super) fn each(
    path: &Path,
    mut judge: impl FnMut(u64, &Output<'_>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let cannot = |error| Failure::usage(format!("cannot read {}: {error}", path.display()));
    let mut lines = Lines::new(open(path).map_err(cannot)?);
    while let Some(line) = lines.next().map_err(cannot)? {
        let text = line.text.as_ref().map_err(ToString::to_string);
        let output = text.and_then(|text| Output::parse(text));
        let number = line.number;
        let output = output.map_err(|error| {
            Failure::usage(format!("{}, line {number}: {error}", path.display()))
        })?;
        judge(number, &output)?;
    }
    Ok(())
}
