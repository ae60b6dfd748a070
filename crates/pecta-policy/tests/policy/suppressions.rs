//! Hits that are known to be none.

use std::{cell::Cell, collections::BTreeSet, slice, time::Duration};

use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy, Suppression};

use super::{gates, judge_for, moment, policy, stopped, together};

fn email(id: &str) -> Suppression {
    Suppression::new(id, "pii", "email-address")
}

/// The gates for an output with mail addresses under `/from` and `/to/0`, and who is thanked for it.
#[track_caller]
fn check(suppressions: &[Suppression], expected: &str, thanks_to: Option<&str>, hits: usize) {
    let output = Json::parse(r#"{"from": "a@b.co", "to": ["c@d.co"]}"#).unwrap();
    let policy = policy("");
    let judgement = judge_for(&policy, "mailer", Some("send"), &output, suppressions);
    assert_eq!(gates(&judgement), format!("filesystem {expected} content"));
    assert_eq!(judgement.passed, !expected.contains('-'));
    let pii = &judgement.gates[1];
    assert_eq!(pii.suppressed.as_deref(), thanks_to);
    assert_eq!(pii.verdict.reason.is_none(), judgement.passed);
    assert_eq!(judgement.hits.len(), hits);
}

#[test]
fn what_is_suppressed_does_not_count() {
    check(&[], "pii-", None, 2);
    check(&[email("s")], "pii", Some("s"), 0);
    check(
        &[email("s").agent("mail*").tool("send")],
        "pii",
        Some("s"),
        0,
    );
    check(&[email("s").agent("mail")], "pii-", None, 2);
    check(&[email("s").tool("sen")], "pii-", None, 2);
    check(&[Suppression::new("s", "pii", "us-ssn")], "pii-", None, 2);
    check(
        &[Suppression::new("s", "filesystem", "email-address")],
        "pii-",
        None,
        2,
    );
}

#[test]
fn every_hit_must_be_covered() {
    let at = |id, pointer| email(id).pointer(pointer).unwrap();
    check(&[at("s", "/from")], "pii-", None, 1);
    check(&[at("s", "/to")], "pii-", None, 1);
    check(&[at("s", "/fro"), at("t", "/to/1")], "pii-", None, 2);
    check(&[at("s", "/to"), at("t", "/from")], "pii", Some("t"), 0);
    check(&[at("s", "/*")], "pii", Some("s"), 0);
    check(&[at("s", "/*/0")], "pii-", None, 1);
    assert_eq!(email("s").pointer("from").unwrap_err().pointer, "/pointer");
}

#[test]
fn it_ends_at_its_second() {
    let output = Json::String("a@b.co".into());
    let policy = policy("");
    let passes = |now| {
        let call = Call::new("a", Subject::new(&output), now);
        let suppression = email("s").expires_at(moment(1_000));
        policy
            .judge(&call, &together(&[suppression]), &stopped)
            .unwrap()
            .passed
    };
    assert!(passes(moment(999)));
    assert!(passes(moment(1_000) - chrono::TimeDelta::nanoseconds(1)));
    assert!(!passes(moment(1_000)));
}

#[test]
fn an_issue_of_a_schema_is_suppressed_by_its_keyword_and_place() {
    let policy = policy(
        r#"
        [default]
        gates = [{ gate = "schema", schema = { required = ["a"], properties = { b = { type = "number" } } } }]
        "#,
    );
    let found = |output: &str, suppressions: &[Suppression]| {
        let output = Json::parse(output).unwrap();
        gates(&judge_for(&policy, "a", None, &output, suppressions))
    };
    let missing = || Suppression::new("s", "schema", "required");
    let wrong = || {
        Suppression::new("t", "schema", "type")
            .pointer("/b")
            .unwrap()
    };
    assert_eq!(found("{}", &[]), "schema-");
    assert_eq!(found("{}", &[missing()]), "schema");
    assert_eq!(found(r#"{"b": "1"}"#, &[missing()]), "schema-");
    assert_eq!(found(r#"{"b": "1"}"#, &[missing(), wrong()]), "schema");
    assert_eq!(found(r#"{"a": {"b": 1}, "b": "1"}"#, &[wrong()]), "schema");
}

#[test]
fn a_fault_of_a_bid_is_suppressed_by_its_rule_and_place() {
    let policy = policy(
        r#"
        [default]
        gates = [
            { gate = "rtb.impid-match", duplicate_imp_ids = true },
            { gate = "rtb.adomain-verify" },
            { gate = "rtb.bid-sanity", name = "price", max_price = 9 },
            { gate = "rtb.audience-safety" },
            { gate = "rtb.bcat-compliance", subcategories = true, badv = true },
        ]
        "#,
    );
    let input = r#"{"imp": [{"id": "1"}, {"id": "1"}], "bcat": ["IAB26", "IAB8"], "badv": ["foo.com"], "regs": {"coppa": 1}}"#;
    let output = r#"{"seatbid": [{"bid": [
        {"impid": "1", "price": 1, "adomain": ["a.de"], "cat": ["IAB1"]},
        {"impid": "2", "price": 10, "price": "x", "adomain": ["a.de", "foo.com"], "cat": ["IAB26", "IAB8-5"]},
        {"price": -1, "adomain": ["x"]}, {"impid": "1", "price": 2}
    ]}]}"#;
    let (input, output) = (Json::parse(input).unwrap(), Json::parse(output).unwrap());
    let judged = |suppressions: &[Suppression]| {
        let call = Call::new("a", Subject::new(&output).input(&input), moment(0));
        let judgement = policy.judge(&call, &together(suppressions), &stopped);
        judgement.unwrap()
    };
    let found = judged(&[]).hits;
    let expected = [
        "rtb.impid-match missing-impid /seatbid/0/bid/2",
        "rtb.impid-match unknown-impid /seatbid/0/bid/1/impid",
        "rtb.impid-match duplicate-imp-id ",
        "rtb.adomain-verify missing-adomain /seatbid/0/bid/3",
        "rtb.adomain-verify placeholder-adomain /seatbid/0/bid/1/adomain/1",
        "rtb.adomain-verify invalid-adomain /seatbid/0/bid/2/adomain/0",
        "price missing-price /seatbid/0/bid/1/price",
        "price negative-price /seatbid/0/bid/2/price",
        "price price-over-cap /seatbid/0/bid/1/price",
        "rtb.audience-safety unsafe-category /seatbid/0/bid/1/cat/0",
        "rtb.audience-safety unsafe-category /seatbid/0/bid/1/cat/1",
        "rtb.bcat-compliance blocked-category /seatbid/0/bid/1/cat/0",
        "rtb.bcat-compliance blocked-subcategory /seatbid/0/bid/1/cat/1",
        "rtb.bcat-compliance blocked-advertiser /seatbid/0/bid/1/adomain/1",
    ];
    let told = found
        .iter()
        .map(|hit| format!("{} {} {}", hit.gate, hit.rule, hit.pointer));
    assert_eq!(told.collect::<Vec<_>>(), expected);
    let suppressions: Vec<_> = found
        .iter()
        .map(|hit| {
            assert!(policy.locates(&hit.gate) && policy.rules_of(&hit.gate).contains(&hit.rule));
            let suppression = Suppression::new("s", hit.gate.to_string(), hit.rule);
            suppression.pointer(&hit.pointer).unwrap()
        })
        .collect();
    assert!(judged(&suppressions).passed);
    for (nth, hit) in found.iter().enumerate() {
        let (before, after) = suppressions.split_at(nth);
        let judgement = judged(&[before, &after[1..]].concat());
        assert!(!judgement.passed, "{hit:?}");
        assert_eq!(judgement.hits, slice::from_ref(hit));
    }
}

#[test]
fn a_gate_that_judges_as_a_whole_is_suppressed_by_its_kind() {
    let policy = policy(
        r#"
        [default]
        gates = [{ gate = "size", name = "small", max_depth = 0 }, { gate = "pii" }]
        fail_fast = true
        "#,
    );
    let output = Json::parse(r#"["a@b.co"]"#).unwrap();
    let found =
        |suppressions: &[Suppression]| gates(&judge_for(&policy, "a", None, &output, suppressions));
    assert_eq!(found(&[]), "small- pii?");
    assert_eq!(
        found(&[Suppression::new("s", "small", "size")]),
        "small pii-"
    );
    assert_eq!(
        found(&[Suppression::new("s", "size", "size")]),
        "small- pii?"
    );
}

#[test]
fn what_cannot_fail_an_output_has_no_rules() {
    let policy = policy(
        r#"
        [default]
        gates = [
            { gate = "rtb.tmax-guard" }, { gate = "filesystem", mode = "off" },
            { gate = "pii", checks = ["ssn"], profile = "strict" }, { gate = "size", max_depth = 0 },
            { gate = "keywords", words = ["x"] }, { gate = "schema", schema = { required = ["a"] } },
            { gate = "schema", name = "input", schema = true, target = "input" },
            { gate = "pattern", name = "some", patterns = ["x"], must = "match" },
            { gate = "rtb.impid-match" }, { gate = "rtb.adomain-verify", allow_empty = true },
            { gate = "rtb.bid-sanity" }, { gate = "rtb.bcat-compliance", badv = true },
        ]
        [[rules]]
        agent = "mailer"
        gates = [{ gate = "pii", checks = ["phone"], profile = "strict" }]
        "#,
    );
    for (gate, rules) in [
        ("rtb.tmax-guard", &[][..]),
        ("filesystem", &[]),
        ("pii", &["us-phone", "us-ssn"]),
        ("size", &["size"]),
        ("keywords", &["keyword"]),
        ("schema", &["schema", "required"]),
        ("input", &["schema"]),
        ("some", &["pattern"]),
        ("rtb.impid-match", &["missing-impid", "unknown-impid"]),
        (
            "rtb.adomain-verify",
            &["placeholder-adomain", "invalid-adomain"],
        ),
        (
            "rtb.bid-sanity",
            &[
                "missing-price",
                "negative-price",
                "price-over-floor-multiple",
            ],
        ),
        (
            "rtb.bcat-compliance",
            &["blocked-category", "blocked-advertiser"],
        ),
        ("other", &[]),
    ] {
        let found: BTreeSet<_> = policy.rules_of(gate).into_iter().collect();
        assert_eq!(found, rules.iter().copied().collect(), "{gate}");
    }
    for (gate, is_located) in [
        ("keywords", true),
        ("schema", true),
        ("input", false),
        ("some", false),
        ("size", false),
    ] {
        assert_eq!(policy.locates(gate), is_located, "{gate}");
    }
}

#[test]
fn a_gate_that_its_rule_has_off_fails_nothing() {
    let may_fail = |text: &str| {
        let rules = policy(text).rules_of("size");
        !rules.is_empty()
    };
    let gate = "gates = [{ gate = 'size', max_depth = 1 }]";
    let gate_of_its_own = "gates = [{ gate = 'size', max_depth = 1, mode = 'monitor' }]";
    let earlier = "[[rules]]\nagent = 'a*'\nmode = 'monitor'";
    let off = format!("[[rules]]\nmode = 'off'\n{gate}");
    let default_off = "[default]\nmode = 'off'";
    assert!(!may_fail(&off));
    assert!(!may_fail(&format!("{default_off}\n[[rules]]\n{gate}")));
    assert!(may_fail(&format!(
        "[[rules]]\nmode = 'off'\n{gate_of_its_own}"
    )));
    // Another rule may have it on.
    assert!(may_fail(&format!("{earlier}\n{off}")));
    assert!(!may_fail(&format!("{off}\n{earlier}")));
    assert!(may_fail(&format!(
        "{default_off}\n{earlier}\n[[rules]]\n{gate}"
    )));
    assert!(may_fail(&format!(
        "[[rules]]\n{gate}\n[[rules]]\nagent = 'a*'\nmode = 'off'"
    )));
}

#[test]
fn what_would_block_can_be_suppressed_too() {
    let policy = policy("[default]\nmode = 'monitor'");
    let output = Json::String("a@b.co".into());
    let judgement = judge_for(&policy, "a", None, &output, &[email("s")]);
    assert_eq!(gates(&judgement), "filesystem pii content");
    assert_eq!(judgement.gates[1].suppressed.as_deref(), Some("s"));
}

#[test]
fn more_hits_than_are_listed_cannot_be_suppressed() {
    let policy = policy("");
    let many = |count: usize| Json::String("a@b.co ".repeat(count).into());
    for (count, passes) in [(1_000, true), (1_001, false), (3_000, false)] {
        let output = many(count);
        let judgement = judge_for(&policy, "a", None, &output, &[email("s")]);
        assert_eq!(judgement.passed, passes, "{count}");
        // What fails a gate is told.
        assert_eq!(judgement.hits.len(), if passes { 0 } else { 1_000 });
    }
}

#[test]
fn what_was_not_judged_to_its_end_cannot_be_suppressed() {
    let policy = Policy::parse("", Format::Toml, Duration::from_millis(1)).unwrap();
    let output = Json::Array(vec![
        Json::String("a@b.co".into()),
        Json::String("x ".repeat(1 << 20).into()),
        Json::String("123-45-6789".into()),
    ]);
    let ticks = Cell::new(0);
    let clock = || {
        ticks.set(ticks.get() + 1);
        Duration::from_micros(ticks.get() * 100)
    };
    let call = Call::new("a", Subject::new(&output), moment(0));
    let judgement = policy
        .judge(&call, &together(&[email("s")]), &clock)
        .unwrap();
    assert!(!judgement.passed);
    assert_eq!(judgement.gates[1].suppressed, None);
}

#[test]
fn what_a_gate_does_changes_no_suppression_of_another() {
    let policy = policy(
        r#"
        [default]
        gates = [
            { gate = "pii", checks = ["email"] },
            { gate = "filesystem" },
            { gate = "rtb.tmax-guard", buffer_ms = 1000000 },
            { gate = "content" },
        ]
        "#,
    );
    let judged = |text: &str, tmax_ms| {
        let output = Json::String(text.into());
        let mut subject = Subject::new(&output);
        (subject.tmax_ms, subject.elapsed_ms) = (tmax_ms, tmax_ms);
        let call = Call::new("a", subject, moment(0));
        let judgement = policy.judge(&call, &together(&[email("s")]), &stopped);
        gates(&judgement.unwrap())
    };
    assert_eq!(
        judged("a@b.co", Some(1.0)),
        "pii filesystem rtb.tmax-guard? content?"
    );
    let many = "/etc ".repeat(1_001);
    assert_eq!(
        judged(&format!("{many} a@b.co"), None),
        "pii filesystem- rtb.tmax-guard content"
    );
}

#[test]
fn a_place_may_be_a_key_or_in_the_json_of_a_string() {
    let policy = policy(
        r#"
        [default]
        judge = ["keys", "embedded-json"]
        gates = [{ gate = "pii" }]
        "#,
    );
    let passes = |text: &str, pointer: &str| {
        let output = Json::parse(text).unwrap();
        let suppression = email("s").pointer(pointer).unwrap();
        judge_for(&policy, "a", None, &output, &[suppression]).passed
    };
    let key = r#"{"users": {"a@b.co": {"x": 1}}}"#;
    for (pointer, passes_it) in [
        ("/users/*~#", true),
        ("/users/a@b.co~#", true),
        ("/users/b@b.co~#", false),
        ("/users", true),
        // The value under the key, which the key is not in.
        ("/users/*", false),
        ("/users/*~", false),
        ("/users~#", false),
    ] {
        assert_eq!(passes(key, pointer), passes_it, "{pointer}");
    }
    // A string that holds the address only once it is read as JSON.
    let embedded = r#"{"arguments": "{\"to\": [\"a\\u0040b.co\"]}"}"#;
    for (pointer, passes_it) in [
        ("/arguments~/to/0", true),
        ("/arguments~/*", true),
        ("/*~", true),
        ("/arguments", true),
        ("/arguments~/to/1", false),
        ("/arguments/to", false),
        ("/arguments~#", false),
    ] {
        assert_eq!(passes(embedded, pointer), passes_it, "{pointer}");
    }
    for pointer in ["/users~#/x", "/~2", "/a~~#", "/a~x"] {
        let error = email("s").pointer(pointer).unwrap_err();
        assert_eq!(error.pointer, "/pointer", "{pointer}");
    }
}

/// What an event tells of a hit covers that hit.
#[test]
fn a_hit_is_covered_by_its_own_place() {
    let policy = policy(
        r#"
        [default]
        judge = ["keys", "numbers", "embedded-json"]
        gates = [
            { gate = "pii" },
            { gate = "schema", schema = { properties = { from = { }, "a/b~*" = { } } } },
        ]
        "#,
    );
    for text in [
        r#"{"from": "a@b.co"}"#,
        r#"{"a/b~*": ["a@b.co"]}"#,
        r#"[[{"c": "a@b.co"}]]"#,
        r#"{"c": {"a@b.co": 1}}"#,
        r#"{"from": {"a@b.co": 1}}"#,
        r#"{"body": "{\"a\\u0040b.co\": {}}"}"#,
        r#"{"body": "{\"from\": {\"body\": \"[\\\"a\\\\u0040b.co\\\"]\"}}"}"#,
        r#""a@b.co""#,
    ] {
        let output = Json::parse(text).unwrap();
        let judgement = judge_for(&policy, "a", None, &output, &[]);
        let [hit] = &judgement.hits[..] else {
            panic!("{text}: {:?}", judgement.hits)
        };
        let suppression = Suppression::new("s", hit.gate.to_string(), hit.rule)
            .pointer(&hit.pointer)
            .unwrap();
        let judgement = judge_for(&policy, "a", None, &output, &[suppression]);
        assert!(judgement.passed, "{text}: {}", hit.pointer);
    }
}
