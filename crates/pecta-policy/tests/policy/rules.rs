//! Which gates judge which agent and tool.

use pecta_gates::Json;
use pecta_policy::{Format, Policy};
use proptest::prelude::*;
use serde_json::{Value, json};
use wildmatch::WildMatch;

use super::{BUDGET, gates, judge, judge_for, policy};

#[track_caller]
fn check(policy: &Policy, agent: &str, tool: Option<&str>, expected: &str) {
    let output = Json::String("rm -rf /tmp/x for a@b.co".into());
    let judgement = judge_for(policy, agent, tool, &output, &[]);
    assert_eq!(gates(&judgement), expected, "{agent} {tool:?}");
    let failed = expected.contains('-');
    assert_eq!(judgement.passed, !failed, "{agent} {tool:?}");
}

#[test]
fn without_a_word_the_documented_gates_judge_strictly() {
    check(&policy(""), "a", None, "filesystem- pii- content");
}

#[test]
fn the_first_rule_that_matches_decides_for_each_gate() {
    let policy = policy(
        r#"
        [default]
        gates = [{ gate = "filesystem" }, { gate = "size", max_depth = 1 }, { gate = "pii" }]
        [[rules]]
        agent = "mailer"
        gates = [{ gate = "pii", mode = "off" }, { gate = "content" }]
        [[rules]]
        agent = "mail*"
        tool = "send.*"
        gates = [{ gate = "pii", mode = "monitor" }, { gate = "filesystem", checks = ["traversal"] }]
        [[rules]]
        agent = "*"
        tool = "*"
        gates = [{ gate = "keywords", words = ["rm"] }, { gate = "content", checks = ["empty"] }]
        "#,
    );
    let all = "keywords- content";
    check(
        &policy,
        "planner",
        None,
        &format!("filesystem- size pii- {all}"),
    );
    check(
        &policy,
        "mailer",
        None,
        "filesystem- size content keywords-",
    );
    check(
        &policy,
        "mailer",
        Some("send.now"),
        "filesystem size content keywords-",
    );
    check(
        &policy,
        "mail-2",
        Some("send.now"),
        &format!("filesystem size pii~ {all}"),
    );
    check(
        &policy,
        "mail-2",
        Some("send"),
        &format!("filesystem- size pii- {all}"),
    );
    check(
        &policy,
        "Mailer",
        Some("x"),
        &format!("filesystem- size pii- {all}"),
    );
}

#[test]
fn no_output_waits_for_what_was_prepared() {
    let document = r#"
        [[rules]]
        agent = "mailer-*"
        gates = [{ gate = "pii", checks = ["ssn"] }]
        [[rules]]
        agent = "mail*"
        profile = "standard"
        [[rules]]
        agent = "planner-?"
        tool = "send.*"
        redact = true
        [[rules]]
        tool = "send.*"
        mode = "monitor"
        [[rules]]
        agent = "*"
        gates = [{ gate = "size", max_depth = 9 }]
    "#;
    let grows = |policy: &Policy| {
        let names = ["mailer-1", "mailman", "planner-1", "other"].iter();
        let calls =
            names.flat_map(|agent| [(agent, None), (agent, Some("send.it")), (agent, Some("t"))]);
        let weight = policy.weight();
        for (agent, tool) in calls {
            judge_for(policy, agent, tool, &Json::Null, &[]);
        }
        policy.weight() > weight
    };
    assert!(
        grows(&policy(document)),
        "engines that are made are not seen"
    );
    let prepared = policy(document);
    prepared.prepare(|| false);
    assert!(!grows(&prepared));
}

#[test]
fn so_much_is_prepared_and_no_more() {
    let heavy = |nth| json!({"agent": format!("a{nth}"), "gates": [{"gate": "secrets"}]});
    let rules: Vec<_> = (0..100).map(heavy).collect();
    let document = json!({"rules": rules}).to_string();
    let policy = Policy::parse(&document, Format::Json, BUDGET).unwrap();
    let before = policy.weight();
    // No more than there is time for.
    policy.prepare(|| true);
    assert_eq!(policy.weight(), before);
    let mut left = 3;
    policy.prepare(|| {
        left -= 1;
        left < 0
    });
    assert_eq!((policy.weight() - before) >> 20, 3);
    policy.prepare(|| false);
    let prepared = (policy.weight() - before) >> 20;
    assert!((10..20).contains(&prepared), "{prepared} MiB");
}

#[test]
fn schemas_and_their_patterns_are_weighed() {
    let weight = |schema: Value| {
        let gates = json!([{"gate": "schema", "schema": schema}]);
        let document = json!({"default": {"gates": gates}}).to_string();
        let policy = Policy::parse(&document, Format::Json, BUDGET).unwrap();
        policy.weight() >> 10
    };
    let schema = json!({
        "pattern": "a",
        "items": {"pattern": "b"},
        "patternProperties": {"c": true, "d": {"not": {"pattern": "e"}}},
    });
    let text = Value::from(schema.to_string());
    for weight in [weight(schema), weight(text)] {
        assert!((5 * 256..6 * 256).contains(&weight), "{weight} KiB");
    }
    let many = vec![json!({}); 1000];
    assert!(weight(json!({"allOf": many})) > 1000);
}

#[test]
fn a_tool_that_is_not_named_is_matched_by_a_star_alone() {
    let policy = policy(
        r#"
        [[rules]]
        tool = "?*"
        mode = "off"
        "#,
    );
    check(&policy, "a", None, "filesystem- pii- content");
    check(&policy, "a", Some("t"), "");
    for tool in ["", "a\u{7f}"] {
        let rule = json!({"rules": [{"tool": tool, "mode": "off"}]}).to_string();
        let refused = Policy::parse(&rule, Format::Json, BUDGET).unwrap_err();
        assert_eq!(refused.pointer, "/rules/0/tool", "{tool:?}");
        // What was taken once stays what it was.
        Policy::restore(&rule, BUDGET).unwrap();
    }
}

