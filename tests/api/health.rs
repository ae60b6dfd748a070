//! `GET /health` and `GET /ready`.

use pecta_tests::{Database, Home, Server, eventually, tests};

tests!(
    on_each_database: [
        health_and_readiness_need_no_key,
        a_server_that_drains_is_not_ready_and_still_answers,
    ],
);

fn health_and_readiness_need_no_key(database: &Database) {
    let server = Server::start_on(database);
    let anonymous = server.anonymous();
    let health = anonymous.get("/health");
    assert_eq!(health.status, 200);
    let version = health.json()["version"].clone();
    assert_eq!(
        health.text(),
        format!(r#"{{"status":"ok","version":{version}}}"#)
    );
    assert!(
        version
            .as_str()
            .is_some_and(|version| version.split('.').count() == 3)
    );
    assert_eq!(anonymous.get("/ready").expect(200)["status"], "ready");
}

fn a_server_that_drains_is_not_ready_and_still_answers(database: &Database) {
    let server = Home::on(database)
        .set("PECTA_DRAIN_DELAY_MS", "60000")
        .start();
    let anonymous = server.anonymous();
    server.signal("TERM");
    let refused = eventually("the server drains", || {
        Some(anonymous.get("/ready")).filter(|answer| answer.status != 200)
    });
    let refused = refused.expect(503);
    assert_eq!(
        (&refused["code"], &refused["status"]),
        (&"unavailable".into(), &503.into())
    );
    assert_eq!(refused["reasons"][0], "the server is shutting down");
    server.client().evaluate("a", &"ok".into());
    // A second signal does not wait.
    server.signal("INT");
    let home = server.ended(1);
    assert!(home.log().contains("second signal"), "{}", home.log());
}
