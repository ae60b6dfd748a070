//! What an engine promises.

mod custom;
mod deadline;
mod findings;
mod monitored;
mod scope;
mod verdicts;

use std::time::Duration;

use crate::{
    Content, Deadline, Engine, EngineBuilder, Filesystem, Finding, Gate, Json, Outcome, Pii,
    Subject, Verdict,
};

const RM: &str = "destructive rm command detected";
const TRAVERSAL: &str = "path traversal detected";
const SENSITIVE: &str = "sensitive directory reference detected";
const EMAIL: &str = "output contains email address";
const SSN: &str = "output contains social security number";
const PHONE: &str = "output contains phone number";
const EMPTY: &str = "response appears empty";
const REFUSAL: &str = "response contains refusal phrase";

const MS: Duration = Duration::from_millis(1);

/// The three default gates, each for itself.
fn default_gates() -> EngineBuilder {
    Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new())
        .fail_fast(false)
}

fn stopped() -> Duration {
    Duration::ZERO
}

fn evaluate(engine: &Engine, text: &str) -> Verdict {
    engine.evaluate(&Subject::new(&Json::parse(text).unwrap()), &stopped)
}

/// The reasons of the gates, `""` for one that passed.
fn reasons(verdict: &Verdict) -> Vec<&str> {
    verdict
        .gates
        .iter()
        .map(|gate| gate.reason.as_deref().unwrap_or_default())
        .collect()
}

#[track_caller]
fn check(engine: EngineBuilder, text: &str, expected: &[&str]) {
    let engine = engine.build().unwrap();
    let verdict = evaluate(&engine, text);
    assert_eq!(reasons(&verdict), expected, "{text}");
    assert_eq!(
        verdict.passed,
        verdict.gates.iter().all(|gate| gate.passed),
        "{text}"
    );
    for gate in &verdict.gates {
        assert_eq!(gate.skipped, gate.passed && gate.reason.is_some(), "{text}");
    }
    assert!(verdict.findings.is_empty(), "{text}");
}

#[test]
fn engines_are_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Engine>();
}

/// A gate that does what it is made of.
struct Custom<F>(F);

impl<F: Fn(&Subject<'_>, &Deadline<'_>) -> Outcome + Send + Sync> Gate for Custom<F> {
    fn name(&self) -> &'static str {
        "custom"
    }

    fn judge(&self, subject: &Subject<'_>, deadline: &Deadline<'_>) -> Outcome {
        (self.0)(subject, deadline)
    }
}

/// A gate that always concludes the same.
fn outcome(
    outcome: Outcome,
) -> Custom<impl Fn(&Subject<'_>, &Deadline<'_>) -> Outcome + Send + Sync> {
    Custom(move |_: &Subject<'_>, _: &Deadline<'_>| outcome.clone())
}

/// The findings of an engine in a text.
fn find(engine: EngineBuilder, text: &str) -> Vec<Finding> {
    engine
        .build()
        .unwrap()
        .evaluate_with_findings(&Subject::new(&Json::parse(text).unwrap()), &stopped)
        .findings
}
