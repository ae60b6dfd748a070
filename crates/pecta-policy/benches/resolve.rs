//! What it costs to look a policy up, beside what judging costs.
//!
//! `cargo bench -p pecta-policy`. Each figure is the fastest of many rounds, taken in turns.

#![expect(clippy::disallowed_methods, reason = "a benchmark reads the clock")]

use std::{
    fmt::Write as _,
    hint::black_box,
    time::{Duration, Instant},
};

use chrono::DateTime;
use pecta_gates::{Content, Engine, Filesystem, Json, Pii, Subject};
use pecta_policy::{Call, Format, Policy, Suppressions};

const ROUNDS: usize = 40;
const PER_ROUND: usize = 5_000;

fn main() {
    let mut rules = String::new();
    for nth in 0..100 {
        let rule = writeln!(
            rules,
            "[[rules]]\nagent = \"team-{nth}-*\"\ntool = \"tool.*\"\nprofile = \"strict\""
        );
        debug_assert!(rule.is_ok());
    }
    let policy = |text: &str| Policy::parse(text, Format::Toml, Duration::from_secs(1));
    let (Ok(hundred), Ok(empty)) = (policy(&rules), policy("")) else {
        return println!("the policies are not taken");
    };
    let Ok(engine) = Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new())
        .fail_fast(false)
        .build()
    else {
        return println!("the engine is not built");
    };
    let text =
        "The build went through and all of the tests passed on the second machine, too. ".repeat(6);
    let output = Json::String(text.chars().take(500).collect::<String>().into());
    let agents: Vec<_> = (0..500)
        .map(|nth| format!("team-{}-{nth}", nth % 110))
        .collect();
    // Far more than are remembered, so that each is forgotten before its turn comes again.
    let strangers: Vec<_> = (0..50_000)
        .map(|nth| format!("team-{}-{nth}", nth % 110))
        .collect();
    let start = Instant::now();
    let clock = || start.elapsed();
    let none = Suppressions::default();
    let judged = |policy: &Policy, agent: &str| {
        let subject = Subject::new(&output).tool("tool.run");
        let call = Call::new(agent, subject, DateTime::UNIX_EPOCH);
        black_box(policy.judge(&call, &none, &clock)).is_ok_and(|judgement| judgement.passed)
    };
    let mut fastest = [f64::MAX; 5];
    for strangers in strangers.chunks(PER_ROUND).cycle().take(ROUNDS) {
        let mut measure = |nth: usize, agents: &[String], run: &dyn Fn(&str) -> bool| {
            let start = Instant::now();
            let passed = agents
                .iter()
                .cycle()
                .take(PER_ROUND)
                .filter(|agent| run(agent))
                .count();
            let took = start.elapsed().as_secs_f64() / 5e3 * 1e9;
            if let Some(fastest) = fastest.get_mut(nth).filter(|_| passed == PER_ROUND) {
                *fastest = fastest.min(took);
            }
        };
        measure(0, &agents, &|_| {
            engine
                .evaluate(&Subject::new(&output).tool("tool.run"), &clock)
                .passed
        });
        measure(3, &agents, &|_| {
            let subject = Subject::new(&output).tool("tool.run");
            engine.evaluate_with_findings(&subject, &clock).passed
        });
        measure(1, &agents, &|agent| judged(&empty, agent));
        measure(2, &agents, &|agent| judged(&hundred, agent));
        measure(4, strangers, &|agent| judged(&hundred, agent));
    }
    let [bare, empty, hundred, finding, strange] = fastest;
    println!("judging 500 B, without a policy          {bare:8.0} ns");
    println!(
        "the same with findings                   {finding:8.0} ns   {:.2}",
        finding / bare
    );
    println!(
        "the same by an empty policy              {empty:8.0} ns   {:.2}",
        empty / bare
    );
    println!(
        "the same by 100 rules, 500 agents        {hundred:8.0} ns   {:.2}",
        hundred / bare
    );
    println!(
        "the same by 100 rules, agents not seen   {strange:8.0} ns   {:.2}",
        strange / bare
    );
    let share = |judging: f64| (judging - empty) / judging;
    println!(
        "looking up in 100 rules takes {:.3} of judging by them, and {:.3} for agents not seen before",
        share(hundred),
        share(strange)
    );
}
