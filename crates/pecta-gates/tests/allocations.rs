//! What evaluations allocate: where they find nothing a handful of times, however long the output is, and else not without end.

use std::time::Duration;

use pecta_gates::{Content, Engine, Filesystem, Json, Pii, Subject};

#[test]
fn a_clean_evaluation_allocates_for_its_verdict_alone() {
    let engine = Engine::builder()
        .gate(Filesystem::new())
        .gate(Pii::new())
        .gate(Content::new());
    let engine = engine.budget(Duration::from_mins(1)).build().unwrap();
    let check = |text: &str, allowed: u64| {
        let text = text.repeat(4096 / text.len());
        let output = Json::Array(vec![Json::String(text.as_str().into()), Json::Bool(true)]);
        let judge = || {
            let verdict = engine.evaluate(&Subject::new(&output), &|| Duration::ZERO);
            assert!(verdict.passed, "{text}");
        };
        let count = allocation_counter::measure(judge).count_total;
        assert!(count <= allowed, "{count} allocations: {text}");
    };
    // The gates' verdicts and the walk's stack.
    check("An ordinary sentence about a farm, 3.5 miles off. ", 2);
    check("GET /api/v1/items/7?page=2 200 1234 ms - ok\n", 2);
    check(
        "\u{4E2D}\u{6587} Gr\u{FC}\u{DF}e \u{43F}\u{440}\u{438}\u{432}\u{435}\u{442} ",
        2,
    );
    // The folded form grows as it is made.
    check("It\u{2019}s so. ", 16);
}

#[cfg(feature = "schema")]
#[test]
fn listing_issues_takes_no_memory_without_end() {
    use serde_json::json;

    let check = |schema: &serde_json::Value, output: &str, is_listed: bool| {
        let gate = pecta_gates::Schema::new(schema).unwrap();
        let engine = Engine::builder().gate(gate).budget(Duration::from_mins(1));
        let engine = engine.build().unwrap();
        let output = Json::parse(output).unwrap();
        let mut reason = None;
        let judge = || {
            let subject = Subject::new(&output);
            let verdict = engine.evaluate_with_findings(&subject, &|| Duration::ZERO);
            reason.clone_from(&verdict.gates[0].reason);
        };
        let peak = allocation_counter::measure(judge).bytes_max;
        assert!(peak < 64 << 20, "{peak} bytes");
        let reason = reason.unwrap();
        assert_eq!(reason.contains("must be of type"), is_listed, "{reason}");
    };
    let key = "k".repeat(100_000);
    // Every issue holds the path of its value.
    let schema = json!({"additionalProperties": {"items": {"type": "string"}}});
    let items = |count| format!(r#"{{"{key}":[{}]}}"#, vec!["1"; count].join(","));
    check(&schema, &items(20), true);
    check(&schema, &items(1_000), false);
    // So does every place, under whichever of duplicate keys.
    let number = json!({"additionalProperties": {"type": "string"}});
    let schema = json!({"additionalProperties": {"additionalProperties": number}});
    let duplicates: Vec<_> = (0..1_000)
        .map(|nth| format!(r#""a":{{"{nth}":1}}"#))
        .collect();
    check(
        &schema,
        &format!(r#"{{"{key}":{{{}}}}}"#, duplicates.join(",")),
        true,
    );
    // So does every name that is missing, and every part that is forbidden.
    let names: Vec<_> = (0..1_000).map(|nth| format!("a{nth}")).collect();
    let schema = json!({"additionalProperties": {"required": names}});
    check(&schema, &format!(r#"{{"{key}":{{}}}}"#), false);
    let beside = json!({"dependentRequired": {"a": names}});
    let schema = json!({"additionalProperties": beside});
    check(&schema, &format!(r#"{{"{key}":{{"a":1}}}}"#), false);
    let none: serde_json::Map<_, _> = names
        .iter()
        .map(|name| (name.clone(), false.into()))
        .collect();
    let schema = json!({"additionalProperties": {"properties": none}});
    let members: Vec<_> = names.iter().map(|name| format!(r#""{name}":1"#)).collect();
    check(
        &schema,
        &format!(r#"{{"{key}":{{{}}}}}"#, members.join(",")),
        false,
    );
    let schema = json!({"additionalProperties": {"allOf": vec![false; 1_000]}});
    check(&schema, &format!(r#"{{"{key}":1}}"#), false);
    let objects = format!("[{}]", vec!["{}"; 20_000].join(","));
    check(&json!({"items": {"required": names}}), &objects, false);
    // As many as are listed, with short paths.
    let schema = json!({"items": {"type": "string"}});
    check(&schema, &format!("[{}]", vec!["1"; 90_000].join(",")), true);
}
