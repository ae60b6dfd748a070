//! What keys may be made, rotated and revoked.

use crate::keys::{admin, client_of, create, own_id, revoke, rotate};
use crate::suppressions::now;
use pecta_tests::{Database, Home, Response, Server, assert_error, eventually, tests};
use pecta_wire::Timestamp;
use serde_json::{Value, json};

tests!(
    on_each_database: [
        a_key_that_is_about_to_expire_is_none_to_rely_on,
        an_expired_key_is_refused_from_its_moment_on_by_every_server,
        every_thread_of_a_server_refuses_a_revoked_key_at_once,
        no_key_makes_one_that_may_do_more,
        no_key_makes_one_that_lasts_longer_or_is_limited_less,
        a_rotated_key_makes_rotates_and_revokes_no_other,
        an_org_has_so_many_secret_keys_and_no_more,
    ],
);

fn a_key_that_is_about_to_expire_is_none_to_rely_on(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let soon = Timestamp::from_micros(now() + 3_600_000_000).unwrap();
    create(
        &admin,
        &json!({"kind": "sk", "expires_at": soon.to_string()}),
    );
    assert_error(&revoke(&admin, own_id(&admin)), 409, "conflict");
    // One that does nothing else can administer.
    create(
        &admin,
        &json!({"kind": "sk", "expires_at": "2999-01-01T00:00:00Z", "scopes": ["admin"]}),
    );
    revoke(&admin, own_id(&admin)).expect(200);
}

fn an_expired_key_is_refused_from_its_moment_on_by_every_server(database: &Database) {
    let first = Server::start_on(database);
    let second = Home::beside(first.home()).start();
    let admin = admin(&first);
    admin.get("/v1/keys").expect(200);
    let end = (now() / 1000 + 3000) * 1000;
    let expires_at = Timestamp::from_micros(end).unwrap().to_string();
    let made = create(&admin, &json!({"kind": "pk", "expires_at": expires_at}));
    let key = made["key"].as_str().unwrap();
    // Both remember it, and ask in turn until both have refused it.
    let mut good = [0, 0];
    eventually("both servers refuse the key", || {
        let refused = [&first, &second]
            .into_iter()
            .enumerate()
            .map(|(at, server)| {
                let asked = now();
                let answer = server.client_with(key).get("/v1/agents");
                if answer.status == 200 {
                    assert!(asked < end, "good {} us after its end", asked - end);
                    good[at] += 1;
                    return false;
                }
                assert!(now() >= end, "refused before its end");
                assert_error(&answer, 401, "auth_revoked");
                true
            });
        refused.fold(true, |all, one| all & one).then_some(())
    });
    assert!(good.iter().all(|times| *times > 0), "{good:?}");
}

fn every_thread_of_a_server_refuses_a_revoked_key_at_once(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let (client, id) = client_of(&server, &admin, &json!({"kind": "pk"}));
    let request = format!(
        "GET /v1/agents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n\r\n",
        client.key()
    );
    // Threads take connections in turn, so that of many all have some.
    let mut connections: Vec<_> = (0..64).map(|_| server.connect()).collect();
    for connection in &mut connections {
        connection.send(&request);
        assert_eq!(connection.answer().unwrap().status, 200);
    }
    revoke(&admin, id).expect(200);
    for connection in &mut connections {
        connection.send(&request);
        assert_error(&connection.answer().unwrap(), 401, "auth_revoked");
    }
}

fn no_key_makes_one_that_may_do_more(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let body = json!({"kind": "sk", "scopes": ["admin", "read"]});
    let (narrow, id) = client_of(&server, &admin, &body);
    for (scopes, named) in [
        (json!(["read", "evaluate"]), "evaluate"),
        (json!(["ingest"]), "ingest"),
    ] {
        let answer = narrow.post("/v1/keys", &json!({"kind": "pk", "scopes": scopes}));
        assert_error(&answer, 403, "forbidden");
        assert!(
            answer.text().contains(&format!("`{named}`")),
            "{}",
            answer.text()
        );
    }
    let own = own_id(&admin);
    assert_error(&rotate(&narrow, own, ""), 403, "forbidden");
    // What is not said is what both may do.
    let made = create(&narrow, &json!({"kind": "pk"}));
    assert_eq!(made["scopes"], json!(["read"]));
    assert_eq!(made["created_by"], id);
    let rotated = rotate(&narrow, id, "").expect(201);
    assert_eq!(rotated["scopes"], json!(["read", "admin"]));
}

