//! How many connections there may be, how large and slow a head, and for what a connection is kept.

use pecta_tests::{Home, Raw, Server, assert_error, tests};
use std::thread::{self, available_parallelism};
use std::time::{Duration, Instant};

tests!(
    once: [
        connections_over_the_limit_wait_until_there_is_room,
        a_head_has_96_headers_and_128_kibibytes_at_most,
        a_later_head_that_does_not_come_is_not_waited_for,
        an_idle_connection_is_closed_whatever_came_with_its_last_request,
        a_body_that_never_ends_is_not_waited_for_behind_its_answer,
        a_connection_is_kept_between_requests_and_for_a_slow_body,
    ],
);

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: x\r\n";
/// Long enough for a first head, whose time is counted in steps of half a second.
const HEAD: &str = "1000";
const LONG: &str = "600000";

fn connections_over_the_limit_wait_until_there_is_room() {
    const PATIENCE: Duration = Duration::from_secs(2);
    let room = available_parallelism().unwrap().get();
    let server = Home::new()
        .set("PECTA_MAX_CONNECTIONS", &room.to_string())
        .set("PECTA_HEAD_TIMEOUT_MS", &PATIENCE.as_millis().to_string())
        .start();
    let start = Instant::now();
    let mut slow: Vec<_> = (0..room).map(|_| server.connect()).collect();
    for connection in &mut slow {
        connection.send(HEALTH);
    }
    let mut next = server.connect();
    next.send(format!("{HEALTH}\r\n"));
    assert_eq!(next.answer().unwrap().status, 200);
    // Only when the heads that did not come were given up was there room.
    assert!(start.elapsed() >= PATIENCE / 2, "{:?}", start.elapsed());
    for mut connection in slow {
        assert_eq!(connection.answer().unwrap().status, 408);
    }
}

fn a_head_has_96_headers_and_128_kibibytes_at_most() {
    let server = Server::start();
    for (headers, length, status) in [
        (95, 10, 200),
        (95, 1_000, 200),
        (96, 10, 431),
        (1, 140_000, 431),
    ] {
        let mut connection = server.connect();
        let value = "x".repeat(length);
        let lines = (0..headers).map(|nth| ["H", &nth.to_string(), ": ", &value, "\r\n"].concat());
        let lines: String = lines.collect();
        connection.send([HEALTH, &lines, "\r\n"].concat());
        // What was not read when the server closed may take its answer away.
        let answer = connection.answer().map(|answer| answer.status);
        let is_cut = status == 431 && answer.is_none();
        assert!(
            is_cut || answer == Some(status),
            "{headers} headers of {length}: {answer:?}"
        );
    }
}

/// A server that waits so long for a head, and so long for the next request, in milliseconds.
fn server(head: &str, keep_alive: &str) -> Server {
    let home = Home::new().set("PECTA_HEAD_TIMEOUT_MS", head);
    home.set("PECTA_KEEP_ALIVE_MS", keep_alive).start()
}

/// A connection on which a request was answered.
fn answered(server: &Server) -> Raw {
    let mut connection = server.connect();
    connection.send(format!("{HEALTH}\r\n"));
    assert_eq!(connection.answer().unwrap().status, 200);
    connection
}

/// Sends the same bytes over and over, and waits for the end.
fn assert_closed_under_a_flood(connection: Raw, bytes: &'static [u8]) {
    let mut sender = connection.second_handle();
    let sending = thread::spawn(move || sender.send_until_closed(bytes));
    connection.rest();
    sending.join().unwrap();
}

fn a_later_head_that_does_not_come_is_not_waited_for() {
    let server = server(HEAD, LONG);
    let mut connection = answered(&server);
    connection.send(HEALTH);
    assert!(connection.rest().is_empty());
    assert_closed_under_a_flood(answered(&server), b"\r\n");
}

fn an_idle_connection_is_closed_whatever_came_with_its_last_request() {
    let server = server(LONG, "200");
    for more in ["", "\r\n", HEALTH] {
        let mut connection = server.connect();
        connection.send(format!("{HEALTH}\r\n{more}"));
        assert_eq!(connection.answer().unwrap().status, 200);
        assert!(connection.rest().is_empty(), "{more:?}");
    }
}

fn a_body_that_never_ends_is_not_waited_for_behind_its_answer() {
    let chunked = |path: &str, key: &str| {
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n"
        )
    };
    let (silent, dripping) = (server(LONG, "200"), server(HEAD, LONG));
    for server in [&silent, &dripping] {
        for (path, status) in [("/health", 405), ("/v1/evaluate", 401)] {
            let mut connection = server.connect();
            connection.send(chunked(path, "x"));
            assert_eq!(connection.answer().unwrap().status, status);
            if server.address() == silent.address() {
                assert!(connection.rest().is_empty());
            } else {
                assert_closed_under_a_flood(connection, b"1\r\nx\r\n");
            }
        }
    }
    // Nor behind a refusal of the body itself.
    let mut connection = dripping.connect();
    connection.send(chunked("/v1/evaluate", &dripping.publishable_key()));
    let mut sender = connection.second_handle();
    let chunk = [b"100000\r\n".as_slice(), &vec![b' '; 1 << 20], b"\r\n"].concat();
    let sending = thread::spawn(move || sender.send_until_closed(&chunk));
    assert_error(&connection.answer().unwrap(), 413, "payload_too_large");
    connection.rest();
    sending.join().unwrap();
}

fn a_connection_is_kept_between_requests_and_for_a_slow_body() {
    let server = server(HEAD, LONG);
    // Each takes as long as a head may.
    let wait = || {
        let mut clock = server.connect();
        clock.send(HEALTH);
        assert_eq!(clock.answer().unwrap().status, 408);
    };
    let mut connection = answered(&server);
    let key = server.publishable_key();
    let body = r#"{"agent_id":"a","output":"ok"}"#;
    let (first, second) = body.split_at(10);
    for evaluations in 1..=2 {
        wait();
        connection.send(format!(
            "POST /v1/evaluate HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\nContent-Length: {}\r\n\r\n{first}",
            body.len()
        ));
        wait();
        wait();
        connection.send(second);
        let answer = connection.answer().unwrap().expect(200);
        assert_eq!(answer["reputation"]["evaluations"], evaluations);
    }
    // In pieces that come in time.
    let (first, second) = HEALTH.split_at(20);
    connection.send(first);
    connection.send(format!("{second}\r\n"));
    assert_eq!(connection.answer().unwrap().status, 200);
}
