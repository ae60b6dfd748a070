//! Keys in requests, and that they are checked first.

use pecta_tests::{Database, Response, Server, assert_error, tests};
use serde_json::json;
use std::time::Duration;

tests!(
    on_each_database: [
        the_authorization_header,
        of_two_authorization_headers_none_counts,
        the_key_comes_before_everything_else,
        a_key_made_while_the_server_runs_works_at_once_and_a_revoked_one_stops_within_5_seconds,
    ],
);

fn authorized(server: &Server, header: &str) -> Response {
    let anonymous = server.anonymous();
    anonymous
        .request("GET", "/v1/agents")
        .header("Authorization", header)
        .send()
}

/// A key's text with its last random character changed, so that the checksum is wrong.
fn typo(key: &str) -> String {
    let (head, tail) = key.split_at(33);
    let other = if tail.starts_with('a') { 'b' } else { 'a' };
    format!("{head}{other}{}", &tail[1..])
}

fn the_authorization_header(database: &Database) {
    let server = Server::start_on(database);
    let key = server.publishable_key();
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        authorized(&server, &format!("{scheme} {key}")).expect(200);
    }
    authorized(&server, &format!("Bearer {}", server.secret_key())).expect(200);
    for header in [
        "",
        "Bearer",
        "Bearer ",
        &key,
        "Basic abc",
        "Token x",
        &format!("Bearer{key}"),
    ] {
        assert_error(&authorized(&server, header), 401, "auth_missing");
    }
    assert_error(&server.anonymous().get("/v1/agents"), 401, "auth_missing");
    let short = key.split_at(39).0;
    for wrong in [
        "x".to_owned(),
        short.to_owned(),
        format!("{key}a"),
        key.replace("pk_live_", "pk_test_"),
        key.replace("pk_live_", "PK_LIVE_"),
        format!("pk_live_{}", "!".repeat(32)),
        format!("{key} {key}"),
    ] {
        assert_error(
            &authorized(&server, &format!("Bearer {wrong}")),
            401,
            "auth_format",
        );
    }
    for unknown in [
        format!("pk_live_{}", "a".repeat(32)),
        typo(&key),
        // The form and the checksum are right, but nobody was given it.
        "pk_live_000000000000000000000000003ZvH4k".to_owned(),
        key.replace("pk_live_", "sk_live_"),
    ] {
        assert_error(
            &authorized(&server, &format!("Bearer {unknown}")),
            401,
            "auth_invalid",
        );
    }
}

fn of_two_authorization_headers_none_counts(database: &Database) {
    let server = Server::start_on(database);
    let key = server.publishable_key();
    let secret = server.secret_key();
    for (first, second) in [(&key, &key), (&key, &secret), (&secret, &key)] {
        let mut connection = server.connect();
        connection.send(format!(
            "GET /v1/agents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {first}\r\nAuthorization: Bearer {second}\r\n\r\n"
        ));
        assert_error(&connection.answer().unwrap(), 401, "auth_format");
    }
}

fn the_key_comes_before_everything_else(database: &Database) {
    let server = Server::start_on(database);
    let anonymous = server.anonymous();
    for (method, path) in [
        ("GET", "/v1/nope"),
        ("GET", "/v1"),
        ("GET", "/v1/"),
        ("GET", "/v%31/nope"),
        ("PUT", "/v1/evaluate"),
        ("PUT", "/%761/evaluate"),
        ("DELETE", "/v1/agents"),
        ("GET", "/v1/events?limit=0"),
        ("GET", "/v1/reputation/%FF"),
        ("GET", "/v1/reputation/a/b"),
    ] {
        let answer = anonymous.request(method, path).send();
        assert_error(&answer, 401, "auth_missing");
    }
    for path in ["/v1/evaluate", "/v1/ingest", "/v1/agents"] {
        for body in ["{", "{}", "\u{fffd}"] {
            let answer = anonymous.request("POST", path).body(body);
            let answer = answer.header("X-Pecta-Signature", "sha256=00").send();
            assert_error(&answer, 401, "auth_missing");
        }
    }
}

fn a_key_made_while_the_server_runs_works_at_once_and_a_revoked_one_stops_within_5_seconds(
    database: &Database,
) {
    let server = Server::start_on(database);
    let home = server.home();
    let client = server.client_of("new-org");
    client.get("/v1/agents").expect(200);
    client.evaluate("a", &json!("ok"));

    let list = home.run(&["keys", "list", "--org", "new-org", "--json"]);
    let list: serde_json::Value = serde_json::from_str(&list.stdout).unwrap();
    let revoked = home.run(&["keys", "revoke", &list[0]["id"].to_string()]);
    assert_eq!(revoked.code, Some(0), "{revoked:?}");
    let refused = pecta_tests::within(Duration::from_secs(5), || {
        let answer = client.get("/v1/agents");
        (answer.status != 200).then_some(answer)
    });
    assert_error(
        &refused.expect("a refusal within 5 seconds"),
        401,
        "auth_revoked",
    );
    // The org's other keys, and what it recorded, stay.
    let successor = server.client_of("new-org");
    assert_eq!(successor.reputation("a")["evaluations"], 1);
}
