//! Outputs without what was found.

use std::{cell::Cell, ops::Range, sync::LazyLock, time::Duration};

use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy, Suppression, Suppressions};
use proptest::prelude::*;

use super::{moment, policy, stopped};

fn redacted<'j>(policy: &Policy, output: &'j Json<'j>, suppressions: &[Suppression]) -> Json<'j> {
    let mut call = Call::new("a", Subject::new(output), moment(0));
    call.redact = Some(true);
    policy
        .judge(&call, &super::together(suppressions), &stopped)
        .unwrap()
        .redacted
        .unwrap()
}

#[track_caller]
fn check(policy: &Policy, output: &str, expected: &str) {
    let output = Json::parse(output).unwrap();
    let redacted = redacted(policy, &output, &[]);
    assert_eq!(serde_json::to_string(&redacted).unwrap(), expected);
}

#[test]
fn what_was_found_is_replaced_and_nothing_else() {
    let plain = policy("");
    check(
        &plain,
        r#"{"a":[1,"x"],"a":null}"#,
        r#"{"a":[1,"x"],"a":null}"#,
    );
    check(
        &plain,
        r#"{"to":"Ada <ada@b.co>, 123-45-6789, é c@d.co","n":[1.5,"rm -rf x"]}"#,
        r#"{"to":"Ada <[REDACTED:email-address]>, [REDACTED:us-ssn], é [REDACTED:email-address]","n":[1.5,"[REDACTED:rm-recursive-force] x"]}"#,
    );
    check(
        &plain,
        // Of values under one key it is not known which a finding is in.
        r#"{"a":"a@b.co","a":"ok","a":"xx c@d.co"}"#,
        r#"{"a":"[REDACTED:email-address]","a":"[REDACTED:email-address]","a":"[REDACTED:email-address]"}"#,
    );
    check(
        &plain,
        r#"{"a":1,"a":"a@b.co"}"#,
        r#"{"a":1,"a":"[REDACTED:email-address]"}"#,
    );
    // An output that is empty holds nothing to replace.
    check(&plain, r#"{"text":""}"#, r#"{"text":""}"#);
}

#[test]
fn keys_numbers_and_json_in_strings_are_replaced_where_they_are_judged() {
    let wide = policy(
        "[default]\njudge = ['keys', 'numbers', 'embedded-json']\ngates = [{ gate = 'pii', checks = ['all'], profile = 'standard' }]",
    );
    check(
        &wide,
        r#"{"ada@lovelace.org":1}"#,
        r#"{"[REDACTED:email-address]":1}"#,
    );
    check(
        &wide,
        r#"{"card":4111111111111111}"#,
        r#"{"card":"[REDACTED:payment-card]"}"#,
    );
    check(
        &wide,
        r#"{"body":"{\"to\": \"ada@lovelace.org\"}"}"#,
        r#"{"body":"[REDACTED:email-address]"}"#,
    );
    check(
        &wide,
        r#"{"body":"{\"to\": \"ada\\u0040lovelace.org\"}"}"#,
        r#"{"body":"[REDACTED:email-address]"}"#,
    );
}

#[test]
fn what_is_suppressed_stays() {
    let output = Json::parse(r#"["a@b.co","123-45-6789"]"#).unwrap();
    let policy = policy("");
    let redacted = redacted(
        &policy,
        &output,
        &[Suppression::new("s", "pii", "email-address")],
    );
    assert_eq!(
        serde_json::to_string(&redacted).unwrap(),
        r#"["a@b.co","[REDACTED:us-ssn]"]"#
    );
}

#[test]
fn a_policy_can_ask_for_it() {
    let output = Json::String("a@b.co".into());
    let policy = policy("[[rules]]\nagent = 'r*'\nredact = true");
    let redacted = |agent| {
        let call = Call::new(agent, Subject::new(&output), moment(0));
        policy
            .judge(&call, &Suppressions::default(), &stopped)
            .unwrap()
            .redacted
    };
    assert_eq!(
        redacted("robot"),
        Some(Json::String("[REDACTED:email-address]".into()))
    );
    assert_eq!(redacted("human"), None);
}

#[test]
fn more_than_is_listed_is_replaced_all_the_same() {
    let plain = policy("");
    let output = Json::String("a@b.co ".repeat(20_000).into());
    let Json::String(text) = redacted(&plain, &output, &[]) else {
        panic!()
    };
    assert!(!text.contains('@'));
    let output = Json::Array((0..20_000).map(|_| Json::String("a@b.co".into())).collect());
    let Json::Array(items) = redacted(&plain, &output, &[]) else {
        panic!()
    };
    assert_eq!(items.len(), 20_000);
    assert!(
        items
            .iter()
            .all(|item| !matches!(item, Json::String(text) if text.contains('@')))
    );
}

#[test]
fn what_gates_found_that_are_reported_as_skipped_is_replaced() {
    let failing = [
        "gate = 'latency', max_ms = 100",
        "gate = 'size', max_items = 1",
        "gate = 'schema', schema = { type = 'number' }",
        "gate = 'pattern', patterns = ['^ok$'], must = 'match'",
        "gate = 'content', checks = ['refusal']",
    ];
    for failing in failing {
        let policy = super::policy(&format!(
            "[default]\nfail_fast = true\ngates = [{{ {failing} }}, {{ gate = 'pii' }}]"
        ));
        let output = Json::parse(r#"["ada@lovelace.org","I cannot help with that"]"#).unwrap();
        let subject = Subject::new(&output).latency_ms(143.0);
        let mut call = Call::new("a", subject, moment(0));
        call.redact = Some(true);
        let judgement = policy
            .judge(&call, &Suppressions::default(), &stopped)
            .unwrap();
        assert!(super::gates(&judgement).ends_with("- pii?"), "{failing}");
        assert!(judgement.hits.iter().all(|hit| &*hit.gate != "pii"));
        let Some(Json::Array(items)) = judgement.redacted else {
            panic!()
        };
        let replaced = Json::String("[REDACTED:email-address]".into());
        assert_eq!(items[0], replaced, "{failing}");
    }
}

#[test]
fn what_was_not_judged_is_replaced_as_a_whole() {
    let policy = Policy::parse("", Format::Toml, Duration::from_millis(1)).unwrap();
    let output = Json::Array(vec![
        Json::String("x ".repeat(1 << 20).into()),
        Json::String("123-45-6789".into()),
        Json::Null,
    ]);
    let ticks = Cell::new(0);
    let clock = || {
        ticks.set(ticks.get() + 1);
        Duration::from_micros(ticks.get() * 100)
    };
    let mut call = Call::new("a", Subject::new(&output), moment(0));
    call.redact = Some(true);
    let redacted = policy
        .judge(&call, &Suppressions::default(), &clock)
        .unwrap()
        .redacted
        .unwrap();
    let blank = || Json::String("[REDACTED]".into());
    assert_eq!(redacted, Json::Array(vec![blank(), blank(), Json::Null]));
}

#[test]
fn strings_too_many_to_look_at_their_marks_are_emptied() {
    let policy = Policy::parse("", Format::Toml, Duration::from_millis(20)).unwrap();
    let count = 100_000;
    let output = Json::Array(vec![Json::String("a".into()); count]);
    let looks = Cell::new(0);
    let clock = || {
        looks.set(looks.get() + 1);
        Duration::from_millis(looks.get())
    };
    let mut call = Call::new("a", Subject::new(&output), moment(0));
    call.redact = Some(true);
    let judgement = policy.judge(&call, &Suppressions::default(), &clock);
    let redacted = judgement.unwrap().redacted.unwrap();
    let empty = Json::Array(vec![Json::String("".into()); count]);
    assert!(redacted == empty, "not all are empty");
    assert!(looks.get() < 100, "{looks:?}");
}

#[test]
fn the_policy_says_whether_to_redact_unless_the_call_does() {
    let output = Json::String("a@b.co".into());
    for (says, asked, expected) in [
        (false, None, false),
        (false, Some(true), true),
        (true, None, true),
        (true, Some(false), false),
    ] {
        let policy = super::policy(&format!("[default]\nredact = {says}"));
        let mut call = Call::new("a", Subject::new(&output), moment(0));
        call.redact = asked;
        let judgement = policy.judge(&call, &Suppressions::default(), &super::stopped);
        let redacted = judgement.unwrap().redacted;
        assert_eq!(redacted.is_some(), expected, "{says} {asked:?}");
    }
}

#[test]
fn what_is_found_in_every_text_is_replaced_as_a_whole() {
    let policy = super::policy("[default]\ngates = [{ gate = 'pattern', patterns = ['^y*'] }]");
    check(&policy, r#"["abc",""]"#, r#"["",""]"#);
}

#[test]
fn a_string_is_emptied_when_marks_are_what_is_found() {
    let check = |gate: &str, expected| {
        let policy = super::policy(&format!("[default]\ngates = [{{ {gate} }}]"));
        check(&policy, r#"{"a":"HELLO you","b":"keep"}"#, expected);
    };
    let emptied = r#"{"a":"","b":"keep"}"#;
    check("gate = 'pattern', patterns = ['[A-Z]{5,}']", emptied);
    check("gate = 'keywords', words = ['hello', 'redacted']", emptied);
}

#[test]
fn what_is_wrong_with_a_bid_is_not_replaced() {
    let policy = policy(
        "[default]\ngates = [{ gate = 'pii' }, { gate = 'rtb.adomain-verify' }, { gate = 'rtb.bid-sanity' }]",
    );
    check(
        &policy,
        r#"{"seatbid":[{"bid":[{"price":-1,"adomain":["foo.com"],"adm":"a@b.co"}]}]}"#,
        r#"{"seatbid":[{"bid":[{"price":-1,"adomain":["foo.com"],"adm":"[REDACTED:email-address]"}]}]}"#,
    );
}

/// Text in which there is much to find, and what folding changes.
fn text() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "a@b.co",
        "123-45-6789",
        "555-867-5309",
        "rm -rf x",
        "rm -r",
        " -f",
        "../",
        "..",
        "/etc",
        "~/.ssh",
        "I cannot help",
        " ",
        "x",
        "é",
        "\u{200b}",
        "ａ＠ｂ．ｃｏ",
        "\u{2011}",
        "secret",
        "@",
        ".",
        "-",
        "'",
        "\n",
        "[REDACTED:email-address]",
    ]);
    prop::collection::vec(pieces, 0..8).prop_map(|pieces| pieces.concat())
}

fn json() -> impl Strategy<Value = Json<'static>> {
    let leaf = prop_oneof![
        3 => text().prop_map(|text| Json::String(text.into())),
        1 => Just(Json::Null),
        1 => any::<i32>().prop_map(|number| Json::Number(number.into())),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::Array),
            prop::collection::vec((text(), inner), 0..4).prop_map(|members| {
                Json::Object(
                    members
                        .into_iter()
                        .map(|(key, value)| (key.into(), value))
                        .collect(),
                )
            }),
        ]
    })
}

