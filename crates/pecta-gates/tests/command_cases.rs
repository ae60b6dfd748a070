//! The published cases of the standard profile that are about commands and paths.
//!
//! The list lies beside the checkout, or where `PECTA_GATE_CASES` says. Without it nothing is tested here, and the test says
//! so.

use std::{path::PathBuf, time::Duration};

use pecta_gates::{
    BuildError, Destructive, Engine, Filesystem, FilesystemCheck, Json, Profile, Subject,
};

/// What a case expects of the gates; none when either verdict is right.
fn expected(case: &serde_json::Value) -> Option<bool> {
    match case["expect"].as_str() {
        Some("pass") => Some(true),
        Some("fail") => Some(false),
        _ => None,
    }
}

fn engine(check: &str) -> Result<Engine, BuildError> {
    let of_name = |check: &str| match check {
        "traversal" => FilesystemCheck::Traversal,
        "sensitive" => FilesystemCheck::Sensitive,
        _ => FilesystemCheck::Destructive,
    };
    let mut gate = Filesystem::new().profile(Profile::Standard);
    for other in ["destructive", "traversal", "sensitive"] {
        if other != check {
            gate = gate.without(of_name(other));
        }
    }
    let mut builder = Engine::builder().gate(gate).budget(Duration::from_mins(1));
    if check == "destructive" {
        builder = builder.gate(Destructive::new());
    }
    builder.build()
}

#[test]
fn cases_about_commands_and_paths_are_judged_as_published() {
    #[expect(
        clippy::disallowed_methods,
        reason = "the list of cases is no part of the repository"
    )]
    let named = std::env::var_os("PECTA_GATE_CASES").map(PathBuf::from);
    let beside = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/cases/gates_standard.jsonl"
    );
    let path = named.unwrap_or_else(|| PathBuf::from(beside));
    let Ok(cases) = std::fs::read_to_string(&path) else {
        println!("no cases found at {}: nothing tested", path.display());
        return;
    };
    let cases = cases
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let mut wrong = Vec::new();
    for case in
        cases.filter(|case| ["filesystem", "destructive"].contains(&case["gate"].as_str().unwrap()))
    {
        let output = case["output"].to_string();
        let output = Json::parse(&output).unwrap();
        let verdict = engine(case["check"].as_str().unwrap())
            .unwrap()
            .evaluate(&Subject::new(&output), &|| Duration::ZERO);
        if expected(&case).is_some_and(|passes| passes != verdict.passed) {
            wrong.push(case);
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
