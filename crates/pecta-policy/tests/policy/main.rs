//! What a policy promises, from outside.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking; clippy knows only functions marked as tests"
)]

mod callouts;
mod custom_gates;
mod modes;
mod reading;
mod reasons;
mod redaction;
mod rules;
mod suppressions;

use std::{cell::Cell, time::Duration};

use chrono::{DateTime, Utc};
use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Judgement, Policy, Suppression, Suppressions};

/// Long enough for a machine that is busy.
const BUDGET: Duration = Duration::from_mins(10);

fn policy(toml: &str) -> Policy {
    Policy::parse(toml, Format::Toml, BUDGET).unwrap_or_else(|error| panic!("{error}\n{toml}"))
}

fn stopped() -> Duration {
    Duration::ZERO
}

/// A clock that goes on by a step at every look.
fn ticking(step: Duration) -> impl Fn() -> Duration {
    let now = Cell::new(Duration::ZERO);
    move || now.replace(now.get() + step)
}

fn together(suppressions: &[Suppression]) -> Suppressions {
    suppressions.iter().cloned().collect()
}

fn moment(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

/// Judges an output of the agent `a` and the tool `t`.
fn judge<'j>(policy: &Policy, output: &'j Json<'j>) -> Judgement<'j> {
    judge_for(policy, "a", Some("t"), output, &[])
}

fn judge_for<'j>(
    policy: &Policy,
    agent: &'j str,
    tool: Option<&'j str>,
    output: &'j Json<'j>,
    suppressions: &[Suppression],
) -> Judgement<'j> {
    let mut subject = Subject::new(output);
    subject.tool = tool;
    let call = Call::new(agent, subject, moment(1_000));
    let suppressions = together(suppressions);
    policy.judge(&call, &suppressions, &stopped).unwrap()
}

/// The gates of a judgement, one to a word: its name, and `-` for failed, `~` for would be blocked, `?` for skipped.
fn gates(judgement: &Judgement<'_>) -> String {
    let gates = judgement.gates.iter().map(|gate| {
        let verdict = &gate.verdict;
        let mark = match (verdict.passed, verdict.would_block, verdict.skipped) {
            (false, _, _) => "-",
            (_, true, _) => "~",
            (_, _, true) => "?",
            _ => "",
        };
        format!("{}{mark}", verdict.name)
    });
    gates.collect::<Vec<_>>().join(" ")
}
