//! How many connections there may be, and how large and slow a head.

use pecta_tests::{Home, Server, tests};
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

tests!(
    once: [
        connections_over_the_limit_wait_until_there_is_room,
        a_head_has_96_headers_and_128_kibibytes_at_most,
    ],
);

const HEALTH: &str = "GET /health HTTP/1.1\r\nHost: x\r\n";

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
