//! The published cases of the standard profile are judged as published.
//!
//! `PECTA_CASES` names the list of them, which otherwise lies beside the checkout. Where there is none, its tests are reported
//! as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "tests fail by panicking, and the list is no part of the repository"
)]

use std::{path::Path, process::ExitCode, time::Duration};

use libtest_mimic::{Arguments, Failed, Trial};
use pecta_gates::{BuiltIn, Checks, Engine, EngineBuilder, Json, Profile, Subject};
use serde::Deserialize;

const BESIDE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/../../../shared/cases/gates_standard.jsonl"
);

/// A text, and what the gate that has no other check on than this makes of it.
#[derive(Clone, Deserialize)]
struct Case {
    gate: String,
    check: String,
    output: String,
    expect: Expect,
}

#[derive(Clone, Copy, PartialEq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expect {
    Pass,
    Fail,
    /// Either is right.
    Setting,
}

fn main() -> ExitCode {
    let named = std::env::var_os("PECTA_CASES");
    let path = named.as_deref().map_or(Path::new(BESIDE), Path::new);
    let cases = match std::fs::read_to_string(path) {
        Ok(list) => list
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
        Err(error) if named.is_some() => {
            eprintln!("PECTA_CASES: {}: {error}", path.display());
            return ExitCode::FAILURE;
        }
        Err(_) => Vec::new(),
    };
    let trials = trials(cases);
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A test for each check of each gate.
fn trials(mut cases: Vec<Case>) -> Vec<Trial> {
    if cases.is_empty() {
        let missing = Trial::test("cases (there is no list of them)", || Ok(()));
        return vec![missing.with_ignored_flag(true)];
    }
    let key = |case: &Case| (case.gate.clone(), case.check.clone());
    cases.sort_by_key(key);
    let of_checks = cases
        .chunk_by(|a, b| key(a) == key(b))
        .map(<[Case]>::to_vec);
    let trials = of_checks.map(|cases| {
        let name = cases
            .first()
            .map(|case| format!("{}::{}", case.gate, case.check));
        Trial::test(name.unwrap_or_default(), move || judge(&cases))
    });
    trials.collect()
}

fn judge(cases: &[Case]) -> Result<(), Failed> {
    let is_wrong = |case: &&Case| {
        case.expect != Expect::Setting && passes(case) != (case.expect == Expect::Pass)
    };
    let wrong = cases
        .iter()
        .filter(is_wrong)
        .map(|case| case.output.as_str());
    let wrong: Vec<_> = wrong.collect();
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(format!("wrong of {} are {wrong:#?}", cases.len()).into())
    }
}

fn passes(case: &Case) -> bool {
    let only = [case.check.as_str()];
    // Of some gates, all checks are meant.
    let checks = if case.check == case.gate {
        Checks::Default
    } else {
        Checks::Only(&only)
    };
    let add = |builder: EngineBuilder, gate: &str, checks| {
        let gate = BuiltIn::find(gate).unwrap();
        builder.gate(gate.gate(Profile::Standard, checks).unwrap())
    };
    let mut builder = add(Engine::builder(), &case.gate, checks);
    // What destroys by other means than `rm` is another gate's.
    if case.check == "destructive" && case.gate != case.check {
        builder = add(builder, "destructive", Checks::Default);
    }
    let engine = builder.budget(Duration::from_mins(1)).build().unwrap();
    let output = Json::String(case.output.as_str().into());
    engine
        .evaluate(&Subject::new(&output), &|| Duration::ZERO)
        .passed
}
