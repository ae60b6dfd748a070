//! HTTP below JSON: bodies of every framing, odd heads, and bytes that are no HTTP at all.

use pecta_tests::{Database, Server, assert_error, tests};
use serde_json::json;

tests!(
    on_each_database: [
        bodies_of_every_framing_are_read,
        a_client_that_waits_for_continue_is_told_to,
        pipelined_requests_are_answered_in_order,
        a_body_over_the_limit_is_refused_and_the_server_goes_on,
        a_body_that_is_announced_as_too_large_is_not_waited_for,
        bytes_that_are_no_request_get_a_4xx_or_a_closed_connection,
        a_slow_body_is_waited_for_and_half_a_one_records_nothing,
    ],
);

const BODY: &str = r#"{"agent_id":"a","output":"ok","latency_ms":1}"#;

fn head(server: &Server, headers: &str) -> String {
    let key = server.publishable_key();
    format!("POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{headers}\r\n")
}

fn bodies_of_every_framing_are_read(database: &Database) {
    let server = Server::start_on(database);
    let length = format!("Content-Length: {}\r\n", BODY.len());
    let (first, second) = BODY.split_at(10);
    let chunks = format!(
        "a;note=x\r\n{first}\r\n{:x}\r\n{second}\r\n0\r\nTrailer: x\r\n\r\n",
        second.len()
    );
    let chunked = "Transfer-Encoding: chunked\r\n";
    for (headers, body) in [
        (length.clone(), BODY),
        (chunked.to_owned(), &chunks),
        (chunked.to_uppercase(), &chunks),
        (
            format!("content-length: {}\r\nX-EMPTY:\r\n", BODY.len()),
            BODY,
        ),
    ] {
        let mut connection = server.connect();
        for _ in 0..2 {
            connection.send(head(&server, &headers));
            connection.send(body);
            assert_eq!(
                connection.answer().expect(&headers).expect(200)["passed"],
                true
            );
        }
    }
    assert_eq!(server.client().reputation("a")["evaluations"], 8);
}

fn a_client_that_waits_for_continue_is_told_to(database: &Database) {
    let server = Server::start_on(database);
    let headers = format!("Content-Length: {}\r\nExpect: 100-continue\r\n", BODY.len());
    let mut connection = server.connect();
    connection.send(head(&server, &headers));
    assert_eq!(connection.answer().unwrap().status, 100);
    connection.send(BODY);
    connection.answer().unwrap().expect(200);
    // Who may not send it is told so instead.
    let mut connection = server.connect();
    connection.send("POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\nExpect: 100-continue\r\n\r\n");
    let mut answer = connection.answer().unwrap();
    if answer.status == 100 {
        connection.send("{\"a\": 1} ");
        answer = connection.answer().unwrap();
    }
    assert_error(&answer, 401, "auth_missing");
}

fn pipelined_requests_are_answered_in_order(database: &Database) {
    let server = Server::start_on(database);
    let one = |agent: &str| {
        let body = json!({"agent_id": agent, "output": "ok"}).to_string();
        head(&server, &format!("Content-Length: {}\r\n", body.len())) + &body
    };
    let mut connection = server.connect();
    connection.send([one("a"), one("b"), one(""), one("a")].concat());
    for count in [Some(1), Some(1), None, Some(2)] {
        let answer = connection.answer().unwrap();
        match count {
            Some(count) => assert_eq!(answer.expect(200)["reputation"]["evaluations"], count),
            None => drop(assert_error(&answer, 400, "validation_error")),
        }
    }
}

fn a_body_over_the_limit_is_refused_and_the_server_goes_on(database: &Database) {
    let server = Server::start_on(database);
    let ingest = head(&server, "").replace("/v1/evaluate", "/v1/ingest");
    let ingest = ingest.trim_end().to_owned() + "\r\n";
    for (head, limit) in [
        (head(&server, "").trim_end().to_owned() + "\r\n", 2 << 20),
        (ingest, 16 << 20),
    ] {
        // Announced, sent in full.
        let mut connection = server.connect();
        connection.send(format!("{head}Content-Length: {}\r\n\r\n", limit + 1));
        let mut sender = connection.second_handle();
        let sending = std::thread::spawn(move || sender.send(vec![b' '; limit + 1]));
        assert_error(&connection.answer().unwrap(), 413, "payload_too_large");
        sending.join().unwrap();
        // In chunks, whose end is not known.
        let mut connection = server.connect();
        connection.send(format!("{head}Transfer-Encoding: chunked\r\n\r\n"));
        let mut sender = connection.second_handle();
        let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
        let sending =
            std::thread::spawn(move || (0..=limit >> 20).for_each(|_| sender.send(&chunk)));
        assert_error(&connection.answer().unwrap(), 413, "payload_too_large");
        sending.join().unwrap();
        // The limit itself is within it.
        let mut connection = server.connect();
        connection.send(format!("{head}Content-Length: {limit}\r\n\r\n"));
        connection.send(vec![b' '; limit]);
        assert_error(&connection.answer().unwrap(), 400, "bad_json");
    }
    server.client().evaluate("a", &json!("ok"));
}

