//! What was answered is there after `kill -9`.

use pecta_tests::{Database, Ledger, Load, Server, random_below, rounds, tests};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

tests!(
    on_each_database: [
        an_answered_evaluation_survives_kill_9,
        an_answered_batch_survives_kill_9,
        kills_under_load_lose_and_double_nothing,
    ],
);

fn an_answered_evaluation_survives_kill_9(database: &Database) {
    let mut server = Server::start_on(database);
    for round in 1..=10 {
        let output = if round % 4 == 0 { "rm -rf /" } else { "ok" };
        let answer = server.client().evaluate("a", &json!(output));
        server = server.kill().start();
        let client = server.client();
        let event = &client.history("a")[0];
        assert_eq!(event["evaluation_id"], answer["evaluation_id"]);
        assert_eq!(
            (&event["passed"], &event["sequence"]),
            (&answer["passed"], &json!(round))
        );
        assert_eq!(event["reputation_score"], answer["reputation"]["score"]);
        let shown = client.reputation("a");
        for name in [
            "score",
            "evaluations",
            "passed",
            "pass_rate",
            "avg_latency_ms",
            "streak",
            "status",
        ] {
            assert_eq!(
                shown[name], answer["reputation"][name],
                "{name} in round {round}"
            );
        }
    }
}

fn an_answered_batch_survives_kill_9(database: &Database) {
    let mut server = Server::start_on(database);
    for round in 1..=3 {
        let answer = server.client().ingest(&vec![pecta_tests::event("a"); 100]);
        server = server.kill().start();
        let client = server.client();
        assert_eq!(client.history("a").len(), round * 100);
        assert_eq!(
            client.reputation("a")["score"],
            answer["reputation_updates"][0]["score"]
        );
    }
}

/// Always under way.
const CLIENTS: usize = 100;
/// Rounds after which other agents take over, so that what is compared after each does not grow.
const ROUNDS_PER_LEDGER: usize = 10;

fn kills_under_load_lose_and_double_nothing(database: &Database) {
    let mut server = Server::start_on(database);
    let kills = rounds(5, 100);
    let mut ledgers: Vec<Ledger> = Vec::new();
    let (mut in_flight_least, mut unanswered_but_there) = (usize::MAX, 0);
    for round in 0..kills {
        if round % ROUNDS_PER_LEDGER == 0 {
            ledgers.push(Ledger::new(&format!("kill-{round}")));
        }
        let ledger = ledgers.last_mut().expect("a ledger");
        let key = server.publishable_key();
        let load = Load::start(&[server.address()], &key, CLIENTS, ledger.name(), round);
        load.wait_for_answers(CLIENTS + random_below(500));
        // The kill must not always follow upon an answer.
        thread::sleep(Duration::from_micros(random_below(3000) as u64));
        let killed = Instant::now();
        let home = server.kill();
        let sent = load.closed();
        let in_flight = sent
            .iter()
            .filter(|sent| sent.is_unanswered() && sent.at < killed)
            .count();
        assert!(in_flight >= 16, "{in_flight} requests were under way");
        in_flight_least = in_flight_least.min(in_flight);
        ledger.add(sent);
        server = home.start();
        unanswered_but_there += ledger.check(&server.client());
        ledger.settle(&server.client());
    }
    for ledger in &ledgers {
        ledger.check(&server.client());
        println!("{}: {}", ledger.name(), ledger.summary());
    }
    println!(
        "{kills} kills, each with at least {in_flight_least} requests under way; \
         {unanswered_but_there} events were there though their answer was lost"
    );
}
