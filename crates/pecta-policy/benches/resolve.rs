//! What it costs to look a policy up, beside what judging costs.
//!
//! `cargo bench -p pecta-policy`. Each figure is the fastest of many rounds, taken in turns.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{
    error::Error,
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::DateTime;
use pecta_gates::{Content, Engine, Filesystem, Json, Pii, Subject};
use pecta_policy::{Call, Format, Policy, PolicyError, Suppressions};
use serde_json::{Value, json};

const ROUNDS: usize = 40;
const PER_ROUND: usize = 5_000;

/// What is measured: a name, the agents in turn, and a judgement of an output of one.
type Case<'c> = (&'static str, &'c [String], &'c dyn Fn(&str) -> bool);

fn main() -> Result<(), Box<dyn Error>> {
    let engine = Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new())
        .fail_fast(false)
        .build()?;
    let empty = policy(0, |_| json!({}))?;
    let hundred = policy(
        100,
        |nth| json!({"agent": format!("team-{nth}-*"), "tool": "tool.*"}),
    )?;
    let within = policy(100, |nth| json!({"agent": format!("*-{nth}-*")}))?;
    // Each is compared with nearly every place of a long name, and nearly to its end.
    let pattern = format!("*{}?b*", "é".repeat(98));
    let costly = policy(1000, |_| json!({"agent": pattern, "tool": pattern}))?;

    let text =
        "The build went through and all of the tests passed on the second machine, too. ".repeat(6);
    let output = Json::String(text.chars().take(500).collect::<String>().into());
    let start = Instant::now();
    let clock = || start.elapsed();
    let none = Suppressions::default();
    let judged = |policy: &Policy, agent: &str, tool: &str| {
        let call = Call::new(
            agent,
            Subject::new(&output).tool(tool),
            DateTime::UNIX_EPOCH,
        );
        black_box(policy.judge(&call, &none, &clock)).is_ok_and(|judgement| judgement.passed)
    };
    let subject = Subject::new(&output).tool("tool.run");
    let agents = |count: usize| -> Vec<_> {
        let names = (0..count).map(|nth| format!("team-{}-{nth}", nth % 110));
        names.collect()
    };
    let known = agents(500);
    // So many that what is known about one has left the processor's caches when its turn comes again.
    let strangers = agents(50_000);
    let cases: [Case<'_>; 6] = [
        ("without a policy", &known, &|_| {
            engine.evaluate(&subject, &clock).passed
        }),
        ("the same with findings", &known, &|_| {
            engine.evaluate_with_findings(&subject, &clock).passed
        }),
        ("by an empty policy", &known, &|agent| {
            judged(&empty, agent, "tool.run")
        }),
        ("by 100 rules, 500 agents", &known, &|agent| {
            judged(&hundred, agent, "tool.run")
        }),
        ("by 100 rules, agents not seen", &strangers, &|agent| {
            judged(&hundred, agent, "tool.run")
        }),
        ("by 100 rules like *-1-*", &known, &|agent| {
            judged(&within, agent, "tool.run")
        }),
    ];
    println!("judging 500 B");
    let fastest = measure(&cases);
    for ((case, ..), took) in cases.iter().zip(fastest) {
        println!("  {case:32} {took:7.0} ns");
    }
    let [_, _, empty, known, strangers, _] = fastest;
    let share = |judging: f64| (judging - empty) / judging;
    println!(
        "looking up in 100 rules takes {:.3} of judging by them, and {:.3} for agents not seen before",
        share(known),
        share(strangers)
    );

    let name = "é".repeat(199) + "b";
    let took = (0..ROUNDS).map(|_| {
        let start = Instant::now();
        black_box(judged(&costly, &name, &name));
        start.elapsed()
    });
    let took = took.min().unwrap_or_default();
    println!("looking up in 1000 of the costliest rules takes {took:.1?}");
    Ok(())
}

fn policy(rules: usize, rule: impl Fn(usize) -> Value) -> Result<Policy, PolicyError> {
    let rules: Vec<_> = (0..rules).map(rule).collect();
    let policy = json!({"rules": rules}).to_string();
    Policy::parse(&policy, Format::Json, Duration::from_secs(1))
}

/// Nanoseconds for each case.
fn measure<const N: usize>(cases: &[Case<'_>; N]) -> [f64; N] {
    let mut fastest = [f64::MAX; N];
    for round in 0..ROUNDS {
        for ((_, agents, passes), fastest) in cases.iter().zip(&mut fastest) {
            let agents = agents.iter().cycle().skip(round * PER_ROUND);
            let start = Instant::now();
            let passed = agents.take(PER_ROUND).filter(|agent| passes(agent)).count();
            let took = start.elapsed().as_secs_f64() * 1e9 / 5e3;
            if passed == PER_ROUND {
                *fastest = fastest.min(took);
            }
        }
    }
    fastest
}
