//! An evaluation allocates a handful of times, however long the output is.

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
