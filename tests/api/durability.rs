//! What was answered is there after the process is gone, however it went.

use pecta_tests::{Database, Recount, Server, recount, tests};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

tests!(
    on_each_database: [
        an_answered_evaluation_survives_kill_9,
        an_answered_batch_survives_kill_9,
        sigterm_under_load_loses_and_doubles_nothing,
        sigint_under_load_loses_and_doubles_nothing,
        a_request_that_was_begun_is_answered_while_the_server_drains,
    ],
);

fn an_answered_evaluation_survives_kill_9(database: &Database) {
    let mut server = Server::start_on(database);
    for round in 1..=10 {
        let output = if round % 4 == 0 { "rm -rf /" } else { "ok" };
        let answer = server.client().evaluate("a", &json!(output));
        server = server.kill().start();
        let client = server.client();
        let event = &client.history("a")[0];
        assert_eq!(event["evaluation_id"], answer["evaluation_id"]);
        assert_eq!(
            (&event["passed"], &event["sequence"]),
            (&answer["passed"], &json!(round))
        );
        assert_eq!(event["reputation_score"], answer["reputation"]["score"]);
        let shown = client.reputation("a");
        for name in [
            "score",
            "evaluations",
            "passed",
            "pass_rate",
            "avg_latency_ms",
            "streak",
            "status",
        ] {
            assert_eq!(
                shown[name], answer["reputation"][name],
                "{name} in round {round}"
            );
        }
    }
}

fn an_answered_batch_survives_kill_9(database: &Database) {
    let mut server = Server::start_on(database);
    for round in 1..=3 {
        let answer = server.client().ingest(&vec![pecta_tests::event("a"); 100]);
        server = server.kill().start();
        let client = server.client();
        assert_eq!(client.history("a").len(), round * 100);
        assert_eq!(
            client.reputation("a")["score"],
            answer["reputation_updates"][0]["score"]
        );
    }
}

/// Evaluates on connections that stay open until the server closes them, and sends `signal` in the
/// middle of it.
fn stop_under_load(database: &Database, signal: &str) {
    let server = Server::start_on(database);
    let key = server.publishable_key();
    let answered = AtomicUsize::new(0);
    let recorded: Vec<Value> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let (answered, mut connection) = (&answered, server.connect());
                let body = json!({"agent_id": format!("agent-{}", thread % 3), "output": "ok"}).to_string();
                let request = format!(
                    "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{body}",
                    body.len()
                );
                scope.spawn(move || {
                    let mut answers = Vec::new();
                    loop {
                        connection.send(&request);
                        // Half an answer would fail here.
                        let Some(answer) = connection.answer() else { return answers };
                        answers.push(answer.expect(200));
                        answered.fetch_add(1, Ordering::Relaxed);
                    }
                })
            })
            .collect();
        pecta_tests::eventually("there is load", || {
            (answered.load(Ordering::Relaxed) >= 200).then_some(())
        });
        server.signal(signal);
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let server = server.wait().start();
    let client = server.client();
    let mut counted: HashMap<String, usize> = HashMap::new();
    for agent in 0..3 {
        let agent = format!("agent-{agent}");
        let mut events = client.history(&agent);
        events.sort_by_key(|event| event["sequence"].as_u64());
        assert_eq!(Recount::of(&client.reputation(&agent)), recount(&events));
        for event in events {
            *counted
                .entry(event["evaluation_id"].to_string())
                .or_default() += 1;
        }
    }
    for answer in &recorded {
        assert_eq!(counted.get(&answer["evaluation_id"].to_string()), Some(&1));
    }
    // A connection closed without a byte of answer recorded nothing.
    assert_eq!(counted.len(), recorded.len());
}

fn sigterm_under_load_loses_and_doubles_nothing(database: &Database) {
    stop_under_load(database, "TERM");
}

fn sigint_under_load_loses_and_doubles_nothing(database: &Database) {
    stop_under_load(database, "INT");
}

fn a_request_that_was_begun_is_answered_while_the_server_drains(database: &Database) {
    let server = Server::start_on(database);
    let key = server.publishable_key();
    let body = r#"{"agent_id":"a","output":"ok"}"#;
    let mut idle = server.connect();
    idle.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
    assert_eq!(idle.answer().unwrap().status, 200);
    let mut begun = server.connect();
    begun.send(format!(
        "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        body.len()
    ));
    // Told to go on, so a handler has it.
    assert_eq!(begun.answer().unwrap().status, 100);
    server.signal("TERM");
    pecta_tests::eventually("the server drains", || {
        server.log().contains("draining").then_some(())
    });
    // Whoever still asks on an open connection learns that it is not ready, or finds it closed.
    idle.send("GET /ready HTTP/1.1\r\nHost: x\r\n\r\n");
    if let Some(answer) = idle.answer() {
        let reasons = answer.expect(503)["reasons"].clone();
        assert!(
            reasons
                .as_array()
                .is_some_and(|reasons| !reasons.is_empty())
        );
    }
    begun.send(body);
    let answer = begun.answer().expect("an answer").expect(200);
    let server = server.wait().start();
    assert_eq!(
        server.client().history("a")[0]["evaluation_id"],
        answer["evaluation_id"]
    );
}
