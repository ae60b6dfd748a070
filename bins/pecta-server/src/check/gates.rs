//! The engine that the command line asks for.

use super::configurable::{CONFIGURABLE, Configurable};
use crate::failure::Failure;
use pecta_gates::{BuiltIn, Checks, Engine, EngineGate, Profile};
use std::time::Duration;

/// The gates when none are named.
const DEFAULT: [&str; 3] = ["filesystem", "pii", "content"];

/// All checks of a gate.
const ALL: &str = "all";

/// What gates that consist of checks can judge besides strings, as policies name it.
pub(super) const PARTS: [&str; 3] = ["keys", "numbers", "embedded-json"];

/// An engine of the named gates, which judge these parts besides strings. Its time is not limited, so that a verdict depends on
/// the line alone.
pub(super) fn engine(gates: &[&str], profile: Profile, parts: &[&str]) -> Result<Engine, Failure> {
    let gates = if gates.is_empty() { &DEFAULT } else { gates };
    let [keys, numbers, embedded_json] = PARTS.map(|part| parts.contains(&part));
    let mut engine = Engine::builder()
        .budget(Duration::MAX)
        .fail_fast(false)
        .judge_keys(keys)
        .judge_numbers(numbers)
        .judge_embedded_json(embedded_json);
    for named in gates {
        engine = engine.gate(gate(named, profile)?);
    }
    engine.build().map_err(Failure::usage)
}

/// A gate from `NAME`, `NAME:CHECK,CHECK`, `NAME:all` or `NAME:OPTION=VALUE,OPTION=VALUE`.
fn gate(asked: &str, profile: Profile) -> Result<EngineGate, Failure> {
    let (name, choice) = match asked.split_once(':') {
        Some((name, choice)) => (name, Some(choice)),
        None => (asked, None),
    };
    if let Some(gate) = Configurable::find(name) {
        // It has no checks to choose from.
        return gate.gate(choice.filter(|choice| *choice != ALL));
    }
    let built_in = BuiltIn::find(name).ok_or_else(|| unknown(name))?;
    let names: Vec<_> = choice
        .into_iter()
        .flat_map(|checks| checks.split(','))
        .collect();
    let checks = match choice {
        None => Checks::Default,
        Some(ALL) => Checks::All,
        Some(_) => Checks::Only(&names),
    };
    built_in.gate(profile, checks).map_err(Failure::usage)
}

fn unknown(name: &str) -> Failure {
    let with_options = CONFIGURABLE.iter().map(|gate| gate.name);
    let names: Vec<_> = of_checks().map(BuiltIn::name).chain(with_options).collect();
    Failure::usage(format!(
        "there is no gate {name:?}; there are {}",
        names.join(", ")
    ))
}

/// The gates that consist of checks.
fn of_checks() -> impl Iterator<Item = &'static BuiltIn> {
    BuiltIn::all().filter(|gate| !gate.checks().is_empty())
}

/// The gates that consist of checks with these, a line each; those that are off by default in brackets.
pub(super) fn list_checks() -> String {
    let lines = of_checks().map(|gate| {
        let (on, off): (Vec<_>, Vec<_>) = gate
            .checks()
            .into_iter()
            .partition(|check| gate.default_checks().contains(check));
        let off = if off.is_empty() {
            String::new()
        } else {
            format!(" [{}]", off.join(" "))
        };
        format!("  {:<12} {}{off}", gate.name(), on.join(" "))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The gates that take options with these, a line each.
pub(super) fn list_options() -> String {
    let lines = CONFIGURABLE
        .iter()
        .map(|gate| format!("  {:<20} {}", gate.name, gate.usage()));
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_named_in_order() {
        let check = |gates: &[&str], expected: &[&str]| {
            let engine = engine(gates, Profile::Strict, &[]).unwrap();
            assert_eq!(engine.gate_names().collect::<Vec<_>>(), expected);
        };
        check(&[], &DEFAULT);
        check(
            &[
                "secrets",
                "pii:all",
                "content:empty",
                "latency:max_ms=0.5",
                "rtb.bid-sanity:all",
                "rtb.bcat-compliance:badv=true",
            ],
            &[
                "secrets",
                "pii",
                "content",
                "latency",
                "rtb.bid-sanity",
                "rtb.bcat-compliance",
            ],
        );
    }

    #[test]
    fn what_is_not_allowed_is_told_with_what_is() {
        for (gates, message) in [
            (
                &["nope"][..],
                "there is no gate \"nope\"; there are filesystem, pii, content,",
            ),
            (&["nope"], "latency, schema, rtb.tmax-guard"),
            (
                &["pii:email,nope"],
                "gate pii has no check \"nope\"; it has email, ssn,",
            ),
            (&["pii:"], "gate pii has no check \"\"; it has email, ssn,"),
            (
                &["rtb.bid-sanity:price"],
                "gate rtb.bid-sanity has no option \"price\"; it takes max_price=CPM",
            ),
            (
                &["rtb.bid-sanity:below_floor"],
                "rtb.bid-sanity:below_floor takes true or false, not \"\"",
            ),
            (
                &["rtb.bid-sanity:max_price=-1"],
                "max_price must be positive and finite",
            ),
            (&["schema"], "schema:schema=FILE"),
            (&["schema:schema=missing.json"], "schema missing.json: "),
            (&["schema:target=both"], "takes output or input"),
            (&["latency"], "latency:max_ms=MS"),
            (&["latency:max_ms=soon"], "latency:max_ms takes a number"),
            (&["latency:max_ms=0"], "max_ms must be positive and finite"),
            (
                &["latency:max_ms=1,max_ms=2"],
                "latency:max_ms is given twice",
            ),
            (&["pii", "pii:all"], "two gates are named \"pii\""),
        ] {
            let error = engine(gates, Profile::Strict, &[]);
            let error = error.unwrap_err().to_string();
            assert!(error.contains(message), "{message}: {error}");
        }
    }
}