/// Whether the one value is the other with each string replaced as `expected` has it. What stands under a key more than once is
/// replaced in each place, so that of these the structure alone is compared.
fn is_replaced(left: &Json<'_>, right: &Json<'_>, expected: &dyn Fn(&str, &str) -> bool) -> bool {
    match (left, right) {
        (Json::String(left), Json::String(right)) => expected(left, right),
        (Json::Array(left), Json::Array(right)) => {
            let mut items = left.iter().zip(right);
            left.len() == right.len()
                && items.all(|(left, right)| is_replaced(left, right, expected))
        }
        (Json::Object(left), Json::Object(right)) => {
            let is_alone = |key| left.iter().filter(|(other, _)| other == key).count() == 1;
            let mut members = left.iter().zip(right);
            left.len() == right.len()
                && members.all(|((left_key, left), (right_key, right))| {
                    let expected = if is_alone(left_key) {
                        expected
                    } else {
                        &|_: &str, _: &str| true
                    };
                    left_key == right_key && is_replaced(left, right, expected)
                })
        }
        (left, right) => left == right,
    }
}

/// The text without what is found in it when it is all of an output: as often as something is found, the places are replaced,
/// then the whole text, which is emptied at last.
fn without_hits(agent: &str, text: &str) -> String {
    let mut text = text.to_owned();
    for round in 0..=9 {
        let output = Json::String(text.as_str().into());
        let call = Call::new(agent, Subject::new(&output), moment(0));
        let hits = POLICY
            .judge(&call, &Suppressions::default(), &stopped)
            .unwrap()
            .hits;
        let Some(first) = hits.first() else { break };
        text = match round {
            0..8 => with_marks(
                &text,
                hits.iter()
                    .map(|hit| (hit.range.clone(), hit.rule))
                    .collect(),
            ),
            8 => format!("[REDACTED:{}]", first.rule),
            _ => String::new(),
        };
    }
    text
}

