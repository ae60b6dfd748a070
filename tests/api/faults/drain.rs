//! A server that is told to stop answers what it accepted.

use pecta_tests::{Database, Ledger, Load, Server, random_below, rounds, tests};
use std::time::Instant;

tests!(
    on_each_database: [
        sigterm_under_load_drops_no_answer,
        sigint_under_load_drops_no_answer,
        a_request_that_was_begun_is_answered_while_the_server_drains,
    ],
);

const CLIENTS: usize = 16;

/// Stops servers in the middle of a load. A connection that is closed without a byte of answer recorded
/// nothing.
fn stop_under_load(database: &Database, signal: &str, stops: usize) {
    let mut server = Server::start_on(database);
    let mut ledger = Ledger::new(signal);
    for round in 0..stops {
        let key = server.publishable_key();
        let load = Load::start(&[server.address()], &key, CLIENTS, ledger.name(), round);
        load.wait_for_answers(100 + random_below(300));
        let signalled = Instant::now();
        server.signal(signal);
        let sent = load.closed();
        // On their way before the signal was, so that a handler had them when it came.
        let dropped = sent
            .iter()
            .filter(|sent| sent.is_unanswered() && sent.at < signalled);
        assert_eq!(dropped.count(), 0, "accepted and not answered");
        ledger.add(sent);
        server = server.wait().start();
        assert_eq!(
            ledger.check(&server.client()),
            0,
            "recorded and not answered"
        );
    }
    ledger.settle(&server.client());
    println!("{stops} times SIG{signal}: {}", ledger.summary());
}

fn sigterm_under_load_drops_no_answer(database: &Database) {
    stop_under_load(database, "TERM", rounds(2, 20));
}

fn sigint_under_load_drops_no_answer(database: &Database) {
    stop_under_load(database, "INT", rounds(1, 5));
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
