//! The rules of all gates: each keeps what its examples promise, and `docs/GATES.md` lists them all.

mod page;

use std::{collections::HashSet, time::Duration};

use pecta_gates::{BuiltIn, Checks, Engine, Json, Profile, Rule, Subject};

const PROFILES: [Profile; 2] = [Profile::Strict, Profile::Standard];

fn all() -> impl Iterator<Item = (&'static BuiltIn, Rule)> {
    BuiltIn::all().flat_map(|gate| gate.rules().into_iter().map(move |rule| (gate, rule)))
}

/// The rules that the engine finds in an example.
fn found(engine: &Engine, example: &str) -> Vec<&'static str> {
    let output = Json::String(example.replace('·', "").into());
    let verdict = engine.evaluate_with_findings(&Subject::new(&output), &|| Duration::ZERO);
    verdict.findings.iter().map(|found| found.rule).collect()
}

#[test]
fn every_rule_hits_its_example_and_misses_the_other() {
    let probes = BuiltIn::all().flat_map(|gate| {
        let checks = gate.checks().into_iter();
        checks.flat_map(move |check| PROFILES.map(|profile| (gate, check, profile)))
    });
    let mut wrong = Vec::new();
    for (gate, check, profile) in probes {
        let made = gate.gate(profile, Checks::Only(&[check])).unwrap();
        let engine = Engine::builder().gate(made).build().unwrap();
        let counts =
            |rule: &Rule| rule.check == check && rule.profile.is_none_or(|other| other == profile);
        let rules: Vec<_> = gate.rules().into_iter().filter(counts).collect();
        assert!(!rules.is_empty(), "{check} {profile:?}");
        for rule in rules {
            let (hits, misses) = (found(&engine, rule.hit), found(&engine, rule.miss));
            if !hits.contains(&rule.id) || !misses.is_empty() {
                wrong.push((rule, hits, misses));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn within_a_check_and_profile_no_two_rules_have_one_id() {
    let mut ids = HashSet::new();
    for (gate, rule) in all() {
        let id = (gate.name(), rule.check, rule.profile, rule.id);
        assert!(ids.insert(id), "{rule:?}");
    }
}
