//! `/v1/keys`, and what keys that are bound, rotated or revoked may do.

use pecta_tests::{
    Client, Database, Home, Server, assert_error, event, eventually, signature, tests, within,
};
use serde_json::{Value, json};
use std::process::Command;
use std::thread;
use std::time::Duration;

tests!(
    on_each_database: [
        a_key_is_made_shown_once_and_listed,
        only_a_key_with_admin_manages_keys,
        wrong_requests_name_what_is_wrong,
        a_bound_key_writes_for_its_agents_alone,
        scopes_are_kept_to,
        a_rotated_key_stays_good_for_the_overlap_and_no_longer,
        a_revoked_key_is_refused_at_once_by_the_server_that_revoked_it,
        the_last_active_secret_key_stays,
        keys_that_revoke_each_other_leave_one,
        listings_are_paged,
        a_key_is_rotated_on_the_command_line,
    ],
    with_python: [
        keys_are_found_as_the_page_says,
    ],
    on_postgres: [
        another_server_refuses_a_revoked_key_within_5_seconds,
    ],
);

pub(crate) fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

#[track_caller]
pub(crate) fn create(client: &Client, body: &Value) -> Value {
    client.post("/v1/keys", body).expect(201)
}

/// A client with a key that is made now, and the key's id.
#[track_caller]
pub(crate) fn client_of(server: &Server, admin: &Client, body: &Value) -> (Client, i64) {
    let made = create(admin, body);
    let client = server.client_with(made["key"].as_str().unwrap());
    (client, made["id"].as_i64().unwrap())
}

pub(crate) fn revoke(client: &Client, id: i64) -> pecta_tests::Response {
    let path = format!("/v1/keys/{id}");
    client.request("DELETE", &path).send()
}

pub(crate) fn rotate(client: &Client, id: i64, body: &str) -> pecta_tests::Response {
    client.post_text(&format!("/v1/keys/{id}/rotate"), body)
}

fn list(client: &Client) -> Vec<Value> {
    let page = client.get("/v1/keys?limit=100").expect(200);
    page["keys"].as_array().unwrap().clone()
}

/// The id of the key that a client speaks with.
pub(crate) fn own_id(client: &Client) -> i64 {
    let last_four = client.key().split_at(36).1;
    let keys = list(client);
    let is_own = |key: &&Value| key["prefix"].as_str().unwrap().ends_with(last_four);
    keys.iter().find(is_own).unwrap()["id"].as_i64().unwrap()
}

fn a_key_is_made_shown_once_and_listed(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let made = create(
        &admin,
        &json!({"kind": "pk", "name": "ci", "expires_at": "2999-01-01T00:00:00+01:00",
                "scopes": ["read", "evaluate"], "agents": ["a", "team/*"]}),
    );
    let key = made["key"].as_str().unwrap();
    assert!(key.starts_with("pk_live_") && key.len() == 40);
    let listed = list(&admin);
    assert_eq!(listed.len(), 3, "two of the first start");
    let mut expected = made.clone();
    expected.as_object_mut().unwrap().remove("key");
    assert_eq!(listed[0], expected);
    let created_at = made["created_at"].clone();
    assert!(created_at.is_string());
    assert_eq!(
        expected,
        json!({
            "id": made["id"], "kind": "pk", "name": "ci", "prefix": format!("pk_live_...{}", &key[36..]),
            "scopes": ["evaluate", "read"], "agents": ["a", "team/*"], "created_at": created_at,
            "last_used_at": null, "expires_at": "2998-12-31T23:00:00.000Z", "revoked_at": null,
            "replaced_by": null, "created_by": own_id(&admin), "rate_limits": {"ingest": null, "default": null},
        })
    );
    assert!(!admin.get("/v1/keys").text().contains(key));

    let client = server.client_with(key);
    client.evaluate("a", &json!("ok"));
    eventually("the use is noted", || {
        list(&admin)[0]["last_used_at"].is_string().then_some(())
    });

    let secret = create(&admin, &json!({"kind": "sk"}));
    let scopes = json!(["evaluate", "ingest", "read", "agents", "admin"]);
    assert_eq!(secret["scopes"], scopes);
    let body = json!({"events": [event("a")]}).to_string();
    let signed = signature(secret["key"].as_str().unwrap(), body.as_bytes());
    let request = admin.request("POST", "/v1/ingest").body(body);
    let request = request.header("X-Pecta-Signature", &signed);
    request.send().expect(202);
}

