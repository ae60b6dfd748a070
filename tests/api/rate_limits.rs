//! Rate limits, with their defaults and with settings.

use pecta_tests::{Database, Home, Response, Server, assert_error, event, tests};
use serde_json::json;
use std::time::{Duration, Instant};

tests!(
    on_each_database: [
        request_201_within_a_minute_is_refused_and_ingest_and_other_orgs_are_not,
        ingest_has_its_own_limit_of_500,
        what_passes_the_limiter_counts_and_what_fails_before_it_does_not,
        the_window_rolls_and_refusals_do_not_extend_it,
        clients_that_fail_too_often_are_refused_before_their_key_is_looked_up,
    ],
    once: [
        every_answer_tells_what_is_left,
        only_a_trusted_proxy_says_who_calls,
    ],
);

fn limited(database: &Database) -> Server {
    let home = Home::on(database).unset("PECTA_RATE_LIMIT_INGEST");
    home.unset("PECTA_RATE_LIMIT_DEFAULT").start()
}

#[track_caller]
fn assert_limited(answer: &Response) -> u64 {
    assert_eq!(
        assert_error(answer, 429, "rate_limited"),
        "rate limit exceeded"
    );
    let seconds = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
    seconds
}

fn request_201_within_a_minute_is_refused_and_ingest_and_other_orgs_are_not(database: &Database) {
    let server = limited(database);
    let (client, other) = (server.client(), server.client_of("other"));
    let started = Instant::now();
    for request in 1..=200 {
        assert_eq!(client.get("/v1/agents").status, 200, "request {request}");
    }
    let seconds = assert_limited(&client.get("/v1/agents"));
    // The first request leaves the window a minute after it was made.
    let passed = started.elapsed().as_secs();
    assert!(seconds + passed >= 59, "{seconds} after {passed}");
    for (method, path) in [
        ("POST", "/v1/evaluate"),
        ("GET", "/v1/events"),
        ("GET", "/v1/reputation/a"),
        ("POST", "/v1/agents"),
    ] {
        // The limit comes before the body is looked at, and counts all keys of the org.
        assert_limited(&client.request(method, path).body("{").send());
        assert_limited(
            &server
                .client_with(&server.secret_key())
                .request(method, path)
                .body("{")
                .send(),
        );
    }
    client.ingest(&[event("a")]);
    other.get("/v1/agents").expect(200);
    server.anonymous().get("/health").expect(200);
    server.anonymous().get("/ready").expect(200);
    // What fails before the limiter still fails so.
    assert_error(&server.anonymous().get("/v1/agents"), 401, "auth_missing");
    assert_error(&client.get("/v1/nope"), 404, "not_found");
    assert_error(
        &client.request("PUT", "/v1/agents").send(),
        405,
        "method_not_allowed",
    );
}

fn ingest_has_its_own_limit_of_500(database: &Database) {
    let server = limited(database);
    let client = server.client();
    for request in 1..=500 {
        // Whatever the answer, it counts.
        let answer = client.post_text("/v1/ingest", "{");
        assert_eq!(answer.status, 400, "request {request}");
    }
    assert_limited(&client.post("/v1/ingest", &json!({"events": [event("a")]})));
    assert!(client.events("").is_empty());
}

fn what_passes_the_limiter_counts_and_what_fails_before_it_does_not(database: &Database) {
    let home = Home::on(database)
        .set("PECTA_RATE_LIMIT_DEFAULT", "6")
        .set("PECTA_BODY_LIMIT_BYTES", "100");
    let server = home.start();
    let client = server.client();
    for _ in 0..10 {
        assert_error(&server.anonymous().get("/v1/agents"), 401, "auth_missing");
        assert_error(&client.get("/v1/nope"), 404, "not_found");
        assert_error(
            &client.request("PUT", "/v1/agents").send(),
            405,
            "method_not_allowed",
        );
        client.ingest(&[event("a")]);
    }
    client.get("/v1/agents").expect(200);
    assert_error(&client.post_text("/v1/evaluate", "{"), 400, "bad_json");
    assert_error(
        &client.post_text("/v1/agents", "{}"),
        400,
        "validation_error",
    );
    assert_error(&client.get("/v1/events?limit=0"), 400, "validation_error");
    assert_error(
        &client.post_text("/v1/evaluate", "x".repeat(101)),
        413,
        "payload_too_large",
    );
    client.evaluate("a", &json!("ok"));
    for _ in 0..3 {
        assert_limited(&client.get("/v1/agents"));
    }
}

fn the_window_rolls_and_refusals_do_not_extend_it(database: &Database) {
    let server = Home::on(database)
        .set("PECTA_RATE_LIMIT_DEFAULT", "1")
        .start();
    let client = server.client();
    client.get("/v1/agents").expect(200);
    let wait = assert_limited(&client.get("/v1/agents"));
    // The figure only falls while requests are refused, so none of them counts.
    let fallen = pecta_tests::within(Duration::from_secs(10), || {
        (assert_limited(&client.get("/v1/agents")) + 2 <= wait).then_some(())
    });
    assert!(fallen.is_some());
}

