//! `X-Pecta-Signature`.

use pecta_tests::{
    Client, Database, Home, Response, Server, assert_error, event, eventually, now, signature,
    signature_at, tests, within,
};
use serde_json::{Value, json};
use std::thread;
use std::time::Duration;

tests!(
    on_each_database: [
        any_active_secret_key_of_the_org_may_sign,
        the_signature_covers_the_body_as_it_was_sent,
        the_signature_is_verified_before_the_body_is_parsed,
        without_an_active_secret_key_there_is_nothing_to_verify_with,
        a_signature_with_a_time_counts_for_five_minutes,
        a_signature_with_a_time_is_taken_once,
        what_was_refused_for_its_body_uses_up_no_signature,
        of_many_repeats_at_once_one_is_taken,
        an_org_can_take_signed_verdicts_alone,
        an_org_can_take_signatures_with_a_time_alone,
        a_bound_secret_key_signs_for_its_agents_alone,
    ],
    on_postgres: [
        a_signature_that_one_server_took_is_refused_by_the_other,
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

fn a_signature_with_a_time_counts_for_five_minutes(database: &Database) {
    let server = Server::start_on(database);
    let (client, key, body) = (server.client(), server.secret_key(), batch());
    // Far enough from the edges for a slow machine.
    for offset in [-270, -1, 0, 1, 270] {
        let signed = signature_at(&key, now() + offset, body.as_bytes());
        send(&client, &body, &signed).expect(202);
    }
    for offset in [-100_000, -301, 400, 100_000] {
        let signed = signature_at(&key, now() + offset, body.as_bytes());
        let error = assert_error(&send(&client, &body, &signed), 401, "hmac_invalid");
        assert!(error.contains("5 minutes"), "{error}");
    }
    let time = now();
    let good = signature_at(&key, time, body.as_bytes());
    let hex = good.rsplit_once('=').unwrap().1;
    let plain = signature(&key, body.as_bytes());
    let plain = plain.rsplit_once('=').unwrap().1;
    for bad in [
        format!("t={},v1={hex}", time + 1),
        format!("t=0{time},v1={hex}"),
        format!("t={time},v1={plain}"),
        format!("t={time},v1={}", "0".repeat(64)),
        format!("sha256={hex}"),
        format!("t={time}"),
        format!("v1={hex}"),
        format!("{good},v1={hex}"),
        format!("t=,v1={hex}"),
        signature_at(client.key(), time, body.as_bytes()),
    ] {
        let error = assert_error(&send(&client, &body, &bad), 401, "hmac_invalid");
        assert!(error.contains("does not match"), "{error}");
    }
    assert_eq!(client.reputation("a")["evaluations"], 5);
}

#[track_caller]
fn assert_replayed(answer: &Response) {
    let error = assert_error(answer, 401, "hmac_invalid");
    assert!(error.contains("used before"), "{error}");
}

fn a_signature_with_a_time_is_taken_once(database: &Database) {
    let server = Server::start_on(database);
    let (key, body, time) = (server.secret_key(), batch(), now());
    let good = signature_at(&key, time, body.as_bytes());
    send(&server.client(), &body, &good).expect(202);
    let upper = format!(
        "t={time},v1={}",
        good.rsplit_once('=').unwrap().1.to_uppercase()
    );
    for again in [&good, &upper, &good] {
        assert_replayed(&send(&server.client(), &body, again));
        // Another key of the org is no way around it.
        assert_replayed(&send(&server.client_with(&key), &body, again));
    }
    let next = signature_at(&key, time + 1, body.as_bytes());
    send(&server.client(), &body, &next).expect(202);

    // A start forgets none.
    let server = server.kill().start();
    for used in [&good, &next] {
        assert_replayed(&send(&server.client(), &body, used));
    }
    assert_eq!(server.client().reputation("a")["evaluations"], 2);
    // The other form has no time and may be repeated.
    let plain = signature(&key, body.as_bytes());
    for _ in 0..2 {
        send(&server.client(), &body, &plain).expect(202);
    }
}

fn what_was_refused_for_its_body_uses_up_no_signature(database: &Database) {
    let server = Server::start_on(database);
    let (client, key) = (server.client(), server.secret_key());
    let signed = signature_at(&key, now(), b"{}");
    for _ in 0..2 {
        assert_error(&send(&client, "{}", &signed), 400, "validation_error");
    }
    // Nor does another org use up one of this.
    let body = batch();
    let signed = signature_at(&key, now(), body.as_bytes());
    server.home().create_key("other", "sk");
    let other = server.client_of("other");
    assert_error(&send(&other, &body, &signed), 401, "hmac_invalid");
    send(&client, &body, &signed).expect(202);
}

fn of_many_repeats_at_once_one_is_taken(database: &Database) {
    let server = Server::start_on(database);
    let (client, key, body) = (server.client(), server.secret_key(), batch());
    for round in 0..10 {
        let signed = signature_at(&key, now() + round, body.as_bytes());
        let statuses: Vec<u16> = thread::scope(|scope| {
            let sending = || send(&client, &body, &signed).status;
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(sending)).collect();
            let statuses = threads.into_iter().map(|thread| thread.join().unwrap());
            statuses.collect()
        });
        let taken = statuses.iter().filter(|status| **status == 202).count();
        assert_eq!(taken, 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [202, 401].contains(status)));
    }
    assert_eq!(client.reputation("a")["evaluations"], 10);
}

fn a_signature_that_one_server_took_is_refused_by_the_other(database: &Database) {
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let (key, body) = (first.secret_key(), batch());
    let elsewhere = second.client_with(first.client().key());
    for round in 0..5 {
        let signed = signature_at(&key, now() + round, body.as_bytes());
        send(&first.client(), &body, &signed).expect(202);
        assert_replayed(&send(&elsewhere, &body, &signed));
    }
}

