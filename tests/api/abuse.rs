//! Clients that vanish or stall.

use pecta_tests::{Database, Server, assert_error, event, tests};
use serde_json::json;
use std::time::{Duration, Instant};

tests!(
    once: [
        bodies_that_do_not_come_keep_no_other_org_waiting,
    ],
    on_each_database: [
        a_thousand_vanishing_clients_leave_nothing_open,
    ],
);

fn a_thousand_vanishing_clients_leave_nothing_open(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let filler = "word ".repeat(2_000);
    let gate = json!({"name": "g", "passed": true, "latency_ms": 1, "reason": "r".repeat(500)});
    let mut large = event("ingested");
    large["gates"] = json!(vec![gate; 10]);
    for _ in 0..5 {
        client.ingest(&vec![large.clone(); 20]);
    }
    let key = server.publishable_key();
    let request = |method: &str, path: &str, body: &str| {
        let length = body.len();
        format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {length}\r\n\r\n{body}"
        )
    };
    let requests = [
        request(
            "POST",
            "/v1/evaluate",
            &json!({"agent_id": "evaluated", "output": filler}).to_string(),
        ),
        request(
            "POST",
            "/v1/ingest",
            &json!({"events": vec![large; 5]}).to_string(),
        ),
        request("GET", "/v1/events?limit=100", ""),
    ];
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let (server, requests) = (&server, &requests);
            scope.spawn(move || {
                for at in 0..250 {
                    let bytes = requests[at % 3].as_bytes();
                    // Some leave in the middle of the request, some before the answer, some in it.
                    let sent = if at % 2 == 0 {
                        bytes.len()
                    } else {
                        bytes.len() * (at % 50) / 50
                    };
                    let mut connection = server.connect();
                    connection.send(&bytes[..sent]);
                    if (at + thread) % 5 == 0 && sent == bytes.len() {
                        connection.read_some();
                    }
                }
            });
        }
    });
    let started = Instant::now();
    client.evaluate("after", &json!("ok"));
    client.ingest(&[event("after")]);
    assert_eq!(client.events("agent_id=after").len(), 2);
    // Another process can write, so no transaction is open.
    server.home().create_key("after", "sk");
    assert!(
        started.elapsed() < Duration::from_secs(5),
        "{:?}",
        started.elapsed()
    );
    server.anonymous().get("/ready").expect(200);
    let log = server.log();
    assert!(!log.contains("panicked") && !log.contains("ERROR"), "{log}");
    // Whatever was recorded was recorded whole.
    let batches = client.reputation("ingested")["evaluations"]
        .as_u64()
        .unwrap();
    assert_eq!(batches % 5, 0);
    server.stop("TERM");
}

fn bodies_that_do_not_come_keep_no_other_org_waiting() {
    const PIECE: usize = 1 << 20;
    let server = Server::start();
    let (key, other) = (server.publishable_key(), server.client_of("other"));
    let start = || {
        let mut connection = server.connect();
        connection.send(format!(
            "POST /v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{{\r\n"
        ));
        connection
    };
    // They hold nothing so far.
    let mut stalled: Vec<_> = (0..40).map(|_| start()).collect();
    server.client().evaluate("a", &json!("ok"));
    other.evaluate("a", &json!("ok"));
    // Now more than what an org may hold, though not more than all may.
    let piece = format!("{PIECE:x}\r\n{}\r\n", " ".repeat(PIECE));
    let large = "word ".repeat(200_000);
    for connection in &mut stalled[..5] {
        for _ in 0..15 {
            connection.send(&piece);
        }
        // By now all of that was read.
        other.evaluate("a", &json!(large));
    }
    let refused = stalled[4].answer().unwrap();
    assert_error(&refused, 503, "unavailable");
    assert_eq!(refused.header("retry-after"), Some("1"));
    let log = server.log();
    assert!(
        log.contains("room for bodies") && !log.contains("ERROR"),
        "{log}"
    );
}
