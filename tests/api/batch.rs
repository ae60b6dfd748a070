//! `POST /v1/evaluate/batch`.

use pecta_tests::{Database, Home, Server, assert_error, tests};
use serde_json::{Value, json};

tests!(
    on_each_database: [
        items_are_answered_in_order_and_recorded_together,
        a_faulty_item_spoils_no_other,
    ],
    on_postgres: [
        a_batch_that_cannot_be_answered_is_not_recorded,
    ],
    once: [
        a_batch_that_is_none_is_refused,
        a_batch_has_one_item_to_a_hundred,
        every_item_that_is_judged_is_paid_for,
    ],
);

fn batch(server: &Server, items: &[Value]) -> Vec<Value> {
    let answer = server
        .client()
        .post("/v1/evaluate/batch", &json!({ "items": items }))
        .expect(200);
    answer["results"].as_array().unwrap().clone()
}

fn item(agent: &str, output: &str) -> Value {
    json!({"agent_id": agent, "output": output, "latency_ms": 1})
}

fn items_are_answered_in_order_and_recorded_together(database: &Database) {
    let server = Server::start_on(database);
    let mut dry = item("c", "a@b.co");
    dry["dry_run"] = true.into();
    dry["redact"] = true.into();
    let results = batch(
        &server,
        &[item("a", "fine"), item("b", "rm -rf /"), dry, item("a", "")],
    );
    let statuses: Vec<_> = results
        .iter()
        .map(|result| result["status"].as_u64())
        .collect();
    assert_eq!(statuses, [Some(200); 4]);
    let answers: Vec<_> = results.iter().map(|result| &result["answer"]).collect();
    let passed: Vec<_> = answers
        .iter()
        .map(|answer| answer["passed"].as_bool())
        .collect();
    assert_eq!(passed, [Some(true), Some(false), Some(false), Some(false)]);
    assert_eq!(answers[2]["redacted_output"], "[REDACTED:email-address]");
    assert_eq!(answers[2]["evaluation_id"], Value::Null);
    // The reputation is that after the batch.
    assert_eq!(answers[0]["reputation"]["eval_count"], 2);
    assert_eq!(answers[0]["reputation"], answers[3]["reputation"]);
    let history = server.client().history("a");
    let ids: Vec<_> = history
        .iter()
        .map(|event| event["evaluation_id"].clone())
        .collect();
    assert!(
        ids.contains(&answers[0]["evaluation_id"]) && ids.contains(&answers[3]["evaluation_id"])
    );
    assert_eq!(server.client().history("b").len(), 1);
    assert_eq!(server.client().history("c").len(), 0);
    assert_eq!(server.client().reputation("a")["streak"], 0);
}

fn a_faulty_item_spoils_no_other(database: &Database) {
    let server = Server::start_on(database);
    let results = batch(
        &server,
        &[json!({"agent_id": ""}), item("a", "fine"), json!(1)],
    );
    assert_eq!(
        results[0],
        json!({"error": "items[0].agent_id must be 1 to 200 characters", "code": "validation_error", "status": 400})
    );
    assert_eq!(results[1]["answer"]["passed"], true);
    assert_eq!(results[2]["error"], "items[2] must be an object");
    assert_eq!(server.client().history("a").len(), 1);
    let results = batch(&server, &[json!({"agent_id": ""})]);
    assert_eq!(results[0]["status"], 400);
}

fn a_batch_that_is_none_is_refused() {
    let server = Server::start();
    let client = server.client();
    for (body, code) in [
        ("", "bad_json"),
        ("[1]", "validation_error"),
        (r#"{"items": []}"#, "validation_error"),
    ] {
        assert_error(&client.post_text("/v1/evaluate/batch", body), 400, code);
    }
    assert_error(&client.get("/v1/evaluate/batch"), 405, "method_not_allowed");
}

fn a_batch_has_one_item_to_a_hundred() {
    let server = Server::start();
    let client = server.client();
    let ask = |count: usize| {
        let items: Vec<_> = (0..count)
            .map(|nth| item(&format!("a{nth}"), "fine"))
            .collect();
        client.post("/v1/evaluate/batch", &json!({ "items": items }))
    };
    for count in [0, 101] {
        let refused = ask(count);
        assert_error(&refused, 400, "validation_error");
        let rule = "items must hold 1 to 100 items";
        assert_eq!(refused.json()["error"], rule, "{count}");
    }
    assert_eq!(client.get("/v1/agents").expect(200)["agents"], json!([]));
    for count in [1, 100] {
        let answer = ask(count).expect(200);
        let results = answer["results"].as_array().unwrap();
        let ids = results
            .iter()
            .map(|result| result["answer"]["evaluation_id"].clone());
        let ids: Vec<_> = ids.collect();
        assert_eq!(ids.len(), count);
        // In order: each agent's newest event has the id of its place.
        for nth in [0, count / 2, count - 1] {
            let newest = &client.events(&format!("agent_id=a{nth}"))[0];
            assert_eq!(newest["evaluation_id"], ids[nth], "{nth} of {count}");
        }
    }
}

fn every_item_that_is_judged_is_paid_for() {
    let server = Home::new().set("PECTA_RATE_LIMIT_DEFAULT", "5").start();
    let client = server.client();
    let ask = |count: usize| {
        let items = vec![item("a", "fine"); count];
        client.post("/v1/evaluate/batch", &json!({ "items": items }))
    };
    assert_error(&ask(6), 400, "validation_error");
    ask(2).expect(200);
    // The batch itself is paid for before its items are known.
    assert_error(&ask(3), 429, "rate_limited");
    ask(1).expect(200);
    assert_error(&ask(1), 429, "rate_limited");
    assert_eq!(server.home().log().matches("panicked").count(), 0);
}

fn a_batch_that_cannot_be_answered_is_not_recorded(database: &Database) {
    let home = Home::on(database);
    let url = home.setting("PECTA_DATABASE_URL").unwrap().to_owned();
    let server = home.start();
    server.client().evaluate("spoiled", &json!("fine"));
    let (_, name) = url.rsplit_once('/').unwrap();
    let spoil = "UPDATE agents SET \"window\" = '\\xff' WHERE agent_id = 'spoiled'";
    database.postgres().query(name, spoil).unwrap();
    let mut dry = item("spoiled", "fine");
    dry["dry_run"] = true.into();
    let body = json!({"items": [item("a", "fine"), dry]});
    // Whoever is told that it failed sends it again.
    assert_error(
        &server.client().post("/v1/evaluate/batch", &body),
        500,
        "internal_error",
    );
    assert_eq!(server.client().history("a").len(), 0);
}