/// What is left by the headers of an answer: the name of the limit, its size, `r` and `t`.
#[track_caller]
fn left(answer: &Response) -> (String, u64, u64, u64) {
    let parameters = |header: &str| {
        let text = answer.header(header).unwrap_or_else(|| panic!("{header}"));
        let parts: Vec<_> = text.split(';').map(str::to_owned).collect();
        let number = |nth: usize, name: &str| -> u64 {
            let value = parts[nth].strip_prefix(name).unwrap();
            value.parse().unwrap()
        };
        let names = if header == "ratelimit" {
            ["r=", "t="]
        } else {
            ["q=", "w="]
        };
        (parts[0].clone(), number(1, names[0]), number(2, names[1]))
    };
    let (name, size, window) = parameters("ratelimit-policy");
    let (named, remaining, reset) = parameters("ratelimit");
    assert_eq!((&named, window), (&name, 60));
    (name, size, remaining, reset)
}

fn every_answer_tells_what_is_left() {
    let server = Home::new()
        .set("PECTA_RATE_LIMIT_DEFAULT", "3")
        .set("PECTA_RATE_LIMIT_INGEST", "2")
        .set("PECTA_RATE_LIMIT_FAILURES", "60")
        .start();
    let client = server.client();
    let check = |answer: &Response, status: u16, name: &str, size: u64, remaining: u64| {
        assert_eq!(answer.status, status);
        let (named, sized, left, reset) = left(answer);
        assert_eq!(
            (named, sized, left),
            (format!("\"{name}\""), size, remaining)
        );
        reset
    };
    check(&client.get("/v1/nope"), 404, "default", 3, 3);
    let reset = check(&client.get("/v1/agents"), 200, "default", 3, 2);
    assert!((50..=60).contains(&reset), "{reset}");
    check(&client.post_text("/v1/ingest", "{"), 400, "ingest", 2, 1);
    check(&client.get("/v1/agents"), 200, "default", 3, 1);
    check(&client.get("/v1/nope"), 404, "default", 3, 1);
    let batch = json!({"items": [{"agent_id": "a", "output": 1}, {"agent_id": "a", "output": 2}]});
    let refused = client.post("/v1/evaluate/batch", &batch);
    check(&refused, 429, "default", 3, 0);
    let refused = client.get("/v1/agents");
    let reset = check(&refused, 429, "default", 3, 0);
    assert_eq!(assert_limited(&refused), reset);
    check(
        &server.anonymous().get("/v1/agents"),
        401,
        "failures",
        60,
        59,
    );
    assert!(client.get("/health").header("ratelimit").is_none());

    let server = Server::start();
    let unlimited = server.client().get("/v1/agents");
    assert!(unlimited.header("ratelimit").is_none());
}

fn clients_that_fail_too_often_are_refused_before_their_key_is_looked_up(database: &Database) {
    let server = Home::on(database)
        .set("PECTA_RATE_LIMIT_FAILURES", "5")
        .start();
    let client = server.client();
    client.get("/v1/agents").expect(200);
    for failure in 0..5 {
        let key = ["", "pk_live_x", &format!("pk_live_{}", "x".repeat(32))][failure % 3].to_owned();
        let answer = server.client_with(&key).get("/v1/agents");
        assert_eq!(answer.status, 401, "{failure} {key}");
    }
    let refused = server.anonymous().get("/v1/agents");
    assert!((1..=12).contains(&assert_limited(&refused)));
    // One whose key was good a moment ago goes on, and a good key that was not used lately still gets in, until too many
    // that may be keys were looked up all the same.
    client.get("/v1/agents").expect(200);
    let fresh = server.home().create_key("default", "pk");
    server.client_with(&fresh).get("/v1/agents").expect(200);
    let unknown = server.client_with(&Server::start().publishable_key());
    for _ in 0..5 {
        assert_error(&unknown.get("/v1/agents"), 401, "auth_invalid");
    }
    assert_limited(&unknown.get("/v1/agents"));
    let another = server.home().create_key("default", "pk");
    assert_limited(&server.client_with(&another).get("/v1/agents"));
    client.get("/v1/agents").expect(200);
    server.anonymous().get("/health").expect(200);
}

fn only_a_trusted_proxy_says_who_calls() {
    let ask = |server: &Server, client: &str| {
        let client_is = server.anonymous();
        let request = client_is.request("GET", "/v1/agents");
        request.header("X-Forwarded-For", client).send().status
    };
    let home = || Home::new().set("PECTA_RATE_LIMIT_FAILURES", "1");
    let server = home().start();
    assert_eq!(
        ["192.0.2.1", "192.0.2.2"].map(|client| ask(&server, client)),
        [401, 429]
    );
    let server = home().set("PECTA_TRUSTED_PROXIES", "127.0.0.0/8").start();
    let clients = [
        "192.0.2.1",
        "192.0.2.2",
        "192.0.2.1",
        "192.0.2.3, 192.0.2.2",
    ];
    assert_eq!(
        clients.map(|client| ask(&server, client)),
        [401, 401, 429, 429]
    );
}
