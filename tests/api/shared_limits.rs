//! Rate limits that several servers share.

use pecta_tests::{Client, Database, Home, Redis, Server, assert_error, eventually, tests};
use std::thread;

tests!(
    with_redis: [
        two_servers_together_admit_exactly_the_limit,
        what_is_left_is_told_only_where_it_is_known,
        without_the_shared_place_each_server_limits_by_itself,
    ],
    once: [
        a_url_of_something_else_is_refused,
    ],
);

fn pair(database: &Database, redis: &Redis, limit: &str) -> [Server; 2] {
    let home = Home::on(database)
        .set("PECTA_REDIS_URL", &redis.url())
        .set("PECTA_RATE_LIMIT_DEFAULT", limit);
    let second = Home::beside(&home);
    [home.start(), second.start()]
}

/// A client of each server, with the same key.
fn clients(servers: &[Server; 2]) -> [Client; 2] {
    let key = servers[0].publishable_key();
    servers.each_ref().map(|server| server.client_with(&key))
}

/// How many of so many requests at once are let through.
fn admitted(clients: &[Client; 2], requests: usize) -> usize {
    thread::scope(|scope| {
        let asked: Vec<_> = (0..requests)
            .map(|nth| scope.spawn(move || clients[nth % 2].get("/v1/agents").status))
            .collect();
        let statuses = asked.into_iter().map(|asked| asked.join().unwrap());
        let statuses: Vec<_> = statuses.collect();
        assert!(statuses.iter().all(|status| [200, 429].contains(status)));
        statuses.iter().filter(|status| **status == 200).count()
    })
}

fn two_servers_together_admit_exactly_the_limit(database: &Database) {
    let redis = Redis::start();
    let servers = pair(database, &redis, "50");
    let clients = clients(&servers);
    let answer = clients[0].get("/v1/agents");
    assert_eq!(
        answer.header("ratelimit-policy"),
        Some("\"default\";q=50;w=60")
    );
    assert!(
        answer
            .header("ratelimit")
            .unwrap()
            .starts_with("\"default\";r=49;t=")
    );
    let answer = clients[1].get("/v1/agents");
    assert!(
        answer
            .header("ratelimit")
            .unwrap()
            .starts_with("\"default\";r=48;t=")
    );
    assert_eq!(admitted(&clients, 120), 48);
    for client in &clients {
        let refused = client.get("/v1/agents");
        assert_error(&refused, 429, "rate_limited");
        let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        let left = refused.header("ratelimit").unwrap();
        assert_eq!(left, format!("\"default\";r=0;t={wait}"));
        // Another limit is another window.
        client.post_text("/v1/ingest", "{").expect(400);
    }
}

fn what_is_left_is_told_only_where_it_is_known(database: &Database) {
    let mut redis = Redis::start();
    let servers = pair(database, &redis, "20");
    let clients = clients(&servers);
    assert_eq!(admitted(&clients, 40), 20);
    for client in &clients {
        // Counts against no limit, so that the shared place is not asked.
        let answer = client.get("/v1/nope");
        assert_error(&answer, 404, "not_found");
        let policy = answer.header("ratelimit-policy");
        assert_eq!(policy, Some("\"default\";q=20;w=60"));
        assert_eq!(answer.header("ratelimit"), None);
    }
    redis.kill();
    let is_told = || {
        let answer = clients[0].get("/v1/agents");
        let left = answer.header("ratelimit").map(str::to_owned);
        servers[0].log().contains("not shared").then_some(left)
    };
    assert!(eventually("a server that limits by itself", is_told).is_some());
    // What holds now is known here.
    assert!(clients[0].get("/v1/nope").header("ratelimit").is_some());
}

fn without_the_shared_place_each_server_limits_by_itself(database: &Database) {
    let mut redis = Redis::start();
    let servers = pair(database, &redis, "50");
    let clients = clients(&servers);
    assert_eq!(admitted(&clients, 20), 20);
    redis.kill();
    // Each goes on with what it let through itself.
    assert_eq!(admitted(&clients, 120), 80);
    for server in &servers {
        let told = server.log().matches("rate limits are not shared").count();
        assert_eq!(told, 1, "{}", server.log());
        assert!(!server.log().contains("redis+unix"), "{}", server.log());
    }
    redis.restart();
    let is_shared = |server: &Server| server.log().contains("rate limits are shared again");
    eventually("limits that are shared again", || {
        for client in &clients {
            client.get("/v1/agents");
        }
        servers.iter().all(is_shared).then_some(())
    });
}

fn a_url_of_something_else_is_refused() {
    let home = Home::new().set("PECTA_REDIS_URL", "postgres://me:secret@host/db");
    let output = home.run(&[]);
    assert_eq!(output.code, Some(2), "{}", output.stderr);
    assert!(output.stderr.contains("redis_url: "), "{}", output.stderr);
    assert!(!output.stderr.contains("secret"), "{}", output.stderr);
    assert!(home.snapshot().is_empty(), "nothing is made on disk");
}