fn no_key_makes_one_that_lasts_longer_or_is_limited_less(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let end = "2999-01-01T00:00:00.000Z";
    for (field, own, more, less) in [
        (
            "expires_at",
            json!({"expires_at": end}),
            vec![json!({"expires_at": "2999-01-01T00:00:01Z"})],
            json!({"expires_at": "2998-01-01T00:00:00.000Z"}),
        ),
        (
            "rate_limits.ingest",
            json!({"rate_limits": {"ingest": 50, "default": null}}),
            vec![
                json!({"rate_limits": {"ingest": 51}}),
                json!({"rate_limits": {"ingest": 0}}),
            ],
            json!({"rate_limits": {"ingest": 49, "default": 7}}),
        ),
        (
            "rate_limits.default",
            json!({"rate_limits": {"ingest": null, "default": 50}}),
            vec![
                json!({"rate_limits": {"default": 51}}),
                json!({"rate_limits": {"default": 0}}),
            ],
            json!({"rate_limits": {"ingest": 7, "default": 49}}),
        ),
    ] {
        let secret = |mut body: Value| {
            body["kind"] = json!("sk");
            body
        };
        let (lesser, id) = client_of(&server, &admin, &secret(own.clone()));
        let refused = |answer: &Response| {
            assert_error(answer, 403, "forbidden");
            assert!(answer.text().contains(field), "{}", answer.text());
        };
        for more in more {
            refused(&lesser.post("/v1/keys", &secret(more)));
        }
        // To rotate one that has more would be to take it.
        refused(&rotate(&lesser, own_id(&admin), ""));
        let made = |body: Value| create(&lesser, &secret(body));
        for (given, expected) in [(json!({}), &own), (less.clone(), &less)] {
            let (made, expected) = (made(given), expected.as_object().unwrap());
            for (name, value) in expected {
                assert_eq!(&made[name], value);
            }
        }
        rotate(&lesser, id, "").expect(201);
    }
}

fn a_rotated_key_makes_rotates_and_revokes_no_other(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let (leaked, id) = client_of(&server, &admin, &json!({"kind": "sk"}));
    let other = create(&admin, &json!({"kind": "pk"}))["id"].as_i64();
    rotate(&admin, id, r#"{"overlap_seconds": 3600}"#).expect(201);
    leaked.get("/v1/keys").expect(200);
    for kind in ["pk", "sk"] {
        let answer = leaked.post("/v1/keys", &json!({"kind": kind}));
        assert_error(&answer, 403, "forbidden");
    }
    for other in [other.unwrap(), own_id(&admin)] {
        assert_error(&rotate(&leaked, other, ""), 403, "forbidden");
        assert_error(&revoke(&leaked, other), 403, "forbidden");
    }
    // It can end its overlap.
    revoke(&leaked, id).expect(200);
    assert_error(&leaked.get("/v1/keys"), 401, "auth_revoked");
    admin.get("/v1/keys").expect(200);
}

fn an_org_has_so_many_secret_keys_and_no_more(database: &Database) {
    let server = Server::start_on(database);
    let admin = admin(&server);
    let mut last = 0;
    for _ in 1..50 {
        last = create(&admin, &json!({"kind": "sk"}))["id"]
            .as_i64()
            .unwrap();
    }
    let refused = admin.post("/v1/keys", &json!({"kind": "sk"}));
    assert_error(&refused, 409, "conflict");
    assert!(refused.text().contains("kind"), "{}", refused.text());
    assert_eq!(
        server
            .home()
            .run(&["keys", "create", "--org", "default", "--kind", "sk"])
            .code,
        Some(1)
    );
    // Keys that cannot sign do not count.
    create(&admin, &json!({"kind": "pk"}));
    create(&admin, &json!({"kind": "sk", "scopes": ["read"]}));
    rotate(&admin, last, r#"{"overlap_seconds": 60}"#).expect(201);
    revoke(&admin, last).expect(200);
    revoke(&admin, last - 1).expect(200);
    create(&admin, &json!({"kind": "sk"}));
}
