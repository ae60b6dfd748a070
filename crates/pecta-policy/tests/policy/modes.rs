//! Gates that only watch change no verdict.

use std::time::Duration;

use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Hit, Inquiry, Suppression, Suppressions};
use proptest::prelude::*;

use super::{gates, policy, ticking};

#[test]
fn a_band_of_latencies_warns_before_it_blocks() {
    let policy = policy(
        r#"
        [[default.gates]]
        gate = "latency"
        name = "warn"
        mode = "monitor"
        max_ms = 200
        [[default.gates]]
        gate = "latency"
        max_ms = 1000
        "#,
    );
    let output = Json::Null;
    for (latency_ms, expected) in [
        (150.0, "warn latency"),
        (250.0, "warn~ latency"),
        (1200.0, "warn~ latency-"),
    ] {
        let mut subject = Subject::new(&output);
        subject.latency_ms = Some(latency_ms);
        let call = Call::new("a", subject, super::moment(0));
        let judgement = policy
            .judge(&call, &Suppressions::default(), &super::stopped)
            .unwrap();
        assert_eq!(gates(&judgement), expected);
        assert_eq!(judgement.passed, latency_ms < 1000.0);
    }
}

const GATES: [&str; 7] = [
    "gate = 'filesystem'",
    "gate = 'pii'",
    "gate = 'content'",
    "gate = 'keywords', words = ['fine', 'rm']",
    "gate = 'size', max_bytes = 12",
    "gate = 'rtb.tmax-guard', buffer_ms = 1000000",
    "gate = 'http', url = 'http://a'",
];

proptest! {
    /// Whatever is suppressed and services answer, and wherever time and room for findings run out.
    #[test]
    fn watching_changes_no_verdict(
        modes in prop::collection::vec((0..3_usize, 0..GATES.len()), 0..8),
        output in prop::sample::select(vec![
            String::new(), "rm -rf x".into(), "a@b.co".into(), "fine".into(), "a@b.co rm -rf x".into(), "nothing".into(),
            "a@b.co fine ".repeat(1_001), "a@b.co rm -rf x fine ".repeat(4_000),
        ]),
        fail_fast in any::<bool>(),
        suppressed in prop::collection::vec((0..8_usize, 0..5_usize), 0..6),
        services in prop::collection::vec(prop::option::of(any::<bool>()), 8),
        budget_ms in 1..40_u32,
    ) {
        let output = Json::String(output.into());
        let suppressed = suppressed.iter().map(|&(gate, rule)| {
            let rule = ["email-address", "rm-recursive-force", "keyword", "size", "http"][rule];
            Suppression::new(format!("{gate}{rule}"), format!("g{gate}"), rule)
        });
        let suppressed: Suppressions = suppressed.collect();
        let verdict = |watching: &str| {
            let gates = modes.iter().enumerate().map(|(nth, (mode, gate))| {
                let mode = ["enforce", watching, "off"][*mode];
                format!("{{ name = 'g{nth}', mode = '{mode}', {} }},", GATES[*gate])
            });
            let gates = gates.collect::<String>();
            let policy = policy(&format!("[default]\nbudget_ms = {budget_ms}\nfail_fast = {fail_fast}\ngates = [{gates}]"));
            let mut call = Call::new("a", Subject::new(&output), super::moment(0));
            let answers = policy.callouts(&call).unwrap().into_iter().map(|Inquiry { callout, .. }| {
                let nth: usize = callout.gate().strip_prefix('g').unwrap().parse().unwrap();
                let body = services[nth].map(|passed| format!("{{\"passed\": {passed}}}"));
                callout.answer(body.as_deref().map(str::as_bytes), Duration::from_millis(1 << nth))
            });
            let answers: Vec<_> = answers.collect();
            call.answers = &answers;
            let judgement = policy.judge(&call, &suppressed, &ticking(Duration::from_millis(1))).unwrap();
            let enforced = judgement.gates.into_iter().filter(|gate| !gate.verdict.monitored);
            let enforced: Vec<_> = enforced.collect();
            let is_enforced = |hit: &Hit| enforced.iter().any(|gate| gate.verdict.name == hit.gate);
            let hits = judgement.hits.into_iter().filter(is_enforced).collect::<Vec<_>>();
            (judgement.passed, judgement.elapsed, hits, enforced)
        };
        let (mut watching, mut off) = (verdict("monitor"), verdict("off"));
        // No engine reads the clock where all gates are off.
        for (_, elapsed, _, enforced) in [&mut watching, &mut off] {
            if enforced.is_empty() {
                *elapsed = Duration::ZERO;
            }
        }
        prop_assert_eq!(watching, off);
    }
}
