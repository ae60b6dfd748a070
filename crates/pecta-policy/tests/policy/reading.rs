//! Which policies are refused, and with what place and reason.

use std::time::Duration;

use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy, Suppressions, json_schema};
use serde_json::{Value, json};

use super::{BUDGET, policy};

#[track_caller]
fn refused(format: Format, text: &str, expected: &str) {
    let error = Policy::parse(text, format, BUDGET).unwrap_err().to_string();
    assert!(error.starts_with(expected), "{error}\n{text}");
}

#[test]
fn a_faulty_toml_is_refused_with_line_and_column() {
    for (text, expected) in [
        ("x = ", "line 1, column 5: "),
        (
            "[default]\nbudgets_ms = 1",
            "line 2, column 1 (/default/budgets_ms): unknown field `budgets_ms`, expected one of",
        ),
        (
            "[default]\nbudget_ms = 0",
            "line 2, column 1 (/default/budget_ms): must be positive, and at most 1000",
        ),
        (
            "[default]\nbudget_ms = 1000.5",
            "line 2, column 1 (/default/budget_ms): must be positive, and at most 1000",
        ),
        (
            "[default]\nagent = \"a\"",
            "line 2, column 1 (/default/agent): is for rules",
        ),
        (
            "[[rules]]\n\n[[rules]]\ngates = [{ gate = \"pi\" }]",
            "line 4, column 12 (/rules/1/gates/0/gate): there is no gate \"pi\"; there are filesystem, pii,",
        ),
        (
            "[[rules]]\ngates = [\n  { gate = \"pii\" },\n  { gate = \"filesystem\", name = \"pii\" },\n]",
            "line 4, column 26 (/rules/0/gates/1/name): two gates of the rule are named \"pii\"",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"pii\", name = \"\" }]",
            "line 2, column 26 (/rules/0/gates/0/name): gate name \"\" must be 1 to 200",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"pii\", checks = [\"e-mail\"] }]",
            "line 2, column 26 (/rules/0/gates/0/checks): gate pii has no check \"e-mail\"; it has email, ssn,",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"pii\", checks = [] }]",
            "line 2, column 26 (/rules/0/gates/0/checks): all checks of gate \"pii\" are switched off",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"pii\", mode = \"watch\" }]",
            "line 2, column 26 (/rules/0/gates/0/mode): unknown variant `watch`, expected one of `enforce`",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"pii\", max_ms = 1 }]",
            "line 2, column 26 (/rules/0/gates/0/max_ms): unknown field `max_ms`, expected `profile` or `checks`, besides `gate`, `name` and `mode`",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"latency\" }]",
            "line 2, column 10 (/rules/0/gates/0): missing field `max_ms`",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"latency\", max_ms = nan }]",
            "line 2, column 30 (/rules/0/gates/0/max_ms): must be a finite number",
        ),
        (
            "[[rules]]\ngates = [{ gate = \"latency\", max_ms = -1 }]",
            "line 2, column 30 (/rules/0/gates/0/max_ms): max_ms must be positive and finite",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"pattern\"\npatterns = [\"a\", \"(\"]",
            "line 4, column 18 (/rules/0/gates/0/patterns/1): regex parse error",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"pattern\"\npatterns = [\"\\\\w{1000}\"]",
            "line 4, column 13 (/rules/0/gates/0/patterns/0): Compiled regex exceeds size limit",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"pattern\"\npatterns = [\"a\"]\npointers = [\"a\"]",
            "line 5, column 13 (/rules/0/gates/0/pointers/0): must be a JSON Pointer",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"keywords\"\nwords = [\"a\", \" \"]",
            "line 4, column 15 (/rules/0/gates/0/words/1): must not be blank",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"size\"",
            "line 2, column 1 (/rules/0/gates/0): needs max_bytes, max_depth or max_items",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"schema\"\n[rules.gates.schema]\ntype = \"objekt\"",
            "line 5, column 1 (/rules/0/gates/0/schema/type): the schema does not compile at \"/type\"",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"schema\"\nschema = '{\"type\": 1}'",
            "line 4, column 1 (/rules/0/gates/0/schema): the schema does not compile at \"/type\"",
        ),
        (
            "[[rules]]\n[[rules.gates]]\ngate = \"rtb.adomain-verify\"\nplaceholders = [\"a.com\", \"\"]",
            "line 4, column 26 (/rules/0/gates/0/placeholders/1): placeholder must be a domain",
        ),
        (
            "version = 1\n[default]\nredact = 2026-01-01",
            "line 3, column 1 (/default/redact): must not be a date",
        ),
    ] {
        refused(Format::Toml, text, expected);
    }
}

