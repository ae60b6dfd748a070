//! `Idempotency-Key`.

use pecta_tests::{Client, Database, Response, Server, assert_error, tests};
use serde_json::{Value, json};
use std::collections::HashSet;
use std::thread;

tests!(
    on_each_database: [
        a_repeat_answers_the_recorded_verdict_and_counts_once,
        no_agent_is_judged_by_the_verdict_of_another,
        concurrent_repeats_count_once,
        what_a_client_sent_that_hung_up_counts_once,
        keys_belong_to_their_org_and_survive_a_restart,
        a_dry_run_neither_takes_nor_answers_a_key,
        unusable_keys_are_refused_and_ordinary_ones_are_taken_as_they_are,
    ],
);

fn evaluate(client: &Client, key: &str, body: &Value) -> Response {
    let request = client
        .request("POST", "/v1/evaluate")
        .header("Idempotency-Key", key);
    request.body(body.to_string()).send()
}

fn a_repeat_answers_the_recorded_verdict_and_counts_once(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let key = "k".repeat(50);
    let first = evaluate(
        &client,
        &key,
        &json!({"agent_id": "a", "output": "rm -rf /", "latency_ms": 7}),
    );
    first.expect(200);
    let same = evaluate(
        &client,
        &key,
        &json!({"agent_id": "a", "output": "rm -rf /", "latency_ms": 7}),
    );
    assert_eq!(same.text(), first.text());
    // Another body under the same key is still the same evaluation.
    let other = evaluate(
        &client,
        &key,
        &json!({"agent_id": "a", "output": "ok", "latency_ms": 9}),
    );
    assert_eq!(other.text(), first.text());
    assert_eq!(client.events("").len(), 1);
    // The reputation in a repeat is the agent's present one.
    client.evaluate("a", &json!("ok"));
    let later = evaluate(&client, &key, &json!({"agent_id": "a", "output": 1})).expect(200);
    assert_eq!(
        (&later["passed"], &later["reputation"]["evaluations"]),
        (&json!(false), &json!(2))
    );
}

fn no_agent_is_judged_by_the_verdict_of_another(database: &Database) {
    let server = Server::start_on(database);
    let admin = server.client_with(&server.secret_key());
    let bound = json!({"kind": "pk", "agents": ["mallory"]});
    let bound = admin.post("/v1/keys", &bound).expect(201);
    let mallory = server.client_with(bound["key"].as_str().unwrap());
    let harmless = json!({"agent_id": "mallory", "output": "fine"});
    evaluate(&mallory, "order-77", &harmless).expect(200);

    let client = server.client();
    let harmful = json!({"agent_id": "payer", "output": "rm -rf /"});
    let answer = evaluate(&client, "order-77", &harmful);
    assert_error(&answer, 409, "conflict");
    assert_eq!(client.reputation("payer")["evaluations"], 0);
    evaluate(&client, "order-78", &harmful).expect(200);
    assert_eq!(client.reputation("payer")["evaluations"], 1);
}

fn concurrent_repeats_count_once(database: &Database) {
    let server = Server::start_on(database);
    let answers: Vec<Value> = thread::scope(|scope| {
        let threads: Vec<_> = (0..16)
            .map(|_| {
                let client = server.client();
                let body = json!({"agent_id": "a", "output": "ok"});
                scope.spawn(move || {
                    (0..5)
                        .map(|_| evaluate(&client, "one", &body).expect(200))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let ids: HashSet<_> = answers
        .iter()
        .map(|answer| answer["evaluation_id"].to_string())
        .collect();
    assert_eq!(ids.len(), 1);
    assert!(
        answers
            .iter()
            .all(|answer| answer["reputation"]["eval_count"] == 1)
    );
    assert_eq!(server.client().events("").len(), 1);
}

fn keys_belong_to_their_org_and_survive_a_restart(database: &Database) {
    let server = Server::start_on(database);
    let other = server.client_of("other");
    let body = json!({"agent_id": "a", "output": "ok"});
    let ids = [
        server.client(),
        server.client_with(&server.secret_key()),
        other.clone(),
    ]
    .map(|client| evaluate(&client, "key", &body).expect(200)["evaluation_id"].clone());
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], ids[2]);
    let other_key = other.key().to_owned();
    let server = server.kill().start();
    assert_eq!(
        evaluate(&server.client(), "key", &body).json()["evaluation_id"],
        ids[0]
    );
    assert_eq!(
        evaluate(&server.client_with(&other_key), "key", &body).json()["evaluation_id"],
        ids[2]
    );
    assert_eq!(server.client().reputation("a")["evaluations"], 1);
}

fn a_dry_run_neither_takes_nor_answers_a_key(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let dry = json!({"agent_id": "a", "output": "rm -rf /", "dry_run": true});
    let wet = json!({"agent_id": "a", "output": "ok"});
    assert_eq!(
        evaluate(&client, "key", &dry).expect(200)["evaluation_id"],
        Value::Null
    );
    let recorded = evaluate(&client, "key", &wet).expect(200);
    assert_eq!(
        (&recorded["passed"], &recorded["reputation"]["evaluations"]),
        (&json!(true), &json!(1))
    );
    let dry = evaluate(&client, "key", &dry).expect(200);
    assert_eq!(
        (&dry["passed"], &dry["evaluation_id"]),
        (&json!(false), &Value::Null)
    );
}

fn unusable_keys_are_refused_and_ordinary_ones_are_taken_as_they_are(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let body = json!({"agent_id": "a", "output": "ok"});
    for key in ["", &"k".repeat(51), "a\tb"] {
        let message = assert_error(&evaluate(&client, key, &body), 400, "validation_error");
        assert!(message.starts_with("Idempotency-Key "), "{message}");
    }
    let twice = client
        .request("POST", "/v1/evaluate")
        .body(body.to_string());
    let twice = twice
        .header("Idempotency-Key", "one")
        .header("Idempotency-Key", "two")
        .send();
    assert_error(&twice, 400, "validation_error");
    // A request that is refused does not take its key.
    assert_error(
        &evaluate(&client, "once", &json!({"agent_id": "a"})),
        400,
        "validation_error",
    );
    for key in ["once", "ONCE", "a b", "'; --", "%00"] {
        assert_eq!(evaluate(&client, key, &body).status, 200);
    }
    assert_eq!(client.reputation("a")["evaluations"], 5);
}

fn what_a_client_sent_that_hung_up_counts_once(database: &Database) {
    const CLIENTS: usize = 50;
    let server = Server::start_on(database);
    let client = server.client();
    let body = json!({"agent_id": "a", "output": "ok"});
    let text = body.to_string();
    for number in 0..CLIENTS {
        let mut connection = server.connect();
        connection.send(format!(
            "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\nIdempotency-Key: {number}\r\nContent-Length: {}\r\n\r\n{text}",
            server.publishable_key(),
            text.len()
        ));
    }
    // Each is there or not, whole; a repeat finds it or makes it.
    for number in 0..CLIENTS {
        evaluate(&client, &number.to_string(), &body).expect(200);
    }
    let history = client.history("a");
    assert_eq!(history.len(), CLIENTS);
    assert_eq!(client.reputation("a")["evaluations"], CLIENTS);
    let mut sequences: Vec<_> = history
        .iter()
        .map(|event| event["sequence"].as_u64().unwrap())
        .collect();
    sequences.sort_unstable();
    assert_eq!(sequences, (1..=CLIENTS as u64).collect::<Vec<_>>());
}
