//! `policy test`: whether cases are judged as they expect.

use super::outputs::{Expectation, Expected, each};
use super::{Judge, say};
use crate::failure::Failure;
use pecta_policy::{JudgedGate, Judgement};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn run(judge: &Judge, cases: &Path) -> Result<ExitCode, Failure> {
    let (mut right, mut wrong) = (0_u64, 0_u64);
    each(cases, |number, output| {
        let expect = output.expect.as_ref().filter(|expect| !expect.is_empty());
        let expect =
            expect.ok_or_else(|| Failure::usage(format!("line {number} expects nothing")))?;
        if let Some(gate) = expect.suppressed() {
            let never = "is never suppressed here: this command knows no suppressions";
            return Err(Failure::usage(format!(
                "line {number}: expect.gates.{gate} {never}"
            )));
        }
        let judgement = judge.judge(output)?;
        let differences = differences(&judgement, expect);
        if differences.is_empty() {
            right += 1;
            return Ok(());
        }
        wrong += 1;
        let id = output.id().map(|id| format!(" ({id})")).unwrap_or_default();
        say(&format!("line {number}{id}:\n"));
        for difference in &differences {
            say(difference);
        }
        Ok(())
    })?;
    if right + wrong == 0 {
        let none = format!("{} holds no cases", cases.display());
        return Err(Failure::usage(none));
    }
    say(&format!("{right} as expected, {wrong} not\n"));
    Ok(if wrong == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn differences(judgement: &Judgement<'_>, expect: &Expectation) -> Vec<String> {
    let verdict = |passed| if passed { "passed" } else { "failed" };
    let mut differences = Vec::new();
    if let Some(passed) = expect.passed.filter(|passed| *passed != judgement.passed) {
        differences.push(format!(
            "  - {}\n  + {}\n",
            verdict(passed),
            verdict(judgement.passed)
        ));
    }
    for (name, expected) in &expect.gates {
        let gate = judgement
            .gates
            .iter()
            .find(|gate| *gate.verdict.name == **name);
        let found = gate.map_or(Expected::Absent, state);
        if found != *expected {
            let reason = gate.and_then(|gate| gate.verdict.reason.as_deref());
            let reason = reason
                .map(|reason| format!(": {reason}"))
                .unwrap_or_default();
            differences.push(format!(
                "  - {name} {expected}\n  + {name} {found}{reason}\n"
            ));
        }
    }
    differences
}

fn state(gate: &JudgedGate) -> Expected {
    let verdict = &gate.verdict;
    match (verdict.passed, verdict.would_block, verdict.skipped) {
        (false, _, _) => Expected::Failed,
        (_, true, _) => Expected::WouldBlock,
        (_, _, true) => Expected::Skipped,
        _ => Expected::Passed,
    }
}
