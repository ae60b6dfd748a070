//! Rate limits of orgs and keys that are not the server's.

use pecta_tests::{Client, Database, Home, Redis, Response, Server, assert_error, tests, within};
use serde_json::{Value, json};
use std::time::Duration;

tests!(
    on_each_database: [
        an_org_has_a_limit_of_its_own,
        a_key_has_a_limit_within_that_of_its_org,
        no_org_takes_more_than_it_is_given,
    ],
    on_postgres: [
        another_server_follows_within_5_seconds,
    ],
    with_redis: [
        servers_share_the_limits_of_keys,
    ],
);

fn home(database: &Database) -> Home {
    Home::on(database)
        .set("PECTA_RATE_LIMIT_DEFAULT", "100")
        .unset("PECTA_RATE_LIMIT_INGEST")
}

fn admin(server: &Server) -> Client {
    server.client_with(&server.secret_key())
}

#[track_caller]
fn policy(answer: &Response) -> &str {
    answer.header("ratelimit-policy").unwrap()
}

fn set(home: &Home, arguments: &[&str]) {
    let output = home.run(&[&["orgs", "set", "--org", "default"], arguments].concat());
    assert_eq!(output.code, Some(0), "{output:?}");
}

/// A client with a new key, and what was told of it.
fn keyed(server: &Server, admin: &Client, limits: &Value) -> (Client, Value) {
    let made = admin
        .post("/v1/keys", &json!({"kind": "pk", "rate_limits": limits}))
        .expect(201);
    (server.client_with(made["key"].as_str().unwrap()), made)
}