/// The text with marks in the place of what was found; of what overlaps the first counts.
fn with_marks(text: &str, mut found: Vec<(Range<usize>, &str)>) -> String {
    found.sort_by_key(|(range, _)| (range.start, range.end));
    let mut apart: Vec<(Range<usize>, &str)> = Vec::new();
    for (range, rule) in found {
        match apart.last_mut() {
            Some((last, _)) if range.start < last.end => last.end = last.end.max(range.end),
            _ => apart.push((range, rule)),
        }
    }
    let mut text = text.to_owned();
    for (range, rule) in apart.into_iter().rev() {
        text.replace_range(range, &format!("[REDACTED:{rule}]"));
    }
    text
}

/// Much to find. The name of the agent says by which profile, whether a gate that judges the output as a whole fails ahead of
/// the others and has them skipped, which gates only watch, and whether marks are found themselves.
static POLICY: LazyLock<Policy> = LazyLock::new(|| {
    policy(
        r#"
        [[default.gates]]
        gate = "latency"
        mode = "off"
        [[default.gates]]
        gate = "filesystem"
        [[default.gates]]
        gate = "pii"
        checks = ["all"]
        [[default.gates]]
        gate = "content"
        checks = ["refusal"]
        [[default.gates]]
        gate = "secrets"
        [[default.gates]]
        gate = "keywords"
        words = ["secret", "x"]
        [[default.gates]]
        gate = "pattern"
        patterns = ["é."]
        [[rules]]
        agent = "*-marks"
        gates = [{ gate = "pattern", patterns = ["é.", "[B-Z]{3,}"] }]
        [[rules]]
        agent = "standard*"
        profile = "standard"
        [[rules]]
        agent = "*-late*"
        gates = [{ gate = "latency", max_ms = 100, mode = "enforce" }]
        [[rules]]
        agent = "*-fast*"
        fail_fast = true
        [[rules]]
        agent = "*-some"
        gates = [{ gate = "pii", checks = ["all"], mode = "monitor" }]
        [[rules]]
        agent = "*-watch"
        mode = "monitor"
        "#,
    )
});