fn an_org_can_take_signed_verdicts_alone(database: &Database) {
    let server = Server::start_on(database);
    let (client, key, body) = (server.client(), server.secret_key(), batch());
    let admin = server.client_with(&key);
    let shown = json!({"name": "default", "require_signature": false,
        "rate_limits": {"ingest": null, "default": null}});
    assert_eq!(admin.get("/v1/org").expect(200), shown);
    client.ingest(&[event("a")]);
    let set = |required: &str| {
        let body = format!(r#"{{"require_signature":{required}}}"#);
        admin.request("PUT", "/v1/org").body(body).send()
    };
    assert_eq!(set("true").expect(200)["require_signature"], true);
    assert_eq!(admin.get("/v1/org").json()["require_signature"], true);

    // At once, before the body is looked at, and whoever asks.
    for client in [&client, &admin] {
        for body in [&body, "{"] {
            let answer = client.post_text("/v1/ingest", body);
            assert_error(&answer, 401, "hmac_required");
        }
        send(client, &body, &signature(&key, body.as_bytes())).expect(202);
    }
    let signed = signature_at(&key, now(), body.as_bytes());
    send(&client, &body, &signed).expect(202);
    // Other routes, and other orgs, are as they were.
    client.evaluate("a", &json!("ok"));
    server.client_of("other").ingest(&[event("a")]);
    assert_eq!(client.reputation("a")["evaluations"], 5);

    for wrong in ["1", "\"true\""] {
        assert_error(&set(wrong), 400, "validation_error");
    }
    for (method, path) in [("GET", "/v1/org"), ("PUT", "/v1/org")] {
        let answer = client.request(method, path).send();
        assert_error(&answer, 403, "forbidden");
    }
    set("false").expect(200);
    client.ingest(&[event("a")]);

    // The command line sets it as well; servers follow within 5 seconds.
    let command = [
        "orgs",
        "set",
        "--org",
        "default",
        "--require-signature",
        "true",
    ];
    let set = server.home().run(&command);
    assert_eq!((set.code, set.stderr.as_str()), (Some(0), ""));
    let refused = within(Duration::from_secs(5), || {
        let answer = client.post_text("/v1/ingest", body.as_str());
        (answer.status != 202).then_some(answer)
    });
    assert_error(&refused.expect("a refusal"), 401, "hmac_required");
    let unknown = [
        "orgs",
        "set",
        "--org",
        "nobody",
        "--require-signature",
        "true",
    ];
    assert_eq!(server.home().run(&unknown).code, Some(1));
}

fn a_bound_secret_key_signs_for_its_agents_alone(database: &Database) {
    let server = Server::start_on(database);
    let admin = server.client_with(&server.secret_key());
    let bound = json!({"kind": "sk", "agents": ["mine*"]});
    let made = admin.post("/v1/keys", &bound).expect(201);
    let key = made["key"].as_str().unwrap();
    let body = |agent_id: &str| json!({"events": [event("mine"), event(agent_id)]}).to_string();
    // Whoever sends it.
    for client in [server.client(), server.client_with(key)] {
        let good = body("mine2");
        send(&client, &good, &signature(key, good.as_bytes())).expect(202);
        let other = body("other");
        let answer = send(&client, &other, &signature(key, other.as_bytes()));
        let error = assert_error(&answer, 403, "forbidden");
        assert!(error.contains("`other`"), "{error}");
    }
    assert!(admin.history("other").is_empty());
}

fn an_org_can_take_signatures_with_a_time_alone(database: &Database) {
    let server = Server::start_on(database);
    let (client, key, body) = (server.client(), server.secret_key(), batch());
    let admin = server.client_with(&key);
    let set = |required: &Value| admin.put("/v1/org", &json!({"require_signature": required}));
    let home = server.home();
    let run = |required| {
        let set = ["orgs", "set", "--org", "default", "--require-signature"];
        home.run(&[&set[..], &[required]].concat()).code
    };
    assert_eq!(
        set(&json!("timed")).expect(200)["require_signature"],
        "timed"
    );
    assert_eq!(admin.get("/v1/org").json()["require_signature"], "timed");

    let untimed = signature(&key, body.as_bytes());
    let answer = send(&client, &body, &untimed);
    let error = assert_error(&answer, 401, "hmac_required");
    assert!(error.contains("t=<unix>,v1=<hex>"), "{error}");
    // Also where it is no signature of the body.
    let answer = send(&client, "{", &untimed);
    assert_error(&answer, 401, "hmac_required");
    let answer = client.post_text("/v1/ingest", body.as_str());
    assert_error(&answer, 401, "hmac_required");
    let signed = signature_at(&key, now(), body.as_bytes());
    send(&client, &body, &signed).expect(202);
    assert_replayed(&send(&client, &body, &signed));

    // What holds is in the log, and the other values are as they were.
    let newest = admin.get("/v1/audit?limit=1").expect(200)["entries"][0].clone();
    assert_eq!(newest["changes"], json!({"require_signature": "timed"}));
    assert_eq!(set(&json!(true)).expect(200)["require_signature"], true);
    send(&client, &body, &untimed).expect(202);
    assert_eq!(run("timed"), Some(0));
    assert_eq!(admin.get("/v1/org").json()["require_signature"], "timed");
    assert_eq!(run("never"), Some(2));
    assert_eq!(set(&json!(false)).expect(200)["require_signature"], false);
    client.ingest(&[event("a")]);
}
