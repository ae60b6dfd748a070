//! Several servers on one database.

use pecta_tests::{Database, Home, Ledger, Load, Server, rounds, tests};

tests!(
    on_postgres: [two_servers_count_exactly, three_servers_count_exactly],
);

const CLIENTS: usize = 64;

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
    println!("{servers} servers: {}", ledger.summary());
}
