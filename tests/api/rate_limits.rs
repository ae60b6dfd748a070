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
