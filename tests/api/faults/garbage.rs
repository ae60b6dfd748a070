//! Requests that nobody would send in good faith: no server error, no hang, no growth.

use pecta_tests::{Home, Raw, Server, random_below, rounds, tests};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::thread;

tests!(
    once: [
        no_request_is_answered_with_a_server_error,
        no_bytes_are_answered_with_a_server_error,
        no_bytes_keep_a_connection,
    ],
);

const THREADS: usize = 2;
/// How many requests are sent before their answers are read.
const PIPELINED: usize = 20;
/// How many connections a thread has at a time whose clients send no more.
const SILENT: usize = 100;
/// By how much the server may grow while it does more of the same, in bytes.
const GROWTH: u64 = 64 << 20;

/// A generator that tells where it began, so that what it found can be found again (`SplitMix64`).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).unwrap()
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn of<'a, T: ?Sized>(&mut self, choices: &[&'a T]) -> &'a T {
        choices[self.below(choices.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        let length = self.below(most);
        (0..length).map(|_| self.next().to_le_bytes()[0]).collect()
    }
}

// Without HEAD: actix-http 3.20 frames the answers to pipelined ones by the last request that it has read.
const METHODS: [&str; 8] = [
    "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW",
];
const PATHS: [&str; 23] = [
    "/v1/evaluate",
    "/v1/evaluate/batch",
    "/v1/ingest",
    "/v1/events",
    "/v1/agents",
    "/v1/reputation/a",
    "/v1/keys",
    "/v1/keys/x/rotate",
    "/v1/org",
    "/v1/policy",
    "/v1/policy/test",
    "/v1/policy/candidate",
    "/v1/policy/candidate/report",
    "/v1/suppressions",
    "/v1/suppressions/x",
    "/v1/audit",
    "/v1/keys/1",
    "/v1/reputation/",
    "/v1",
    "/health",
    "/ready",
    "/",
    "*",
];
const PIECES: [&str; 16] = [
    "%",
    "%2",
    "%00",
    "%ff%fe",
    "%2e%2e/",
    "../",
    "//",
    ";",
    "+",
    "%F0%9F%98%80",
    "{}",
    "\\",
    "'",
    "a",
    "%0d%0aX:y",
    "%c0%af",
];
const QUERIES: [&str; 8] = [
    "limit", "offset", "agent_id", "passed", "from", "to", "tool", "cursor",
];
const VALUES: [&str; 14] = [
    "",
    "0",
    "-1",
    "1",
    "99999999999999999999",
    "1e9",
    "true",
    "TRUE",
    "null",
    "2026-01-01T00:00:00Z",
    "9999999-13-45T99:99:99Z",
    "0001-01-01T00:00:00+23:59",
    "%00",
    "AAAA",
];
const HEADERS: [&str; 13] = [
    "Idempotency-Key",
    "X-Pecta-Signature",
    "X-Request-Id",
    "Content-Type",
    "Content-Encoding",
    "Accept",
    "Origin",
    "If-Match",
    "If-None-Match",
    "Range",
    "X-Forwarded-For",
    "Cookie",
    "Authorization",
];
const HEADER_VALUES: [&str; 12] = [
    "",
    "sha256=",
    "sha256=00",
    "t=1,v1=00",
    "gzip",
    "*/*;q=nan",
    "bytes=0-",
    "Bearer",
    "Bearer  ",
    "\u{7f}",
    "\t",
    "é",
];

