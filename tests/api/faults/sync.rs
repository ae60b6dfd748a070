//! The log is on disk before the answer leaves.

use pecta_tests::{Database, Home, Ledger, Load, synced_answers, tests};

tests!(
    with_strace: [the_log_is_synced_between_each_request_and_its_answer],
);

const CLIENTS: usize = 4;

fn the_log_is_synced_between_each_request_and_its_answer(shared: &Database) {
    let database = shared.apart();
    let server = Home::on(&database).trace(&database).start();
    let load = Load::start(
        &[server.address()],
        &server.publishable_key(),
        CLIENTS,
        "sync",
        0,
    );
    load.wait_for_answers(200);
    let mut ledger = Ledger::new("sync");
    ledger.add(load.finish());
    ledger.check(&server.client());
    let home = server.stop("TERM");
    let answers = synced_answers(&home.calls()).expect("each answer is behind its sync");
    assert!(answers >= 200, "{answers} answers in the trace");
    println!("{answers} answers, each behind an fdatasync that began behind its request");
}
