//! The budget of time.

use std::{cell::Cell, time::Duration};

use super::{EMPTY, MS, default_gates, outcome, reasons};
use crate::{
    Content, Deadline, Engine, EngineGate, Gate, Json, Outcome, Pii, Places, Subject, TIMEOUT,
};

/// A clock that goes on by a step at every look.
pub(super) fn ticking(step: Duration) -> impl Fn() -> Duration {
    let now = Cell::new(Duration::ZERO);
    move || now.replace(now.get() + step)
}

#[test]
fn a_gate_that_returns_late_has_failed() {
    let engine = |budget| {
        let engine = Engine::builder()
            .gate(outcome(Outcome::Passed))
            .gate(Pii::new())
            .gate(Content::new());
        engine.budget(budget).fail_fast(false).build().unwrap()
    };
    let subject = Subject::new(&Json::Null);
    let verdict = |budget| engine(budget).evaluate(&subject, &ticking(MS));
    assert_eq!(reasons(&verdict(MS)), [TIMEOUT, TIMEOUT, TIMEOUT]);
    assert_eq!(
        reasons(&verdict(2 * MS)),
        ["", TIMEOUT, EMPTY],
        "the first check of a gate decides it at once"
    );
    assert_eq!(reasons(&verdict(3 * MS)), ["", "", EMPTY]);
}

#[test]
fn a_long_string_is_given_up_at_the_deadline() {
    let endless = Json::String("lorem ipsum ".repeat(1 << 17).into());
    let engine = |budget| default_gates().budget(budget).build().unwrap();
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        MS * looks.get()
    };
    let verdict = engine(10 * MS).evaluate(&Subject::new(&endless), &clock);
    assert_eq!(reasons(&verdict), [TIMEOUT; 3]);
    assert_eq!(
        looks.get(),
        12,
        "the start, ten in time, one late, and nothing after that but the end"
    );
    assert!(
        engine(Duration::from_secs(1000))
            .evaluate(&Subject::new(&endless), &ticking(MS))
            .passed
    );
}

#[test]
fn a_payload_of_many_small_values_is_given_up_at_the_deadline() {
    let endless = Json::Array(vec![Json::Null; 1 << 17]);
    let engine = default_gates().budget(3 * MS).build().unwrap();
    assert_eq!(
        reasons(&engine.evaluate(&Subject::new(&endless), &ticking(MS))),
        [TIMEOUT; 3]
    );
}

#[test]
fn times_are_wall_clock() {
    let engine = Engine::builder()
        .gate(outcome(Outcome::Passed))
        .gate(Pii::new())
        .gate(Content::new())
        .build()
        .unwrap();
    let verdict = engine.evaluate(&Subject::new(&Json::Bool(true)), &ticking(MS));
    assert_eq!(verdict.elapsed, 2 * MS);
    assert_eq!(
        verdict
            .gates
            .iter()
            .map(|gate| gate.elapsed)
            .collect::<Vec<_>>(),
        [MS, MS, MS]
    );
}

/// Fails everything, and looks for places without end.
struct Endless;

impl Gate for Endless {
    fn name(&self) -> &'static str {
        "endless"
    }

    fn judge(&self, _: &Subject<'_>, _: &Deadline<'_>) -> Outcome {
        Outcome::failed("no")
    }

    fn places(&self, _: &Subject<'_>, places: &mut Places<'_>) {
        while places.add("rule", "", 0..0) {}
        while places.spend(1 << 10) {}
    }
}

#[test]
fn places_are_looked_for_until_the_deadline() {
    let engine = Engine::builder()
        .gate(Endless)
        .gate(EngineGate::from(Endless).named("after").monitored())
        .budget(10 * MS)
        .fail_fast(false)
        .build()
        .unwrap();
    let subject = Subject::new(&Json::Null);
    let verdict = engine.evaluate_with_findings(&subject, &ticking(MS));
    assert_eq!(
        reasons(&verdict),
        ["no", TIMEOUT],
        "what watches has what is left"
    );
    assert!(verdict.gates.iter().all(|gate| !gate.complete));
    assert_eq!(
        verdict.findings.len(),
        8,
        "the start, the judging, eight in time, one late"
    );
    assert_eq!(verdict.elapsed, MS);
}
