//! Gates of a user's own, and what becomes of the gates after a failure.

use super::{Custom, EMAIL, EMPTY, MS, REFUSAL, RM, check, outcome, reasons, stopped};
use crate::{ABORTED, Content, Deadline, Engine, Filesystem, Json, Outcome, PANIC, Pii, Subject};

#[test]
fn fail_fast_skips_the_gates_after_the_first_failure() {
    let engine = || {
        Engine::builder()
            .gate(Content::new())
            .gate(Filesystem::new())
            .gate(outcome(Outcome::Passed))
            .gate(Pii::new())
    };
    check(engine(), r#""a@b.io""#, &["", "", "", EMAIL]);
    check(
        engine(),
        r#"["a@b.io", "/etc", "rm -rf"]"#,
        &["", RM, ABORTED, ABORTED],
    );
    check(
        engine(),
        r#"["a@b.io", "/etc", "i am an ai"]"#,
        &[REFUSAL, ABORTED, ABORTED, ABORTED],
    );
}

#[test]
fn custom_gates_conclude_for_themselves() {
    let engine = |concluded| {
        Engine::builder()
            .gate(Pii::new())
            .gate(outcome(concluded))
            .gate(Content::new())
    };
    check(engine(Outcome::Passed), "null", &["", "", EMPTY]);
    check(
        engine(Outcome::failed("because")),
        "null",
        &["", "because", ABORTED],
    );
    check(
        engine(Outcome::skipped("no use")),
        "null",
        &["", "no use", EMPTY],
    );
    check(
        engine(Outcome::SkippedWithRest("no time".into())),
        "null",
        &["", "no time", "no time"],
    );
}

#[test]
fn custom_gates_see_the_whole_subject() {
    let gate = Custom(|subject: &Subject<'_>, deadline: &Deadline<'_>| {
        assert!(!deadline.has_passed());
        let seen = (
            subject.tool,
            subject.input,
            subject.latency_ms,
            subject.tmax_ms,
            subject.elapsed_ms,
            deadline.remaining(),
        );
        Outcome::failed(format!("{:?} {seen:?}", subject.output))
    });
    let engine = Engine::builder().gate(gate).budget(7 * MS).build().unwrap();
    let (output, input) = (Json::Null, Json::Bool(true));
    let subject = Subject::new(&output)
        .input(&input)
        .tool("t")
        .latency_ms(1.5)
        .tmax_ms(100.0)
        .elapsed_ms(2.0);
    let verdict = engine.evaluate(&subject, &stopped);
    assert_eq!(
        reasons(&verdict),
        [r#"Null (Some("t"), Some(Bool(true)), Some(1.5), Some(100.0), Some(2.0), 7ms)"#]
    );
}

#[test]
fn a_gate_that_panics_has_failed() {
    let gate = Custom(|_: &Subject<'_>, _: &Deadline<'_>| {
        std::panic::resume_unwind(Box::new("no message"))
    });
    let engine = Engine::builder()
        .gate(gate)
        .gate(Pii::new())
        .fail_fast(false);
    check(engine, r#""a@b.io""#, &[PANIC, EMAIL]);
}

/// Panics again when what it panicked with is dropped.
struct PanicsOnDrop;

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        std::panic::resume_unwind(Box::new("dropped"));
    }
}

#[test]
fn what_a_gate_panics_with_is_not_dropped() {
    let gate = Custom(|_: &Subject<'_>, _: &Deadline<'_>| {
        std::panic::resume_unwind(Box::new(PanicsOnDrop))
    });
    check(Engine::builder().gate(gate), "1", &[PANIC]);
}
