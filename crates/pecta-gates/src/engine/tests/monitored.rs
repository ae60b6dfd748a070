//! Gates that only watch.

use proptest::prelude::*;

use super::{Custom, EMAIL, MS, RM, deadline::ticking, evaluate, find, outcome, reasons};
use crate::{
    ABORTED, Deadline, Engine, EngineGate, Filesystem, Finding, Gate, Json, Outcome, Pii, Places,
    Subject,
};

fn monitored(gate: impl Into<EngineGate>) -> EngineGate {
    gate.into().monitored()
}

#[test]
fn a_hit_is_reported_and_blocks_nothing() {
    let engine = Engine::builder()
        .gate(monitored(Filesystem::new()))
        .gate(Pii::new())
        .build()
        .unwrap();
    let verdict = evaluate(&engine, r#"["rm -rf x"]"#);
    assert!(verdict.passed);
    assert_eq!(reasons(&verdict), [RM, ""]);
    let gate = &verdict.gates[0];
    assert!(gate.passed && gate.monitored && gate.would_block && !gate.skipped);
    let gate = &verdict.gates[1];
    assert!(gate.passed && !gate.monitored && !gate.would_block);

    let verdict = evaluate(&engine, r#"["rm -rf x", "a@b.co"]"#);
    assert!(!verdict.passed);
    assert_eq!(reasons(&verdict), [RM, EMAIL]);
}

#[test]
fn no_other_gate_is_skipped_for_it() {
    for first in [
        Outcome::failed("no"),
        Outcome::SkippedWithRest("late".into()),
    ] {
        let engine = Engine::builder()
            .gate(monitored(outcome(first)))
            .gate(Pii::new())
            .build()
            .unwrap();
        assert_eq!(reasons(&evaluate(&engine, r#""a@b.co""#))[1], EMAIL);
    }
    let engine = Engine::builder()
        .gate(Pii::new())
        .gate(monitored(Filesystem::new()))
        .build()
        .unwrap();
    assert_eq!(
        reasons(&evaluate(&engine, r#""a@b.co rm -rf x""#)),
        [EMAIL, ABORTED]
    );
}

#[test]
fn its_findings_are_told() {
    let engine = Engine::builder().gate(monitored(Pii::new()));
    let findings = find(engine, r#"{"to": "a@b.co"}"#);
    assert_eq!((findings.len(), &*findings[0].pointer), (1, "/to"));
}

#[test]
fn gates_share_one_that_is_cloned_and_renamed() {
    let gate = EngineGate::from(outcome(Outcome::failed("no")));
    let engine = Engine::builder()
        .gate(gate.clone())
        .gate(gate.named("again"))
        .fail_fast(false)
        .build()
        .unwrap();
    assert_eq!(engine.gate_names().collect::<Vec<_>>(), ["custom", "again"]);
    assert_eq!(reasons(&evaluate(&engine, "1")), ["no", "no"]);
}

/// A gate that fails everything, at one place.
struct Pointing(bool);

impl Gate for Pointing {
    fn name(&self) -> &'static str {
        "pointing"
    }

    fn judge(&self, _: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        if self.0 {
            Outcome::failed("no")
        } else {
            Outcome::Passed
        }
    }

    fn places(&self, _: &Subject<'_>, places: &mut Places<'_>) {
        places.add("rule", "/a", 1..2);
    }
}

#[test]
fn a_gate_of_ones_own_says_where_it_hit() {
    let findings = find(Engine::builder().gate(Pointing(true)), "1");
    let [finding] = &findings[..] else { panic!() };
    assert_eq!((&*finding.gate, finding.rule), ("pointing", "rule"));
    assert_eq!((&*finding.pointer, finding.range.clone()), ("/a", 1..2));
    assert!(find(Engine::builder().gate(Pointing(false)), "1").is_empty());
    let panics = Custom(|_: &Subject<'_>, _: &Deadline<'_>| panic!("on purpose"));
    assert!(find(Engine::builder().gate(panics), "1").is_empty());
}

/// A text of many hits, so that gates run out of room for findings, or of time.
fn many() -> String {
    "a@b.co rm -rf x 123-45-6789 ".repeat(3_000)
}

proptest! {
    /// Verdicts, findings, whether these are all, and times are the same without the gates that only watch; also where
    /// time and room run out.
    #[test]
    fn watching_changes_no_verdict(
        gates in prop::collection::vec((any::<bool>(), 0..6_usize), 1..6),
        output in prop::sample::select(vec!["rm -rf x".into(), "a@b.co".into(), "fine".into(), "a@b.co rm -rf x".into(), many()]),
        fail_fast in any::<bool>(),
        budget in 1..30_u32,
    ) {
        let output = Json::String(output.into());
        let verdicts = |watching: bool| {
            let gates = gates.iter().enumerate();
            let gates = gates.filter(|(_, (enforced, _))| watching || *enforced);
            let mut engine = Engine::builder()
                .fail_fast(fail_fast)
                .budget(MS * budget)
                .gate(EngineGate::from(outcome(Outcome::Passed)).named("first"));
            for (nth, (enforced, kind)) in gates {
                let gate = match kind {
                    0 => Filesystem::new().into(),
                    1 => Pii::new().into(),
                    2 => outcome(Outcome::failed("no")).into(),
                    3 => outcome(Outcome::SkippedWithRest("late".into())).into(),
                    4 => Pointing(true).into(),
                    _ => EngineGate::from(outcome(Outcome::Passed)),
                };
                let gate = gate.named(nth.to_string());
                engine = engine.gate(if *enforced { gate } else { gate.monitored() });
            }
            let engine = engine.build().unwrap();
            let mut verdict = engine.evaluate_with_findings(&Subject::new(&output), &ticking(MS));
            verdict.gates.retain(|gate| !gate.monitored);
            let is_enforced = |found: &Finding| verdict.gates.iter().any(|gate| gate.name == found.gate);
            verdict.findings.retain(is_enforced);
            verdict
        };
        prop_assert_eq!(verdicts(true), verdicts(false));
    }
}