fn an_org_has_a_limit_of_its_own(database: &Database) {
    let server = home(database).start();
    let (admin, client, other) = (admin(&server), server.client(), server.client_of("other"));
    assert_eq!(policy(&client.get("/v1/agents")), r#""default";q=100;w=60"#);
    let limited = admin.put("/v1/org", &json!({"rate_limits": {"default": 5}}));
    assert_eq!(
        limited.expect(200)["rate_limits"],
        json!({"ingest": null, "default": 5})
    );
    // The one above counts, and the fifth is the last.
    for left in [3, 2, 1, 0] {
        let answer = client.get("/v1/agents");
        assert_eq!(policy(&answer), r#""default";q=5;w=60"#);
        let told = answer.header("ratelimit").unwrap();
        assert!(
            told.starts_with(&format!(r#""default";r={left};"#)),
            "{told}"
        );
        answer.expect(200);
    }
    assert_error(&client.get("/v1/agents"), 429, "rate_limited");
    // Administration has what the server gives, so that no limit of the org's own ends it.
    let lowered = admin.put("/v1/org", &json!({"rate_limits": {"default": 1}}));
    assert_eq!(policy(&lowered), r#""administration";q=100;w=60"#);
    assert_eq!(lowered.expect(200)["rate_limits"]["default"], 1);
    let told = admin.get("/v1/org");
    let left = told.header("ratelimit").unwrap();
    assert!(left.starts_with(r#""administration";r=97;"#), "{left}");
    for _ in 0..10 {
        // What may not administer uses none of it up.
        assert_error(&client.get("/v1/org"), 403, "forbidden");
        admin.get("/v1/audit").expect(200);
    }
    assert_error(&admin.get("/v1/agents"), 429, "rate_limited");
    set(server.home(), &["--limit-default", "1000"]);
    let raised = within(Duration::from_secs(10), || {
        let told = admin.get("/v1/org");
        (policy(&told) == r#""administration";q=1000;w=60"#).then_some(())
    });
    assert_eq!(raised, Some(()));
    // Neither another org nor another limit is touched.
    assert_eq!(policy(&other.get("/v1/agents")), r#""default";q=100;w=60"#);
    assert_eq!(
        policy(&client.post("/v1/ingest", &json!({}))),
        r#""ingest";q=500;w=60"#
    );
}

fn a_key_has_a_limit_within_that_of_its_org(database: &Database) {
    let server = home(database).start();
    let admin = admin(&server);
    let (client, made) = keyed(&server, &admin, &json!({"default": 2}));
    assert_eq!(made["rate_limits"], json!({"ingest": null, "default": 2}));
    let first = client.get("/v1/agents");
    assert_eq!(
        policy(&first),
        r#""default";q=100;w=60, "key-default";q=2;w=60"#
    );
    let told = first.header("ratelimit").unwrap();
    assert!(
        told.starts_with(r#""default";r=99;"#) && told.contains(r#""key-default";r=1;"#),
        "{told}"
    );
    client.get("/v1/agents").expect(200);
    for _ in 0..5 {
        assert_error(&client.get("/v1/agents"), 429, "rate_limited");
    }
    // What the key's limit refused does not count for the org.
    let told = server.client().get("/v1/agents");
    assert!(
        told.header("ratelimit")
            .unwrap()
            .starts_with(r#""default";r=97;"#)
    );
    assert_eq!(
        policy(&client.post("/v1/ingest", &json!({}))),
        r#""ingest";q=500;w=60"#
    );
    // A batch that can never fit is told so; a rotation keeps the limit.
    let item = json!({"agent_id": "a", "output": "fine"});
    let rotated = admin
        .post_text(&format!("/v1/keys/{}/rotate", made["id"]), "")
        .expect(201);
    assert_eq!(rotated["rate_limits"], made["rate_limits"]);
    let client = server.client_with(rotated["key"].as_str().unwrap());
    let batch = client.post("/v1/evaluate/batch", &json!({"items": [item, item, item]}));
    assert_error(&batch, 400, "validation_error");
}

fn no_org_takes_more_than_it_is_given(database: &Database) {
    let server = home(database).start();
    let admin = admin(&server);
    let put = |limits: Value| admin.put("/v1/org", &json!({"rate_limits": limits}));
    for limits in [
        json!({"default": 101}),
        json!({"default": 0}),
        json!({"ingest": 501}),
    ] {
        assert_error(&put(limits), 400, "validation_error");
    }
    // The command line gives more, and may take any limit away.
    set(
        server.home(),
        &["--limit-default", "1000", "--limit-ingest", "0"],
    );
    assert_eq!(
        put(json!({"default": 900, "ingest": 0})).expect(200)["rate_limits"]["default"],
        900
    );
    assert_error(&put(json!({"default": 901})), 400, "validation_error");
    // What is left out of the limits is as the server has it; what is left out of all stays.
    assert_eq!(
        put(json!({})).expect(200)["rate_limits"],
        json!({"ingest": null, "default": null})
    );
    let required = admin
        .put("/v1/org", &json!({"require_signature": true}))
        .expect(200);
    assert_eq!(
        required["rate_limits"],
        json!({"ingest": null, "default": null})
    );
    // What the operator lowered stays so, and what the org lowered itself.
    set(
        server.home(),
        &["--limit-default", "50", "--limit-ingest", "server"],
    );
    for limits in [
        json!({}),
        json!({"default": null}),
        json!({"default": 51}),
        json!({"default": 100}),
        json!({"default": 0}),
    ] {
        let refused = assert_error(&put(limits), 400, "validation_error");
        assert!(refused.contains("rate_limits.default"), "{refused}");
    }
    let lowered = put(json!({"default": 49, "ingest": 400})).expect(200);
    assert_eq!(
        put(json!({"default": 49, "ingest": 400})).expect(200),
        lowered
    );
    assert_error(&put(json!({"default": 49})), 400, "validation_error");
    assert_eq!(admin.get("/v1/org").expect(200), lowered);
    set(server.home(), &["--limit-default", "server"]);
    assert_eq!(admin.get("/v1/org").expect(200)["require_signature"], true);
}

fn another_server_follows_within_5_seconds(database: &Database) {
    let first = home(database).start();
    let second = Home::beside(first.home()).start();
    let there = second.client_with(first.client().key());
    assert_eq!(policy(&there.get("/v1/agents")), r#""default";q=100;w=60"#);
    admin(&first)
        .put("/v1/org", &json!({"rate_limits": {"default": 90}}))
        .expect(200);
    let followed = within(Duration::from_secs(5), || {
        // What fails before the limiter does not count.
        let answer = there.request("PATCH", "/v1/agents").send();
        (policy(&answer) == r#""default";q=90;w=60"#).then_some(())
    });
    assert_eq!(followed, Some(()));
}

fn servers_share_the_limits_of_keys(database: &Database) {
    let redis = Redis::start();
    let first = home(database).set("PECTA_REDIS_URL", &redis.url()).start();
    let second = Home::beside(first.home()).start();
    let (client, _) = keyed(&first, &admin(&first), &json!({"default": 10}));
    let there = second.client_with(client.key());
    let admitted = (0..20).filter(|nth| {
        let client = if nth % 2 == 0 { &client } else { &there };
        client.get("/v1/agents").status == 200
    });
    assert_eq!(admitted.count(), 10);
    let told = first.client().get("/v1/agents");
    // Ten were admitted, one asked; that the key was made counts elsewhere.
    assert!(
        told.header("ratelimit")
            .unwrap()
            .starts_with(r#""default";r=89;"#)
    );
}
