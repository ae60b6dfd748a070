//! Gates that only watch change no verdict.

use pecta_gates::Json;
use proptest::prelude::*;

use super::{gates, judge, policy};

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
        let mut subject = pecta_gates::Subject::new(&output);
        subject.latency_ms = Some(latency_ms);
        let call = pecta_policy::Call::new("a", subject, super::moment(0));
        let judgement = policy.judge(&call, &[], &super::stopped).unwrap();
        assert_eq!(gates(&judgement), expected);
        assert_eq!(judgement.passed, latency_ms < 1000.0);
    }
}

const GATES: [&str; 6] = [
    "gate = 'filesystem'",
    "gate = 'pii'",
    "gate = 'content'",
    "gate = 'keywords', words = ['fine', 'rm']",
    "gate = 'size', max_bytes = 12",
    "gate = 'rtb.tmax-guard', buffer_ms = 1000000",
];

proptest! {
    #[test]
    fn watching_changes_no_verdict(
        modes in prop::collection::vec((0..3_usize, 0..GATES.len()), 0..8),
        output in prop::sample::select(vec!["", "rm -rf x", "a@b.co", "fine", "a@b.co rm -rf x", "nothing"]),
        fail_fast in any::<bool>(),
    ) {
        let output = Json::String(output.into());
        let verdict = |watching: &str| {
            let gates = modes.iter().enumerate().map(|(nth, (mode, gate))| {
                let mode = ["enforce", watching, "off"][*mode];
                format!("{{ name = 'g{nth}', mode = '{mode}', {} }},", GATES[*gate])
            });
            let gates = gates.collect::<String>();
            let policy = policy(&format!("[default]\nfail_fast = {fail_fast}\ngates = [{gates}]"));
            let judgement = judge(&policy, &output);
            let enforced = judgement.gates.into_iter().filter(|gate| !gate.verdict.monitored);
            let enforced = enforced.map(|gate| (gate.verdict.name, gate.verdict.passed, gate.verdict.reason));
            (judgement.passed, enforced.collect::<Vec<_>>())
        };
        prop_assert_eq!(verdict("monitor"), verdict("off"));
    }
}
