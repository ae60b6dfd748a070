//! What it costs to look a policy up, beside what judging costs.
//!
//! `cargo bench -p pecta-policy`. Each figure is the fastest of many rounds, taken in turns. Looking up is measured where there are
//! no gates to run: the difference between two engines is more than it, even between two of the same gates.

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
const TOOL: &str = "tool.run";

/// What is measured: a name, the agents in turn, and a judgement of an output of one.
type Case<'c> = (&'static str, &'c [String], &'c dyn Fn(&str) -> bool);

/// The rule of a number.
type Rule = fn(usize) -> Value;

/// Kinds of rules: a name, and its rules. One of a hundred matches most agents, of the last kind two.
const RULES: [(&str, Rule); 4] = [
    (
        "like team-1-*",
        |nth| json!({"agent": format!("team-{nth}-*"), "tool": "tool.*"}),
    ),
    (
        "like *-1-*",
        |nth| json!({"agent": format!("*-{nth}-*"), "tool": "tool.*"}),
    ),
    (
        "like t*-1-*",
        |nth| json!({"agent": format!("t*-{nth}-*"), "tool": "tool.*"}),
    ),
    ("and one for all", |nth| match nth {
        0 => json!({"tool": "tool.*"}),
        nth => json!({"agent": format!("team-{nth}-*")}),
    }),
];

fn main() -> Result<(), Box<dyn Error>> {
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
    let agents = |count: usize| -> Vec<_> {
        let names = (0..count).map(|nth| format!("team-{}-{nth}", nth % 110));
        names.collect()
    };
    let known = agents(500);
    // So many that what is known about one has left the processor's caches when its turn comes again.
    let strangers = agents(50_000);

    let engine = Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new())
        .fail_fast(false)
        .build()?;
    let subject = Subject::new(&output).tool(TOOL);
    let empty = policy(&json!({}), 0, |_| json!({}))?;
    println!("judging 500 B");
    let cases: [Case<'_>; 3] = [
        ("without a policy", &known, &|_| {
            engine.evaluate(&subject, &clock).passed
        }),
        ("the same with findings", &known, &|_| {
            engine.evaluate_with_findings(&subject, &clock).passed
        }),
        ("by an empty policy", &known, &|agent| {
            judged(&empty, agent, TOOL)
        }),
    ];
    for ((case, ..), took) in cases.iter().zip(measure(&cases)) {
        println!("  {case:24} {took:5.0} ns");
    }

    let no_gates = json!({"gates": []});
    let nothing = policy(&no_gates, 0, |_| json!({}))?;
    println!("looking up in 100 rules");
    for (case, rule) in RULES {
        let judging = policy(&json!({}), 100, rule)?;
        let looking_up = policy(&no_gates, 100, rule)?;
        let [judging, nothing, looking_up, strangers] = measure(&[
            (case, &known, &|agent| judged(&judging, agent, TOOL)),
            (case, &known, &|agent| judged(&nothing, agent, TOOL)),
            (case, &known, &|agent| judged(&looking_up, agent, TOOL)),
            (case, &strangers, &|agent| judged(&looking_up, agent, TOOL)),
        ]);
        let took = looking_up - nothing;
        println!(
            "  {case:16} {took:5.0} ns of {judging:5.0}, {:.3}; {:.3} for agents not seen before",
            took / judging,
            (strangers - nothing) / judging
        );
    }

    // Each is compared with nearly every place of a long name, and nearly to its end.
    let pattern = format!("*{}?b*", "é".repeat(98));
    let costly = |_| json!({"agent": pattern, "tool": pattern});
    let costly = policy(&json!({}), 1000, costly)?;
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

fn policy(
    default: &Value,
    rules: usize,
    rule: impl Fn(usize) -> Value,
) -> Result<Policy, PolicyError> {
    let rules: Vec<_> = (0..rules).map(rule).collect();
    let policy = json!({"default": default, "rules": rules}).to_string();
    Policy::parse(&policy, Format::Json, Duration::from_secs(1))
}

/// Nanoseconds for each case.
fn measure<const N: usize>(cases: &[Case<'_>; N]) -> [f64; N] {
    let mut fastest = [f64::MAX; N];
    for round in 0..ROUNDS {
        for ((_, agents, passes), fastest) in cases.iter().zip(&mut fastest) {
            let place = round * PER_ROUND % agents.len();
            let (before, behind) = agents.split_at(place);
            let agents = behind.iter().chain(before).cycle();
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
