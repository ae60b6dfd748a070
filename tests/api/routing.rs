//! Routes, methods and the order of checks behind the key.

use pecta_tests::{Database, Home, Server, assert_error, tests};
use serde_json::json;

tests!(
    on_each_database: [
        a_wrong_method_is_told_the_right_ones,
        unknown_routes_are_not_found_in_json,
        head_has_no_body_and_options_no_surprises,
        each_check_comes_before_the_next,
        bodies_are_json_whatever_their_content_type,
    ],
);

fn a_wrong_method_is_told_the_right_ones(database: &Database) {
    let server = Server::start_on(database);
    for client in [server.client(), server.client_with(&server.secret_key())] {
        for (path, allowed) in [
            ("/health", "GET, HEAD"),
            ("/ready", "GET, HEAD"),
            ("/v1/evaluate", "POST"),
            ("/v1/ingest", "POST"),
            ("/v1/events", "GET"),
            ("/v1/reputation/a", "GET"),
            ("/v1/agents", "GET, POST"),
            ("/v1/keys", "GET, POST"),
            ("/v1/org", "GET, PUT"),
            ("/v1/keys/1", "DELETE"),
            ("/v1/keys/1/rotate", "POST"),
            ("/v1/policy", "GET, PUT, DELETE"),
            ("/v1/policy/test", "POST"),
            ("/v1/policy/candidate", "GET, PUT, DELETE"),
            ("/v1/policy/candidate/report", "GET"),
            ("/v1/suppressions", "GET, POST"),
            ("/v1/suppressions/sup_1", "DELETE"),
        ] {
            for method in [
                "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
            ] {
                if allowed.contains(method) {
                    continue;
                }
                let answer = client.request(method, path).send();
                assert_error(&answer, 405, "method_not_allowed");
                assert_eq!(answer.header("allow"), Some(allowed), "{method} {path}");
            }
        }
    }
}

fn unknown_routes_are_not_found_in_json(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v1/nope",
        "/v1/evaluate/",
        "/v1//evaluate",
        "/V1/evaluate",
        "/v1/Evaluate",
        "/v2/evaluate",
        "/v1/agents/a",
        "/health/",
        "/v1/reputation",
        "/%FF",
        "/v1/%00",
        "/../etc/passwd",
        "/v1/events%3Flimit=1",
    ] {
        assert_error(&client.get(path), 404, "not_found");
        assert_error(&client.post_text(path, "{"), 404, "not_found");
    }
}

fn head_has_no_body_and_options_no_surprises(database: &Database) {
    let server = Server::start_on(database);
    for (method, path, status) in [
        ("HEAD", "/health", 200),
        ("HEAD", "/ready", 200),
        ("HEAD", "/v1/agents", 405),
        ("HEAD", "/v1/evaluate", 405),
        ("HEAD", "/nope", 404),
    ] {
        let mut connection = server.connect();
        let key = server.publishable_key();
        connection.send(format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n"
        ));
        let answer = connection.head_answer().unwrap();
        assert_eq!(answer.status, status, "{method} {path}");
        // What follows on the connection is the next answer, not a body.
        connection.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!(connection.answer().unwrap().status, 200, "{method} {path}");
    }
}

fn each_check_comes_before_the_next(database: &Database) {
    let server = Home::on(database)
        .set("PECTA_BODY_LIMIT_BYTES", "100")
        .set("PECTA_INGEST_BODY_LIMIT_BYTES", "200")
        .start();
    let client = server.client();
    let large = vec![b'{'; 201];
    // Route and method before body size.
    assert_error(
        &client.post_text("/v1/nope", large.clone()),
        404,
        "not_found",
    );
    assert_error(
        &client.post_text("/v1/events", large.clone()),
        405,
        "method_not_allowed",
    );
    // Size before signature and syntax, and each route has its own.
    for (path, fits) in [
        ("/v1/evaluate", 100),
        ("/v1/agents", 100),
        ("/v1/ingest", 200),
    ] {
        let signed = |body: &[u8]| {
            let request = client
                .request("POST", path)
                .header("X-Pecta-Signature", "sha256=00");
            request.body(body).send()
        };
        assert_error(&signed(&large[..=fits]), 413, "payload_too_large");
        let (status, code) = if path == "/v1/ingest" {
            (401, "hmac_invalid")
        } else {
            (400, "bad_json")
        };
        assert_error(&signed(&large[..fits]), status, code);
    }
    // Syntax before validation.
    assert_error(
        &client.post_text("/v1/evaluate", r#"{"agent_id": 5, "#),
        400,
        "bad_json",
    );
    assert_error(
        &client.post_text("/v1/evaluate", r#"{"agent_id": 5} x"#),
        400,
        "bad_json",
    );
    assert_error(
        &client.post("/v1/evaluate", &json!({"agent_id": 5})),
        400,
        "validation_error",
    );
}

fn bodies_are_json_whatever_their_content_type(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let types = [
        None,
        Some("text/plain"),
        Some("application/x-www-form-urlencoded"),
        Some("multipart/form-data"),
        Some("application/json; charset=utf-16"),
        Some("\u{0}".trim_matches('\u{0}')),
        Some("not a type"),
    ];
    for (path, body, status) in [
        (
            "/v1/evaluate",
            json!({"agent_id": "a", "output": "ok"}),
            200,
        ),
        (
            "/v1/ingest",
            json!({"events": [pecta_tests::event("a")]}),
            202,
        ),
        ("/v1/agents", json!({"agent_id": "a"}), 201),
    ] {
        for kind in types {
            let mut request = client.request("POST", path).body(body.to_string());
            if let Some(kind) = kind {
                request = request.header("Content-Type", kind);
            }
            let answer = request.send();
            assert_eq!(answer.status, status, "{path} {kind:?}: {}", answer.text());
            assert_eq!(answer.header("content-type"), Some("application/json"));
        }
    }
}