fn a_body_that_is_announced_as_too_large_is_not_waited_for(database: &Database) {
    let server = Server::start_on(database);
    let mut connection = server.connect();
    connection.send(head(
        &server,
        &format!("Content-Length: {}\r\n", u64::MAX / 4),
    ));
    assert_error(&connection.answer().unwrap(), 413, "payload_too_large");
}

fn bytes_that_are_no_request_get_a_4xx_or_a_closed_connection(database: &Database) {
    let server = Server::start_on(database);
    let key = server.publishable_key();
    let post = format!(
        "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n"
    );
    let long = "x".repeat(300_000);
    let cases: Vec<Vec<u8>> = vec![
        b"".to_vec(),
        b"\r\n\r\n".to_vec(),
        b"\0\0\0\0".to_vec(),
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(),
        b"GET\r\n\r\n".to_vec(),
        b"GET /health\r\n\r\n".to_vec(),
        b"GET /health HTTP/9.9\r\n\r\n".to_vec(),
        b"GET /health HTTP/1.1\nHost: x\n\n".to_vec(),
        b"GET  /health  HTTP/1.1\r\n\r\n".to_vec(),
        b"GET http:// HTTP/1.1\r\n\r\n".to_vec(),
        b"GET * HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(),
        b"CONNECT x:1 HTTP/1.1\r\nConnection: close\r\n\r\n".to_vec(),
        b"GET /\xff\xfe HTTP/1.1\r\n\r\n".to_vec(),
        b"GET /health HTTP/1.1\r\nno colon\r\n\r\n".to_vec(),
        b"GET /health HTTP/1.1\r\n: x\r\n\r\n".to_vec(),
        b"GET /health HTTP/1.1\r\nA: \0\r\n\r\n".to_vec(),
        b"GET /v1/agents HTTP/1.1\r\nAuthorization: Bearer \xff\xff\r\nConnection: close\r\n\r\n"
            .to_vec(),
        format!("GET /{long} HTTP/1.1\r\n\r\n").into_bytes(),
        format!("GET /health HTTP/1.1\r\nA: {long}\r\n\r\n").into_bytes(),
        format!("GET /health HTTP/1.1\r\n{}\r\n", "A: b\r\n".repeat(500)).into_bytes(),
        format!("{post}Content-Length: -1\r\n\r\n").into_bytes(),
        format!("{post}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{{}}").into_bytes(),
        format!("{post}Content-Length: 99999999999999999999\r\n\r\n").into_bytes(),
        format!("{post}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{{}}").into_bytes(),
        format!("{post}Transfer-Encoding: gzip\r\n\r\n{{}}").into_bytes(),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nzz\r\n{{}}\r\n0\r\n\r\n").into_bytes(),
        format!("{post}Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n").into_bytes(),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n2\r\n{{}}xx0\r\n\r\n").into_bytes(),
        format!("{post}Transfer-Encoding: chunked\r\n\r\n5\r\n{{}}").into_bytes(),
        format!("{post}Content-Length: 100\r\n\r\n{{\"agent_id\"").into_bytes(),
        format!("{post}Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f{{").into_bytes(),
        post.clone().into_bytes(),
        post.split_at(20).0.as_bytes().to_vec(),
    ];
    for case in cases {
        let shown = String::from_utf8_lossy(&case[..case.len().min(200)]).into_owned();
        let mut connection = server.connect();
        connection.send(&case);
        connection.finish();
        let answer = String::from_utf8_lossy(&connection.rest()).into_owned();
        let is_refusal = answer.is_empty()
            || answer.starts_with("HTTP/1.1 4")
            || answer.starts_with("HTTP/1.0 4");
        // Whoever asks for the health in an odd but readable way may have it.
        let is_health = shown.contains("/health") && answer.starts_with("HTTP/1.1 200");
        assert!(is_refusal || is_health, "{shown:?} got {answer:?}");
    }
    server.client().evaluate("a", &json!("ok"));
    assert_eq!(server.client().events("").len(), 1);
}

fn a_slow_body_is_waited_for_and_half_a_one_records_nothing(database: &Database) {
    let server = Server::start_on(database);
    let length = format!("Content-Length: {}\r\n", BODY.len());
    let (first, second) = BODY.split_at(BODY.len() - 1);
    let mut slow = server.connect();
    slow.send(head(&server, &length));
    slow.send(first);
    // Others are served meanwhile.
    server.client().evaluate("b", &json!("ok"));
    let mut vanishing = server.connect();
    vanishing.send(head(&server, &length));
    vanishing.send(first);
    drop(vanishing);
    slow.send(second);
    slow.answer().unwrap().expect(200);
    assert_eq!(server.client().reputation("a")["evaluations"], 1);
}
