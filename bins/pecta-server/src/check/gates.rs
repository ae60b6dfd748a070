//! The engine that the command line asks for.

use crate::failure::Failure;
use pecta_gates::{BuiltIn, Checks, Engine, EngineGate, Latency, Profile};
use std::time::Duration;

/// The gates when none are named.
const DEFAULT: [&str; 3] = ["filesystem", "pii", "content"];
/// How the gate that needs a limit is named with it.
const LATENCY: &str = "latency:max_ms=";

/// An engine of the named gates. Its time is not limited, so that a verdict depends on the line alone.
pub(super) fn engine(gates: &[&str], profile: Profile) -> Result<Engine, Failure> {
    let gates = if gates.is_empty() { &DEFAULT } else { gates };
    let mut engine = Engine::builder().budget(Duration::MAX).fail_fast(false);
    for named in gates {
        engine = engine.gate(gate(named, profile)?);
    }
    engine.build().map_err(Failure::usage)
}

/// A gate from `NAME`, `NAME:CHECK,CHECK`, `NAME:all` or `latency:max_ms=MS`.
fn gate(asked: &str, profile: Profile) -> Result<EngineGate, Failure> {
    if let Some(max_ms) = asked.strip_prefix(LATENCY) {
        let max_ms = max_ms
            .parse()
            .map_err(|_| Failure::usage(format!("{LATENCY} takes a number")))?;
        return Ok(Latency::new(max_ms).map_err(Failure::usage)?.into());
    }
    let (name, checks) = match asked.split_once(':') {
        Some((name, checks)) => (name, Some(checks)),
        None => (asked, None),
    };
    let built_in = BuiltIn::find(name).ok_or_else(|| unknown(name))?;
    let names: Vec<_> = checks
        .into_iter()
        .flat_map(|checks| checks.split(','))
        .collect();
    let checks = match checks {
        None => Checks::Default,
        Some("all") => Checks::All,
        Some(_) => Checks::Only(&names),
    };
    built_in.gate(profile, checks).map_err(Failure::usage)
}

fn unknown(name: &str) -> Failure {
    let names: Vec<_> = BuiltIn::all().map(BuiltIn::name).collect();
    Failure::usage(format!(
        "there is no gate {name:?}; there are {}, {LATENCY}MS",
        names.join(", ")
    ))
}

/// The gates and their checks, a line each.
pub(super) fn list() -> String {
    let gates = BuiltIn::all().map(|gate| {
        let line = format!("  {:<12} {}", gate.name(), gate.checks().join(" "));
        line.trim_end().to_owned()
    });
    let latency = format!("  {LATENCY}MS");
    gates.chain([latency]).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_are_named_in_order() {
        let check = |gates: &[&str], expected: &[&str]| {
            let engine = engine(gates, Profile::Strict).unwrap();
            assert_eq!(engine.gate_names().collect::<Vec<_>>(), expected);
        };
        check(&[], &DEFAULT);
        check(
            &[
                "secrets",
                "pii:all",
                "content:empty",
                "latency:max_ms=0.5",
                "rtb.bid-sanity",
            ],
            &["secrets", "pii", "content", "latency", "rtb.bid-sanity"],
        );
    }

    #[test]
    fn what_is_not_allowed_is_told_with_what_is() {
        for (gates, message) in [
            (
                &["nope"][..],
                "there is no gate \"nope\"; there are filesystem, pii, content,",
            ),
            (&["nope"], "latency:max_ms=MS"),
            (
                &["pii:email,nope"],
                "gate pii has no check \"nope\"; it has email, ssn,",
            ),
            (&["pii:"], "gate pii has no check \"\"; it has email, ssn,"),
            (&["rtb.bid-sanity:all"], "no checks to choose from"),
            (&["latency"], "latency:max_ms=MS"),
            (&["latency:max_ms=soon"], "latency:max_ms= takes a number"),
            (&["latency:max_ms=0"], "max_ms must be positive and finite"),
            (&["pii", "pii:all"], "two gates are named \"pii\""),
        ] {
            let error = engine(gates, Profile::Strict).unwrap_err().to_string();
            assert!(error.contains(message), "{message}: {error}");
        }
    }
}
