//! What policies take of the memory, beside what they say they take.

use std::{hint::black_box, thread, time::Duration};

use chrono::DateTime;
use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy, Suppressions};
use serde_json::json;

/// A text that has every pattern of these letters go through as many states as there are.
fn digits(length: usize) -> String {
    let mut state = 1_u64;
    let digit = |_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        if state >> 63 == 1 { '1' } else { '0' }
    };
    (0..length).map(digit).collect()
}

#[test]
fn patterns_take_no_more_than_is_weighed() {
    let text = digits(200_000);
    let check = |patterns: &[String]| {
        let gates = json!([{"gate": "pattern", "patterns": patterns}]);
        let document = json!({"default": {"gates": gates}}).to_string();
        let mut policy = None;
        let made = allocation_counter::measure(|| {
            let budget = Duration::from_mins(10);
            policy = Some(Policy::parse(&document, Format::Json, budget).unwrap());
        });
        let policy = policy.unwrap();
        let judge = || {
            let output = Json::String(text.as_str().into());
            let call = Call::new("a", Subject::new(&output), DateTime::UNIX_EPOCH);
            let judgement = policy.judge(&call, &Suppressions::default(), &|| Duration::ZERO);
            black_box(judgement.unwrap());
        };
        // Each thread has what it remembers to itself.
        let used = (0..2).map(|_| {
            thread::scope(|scope| {
                let measured = scope.spawn(|| allocation_counter::measure(judge)).join();
                measured.unwrap().bytes_current
            })
        });
        let taken = made.bytes_current + used.sum::<i64>();
        let weighed = i64::try_from(policy.weight()).unwrap();
        assert!(
            taken <= weighed,
            "{} patterns take {taken}, not {weighed}",
            patterns.len()
        );
    };
    // That are found: of these each is looked for by itself, too.
    check(&["[01]*1[01]{400}".to_owned()]);
    let several = (0..20).map(|nth| format!("[01]*1[01]{{{}}}", 12 + nth));
    check(&several.collect::<Vec<_>>());
    // That are not.
    check(&["1[01]{20}x".to_owned()]);
    check(&["(1|0[01])[01]{400}x".to_owned()]);
    let several = (0..20).map(|nth| format!("1[01]{{{}}}[xy]", 12 + nth));
    check(&several.collect::<Vec<_>>());
}
