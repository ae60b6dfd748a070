//! What is written for each line of the input.

use super::case::Case;
use pecta_gates::{Finding, Verdict};
use serde::Serialize;
use serde_json::value::RawValue;
use std::io::{self, Write};

/// Writes the verdict on a line; its findings too when they are asked for.
pub(super) fn judged(
    output: impl Write,
    case: &Case<'_>,
    verdict: Verdict,
    with_findings: bool,
) -> io::Result<()> {
    let places = || verdict.findings.iter().map(Place::of).collect();
    let judged = Judged {
        id: case.id,
        passed: verdict.passed,
        findings: with_findings.then(places),
        gates: verdict
            .gates
            .into_iter()
            .map(|gate| Judgement {
                complete: (with_findings && !gate.complete).then_some(false),
                report: pecta_api::gate_report(gate),
            })
            .collect(),
    };
    write(output, &judged)
}

/// Writes the answer to a line that cannot be judged; `file` when there are several.
pub(super) fn bad_line(
    output: impl Write,
    file: Option<&str>,
    line: u64,
    error: &str,
) -> io::Result<()> {
    write(output, &BadLine { file, line, error })
}

fn write(mut output: impl Write, answer: &impl Serialize) -> io::Result<()> {
    serde_json::to_writer(&mut output, answer)?;
    output.write_all(b"\n")
}

#[derive(Serialize)]
struct Judged<'a, G> {
    id: Option<&'a RawValue>,
    passed: bool,
    gates: Vec<Judgement<G>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Vec<Place<'a>>>,
}

/// What a gate says.
#[derive(Serialize)]
struct Judgement<G> {
    #[serde(flatten)]
    report: G,
    /// False where there was no room for all findings.
    #[serde(skip_serializing_if = "Option::is_none")]
    complete: Option<bool>,
}

/// Where a check hit: a place, never the text there. The pointer's keys are the payload's own.
#[derive(Serialize)]
struct Place<'a> {
    gate: &'a str,
    check: &'static str,
    rule: &'static str,
    pointer: &'a str,
    /// In bytes of the unescaped string, as UTF-8.
    offset: usize,
    length: usize,
}

impl<'a> Place<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            gate: &finding.gate,
            check: finding.check,
            rule: finding.rule,
            pointer: &finding.pointer,
            offset: finding.range.start,
            length: finding.range.len(),
        }
    }
}

#[derive(Serialize)]
struct BadLine<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    file: Option<&'a str>,
    line: u64,
    error: &'a str,
}