fn only_a_key_with_admin_manages_keys(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let (reader, id) = client_of(&server, &admin, &json!({"kind": "sk", "scopes": ["read"]}));
    let (bound, _) = client_of(&server, &admin, &json!({"kind": "sk", "agents": ["a"]}));
    for client in [server.client(), reader, bound] {
        for (method, path) in [
            ("GET", "/v1/keys?limit=0"),
            ("POST", "/v1/keys"),
            ("POST", &format!("/v1/keys/{id}/rotate")),
            ("POST", "/v1/keys/x/rotate"),
            ("DELETE", &format!("/v1/keys/{id}")),
            ("DELETE", "/v1/keys/999"),
        ] {
            let answer = client.request(method, path).send();
            assert_error(&answer, 403, "forbidden");
        }
    }
    assert_eq!(list(&admin).len(), 4);
    assert!(list(&admin).iter().all(|key| key["revoked_at"].is_null()));
}

fn wrong_requests_name_what_is_wrong(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    for (body, message) in [
        ("{}", "kind"),
        (r#"{"kind":"xk"}"#, "kind"),
        (r#"{"kind":"pk","scopes":["admin"]}"#, "scopes"),
        (r#"{"kind":"pk","scopes":["write"]}"#, "scopes[0]"),
        (
            r#"{"kind":"sk","scopes":["admin"],"agents":["a"]}"#,
            "scopes",
        ),
        (
            r#"{"kind":"pk","expires_at":"2020-01-01T00:00:00Z"}"#,
            "expires_at",
        ),
        (r#"{"kind":"pk","agents":[]}"#, "agents"),
    ] {
        let answer = admin.post_text("/v1/keys", body);
        let error = assert_error(&answer, 400, "validation_error");
        assert!(error.starts_with(message), "{error}");
    }
    assert_error(&admin.post_text("/v1/keys", ""), 400, "bad_json");
    let own = own_id(&admin);
    let answer = rotate(&admin, own, r#"{"overlap_seconds":-1}"#);
    assert_error(&answer, 400, "validation_error");
    for query in ["limit=0", "limit=101", "cursor=x", "cursor="] {
        let answer = admin.get(&format!("/v1/keys?{query}"));
        assert_error(&answer, 400, "validation_error");
    }
    for id in ["999", "x", "-1", "99999999999999999999", "%20", "1%2F2"] {
        let gone = admin.request("DELETE", &format!("/v1/keys/{id}")).send();
        assert_error(&gone, 404, "not_found");
        let gone = admin.post_text(&format!("/v1/keys/{id}/rotate"), "");
        assert_error(&gone, 404, "not_found");
    }
    assert_eq!(list(&admin).len(), 2);
}

fn a_bound_key_writes_for_its_agents_alone(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let body = json!({"kind": "pk", "agents": ["mine", "team/*"]});
    let (client, _) = client_of(&server, &admin, &body);
    for agent_id in ["mine", "team/", "team/a"] {
        client.evaluate(agent_id, &json!("ok"));
        client.ingest(&[event(agent_id)]);
        let registered = json!({"agent_id": agent_id});
        client.post("/v1/agents", &registered).expect(201);
    }
    let refused = |answer: &pecta_tests::Response, agent_id: &str| {
        let error = assert_error(answer, 403, "forbidden");
        assert!(error.contains(&format!("`{agent_id}`")), "{error}");
    };
    for agent_id in ["other", "Mine", "mine ", "mine2", "team"] {
        let output = json!({"agent_id": agent_id, "output": "ok"});
        refused(&client.post("/v1/evaluate", &output), agent_id);
        let dry = json!({"agent_id": agent_id, "output": "ok", "dry_run": true});
        refused(&client.post("/v1/evaluate", &dry), agent_id);
        let events = json!({"events": [event("mine"), event(agent_id)]});
        refused(&client.post("/v1/ingest", &events), agent_id);
        let agent = json!({"agent_id": agent_id});
        refused(&client.post("/v1/agents", &agent), agent_id);

        let items =
            json!({"items": [output, {"agent_id": "mine", "output": "ok", "dry_run": true}]});
        let results = client.post("/v1/evaluate/batch", &items).expect(200)["results"].clone();
        assert_eq!(
            (&results[0]["status"], &results[0]["code"]),
            (&json!(403), &json!("forbidden"))
        );
        assert_eq!(results[1]["status"], 200);
        assert!(admin.history(agent_id).is_empty());
    }
    // What is not valid is told first.
    let invalid = json!({"events": [event("other"), {"agent_id": "mine"}]});
    let answer = client.post("/v1/ingest", &invalid);
    assert_error(&answer, 400, "validation_error");
    assert_eq!(admin.reputation("mine")["evaluations"], 2);
    let agents = admin.get("/v1/agents").json();
    assert_eq!(agents["agents"].as_array().unwrap().len(), 3);
    // Reading is not bound.
    assert_eq!(client.reputation("mine")["evaluations"], 2);
    assert_eq!(client.events("").len(), 6);
}

fn scopes_are_kept_to(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let routes = [
        ("evaluate", "POST", "/v1/evaluate"),
        ("evaluate", "POST", "/v1/evaluate/batch"),
        ("ingest", "POST", "/v1/ingest"),
        ("read", "GET", "/v1/events"),
        ("read", "GET", "/v1/reputation/a"),
        ("read", "GET", "/v1/agents"),
        ("agents", "POST", "/v1/agents"),
        ("admin", "GET", "/v1/keys"),
        ("admin", "POST", "/v1/keys"),
    ];
    for scope in ["evaluate", "ingest", "read", "agents", "admin"] {
        let body = json!({"kind": "sk", "scopes": [scope]});
        let (client, _) = client_of(&server, &admin, &body);
        for (needed, method, path) in routes {
            let answer = client.request(method, path).send();
            let is_refused = answer.status == 403;
            assert_eq!(is_refused, needed != scope, "{scope}: {method} {path}");
        }
    }
}

fn a_rotated_key_stays_good_for_the_overlap_and_no_longer(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let body = json!({"kind": "pk", "name": "ci", "scopes": ["read"], "agents": ["a"],
                      "expires_at": "2999-01-01T00:00:00Z"});
    let (old, id) = client_of(&server, &admin, &body);
    old.get("/v1/agents").expect(200);
    let made = rotate(&admin, id, r#"{"overlap_seconds": 3600}"#).expect(201);
    for setting in ["kind", "name", "scopes", "agents"] {
        assert_eq!(made[setting], made["replaces"][setting], "{setting}");
    }
    assert_eq!(made["expires_at"], "2999-01-01T00:00:00.000Z");
    assert_eq!(made["replaces"]["id"], id);
    assert_eq!(made["replaces"]["replaced_by"], made["id"]);
    let end = made["replaces"]["expires_at"].as_str().unwrap();
    assert!(end < "2999", "{end}");
    let new = server.client_with(made["key"].as_str().unwrap());
    for client in [&old, &new] {
        client.get("/v1/agents").expect(200);
    }
    assert_error(&rotate(&admin, id, ""), 409, "conflict");

    // Without an overlap it ends at once.
    let id = made["id"].as_i64().unwrap();
    let last = rotate(&admin, id, "").expect(201);
    assert!(last["replaces"]["revoked_at"].is_string());
    assert_error(&new.get("/v1/agents"), 401, "auth_revoked");
    let last = server.client_with(last["key"].as_str().unwrap());
    last.get("/v1/agents").expect(200);

    // A short one is over when its time has come.
    let short = rotate(&admin, own_id(&admin), r#"{"overlap_seconds": 1}"#).expect(201);
    let successor = server.client_with(short["key"].as_str().unwrap());
    let refused = eventually("the overlap ends", || {
        let answer = admin.get("/v1/agents");
        (answer.status != 200).then_some(answer)
    });
    assert_error(&refused, 401, "auth_revoked");
    successor.get("/v1/keys").expect(200);
}

fn a_revoked_key_is_refused_at_once_by_the_server_that_revoked_it(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    for _ in 0..20 {
        let (client, id) = client_of(&server, &admin, &json!({"kind": "pk"}));
        client.get("/v1/agents").expect(200);
        // Requests under way must not bring it back into memory.
        let busy = client.clone();
        let noise = thread::spawn(move || while busy.get("/v1/agents").status == 200 {});
        let revoked = revoke(&admin, id).expect(200);
        assert!(revoked["revoked_at"].is_string());
        assert_error(&client.get("/v1/agents"), 401, "auth_revoked");
        noise.join().unwrap();
        let again = revoke(&admin, id).expect(200);
        assert_eq!(again["revoked_at"], revoked["revoked_at"]);
    }
}

fn another_server_refuses_a_revoked_key_within_5_seconds(database: &Database) {
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let admin = admin(&first);
    let (client, id) = client_of(&first, &admin, &json!({"kind": "pk"}));
    let (rotated, rotated_id) = client_of(&first, &admin, &json!({"kind": "sk"}));
    for client in [&client, &rotated] {
        second
            .client_with(client.key())
            .get("/v1/agents")
            .expect(200);
    }
    revoke(&admin, id).expect(200);
    rotate(&admin, rotated_id, "").expect(201);
    for client in [&client, &rotated] {
        assert_error(&client.get("/v1/agents"), 401, "auth_revoked");
        let there = second.client_with(client.key());
        let refused = within(Duration::from_secs(5), || {
            let answer = there.get("/v1/agents");
            (answer.status != 200).then_some(answer)
        });
        let refused = refused.expect("a refusal within 5 seconds");
        assert_error(&refused, 401, "auth_revoked");
    }
}

fn the_last_active_secret_key_stays(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let own = own_id(&admin);
    let stays = |client: &Client, id| {
        assert_error(&revoke(client, id), 409, "conflict");
        client.get("/v1/keys").expect(200);
    };
    stays(&admin, own);
    // None of these can administer the org for longer than it.
    create(&admin, &json!({"kind": "pk"}));
    create(&admin, &json!({"kind": "sk", "scopes": ["read"]}));
    create(&admin, &json!({"kind": "sk", "agents": ["a"]}));
    let (_, gone) = client_of(&server, &admin, &json!({"kind": "sk"}));
    revoke(&admin, gone).expect(200);
    stays(&admin, own);
    server.home().create_key("other", "sk");
    stays(&admin, own);

    // One that is on its way out does not count, and may go earlier.
    let rotated = rotate(&admin, own, r#"{"overlap_seconds": 3600}"#).expect(201);
    let successor = server.client_with(rotated["key"].as_str().unwrap());
    let successor_id = rotated["id"].as_i64().unwrap();
    assert_error(&revoke(&admin, successor_id), 403, "forbidden");
    stays(&successor, successor_id);
    revoke(&successor, own).expect(200);
    assert_error(&admin.get("/v1/keys"), 401, "auth_revoked");
    stays(&successor, successor_id);

    // With another one it can go, even by itself.
    create(&successor, &json!({"kind": "sk"}));
    revoke(&successor, successor_id).expect(200);
    assert_error(&successor.get("/v1/keys"), 401, "auth_revoked");
}

fn keys_that_revoke_each_other_leave_one(database: &Database) {
    let server = Server::start_on(database);
    let mut admin = admin(&server);
    for _ in 0..20 {
        let own = own_id(&admin);
        let (other, other_id) = client_of(&server, &admin, &json!({"kind": "sk"}));
        let (mine, theirs) = (admin.clone(), other.clone());
        let one = thread::spawn(move || revoke(&mine, other_id).status);
        let two = thread::spawn(move || revoke(&theirs, own).status);
        let statuses = [one.join().unwrap(), two.join().unwrap()];
        let done = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!(done, 1, "{statuses:?}");
        // The loser was told that it is the last, or that it is revoked already: before its request, or meanwhile.
        assert!(
            statuses
                .iter()
                .all(|status| [200, 401, 403, 409].contains(status)),
            "{statuses:?}"
        );
        let alive = [admin, other].into_iter().filter(|client| {
            let status = client.get("/v1/keys").status;
            status == 200
        });
        let mut alive: Vec<Client> = alive.collect();
        assert_eq!(alive.len(), 1);
        admin = alive.remove(0);
    }
}

fn listings_are_paged(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    for number in 0..5 {
        create(&admin, &json!({"kind": "pk", "name": format!("{number}")}));
    }
    let all = list(&admin);
    assert_eq!(all.len(), 7);
    let mut paged = Vec::new();
    let mut query = "limit=3".to_owned();
    loop {
        let page = admin.get(&format!("/v1/keys?{query}")).expect(200);
        let keys = page["keys"].as_array().unwrap();
        assert!(keys.len() <= 3);
        paged.extend(keys.iter().cloned());
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        query = format!("limit=3&cursor={cursor}");
    }
    assert_eq!(paged, all);
    let exact = admin.get("/v1/keys?limit=7").expect(200);
    assert_eq!(exact.get("next_cursor"), None);
}

fn a_key_is_rotated_on_the_command_line(database: &Database) {
    let server = Server::start_on(database);
    let (home, admin) = (server.home(), admin(&server));
    let made = home.run(&[
        "keys",
        "create",
        "--org",
        "default",
        "--scopes",
        "read,ingest",
        "--agents",
        "a,b",
        "--agents",
        "c*",
        "--expires-at",
        "2999-01-01T00:00:00Z",
    ]);
    assert_eq!(made.code, Some(0), "{made:?}");
    let old = server.client_with(made.stdout.trim_end());
    let before = list(&admin)[0].clone();
    assert_eq!(before["scopes"], json!(["ingest", "read"]));
    assert_eq!(before["agents"], json!(["a,b", "c*"]));
    old.get("/v1/agents").expect(200);

    let id = before["id"].to_string();
    let rotated = home.run(&["keys", "rotate", &id, "--overlap-seconds", "60"]);
    assert_eq!((rotated.code, rotated.stderr.as_str()), (Some(0), ""));
    let new = server.client_with(rotated.stdout.trim_end());
    for client in [&old, &new] {
        client.ingest(&[event("cx")]);
    }
    let after = list(&admin);
    assert_eq!(after[1]["replaced_by"], after[0]["id"]);
    assert_eq!(after[0]["agents"], before["agents"]);
    let again = home.run(&["keys", "rotate", &id]);
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stderr.contains("rotated already"), "{again:?}");
    let unknown = home.run(&["keys", "rotate", "999"]);
    assert_eq!(unknown.code, Some(1), "{unknown:?}");
}

fn keys_are_found_as_the_page_says() {
    let page = include_str!("../../docs/SECURITY.md");
    let (_, rest) = page.split_once("```python\n").unwrap();
    let (finder, _) = rest.split_once("```").unwrap();
    let home = Home::new();
    let keys = ["pk", "sk"].map(|kind| home.create_key("acme", kind));
    // Neither with another letter nor as a part of something longer.
    let (head, tail) = keys[0].split_at(20);
    let typo = format!(
        "{head}{}{}",
        if tail.starts_with('a') { 'b' } else { 'a' },
        &tail[1..]
    );
    let text = format!("KEY={} {typo} \"{}\", x{}", keys[0], keys[1], keys[0]);
    let program = format!("{finder}\nimport sys\nprint(*keys(sys.argv[1]))");
    let output = Command::new("python3")
        .args(["-c", &program, &text])
        .output();
    let found = String::from_utf8(output.unwrap().stdout).unwrap();
    assert_eq!(found.trim_end(), keys.join(" "));
}
