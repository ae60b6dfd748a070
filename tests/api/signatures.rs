//! `X-Pecta-Signature`.

use pecta_tests::{
    Client, Database, Response, Server, assert_error, event, eventually, signature, tests,
};
use serde_json::json;

tests!(
    on_each_database: [
        any_active_secret_key_of_the_org_may_sign,
        the_signature_covers_the_body_as_it_was_sent,
        the_signature_is_verified_before_the_body_is_parsed,
        without_an_active_secret_key_there_is_nothing_to_verify_with,
    ],
);

fn send(client: &Client, body: &str, signature: &str) -> Response {
    let request = client
        .request("POST", "/v1/ingest")
        .header("X-Pecta-Signature", signature);
    request.body(body).send()
}

fn batch() -> String {
    json!({"events": [event("a")]}).to_string()
}

fn any_active_secret_key_of_the_org_may_sign(database: &Database) {
    let server = Server::start_on(database);
    let (client, body) = (server.client(), batch());
    let first = server.secret_key();
    let second = server.home().create_key("default", "sk");
    let foreign = server.home().create_key("other", "sk");
    for key in [&first, &second] {
        send(&client, &body, &signature(key, body.as_bytes())).expect(202);
        // The key that asks and the key that signs need not be the same.
        send(
            &server.client_with(&first),
            &body,
            &signature(key, body.as_bytes()),
        )
        .expect(202);
    }
    for key in [&foreign, client.key(), "", &format!("{first}\n")] {
        let answer = send(&client, &body, &signature(key, body.as_bytes()));
        assert_eq!(
            assert_error(&answer, 401, "hmac_invalid"),
            "HMAC signature does not match"
        );
    }
    assert_eq!(client.reputation("a")["evaluations"], 4);
}

fn the_signature_covers_the_body_as_it_was_sent(database: &Database) {
    let server = Server::start_on(database);
    let (client, key) = (server.client(), server.secret_key());
    let body = format!(" {}\n", batch());
    let good = signature(&key, body.as_bytes());
    send(&client, &body, &good).expect(202);
    assert_error(&send(&client, body.trim(), &good), 401, "hmac_invalid");
    let hex = good.strip_prefix("sha256=").unwrap();
    for bad in [
        String::new(),
        "sha256=".to_owned(),
        hex.to_owned(),
        format!("sha1={hex}"),
        format!("sha256={hex}00"),
        format!("sha256={}", &hex[..62]),
        format!("sha256={}", "0".repeat(64)),
        format!("sha256={}", "g".repeat(64)),
        format!("sha256 = {hex}"),
        format!("{good},{good}"),
    ] {
        assert_error(&send(&client, &body, &bad), 401, "hmac_invalid");
    }
    let twice = client.request("POST", "/v1/ingest").body(body.as_str());
    let twice = twice
        .header("X-Pecta-Signature", &good)
        .header("X-Pecta-Signature", &good);
    assert_error(&twice.send(), 401, "hmac_invalid");
    assert_eq!(client.reputation("a")["evaluations"], 1);
}

fn the_signature_is_verified_before_the_body_is_parsed(database: &Database) {
    let server = Server::start_on(database);
    let (client, key) = (server.client(), server.secret_key());
    for (body, code) in [
        ("{", "bad_json"),
        ("\u{0}", "bad_json"),
        ("{}", "validation_error"),
    ] {
        assert_error(&send(&client, body, "sha256=00"), 401, "hmac_invalid");
        assert_error(
            &send(&client, body, &signature(&key, body.as_bytes())),
            400,
            code,
        );
    }
    // Elsewhere the header means nothing.
    let request = client
        .request("POST", "/v1/agents")
        .header("X-Pecta-Signature", "sha256=00");
    request.body(r#"{"agent_id":"a"}"#).send().expect(201);
}

fn without_an_active_secret_key_there_is_nothing_to_verify_with(database: &Database) {
    let server = Server::start_on(database);
    let (home, body) = (server.home(), batch());
    let client = server.client_of("other");
    let refused = assert_error(&send(&client, &body, "zz"), 401, "hmac_no_secret");
    assert!(!refused.is_empty());
    client.post_text("/v1/ingest", body.clone()).expect(202);

    let key = home.create_key("other", "sk");
    let good = signature(&key, body.as_bytes());
    send(&client, &body, &good).expect(202);
    let list = home
        .run(&["keys", "list", "--org", "other", "--json"])
        .stdout;
    let list: serde_json::Value = serde_json::from_str(&list).unwrap();
    let id = list
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kind"] == "sk")
        .unwrap()["id"]
        .to_string();
    assert_eq!(home.run(&["keys", "revoke", &id]).code, Some(0));
    let refused = eventually("the revoked key signs nothing", || {
        let answer = send(&client, &body, &good);
        (answer.status != 202).then_some(answer)
    });
    assert_error(&refused, 401, "hmac_no_secret");
}