#[test]
fn a_faulty_json_is_refused_with_a_pointer() {
    for (text, expected) in [
        ("{", "line 1, column 1: "),
        ("[]", "must be an object"),
        (r#"{"default": []}"#, "/default: must be an object"),
        (r#"{"rules": [["a"]]}"#, "/rules/0: must be an object"),
        ("null", "must be an object"),
        ("1", "must be an object"),
        (r#"{"default": null}"#, "/default: must be an object"),
        (r#"{"rules": [null]}"#, "/rules/0: must be an object"),
        (r#"{"rules": 1}"#, "/rules: must be an array"),
        (
            r#"{"rules": [{"tool": 1}]}"#,
            "/rules/0/tool: must be a string",
        ),
        (
            r#"{"rules": [{"redact": 1}]}"#,
            "/rules/0/redact: must be true or false",
        ),
        (
            r#"{"rules": [{"gates": [{"gate": "latency", "max_ms": "1"}]}]}"#,
            "/rules/0/gates/0/max_ms: must be a number",
        ),
        (
            r#"{"rules": [{"gates": [{"gate": 1}]}]}"#,
            "/rules/0/gates/0/gate: must be a string",
        ),
        (
            r#"{"rules": [{"gates": [{"gate": "size", "max_bytes": 1e23}]}]}"#,
            "/rules/0/gates/0/max_bytes: must be a whole number",
        ),
        (
            r#"{"rules": [{"tool": "a", "tool": "b"}]}"#,
            "/rules/0/tool: is given twice",
        ),
        (
            r#"{"rules": [{"gates": [{"gate": "size", "max/~bytes": 1}]}]}"#,
            "/rules/0/gates/0/max~1~0bytes: unknown field",
        ),
        (
            r#"{"version": -1}"#,
            "/version: must be a whole number of at least 0",
        ),
        (
            r#"{"version": 9007199254740992}"#,
            "/version: must be at most",
        ),
    ] {
        refused(Format::Json, text, expected);
    }
}

const EVERYTHING: &str = r#"
    version = 7
    [default]
    profile = "standard"
    mode = "enforce"
    budget_ms = 20.5
    fail_fast = true
    redact = false
    judge = ["keys", "numbers", "embedded-json"]
    [[default.gates]]
    gate = "pii"
    name = "personal data"
    mode = "monitor"
    profile = "strict"
    checks = ["email", "card"]
    [[rules]]
    agent = "a*"
    tool = "shell.?"
    gates = [
        { gate = "filesystem", checks = ["all"] },
        { gate = "content" }, { gate = "secrets" }, { gate = "injection" }, { gate = "destructive" },
        { gate = "latency", max_ms = 200, mode = "monitor" },
        { gate = "schema", schema = { type = "object" }, target = "input" },
        { gate = "schema", name = "text", schema = '{"type": "object"}' },
        { gate = "rtb.tmax-guard", buffer_ms = 10 },
        { gate = "rtb.impid-match", duplicate_imp_ids = true },
        { gate = "rtb.adomain-verify", allow_empty = true, placeholders = ["acme.test"] },
        { gate = "rtb.bid-sanity", max_price = 10, max_floor_multiple = 3, zero_price_needs_deal = true, below_floor = true },
        { gate = "rtb.audience-safety", coppa_as_string = true },
        { gate = "rtb.bcat-compliance", subcategories = true, badv = true },
        { gate = "pattern", patterns = ["a+"], must = "match", pointers = ["/a", ""] },
        { gate = "keywords", words = ["x"], whole_words = false, ignore_case = false, pointers = ["/*/a"] },
        { gate = "size", max_bytes = 10, max_depth = 3, max_items = 5 },
        { gate = "http", url = "https://gates.example/judge?v=1", timeout_ms = 200, on_error = "open", reasons = ["off-brand"] },
        { gate = "pii", mode = "off" },
    ]
"#;

#[test]
fn everything_that_the_documentation_names_is_taken() {
    assert_eq!(policy(EVERYTHING).version(), 7);
    let json: Value = toml::from_str(EVERYTHING).unwrap();
    Policy::parse(&json.to_string(), Format::Json, BUDGET).unwrap();
    policy("");
}

/// Takes every member out of the value, one at a time, or gives it a name that nothing has.
fn spoiled(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let mut renamed = members.clone();
                renamed.remove(key);
                renamed.insert(format!("{key}s"), member.clone());
                all.push(Value::Object(renamed));
                for value in [
                    Value::from(-1),
                    Value::from("nothing"),
                    Value::from(vec![0]),
                ] {
                    let mut replaced = members.clone();
                    replaced.insert(key.clone(), value);
                    all.push(Value::Object(replaced));
                }
                for spoiled in spoiled(member) {
                    let mut changed = members.clone();
                    changed.insert(key.clone(), spoiled);
                    all.push(Value::Object(changed));
                }
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate() {
                for spoiled in spoiled(item) {
                    let mut changed = items.clone();
                    changed[nth] = spoiled;
                    all.push(Value::Array(changed));
                }
            }
        }
        _ => {}
    }
    all
}

#[test]
fn the_published_schema_takes_what_is_taken_and_refuses_no_policy() {
    let schema = json_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let everything: Value = toml::from_str(EVERYTHING).unwrap();
    assert!(
        validator.is_valid(&everything),
        "{:?}",
        validator.iter_errors(&everything).next()
    );
    let (mut taken, mut refused) = (0, 0);
    for policy in spoiled(&everything) {
        let read = Policy::parse(&policy.to_string(), Format::Json, BUDGET);
        if read.is_ok() {
            taken += 1;
            assert!(
                validator.is_valid(&policy),
                "taken, but the schema refuses {policy}"
            );
        } else {
            refused += usize::from(!validator.is_valid(&policy));
        }
    }
    assert!(taken >= 5 && refused > 200, "{taken} {refused}");
}

#[test]
fn a_policy_has_so_many_gates() {
    let check = |rules: usize, gates: usize, gate: &str, expected: &str| {
        let gates: Vec<_> = (0..gates)
            .map(|nth| format!("{{ name = 'g{nth}', {gate} }}"))
            .collect();
        let rule = format!("[[rules]]\ngates = [{}]\n", gates.join(", "));
        let read = Policy::parse(&rule.repeat(rules), Format::Toml, BUDGET);
        let message = read.err().map(|error| error.to_string());
        assert_eq!(message.unwrap_or_default(), expected);
    };
    let size = "gate = 'size', max_depth = 1";
    check(5, 100, size, "");
    check(
        5,
        101,
        size,
        "line 10, column 4608 (/rules/4/gates/96): there are 505 gates; 500 are the most",
    );
    let pattern = "gate = 'pattern', patterns = ['a']";
    check(4, 8, pattern, "");
    check(
        3,
        11,
        pattern,
        "line 6, column 540 (/rules/2/gates/10): there are 33 gates of the kind \"pattern\"; 32 are the most",
    );
}

#[test]
fn patterns_and_rules_are_bounded_alike_for_reader_and_schema() {
    let schema = json_schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let check = |policy: &Value, refused: Option<&str>| {
        let read = Policy::parse(&policy.to_string(), Format::Json, BUDGET);
        let message = read.err().map(|error| error.to_string());
        assert_eq!(message.as_deref(), refused);
        assert_eq!(validator.is_valid(policy), refused.is_none(), "{refused:?}");
        Policy::restore(&policy.to_string(), BUDGET).unwrap();
    };
    let rules = |count: usize| json!({"rules": vec![json!({"agent": "a"}); count]});
    check(&rules(1000), None);
    check(
        &rules(1001),
        Some("/rules: has 1001 rules; 1000 are the most"),
    );
    for key in ["agent", "tool"] {
        let check = |pattern: &str, refused: Option<&str>| {
            let refused = refused.map(|message| format!("/rules/1/{key}: {message}"));
            check(&json!({"rules": [{}, {key: pattern}]}), refused.as_deref());
        };
        check("*", None);
        check(&"é".repeat(200), None);
        check(&"é".repeat(201), Some("must be 1 to 200 characters"));
        check("", Some("must be 1 to 200 characters"));
        for control in ["\0", "a\nb", "\u{1f}", "\u{7f}"] {
            check(control, Some("must not hold control characters"));
        }
        check("\u{80}\u{2028}", None);
    }
}

#[test]
fn a_policy_that_was_taken_before_stays_one() {
    let gates = [json!({"gate": "size", "mode": "off"})];
    let rules = vec![json!({"gates": gates}); 501];
    let document = json!({"default": {"budget_ms": 5_000}, "rules": rules}).to_string();
    let budget = Duration::from_secs(30);
    assert!(Policy::parse(&document, Format::Json, budget).is_err());
    let policy = Policy::restore(&document, budget).unwrap();
    // Longer than a second it judges no more.
    let output = Json::String("a".repeat(1 << 20).into());
    for (step, passes) in [
        (Duration::from_millis(1), true),
        (Duration::from_secs(1), false),
    ] {
        let call = Call::new("a", Subject::new(&output), super::moment(0));
        let judgement = policy.judge(&call, &Suppressions::default(), &super::ticking(step));
        assert_eq!(judgement.unwrap().passed, passes, "{step:?}");
    }
    for faulty in [
        "{",
        "[]",
        r#"{"default": {"gates": [{"gate": "pi"}]}}"#,
        r#"{"default": {"budget_ms": 0}}"#,
    ] {
        assert!(Policy::restore(faulty, budget).is_err(), "{faulty}");
    }
}