/// A JSON value that some field will not like.
fn value(random: &mut Random, depth: usize) -> String {
    match random.below(18) {
        0 => "null".to_owned(),
        1 => "true".to_owned(),
        2 => "-0".to_owned(),
        3 => "1e400".to_owned(),
        4 => "123456789012345678901234567890.5e-3".to_owned(),
        5 => "\"\"".to_owned(),
        6 => r#""\ud800""#.to_owned(),
        7 => r#""\u0000""#.to_owned(),
        8 => format!("\"{}\"", "a".repeat(random.below(300))),
        9 => format!("\"{}\"", "\u{1f600}\u{200d}".repeat(random.below(40))),
        10 => "\"rm -rf / ../../ 123-45-6789 a@b.co I cannot\"".to_owned(),
        11 => "[".repeat(random.below(200)),
        12 => format!("{}1{}", "[".repeat(126), "]".repeat(126)),
        13 => "\"2026-11-28T00:00:00Z\"".to_owned(),
        14 => random.below(1_000).to_string(),
        15 if depth < 4 => format!(
            "[{},{}]",
            value(random, depth + 1),
            value(random, depth + 1)
        ),
        16 if depth < 4 => format!(
            "{{\"a\":{},\"a\":{}}}",
            value(random, depth + 1),
            value(random, depth + 1)
        ),
        _ => "\"a\"".to_owned(),
    }
}

/// A body that is nearly right.
fn body(random: &mut Random) -> Vec<u8> {
    let event = json!({"agent_id": "a", "passed": true, "gates": [{"name": "g", "passed": true, "latency_ms": 1}]});
    let evaluate = json!({"agent_id": "a", "output": {"text": "ok"}, "latency_ms": 1, "tool": "t"});
    let template = match random.below(5) {
        0 => json!({"events": [event]}),
        1 => json!({"items": [evaluate, evaluate]}),
        2 => json!({"agent_id": "a"}),
        3 => return random.bytes(200),
        _ => evaluate,
    };
    let mut text = spoiled(random, &template).into_bytes();
    if random.one_in(10) {
        text.truncate(random.below(text.len() + 1));
    }
    text
}

