//! The commands on agents and on the whole database, while a server serves from it.

use pecta_tests::{Database, Home, Output, Server, assert_recounted, event, tests, with};
use serde_json::{Value, json};
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

tests!(
    on_each_database: [
        an_erased_agent_leaves_nothing,
    ],
    once: [
        an_erased_name_is_not_in_the_files_either,
        a_backup_under_load_is_a_whole_database,
        a_backup_that_cannot_be_written,
        migrate_makes_or_updates_the_schema_and_says_so,
        wrong_usage_is_exit_code_2,
    ],
);

#[track_caller]
fn assert_failed(output: &Output, code: i32, message: &str) {
    assert_eq!(output.code, Some(code), "{output:?}");
    assert_eq!(output.stdout, "", "{output:?}");
    assert!(output.stderr.contains(message), "{message}: {output:?}");
}

fn an_erased_agent_leaves_nothing(database: &Database) {
    let server = Server::start_on(database);
    let client = server.client();
    let name = "erika/mustermann";
    let once = json!({"evaluation_id": "once"});
    for _ in 0..12 {
        client.ingest(&vec![event(name); 100]);
    }
    client.ingest(&[with(event(name), &once), event("other")]);
    let other = server.client_of("acme");
    other.ingest(&[event(name)]);

    let home = server.home();
    let output = home.run(&["agents", "delete", "--org", "default", name]);
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(
        output.stdout,
        "deleted the agent \"erika/mustermann\" of the org `default` with its events: 1201\n"
    );
    assert_eq!(client.history(name), [] as [Value; 0]);
    assert_eq!(client.reputation(name)["evaluations"], 0);
    let agents = client.get("/v1/agents").expect(200)["agents"].clone();
    assert_eq!(agents.as_array().unwrap().len(), 1);
    assert_eq!(
        (client.history("other").len(), other.history(name).len()),
        (1, 1)
    );

    // Again there is nothing; who comes back is new, under any id.
    let again = home.run(&["agents", "delete", "--org", "default", name]);
    assert_failed(&again, 1, "has no agent \"erika/mustermann\"");
    let update = client.ingest(&[with(event(name), &once)]);
    assert_eq!(update.get("duplicates"), None);
    assert_eq!(client.history(name)[0]["sequence"], 1);
    let nobody = home.run(&["agents", "delete", "--org", "nobody", name]);
    assert_failed(&nobody, 1, "there is no org `nobody`");
}

fn an_erased_name_is_not_in_the_files_either() {
    let server = Server::start();
    server.client().ingest(&[event("erika"), event("other")]);
    let delete = ["agents", "delete", "--org", "default", "erika"];
    assert_eq!(server.home().run(&delete).code, Some(0));
    let home = server.stop("TERM");
    for (file, content) in home.snapshot() {
        let holds = |name: &[u8]| content.windows(name.len()).any(|part| part == name);
        assert!(!holds(b"erika"), "{file}");
        assert_eq!(holds(b"other"), file == "pecta.db");
    }
}

fn a_backup_under_load_is_a_whole_database() {
    let server = Server::start();
    let client = server.client();
    for _ in 0..20 {
        client.evaluate("a", &json!("ok"));
    }
    let file = server.home().root().join("copy.db");
    let path = file.to_str().unwrap();
    let is_done = AtomicBool::new(false);
    let output = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_done.load(Ordering::Relaxed) {
                client.evaluate("a", &json!("rm -rf /"));
            }
        });
        let output = server.home().run(&["backup", path]);
        is_done.store(true, Ordering::Relaxed);
        output
    });
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (Some(0), ""),
        "{output:?}"
    );
    assert_failed(&server.home().run(&["backup", path]), 1, "already");

    let home = Home::new();
    fs::copy(&file, home.database()).unwrap();
    fs::copy(
        server.home().data().join("pecta.key"),
        home.data().join("pecta.key"),
    )
    .unwrap();
    let restored = home.start();
    let client = restored.client_with(&server.publishable_key());
    let mut events = client.history("a");
    events.reverse();
    let sequences: Vec<_> = events
        .iter()
        .filter_map(|event| event["sequence"].as_u64())
        .collect();
    assert!(sequences.len() >= 20);
    assert!(
        sequences.iter().copied().eq(1..=events.len() as u64),
        "{sequences:?}"
    );
    assert_recounted(&client.reputation("a"), &events);
}

fn a_backup_that_cannot_be_written() {
    let server = Server::start();
    let home = server.home();
    assert_failed(
        &home.run(&["backup", "missing/copy.db"]),
        1,
        "missing/copy.db",
    );
    let before: Vec<_> = home.snapshot().into_keys().collect();
    assert_failed(&home.run(&["backup", "pecta.db"]), 1, "already");
    assert!(home.snapshot().into_keys().eq(before));
    let empty = Home::new();
    assert_failed(&empty.run(&["backup", "copy.db"]), 1, "no database");
    assert!(empty.snapshot().is_empty());
    let postgres = Home::new().set("PECTA_DATABASE_URL", "postgres://host/db");
    assert_failed(&postgres.run(&["backup", "copy.db"]), 2, "pg_dump");
}

fn migrate_makes_or_updates_the_schema_and_says_so() {
    let home = Home::new();
    let first = home.run(&["migrate"]);
    assert_eq!(first.code, Some(0), "{first:?}");
    let lines: Vec<_> = first.stdout.lines().collect();
    assert!(
        lines[0].starts_with("ran ") && lines[0].ends_with("_orgs"),
        "{first:?}"
    );
    let second = home.run(&["migrate"]);
    assert_eq!(
        (second.code, second.stdout.as_str()),
        (Some(0), "the schema is up to date\n")
    );
    // A start finds nothing to do but the first org.
    let server = home.start();
    server.client().evaluate("a", &json!("ok"));
    assert_eq!(
        server.home().run(&["migrate"]).stdout,
        "the schema is up to date\n"
    );

    let foreign = Home::new();
    fs::write(foreign.database(), "no database at all ".repeat(99)).unwrap();
    assert_failed(&foreign.run(&["migrate"]), 1, "not a database");
}

fn wrong_usage_is_exit_code_2() {
    let home = Home::new();
    for (arguments, message) in [
        (&["agents"][..], "delete"),
        (&["agents", "delete", "--org", "a"], "AGENT"),
        (&["agents", "delete", "a"], "--org"),
        (&["export"], "--org"),
        (&["export", "--org", "a", "--from", "yesterday"], "--from"),
        (&["export", "--org", "a", "--format", "xml"], "--format"),
        (&["backup"], "FILE"),
        (&["migrate", "now"], "now"),
    ] {
        assert_failed(&home.run(arguments), 2, message);
    }
    assert!(home.snapshot().is_empty());
}
