//! What every answer carries, and pages of other origins.

use pecta_tests::{Home, Response, Server, assert_error, tests};

tests!(
    once: [
        every_answer_is_of_no_use_to_a_browser,
        a_sane_request_id_is_taken_over,
        pages_may_call_from_the_origins_that_are_named,
        a_head_that_does_not_come_is_not_waited_for,
    ],
);

fn every_answer_is_of_no_use_to_a_browser() {
    let server = Server::start();
    for answer in [
        server.client().get("/v1/agents"),
        server.client().get("/v1/nope"),
        server.anonymous().get("/v1/agents"),
        server.anonymous().get("/health"),
        server.anonymous().get("/nope"),
    ] {
        for (name, value) in [
            ("cache-control", "no-store"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{answer:?}");
        }
        for name in ["access-control-allow-origin", "strict-transport-security"] {
            assert_eq!(answer.header(name), None, "{answer:?}");
        }
    }
}

fn a_sane_request_id_is_taken_over() {
    let server = Home::new().set("PECTA_LOG", "debug").start();
    let id_of = |given: &str| {
        let client = server.client();
        let request = client.request("GET", "/v1/agents");
        let answer = request.header("X-Request-Id", given).send();
        answer.header("x-request-id").unwrap().to_owned()
    };
    let longest = "a".repeat(128);
    for id in ["a", "9f3c-1:2/3", longest.as_str()] {
        assert_eq!(id_of(id), id);
        assert!(server.log().contains(id));
    }
    for id in ["", "a b", "a\"b", "<script>", &"a".repeat(129)] {
        let made = id_of(id);
        assert!(made.len() == 16 && made != id, "{id} {made}");
    }
}

fn pages_may_call_from_the_origins_that_are_named() {
    let home = Home::new();
    let home = home.set(
        "PECTA_CORS_ORIGINS",
        "https://a.example, https://b.example:8443",
    );
    let server = home.start();
    let ask = |method: &str, origin: &str, headers: &[(&str, &str)]| -> Response {
        let client = server.client();
        let mut request = client
            .request(method, "/v1/agents")
            .header("Origin", origin);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request.send()
    };
    let preflight = [
        ("Access-Control-Request-Method", "POST"),
        (
            "Access-Control-Request-Headers",
            "authorization,content-type,idempotency-key,if-match,if-none-match",
        ),
    ];
    for origin in ["https://a.example", "https://b.example:8443"] {
        let allowed = ask("OPTIONS", origin, &preflight);
        assert_eq!(allowed.status, 200, "{}", allowed.text());
        assert_eq!(allowed.header("access-control-allow-origin"), Some(origin));
        let answer = ask("GET", origin, &[]);
        answer.expect(200);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        let exposed = answer.header("access-control-expose-headers").unwrap();
        assert!(exposed.contains("ratelimit"), "{exposed}");
    }
    for (origin, preflight) in [
        ("https://c.example", &preflight[..]),
        ("http://a.example", &preflight[..]),
        ("null", &preflight[..]),
        (
            "https://a.example",
            &[("Access-Control-Request-Method", "PATCH")],
        ),
        (
            "https://a.example",
            &[
                ("Access-Control-Request-Method", "GET"),
                ("Access-Control-Request-Headers", "cookie"),
            ],
        ),
    ] {
        let refused = ask("OPTIONS", origin, preflight);
        assert_error(&refused, 403, "forbidden");
        assert_eq!(
            refused.header("access-control-allow-origin"),
            None,
            "{origin}"
        );
    }
    let answer = ask("GET", "https://c.example", &[]);
    answer.expect(200);
    assert_eq!(answer.header("access-control-allow-origin"), None);

    // Without origins a preflight is a request like any other.
    let server = Server::start();
    let client = server.client();
    let request = client
        .request("OPTIONS", "/v1/agents")
        .header("Origin", "https://a.example");
    let answer = request
        .header("Access-Control-Request-Method", "POST")
        .send();
    assert_error(&answer, 405, "method_not_allowed");
}

fn a_head_that_does_not_come_is_not_waited_for() {
    let server = Server::start();
    let mut connection = server.connect();
    connection.send("GET /health HTTP/1.1\r\nHost: x\r\n");
    let answer = connection
        .answer()
        .expect("an answer before the connection is closed");
    assert_eq!(answer.status, 408);
    assert!(connection.rest().is_empty());
}
