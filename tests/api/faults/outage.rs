//! A database server that goes away and comes back under load.

use pecta_tests::{Database, Home, Ledger, Load, rounds, tests};
use throwaway_postgres::Shutdown;

tests!(
    on_postgres: [restarts_of_the_database_lose_and_double_nothing],
);

const CLIENTS: usize = 16;
/// Answers without which a phase of a round has shown nothing.
const SOME: usize = 100;

fn restarts_of_the_database_lose_and_double_nothing(shared: &Database) {
    let database = shared.apart();
    let server = Home::on(&database).start();
    let mut ledger = Ledger::new("restart");
    let restarts = rounds(2, 10);
    for round in 0..restarts {
        let key = server.publishable_key();
        let load = Load::start(&[server.address()], &key, CLIENTS, ledger.name(), round);
        load.wait_for_answers(SOME);
        let shutdown = if round % 2 == 0 {
            Shutdown::Immediate
        } else {
            Shutdown::Fast
        };
        database.postgres().stop(shutdown).expect("it stops");
        load.wait_for_refusals(SOME);
        server.anonymous().get("/health").expect(200);
        database.postgres().start().expect("it starts");
        load.wait_for_answers(load.answered() + SOME);
        ledger.add(load.finish());
        ledger.check(&server.client());
    }
    ledger.settle(&server.client());
    println!("{restarts} restarts of PostgreSQL: {}", ledger.summary());
}
