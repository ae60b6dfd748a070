//! What a gate says that still fails when some of what it found is suppressed.

use std::collections::BTreeSet;

use pecta_gates::Json;
use pecta_policy::Suppression;

use super::{judge_for, policy};

#[test]
fn the_reason_is_that_of_what_is_not_suppressed() {
    let policy = policy("");
    let judged = |text: &str, suppressions: &[Suppression]| {
        let output = Json::String(text.into());
        let judgement = judge_for(&policy, "a", None, &output, suppressions);
        judgement.gates[1].verdict.reason.clone()
    };
    let reason = |what| Some(format!("output contains {what}").into());
    let email = || Suppression::new("s", "pii", "email-address");
    let text = "555-867-5309 a@b.co 123-45-6789";
    assert_eq!(judged(text, &[]), reason("email address"));
    assert_eq!(judged(text, &[email()]), reason("social security number"));
    let ssn = Suppression::new("t", "pii", "us-ssn");
    assert_eq!(
        judged(text, &[email(), ssn.clone()]),
        reason("phone number")
    );
    assert_eq!(judged("a@b.co 123-45-6789", &[email(), ssn]), None);
    // What is not listed may be anything.
    let many = "a@b.co ".repeat(1_001) + "123-45-6789";
    assert_eq!(judged(&many, &[email()]), reason("email address"));
}

#[test]
fn the_reason_of_issues_counts_those_that_are_left() {
    let policy = policy(
        r#"
        [default]
        gates = [{ gate = "schema", schema = { required = ["a", "b"], properties = { c = { type = "number" }, d = { maxLength = 1 } } } }]
        "#,
    );
    let reason = |rules: &[&str]| {
        let output = Json::parse(r#"{"c": "1", "d": "long"}"#).unwrap();
        let suppressions: Vec<_> = rules
            .iter()
            .map(|rule| Suppression::new("s", "schema", *rule))
            .collect();
        let judgement = judge_for(&policy, "a", None, &output, &suppressions);
        let reason = judgement.gates[0].verdict.reason.clone();
        reason.map(|reason| reason.replace("schema validation failed ", ""))
    };
    let (number, long) = (
        "c: must be of type number",
        "d: must have at most 1 characters",
    );
    let missing = "a: is required; b: is required";
    for (rules, expected) in [
        (&[][..], format!("(4 issues): {missing}; {number}; {long}")),
        (&["type"], format!("(3 issues): {missing}; {long}")),
        (&["required"], format!("(2 issues): {number}; {long}")),
        (&["required", "type"], format!("(1 issue): {long}")),
    ] {
        let issues = |text: &str| {
            let (count, issues) = text.split_once(": ").unwrap();
            let issues: BTreeSet<_> = issues.split("; ").map(str::to_owned).collect();
            (count.to_owned(), issues)
        };
        assert_eq!(
            issues(&reason(rules).unwrap()),
            issues(&expected),
            "{rules:?}"
        );
    }
    assert_eq!(reason(&["required", "type", "maxLength"]), None);
}

#[test]
fn the_reason_of_a_bid_is_that_of_the_fault_that_is_left() {
    let policy = policy(
        "[default]\ngates = [{ gate = 'rtb.adomain-verify' }, { gate = 'rtb.bid-sanity', max_price = 9 }]",
    );
    let output = r#"{"seatbid": [{"bid": [{"price": 1, "adomain": ["foo.com"]}, {"price": 10, "adomain": ["bar.com"]},
        {"price": -1, "adomain": ["x"]}]}]}"#;
    let output = Json::parse(output).unwrap();
    let reasons = |suppressions: &[Suppression]| {
        let judgement = judge_for(&policy, "a", None, &output, suppressions);
        let gates = judgement.gates.iter();
        let reasons = gates.map(|gate| gate.verdict.reason.clone().unwrap_or_default());
        reasons.collect::<Vec<_>>().join(", ")
    };
    let domain = |rule| Suppression::new("s", "rtb.adomain-verify", rule);
    let price = |rule| Suppression::new("t", "rtb.bid-sanity", rule);
    let first = domain("placeholder-adomain")
        .pointer("/seatbid/0/bid/0")
        .unwrap();
    for (suppressions, expected) in [
        (
            &[][..],
            "placeholder adomain: foo.com, bid price is negative",
        ),
        (
            &[first],
            "placeholder adomain: bar.com, bid price is negative",
        ),
        (
            &[domain("placeholder-adomain"), price("negative-price")],
            "invalid adomain format, bid price 10 exceeds cap 9",
        ),
    ] {
        assert_eq!(reasons(suppressions), expected);
    }
}
