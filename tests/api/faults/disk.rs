//! Storage that fails while the server serves.

use pecta_tests::{Home, Ledger, Load, Server, assert_error, event, eventually, rounds, tests};
use serde_json::json;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;

tests!(
    with_tmpfs: [a_full_file_system_is_503_and_loses_nothing],
    with_python: [a_full_disk_is_503_without_a_trace_and_service_returns_with_the_space],
    once: [
        a_database_that_was_moved_away_takes_nothing_until_it_is_back,
    ],
);

const MEGABYTES: usize = 96;
/// What is left to the server while the file system is nearly full.
const ROOM: u64 = 4;

fn a_full_file_system_is_503_and_loses_nothing() {
    let mut server = Home::new().mount_tmpfs(MEGABYTES).start();
    let mut ledger = Ledger::new("disk");
    for round in 0..rounds(1, 5) {
        let ballast = server.home().data().join("ballast");
        fill(&ballast);
        let key = server.publishable_key();
        let load = Load::start(&[server.address()], &key, 16, ledger.name(), round);
        load.wait_for_refusals(100);
        server.anonymous().get("/health").expect(200);
        wait_until_not_ready(&server);
        std::fs::remove_file(ballast).expect("ballast");
        load.wait_for_answers(load.answered() + 100);
        ledger.add(load.finish());
        assert_eq!(ledger.check(&server.client()), 0, "recorded and refused");
        let home = server.kill();
        check_integrity(&home);
        server = home.start();
    }
    ledger.settle(&server.client());
    println!("a full file system: {}", ledger.summary());
}

/// Whoever asks is sent elsewhere.
fn wait_until_not_ready(server: &Server) {
    eventually("the server is not ready", || {
        (server.anonymous().get("/ready").status == 503).then_some(())
    });
}

/// Has SQLite look through the whole database, the log included.
fn check_integrity(home: &Home) {
    const CHECK: &str = "import sqlite3, sys\n\
        print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])";
    let database = home.database();
    let checked = Command::new("python3")
        .args(["-c", CHECK])
        .arg(database)
        .output();
    let checked = checked.expect("python3");
    assert_eq!(
        String::from_utf8_lossy(&checked.stdout).trim(),
        "ok",
        "{checked:?}"
    );
}

/// Writes a file that leaves little room beside it.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).expect("a file");
    let megabyte = vec![0; 1 << 20];
    let mut written = 0;
    while file.write_all(&megabyte).is_ok() {
        written += 1;
    }
    file.set_len((written - ROOM) << 20)
        .expect("a shorter file");
}

fn a_full_disk_is_503_without_a_trace_and_service_returns_with_the_space() {
    let server = Home::new().limit_file_size(1500).start();
    let client = server.client();
    let gate = json!({"name": "g", "passed": true, "latency_ms": 1, "reason": "r".repeat(500)});
    let mut large = event("a");
    large["gates"] = json!(vec![gate; 10]);
    let batch = json!({"events": vec![large; 20]});
    let mut accepted = 0;
    let refused = eventually("the disk is full", || {
        let answer = client.post("/v1/ingest", &batch);
        if answer.status == 202 {
            accepted += 20;
            return None;
        }
        Some(answer)
    });
    assert_error(&refused, 503, "unavailable");
    let wait = refused.header("retry-after").unwrap().parse::<u64>();
    assert!(wait.is_ok_and(|seconds| seconds >= 1));
    // Small writes may still fit; none is half done, and none is a fault of the server.
    for _ in 0..20 {
        let answer = client.post("/v1/evaluate", &json!({"agent_id": "b", "output": "ok"}));
        assert!([200, 503].contains(&answer.status), "{}", answer.text());
        let answer = client.post("/v1/ingest", &batch);
        assert!([202, 503].contains(&answer.status), "{}", answer.text());
        accepted += if answer.status == 202 { 20 } else { 0 };
    }
    server.anonymous().get("/health").expect(200);
    eventually("not even a small one fits", || {
        let answer = client.post("/v1/evaluate", &json!({"agent_id": "b", "output": "ok"}));
        (answer.status == 503).then_some(())
    });
    wait_until_not_ready(&server);
    server.lift_file_size_limit();
    eventually("service returns", || {
        (client.post("/v1/ingest", &batch).status == 202).then_some(())
    });
    eventually("the server is ready again", || {
        (server.anonymous().get("/ready").status == 200).then_some(())
    });
    assert_eq!(client.history("a").len(), accepted + 20);
    assert_eq!(
        client.reputation("a")["evaluations"],
        (accepted + 20).min(500)
    );
    // Nothing of it was only in memory.
    let home = server.kill();
    check_integrity(&home);
    assert_eq!(home.start().client().history("a").len(), accepted + 20);
}

fn a_database_that_was_moved_away_takes_nothing_until_it_is_back() {
    let server = Server::start();
    let client = server.client();
    let body = json!({"agent_id": "a", "output": "ok"});
    client.post("/v1/evaluate", &body).expect(200);
    let database = server.home().database();
    let elsewhere = database.with_extension("elsewhere");
    std::fs::rename(&database, &elsewhere).unwrap();
    let refused = client.post("/v1/evaluate", &body);
    assert_error(&refused, 503, "unavailable");
    wait_until_not_ready(&server);
    std::fs::rename(&elsewhere, &database).unwrap();
    eventually("service returns", || {
        (client.post("/v1/evaluate", &body).status == 200).then_some(())
    });
    assert_eq!(client.reputation("a")["evaluations"], 2);
}
