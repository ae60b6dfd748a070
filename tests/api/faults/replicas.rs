//! Several servers on one database.

use pecta_tests::{Database, Home, Ledger, Load, Server, rounds, tests};
use serde_json::json;
use std::thread;

tests!(
    on_postgres: [
        servers_that_start_together_agree,
        two_servers_count_exactly,
        three_servers_count_exactly,
    ],
);

const CLIENTS: usize = 64;

fn servers_that_start_together_agree(database: &Database) {
    let first = Home::on(database);
    let homes = [Home::beside(&first), Home::beside(&first), first];
    let starting = homes.map(|home| thread::spawn(|| home.start()));
    let servers = starting.map(|server| server.join().expect("a server"));
    let has_keys = |server: &&Server| server.home().bootstrap_file().exists();
    let bootstrapped: Vec<&Server> = servers.iter().filter(has_keys).collect();
    assert_eq!(bootstrapped.len(), 1, "one of them makes the first org");
    let key = bootstrapped[0].secret_key();
    for (at, server) in servers.iter().enumerate() {
        let answer = server.client_with(&key).evaluate("a", &json!("ok"));
        assert_eq!(answer["reputation"]["evaluations"], at + 1);
    }
}

fn two_servers_count_exactly(database: &Database) {
    count(database, 2);
}

fn three_servers_count_exactly(database: &Database) {
    count(database, 3);
}

/// Clients of all servers write for the same ten agents.
fn count(database: &Database, servers: usize) {
    let first = Server::start_on(database);
    let others: Vec<Server> = (1..servers)
        .map(|_| Home::beside(first.home()).start())
        .collect();
    let addresses: Vec<_> = others.iter().chain([&first]).map(Server::address).collect();
    let key = first.publishable_key();
    let mut ledger = Ledger::new("replicas");
    let load = Load::start(&addresses, &key, CLIENTS, ledger.name(), 0);
    load.wait_for_answers(rounds(1000, 20_000));
    ledger.add(load.finish());
    for server in others.iter().chain([&first]) {
        assert_eq!(ledger.check(&server.client_with(&key)), 0);
    }
    assert_eq!(ledger.refused(), 0, "a server that is well refuses nothing");
    println!("{servers} servers: {}", ledger.summary());
}