/// The JSON of a value, with some of what is in it replaced.
fn spoiled(random: &mut Random, template: &Value) -> String {
    if random.one_in(8) {
        return value(random, 0);
    }
    match template {
        Value::Object(members) => {
            let members = members.iter().map(|(key, member)| {
                let key = if random.one_in(30) { "output" } else { key };
                format!("\"{key}\":{}", spoiled(random, member))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items = items.iter().map(|item| spoiled(random, item));
            format!("[{}]", items.collect::<Vec<_>>().join(","))
        }
        other => other.to_string(),
    }
}

/// A request whose framing is right, and not much else.
fn request(random: &mut Random, key: &str) -> Vec<u8> {
    let likely = ["GET", "POST"][random.below(2)];
    let method = if random.one_in(4) {
        random.of(&METHODS)
    } else {
        likely
    };
    let mut target = random.of(&PATHS).to_owned();
    while random.one_in(3) {
        target.push_str(random.of(&PIECES));
    }
    for nth in 0..random.below(4) {
        let (name, value) = (random.of(&QUERIES), random.of(&VALUES));
        let mark = if nth == 0 { '?' } else { '&' };
        write!(target, "{mark}{name}={value}").unwrap();
    }
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: x\r\n");
    if !random.one_in(10) {
        write!(head, "Authorization: Bearer {key}\r\n").unwrap();
    }
    while random.one_in(3) {
        let (name, value) = (random.of(&HEADERS), random.of(&HEADER_VALUES));
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    let body = if method == "GET" && !random.one_in(10) {
        Vec::new()
    } else {
        body(random)
    };
    write!(head, "Content-Length: {}\r\n\r\n", body.len()).unwrap();
    let mut bytes = head.into_bytes();
    bytes.extend(body);
    bytes
}

/// The connections of some threads, each with a generator of its own, told by `seed` what they do.
fn hammer(server: &Server, requests: usize, work: fn(&Server, &mut Random, usize)) {
    let seed = random_below(usize::MAX) as u64;
    println!("seed {seed}");
    thread::scope(|scope| {
        for nth in 0..THREADS {
            let mut random = Random(seed.wrapping_add(nth as u64));
            scope.spawn(move || work(server, &mut random, requests / THREADS));
        }
    });
}

/// Does the same twice, and the server may not grow the second time.
fn twice(requests: usize, work: fn(&Server, &mut Random, usize)) {
    let server = Server::start();
    hammer(&server, requests / 2, work);
    let before = server.memory();
    hammer(&server, requests / 2, work);
    let after = server.memory();
    assert!(after < before + GROWTH, "{before} to {after} bytes");
    server.anonymous().get("/ready").expect(200);
    // Nor can anyone fill its log.
    let log = server.log();
    let lines: Vec<_> = log
        .lines()
        .filter(|line| !line.contains(" INFO "))
        .collect();
    assert!(
        lines.is_empty(),
        "{} lines, the first {}",
        lines.len(),
        lines[0]
    );
    server.stop("TERM");
}

fn no_request_is_answered_with_a_server_error() {
    twice(rounds(20_000, 100_000), |server, random, mut requests| {
        let keys = [
            server.publishable_key(),
            server.secret_key(),
            "x".to_owned(),
        ];
        while requests > 0 {
            let mut connection = server.connect();
            let batch: Vec<_> = (0..PIPELINED.min(requests))
                .map(|_| {
                    let key = random.below(20).saturating_sub(17);
                    request(random, &keys[key])
                })
                .collect();
            connection.send(batch.concat());
            connection.finish();
            requests -= batch.len();
            for bytes in &batch {
                if !is_answered_well(&mut connection, bytes) {
                    break;
                }
            }
        }
    });
}

/// Whether the connection goes on after the answer to a request.
fn is_answered_well(connection: &mut Raw, request: &[u8]) -> bool {
    let shown = || String::from_utf8_lossy(request).into_owned();
    // Behind a head that cannot be read the connection ends.
    let Some(answer) = connection.answer() else {
        return false;
    };
    assert!(
        (200..500).contains(&answer.status),
        "{} {}",
        answer.status,
        shown()
    );
    // What the parser refuses has a bare answer.
    if answer.status >= 400 && !answer.body.is_empty() {
        assert_eq!(answer.json()["status"], answer.status, "{}", shown());
    }
    true
}

/// A request of which some bytes are not as they were.
fn spoiled_request(random: &mut Random, key: &str) -> Vec<u8> {
    let mut bytes = request(random, key);
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len());
        match random.below(5) {
            0 => bytes.truncate(at + 1),
            1 => bytes[at] = random.next().to_le_bytes()[0],
            2 => drop(bytes.splice(at..at, random.bytes(20))),
            3 => drop(bytes.splice(at..at, *b"\r\n")),
            _ => drop(bytes.splice(at..at, *b"Transfer-Encoding: chunked\r\n")),
        }
    }
    bytes
}

fn no_bytes_are_answered_with_a_server_error() {
    twice(rounds(2_000, 100_000), |server, random, requests| {
        let key = server.publishable_key();
        for _ in 0..requests {
            let bytes = spoiled_request(random, &key);
            let mut connection = server.connect();
            connection.send(&bytes);
            connection.finish();
            let answers = connection.rest();
            let text = String::from_utf8_lossy(&answers);
            let shown = || String::from_utf8_lossy(&bytes).into_owned();
            for status in text.split("HTTP/1.1 ").skip(1) {
                assert!(!status.starts_with('5'), "{text} for {}", shown());
            }
        }
    });
}

fn no_bytes_keep_a_connection() {
    let home = Home::new().set("PECTA_HEAD_TIMEOUT_MS", "1000");
    let server = home.set("PECTA_KEEP_ALIVE_MS", "1000").start();
    hammer(&server, rounds(800, 8_000), |server, random, requests| {
        for _ in 0..requests / SILENT {
            let silent = [(); SILENT].map(|()| {
                let mut connection = server.connect();
                connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                assert_eq!(connection.answer().unwrap().status, 200);
                // Without a good key, so that no body is waited for.
                connection.send(spoiled_request(random, "x"));
                connection
            });
            // Each ends within the patience of its reader.
            silent.into_iter().map(Raw::rest).for_each(drop);
        }
    });
}