#[test]
fn settings_are_those_of_the_first_rule_that_has_them() {
    let policy = policy(
        r#"
        [default]
        mode = "monitor"
        [[rules]]
        agent = "s*"
        profile = "standard"
        [[rules]]
        agent = "*e"
        mode = "enforce"
        fail_fast = true
        [[rules]]
        agent = "*"
        fail_fast = false
        "#,
    );
    check(&policy, "a", None, "filesystem~ pii~ content");
    check(&policy, "e", None, "filesystem- pii? content?");
    check(&policy, "s", None, "filesystem~ pii~ content");
    let quoted = Json::String("the file says \"rm -rf x\"".into());
    let found = |agent| gates(&judge_for(&policy, agent, None, &quoted, &[]));
    assert_eq!(found("a"), "filesystem~ pii content");
    assert_eq!(found("s"), "filesystem pii content");
}

#[test]
fn what_else_is_judged_is_a_matter_of_rules() {
    let policy = policy(
        r#"
        [[rules]]
        agent = "a"
        judge = ["keys"]
        "#,
    );
    let output = Json::parse(r#"{"a@b.co": 1}"#).unwrap();
    assert_eq!(gates(&judge(&policy, &output)), "filesystem pii- content");
    let other = judge_for(&policy, "b", None, &output, &[]);
    assert_eq!(gates(&other), "filesystem pii content");
}

#[test]
fn everyone_has_their_own_rule_of_many() {
    let rules = (0..300).map(|nth| {
        format!("[[rules]]\nagent = 'a{nth}'\ngates = [{{ gate = 'size', name = 's{nth}', max_depth = 1 }}]\n")
    });
    let policy = policy(&rules.collect::<String>());
    let output = Json::Null;
    for nth in (0..300).chain((0..300).rev()) {
        let agent = format!("a{nth}");
        let judgement = judge_for(&policy, &agent, None, &output, &[]);
        assert_eq!(gates(&judgement), format!("filesystem pii content- s{nth}"));
    }
}

/// The modes of a gate, whether it finds something, and how [`gates`] shows that.
const DECISIONS: [(&str, bool, Option<&str>); 4] = [
    ("enforce", true, Some("-")),
    ("enforce", false, Some("")),
    ("monitor", true, Some("~")),
    ("off", true, None),
];

proptest! {
    #[test]
    fn the_first_rule_that_matches_decides_however_it_is_found(
        rules in prop::collection::vec(
            ("[ab*?]{1,5}", "[ab*?]{1,4}", prop::collection::vec(prop::option::of(0..4_usize), 3)), 0..30,
        ),
        calls in prop::collection::vec(("[ab]{0,5}", "[ab]{0,3}"), 1..20),
    ) {
        let gate = |(nth, decision): (usize, &Option<usize>)| {
            let (mode, finds, _) = DECISIONS[(*decision)?];
            let most = if finds { 0 } else { 100 };
            Some(json!({"gate": "size", "name": nth.to_string(), "mode": mode, "max_bytes": most}))
        };
        let document: Vec<_> = rules.iter().map(|(agent, tool, decisions)| {
            let gates: Vec<_> = decisions.iter().enumerate().filter_map(gate).collect();
            json!({"agent": agent, "tool": tool, "gates": gates})
        }).collect();
        let default: Vec<_> = (0..3).filter_map(|nth| gate((nth, &Some(1)))).collect();
        let document = json!({"default": {"gates": default}, "rules": document}).to_string();
        let policy = Policy::parse(&document, Format::Json, BUDGET).unwrap();
        let output = Json::Null;
        for (agent, tool) in &calls {
            let matches = |pattern: &str, name: &str| WildMatch::new(pattern).matches(name);
            let expected = (0..3).filter_map(|nth| {
                let mut matching = rules.iter().filter(|(a, t, _)| matches(a, agent) && matches(t, tool));
                let decision = matching.find_map(|(.., decisions)| decisions[nth]).unwrap_or(1);
                DECISIONS[decision].2.map(|mark| format!("{nth}{mark}"))
            });
            let expected: Vec<_> = expected.collect();
            let judgement = judge_for(&policy, agent, Some(tool), &output, &[]);
            prop_assert_eq!(gates(&judgement), expected.join(" "), "{} {}", agent, tool);
        }
    }

    /// More agents, tools and sets of rules than engines are kept: everyone still gets the verdict of their own rules.
    #[test]
    fn what_is_kept_is_what_was_asked(calls in prop::collection::vec((0..12_u32, 0..3_u32), 1..400)) {
        let rules = (0..12).map(|nth| {
            format!("[[rules]]\nagent = '*{}*'\ngates = [{{ gate = 'size', name = 's{nth}', max_depth = 1 }}]\n",
                char::from_u32(u32::from(b'a') + nth).unwrap())
        });
        let policy = policy(&rules.collect::<String>());
        let output = Json::Null;
        for (bits, tool) in calls {
            // Every set of rules is some agent's.
            let bits = bits * 341 + tool;
            let named: String = (0..12).filter(|bit| bits >> bit & 1 == 1)
                .filter_map(|bit| char::from_u32(u32::from(b'a') + bit)).collect();
            let tool = tool.to_string();
            let judgement = judge_for(&policy, &named, Some(&tool), &output, &[]);
            let expected = (0..12).filter(|bit| bits >> bit & 1 == 1).map(|bit| format!(" s{bit}"));
            prop_assert_eq!(gates(&judgement), format!("filesystem pii content-{}", expected.collect::<String>()));
        }
    }
}
