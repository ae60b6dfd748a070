//! Hits that are known to be none.

use std::{cell::Cell, time::Duration};

use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy, Suppression};

use super::{gates, judge_for, moment, policy, stopped};

fn email(id: &str) -> Suppression {
    Suppression::new(id, "pii", "email-address")
}

/// The gates for an output with mail addresses under `/from` and `/to/0`, and who is thanked for it.
#[track_caller]
fn check(suppressions: &[Suppression], expected: &str, thanks_to: Option<&str>, hits: usize) {
    let output = Json::parse(r#"{"from": "a@b.co", "to": ["c@d.co"]}"#).unwrap();
    let policy = policy("");
    let judgement = judge_for(&policy, "mailer", Some("send"), &output, suppressions);
    assert_eq!(gates(&judgement), format!("filesystem {expected} content"));
    assert_eq!(judgement.passed, !expected.contains('-'));
    let pii = &judgement.gates[1];
    assert_eq!(pii.suppressed.as_deref(), thanks_to);
    assert_eq!(pii.verdict.reason.is_none(), judgement.passed);
    assert_eq!(judgement.hits.len(), hits);
}

#[test]
fn what_is_suppressed_does_not_count() {
    check(&[], "pii-", None, 2);
    check(&[email("s")], "pii", Some("s"), 0);
    check(
        &[email("s").agent("mail*").tool("send")],
        "pii",
        Some("s"),
        0,
    );
    check(&[email("s").agent("mail")], "pii-", None, 2);
    check(&[email("s").tool("sen")], "pii-", None, 2);
    check(&[Suppression::new("s", "pii", "us-ssn")], "pii-", None, 2);
    check(
        &[Suppression::new("s", "filesystem", "email-address")],
        "pii-",
        None,
        2,
    );
}

#[test]
fn every_hit_must_be_covered() {
    let at = |id, pointer| email(id).pointer(pointer).unwrap();
    check(&[at("s", "/from")], "pii-", None, 1);
    check(&[at("s", "/to")], "pii-", None, 1);
    check(&[at("s", "/fro"), at("t", "/to/1")], "pii-", None, 2);
    check(&[at("s", "/to"), at("t", "/from")], "pii", Some("t"), 0);
    check(&[at("s", "/*")], "pii", Some("s"), 0);
    check(&[at("s", "/*/0")], "pii-", None, 1);
    assert_eq!(email("s").pointer("from").unwrap_err().pointer, "/pointer");
}

#[test]
fn it_ends_at_its_second() {
    let output = Json::String("a@b.co".into());
    let policy = policy("");
    let passes = |now| {
        let call = Call::new("a", Subject::new(&output), now);
        let suppression = email("s").expires_at(moment(1_000));
        policy
            .judge(&call, &[suppression], &stopped)
            .unwrap()
            .passed
    };
    assert!(passes(moment(999)));
    assert!(passes(moment(1_000) - chrono::TimeDelta::nanoseconds(1)));
    assert!(!passes(moment(1_000)));
}

#[test]
fn a_gate_that_judges_as_a_whole_is_suppressed_by_its_kind() {
    let policy = policy(
        r#"
        [default]
        gates = [{ gate = "size", name = "small", max_depth = 0 }, { gate = "pii" }]
        fail_fast = true
        "#,
    );
    let output = Json::parse(r#"["a@b.co"]"#).unwrap();
    let found =
        |suppressions: &[Suppression]| gates(&judge_for(&policy, "a", None, &output, suppressions));
    assert_eq!(found(&[]), "small- pii?");
    assert_eq!(
        found(&[Suppression::new("s", "small", "size")]),
        "small pii-"
    );
    assert_eq!(
        found(&[Suppression::new("s", "size", "size")]),
        "small- pii?"
    );
}

#[test]
fn what_would_block_can_be_suppressed_too() {
    let policy = policy("[default]\nmode = 'monitor'");
    let output = Json::String("a@b.co".into());
    let judgement = judge_for(&policy, "a", None, &output, &[email("s")]);
    assert_eq!(gates(&judgement), "filesystem pii content");
    assert_eq!(judgement.gates[1].suppressed.as_deref(), Some("s"));
}

#[test]
fn more_hits_than_are_listed_cannot_be_suppressed() {
    let policy = policy("");
    let many = |count: usize| Json::String("a@b.co ".repeat(count).into());
    for (count, passes) in [(1_000, true), (1_001, false), (3_000, false)] {
        let output = many(count);
        let judgement = judge_for(&policy, "a", None, &output, &[email("s")]);
        assert_eq!(judgement.passed, passes, "{count}");
    }
}

#[test]
fn what_was_not_judged_to_its_end_cannot_be_suppressed() {
    let policy = Policy::parse("", Format::Toml, Duration::from_millis(1)).unwrap();
    let output = Json::Array(vec![
        Json::String("a@b.co".into()),
        Json::String("x ".repeat(1 << 20).into()),
        Json::String("123-45-6789".into()),
    ]);
    let ticks = Cell::new(0);
    let clock = || {
        ticks.set(ticks.get() + 1);
        Duration::from_micros(ticks.get() * 100)
    };
    let call = Call::new("a", Subject::new(&output), moment(0));
    let judgement = policy.judge(&call, &[email("s")], &clock).unwrap();
    assert!(!judgement.passed);
    assert_eq!(judgement.gates[1].suppressed, None);
}