proptest! {
    #[test]
    fn nothing_that_was_replaced_is_found_again(
        output in json(),
        profile in prop::sample::select(vec!["strict", "standard"]),
        modes in prop::sample::select(vec![
            "", "-late", "-fast", "-late-fast", "-watch", "-late-fast-watch", "-late-fast-some", "-fast-some",
            "-marks", "-late-fast-marks",
        ]),
        // Of the budget, how much goes by at each look at the clock.
        step in prop::sample::select(vec![0, 1, 10, 100, 300, 1_000]),
    ) {
        let agent = format!("{profile}{modes}");
        let subject = Subject::new(&output).latency_ms(143.0);
        let mut call = Call::new(&agent, subject, moment(0));
        call.redact = Some(true);
        let clock = super::ticking(super::BUDGET / 1_000 * step);
        let redacted = POLICY.judge(&call, &Suppressions::default(), &clock).unwrap().redacted.unwrap();
        let text = serde_json::to_string(&redacted).unwrap();
        let reread = Json::parse(&text).unwrap();
        let alone = if modes.ends_with("-marks") { format!("{profile}-marks") } else { profile.to_owned() };
        let is_exact = is_replaced(&output, &reread, &|left, right| without_hits(&alone, left) == right);
        // When the time was up nothing is known of any string, or of what overlaps with what was found.
        let is_marked = |left: &str, right: &str| left == right || right.is_empty() || right.contains("[REDACTED");
        let is_late = step > 0 && is_replaced(&output, &reread, &is_marked);
        prop_assert!(is_exact || is_late, "{} of {:?}", text, output);
        let call = Call::new(&alone, Subject::new(&reread), moment(0));
        let again = POLICY.judge(&call, &Suppressions::default(), &stopped).unwrap();
        prop_assert!(again.passed, "{:?} in {} of {:?}", again.hits, text, output);
    }
}
