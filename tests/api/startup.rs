//! Starts: the first one, and those that must fail without a trace.

mod sqlite_file;

use pecta_tests::{Database, Home, Server, signature, tests};
use serde_json::{Value, json};
use sqlite_file::sqlite_file;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

tests!(
    on_each_database: [
        processes_that_start_together_on_a_new_database_agree,
        the_first_start_shows_keys_and_a_curl_that_works,
        the_bootstrap_file_holds_the_keys_in_place_of_stderr,
    ],
    once: [
        a_bootstrap_file_that_cannot_be_written_makes_no_org,
        a_taken_port_changes_nothing_on_disk,
        files_that_are_no_database_of_ours_are_left_as_they_are,
        a_missing_folder_is_named_and_not_made,
        the_master_key_must_be_the_one_that_sealed,
        a_start_with_the_wrong_master_key_changes_nothing_on_disk,
        a_wrong_master_key_after_a_crash_loses_nothing,
        an_empty_file_is_a_new_database,
        a_stopped_server_leaves_everything_in_the_one_file,
        a_key_can_be_revoked_without_the_master_key,
    ],
);

/// The server must not start, say why, and leave every file as it is.
#[track_caller]
fn assert_no_start(home: &Home, messages: &[&str]) {
    let before = home.snapshot();
    let output = home.run(&[]);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (Some(1), ""),
        "{output:?}"
    );
    for message in messages {
        assert!(output.stderr.contains(message), "{message}: {output:?}");
    }
    let after = home.snapshot();
    assert_eq!(
        before.keys().collect::<Vec<_>>(),
        after.keys().collect::<Vec<_>>()
    );
    assert!(before == after, "a file changed");
    assert!(!home.bootstrap_file().exists() || !before.is_empty());
}

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().permissions().mode() & 0o777
}

fn the_first_start_shows_keys_and_a_curl_that_works(database: &Database) {
    let server = Home::on(database).unset("PECTA_BOOTSTRAP_FILE").start();
    let log = server.log();
    let key = |prefix: &str| {
        let at = log.find(prefix).unwrap();
        log[at..at + 40].to_owned()
    };
    let client = server.client_with(&key("pk_live_"));
    let body = json!({"events": [pecta_tests::event("a")]}).to_string();
    let signed = client.request("POST", "/v1/ingest").body(body.as_str());
    let signature = signature(&key("sk_live_"), body.as_bytes());
    signed
        .header("X-Pecta-Signature", &signature)
        .send()
        .expect(202);

    let curl: String = log
        .split_once("curl ")
        .unwrap()
        .1
        .split_once("}'")
        .unwrap()
        .0
        .to_owned();
    assert!(
        curl.contains(&format!("http://{}/v1/evaluate", server.address())),
        "{curl}"
    );
    assert!(curl.contains(&format!("Bearer {}", client.key())), "{curl}");
    let sent = curl.split_once("-d '").unwrap().1.to_owned() + "}";
    let answer = client.post_text("/v1/evaluate", sent).expect(200);
    assert_eq!(answer["passed"], true);
    // As it is pasted, where there is a curl.
    if Command::new("curl")
        .arg("--version")
        .output()
        .is_ok_and(|output| output.status.success())
    {
        let pasted = Command::new("sh")
            .args(["-c", &format!("curl -s {curl}}}'")])
            .output()
            .unwrap();
        let answer: Value = serde_json::from_slice(&pasted.stdout).unwrap();
        assert_eq!(answer["reputation"]["evaluations"], 2, "{answer}");
    }
    if matches!(database, Database::Sqlite) {
        assert_eq!(mode(&server.home().data().join("pecta.key")), 0o600);
    }

    // The keys are shown once.
    let server = server.stop("TERM").start();
    let log = server.log();
    assert_eq!(
        log.matches("pk_live_").count(),
        2,
        "once in the list, once in the curl"
    );
    assert_eq!(log.matches("sk_live_").count(), 1);
}

fn the_bootstrap_file_holds_the_keys_in_place_of_stderr(database: &Database) {
    let server = Server::start_on(database);
    let home = server.home();
    assert_eq!(mode(&home.bootstrap_file()), 0o600);
    let text = fs::read_to_string(home.bootstrap_file()).unwrap();
    let file: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        file,
        json!({"org": "default", "publishable_key": server.publishable_key(), "secret_key": server.secret_key()})
    );
    assert!(!server.log().contains("_live_"), "{}", server.log());
    let list = home.run(&["keys", "list", "--org", "default"]).stdout;
    assert_eq!(list.lines().count(), 3);

    // It is not written again, also when it is gone, and not for a database that has an org.
    fs::remove_file(home.bootstrap_file()).unwrap();
    let server = server.stop("INT").start();
    assert!(!server.home().bootstrap_file().exists());
    let home = Home::on(database);
    home.create_key("acme", "pk");
    let server = home.start();
    assert!(!server.home().bootstrap_file().exists());
    assert!(!server.log().contains("_live_"));
}

fn a_bootstrap_file_that_cannot_be_written_makes_no_org() {
    let home = Home::new().set("PECTA_BOOTSTRAP_FILE", "/nowhere/at/all.json");
    let output = home.run(&[]);
    assert_eq!((output.code, output.stdout.as_str()), (Some(1), ""));
    assert!(output.stderr.contains("/nowhere/at/all.json"), "{output:?}");
    assert!(!output.stderr.contains("_live_"), "{output:?}");
    // The next start is a first one still.
    let again = home.root().join("bootstrap.json").display().to_string();
    let server = home.set("PECTA_BOOTSTRAP_FILE", &again).start();
    server.client().get("/v1/agents").expect(200);
}

fn a_taken_port_changes_nothing_on_disk() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    assert_no_start(&Home::new().set("PECTA_LISTEN", &address), &[&address]);
}

fn files_that_are_no_database_of_ours_are_left_as_they_are() {
    let garbage = vec![b'x'; 5000];
    let text = b"a diary, not a database\n".to_vec();
    let notes = sqlite_file("notes", "CREATE TABLE notes(text)", &[&["keep me"]]);
    let versions = "CREATE TABLE __diesel_schema_migrations(version,run_on)";
    let other_diesel = sqlite_file(
        "__diesel_schema_migrations",
        versions,
        &[&["20010101000000", "x"]],
    );
    let newer = sqlite_file(
        "__diesel_schema_migrations",
        versions,
        &[&["20261121000001", "x"], &["29991231000000", "x"]],
    );
    for (content, message) in [
        (&garbage, "not a database"),
        (&text, "not a database"),
        (&notes, "another program"),
        (&other_diesel, "another program"),
        (&newer, "29991231000000"),
    ] {
        let home = Home::new();
        fs::write(home.database(), content).unwrap();
        assert_no_start(&home, &["pecta.db", message]);
        let output = home.run(&["keys", "create", "--org", "a"]);
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (Some(1), ""),
            "{output:?}"
        );
        assert_eq!(&fs::read(home.database()).unwrap(), content);
    }
    let home = Home::new();
    fs::create_dir(home.database()).unwrap();
    let output = home.run(&[]);
    assert_eq!(output.code, Some(1), "{output:?}");
}

fn a_missing_folder_is_named_and_not_made() {
    let home = Home::new();
    let missing = home.data().join("missing");
    let url = format!("sqlite:{}/pecta.db", missing.display());
    let home = home.set("PECTA_DATABASE_URL", &url);
    assert_no_start(&home, &[&missing.display().to_string()]);
    assert!(!missing.exists());
}

#[track_caller]
fn assert_refused_for_its_master_key(home: &Home) {
    let output = home.run(&[]);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (Some(1), ""),
        "{output:?}"
    );
    assert!(output.stderr.contains("master key"), "{output:?}");
}

fn the_master_key_must_be_the_one_that_sealed() {
    let other = Server::start().stop("TERM");
    let server = Server::start();
    server.client().evaluate("a", &json!("ok"));
    let home = server.stop("TERM");
    let path = home.data().join("pecta.key");
    let right = fs::read(&path).unwrap();

    fs::write(&path, fs::read(other.data().join("pecta.key")).unwrap()).unwrap();
    assert_refused_for_its_master_key(&home);
    fs::write(&path, "no key\n").unwrap();
    assert_refused_for_its_master_key(&home);
    fs::remove_file(&path).unwrap();
    assert_refused_for_its_master_key(&home);
    assert!(!path.exists(), "no other key is made in its place");

    // Given directly, it needs no file.
    let home = home.set("PECTA_MASTER_KEY", str::from_utf8(&right).unwrap().trim());
    let server = home.start();
    let body = json!({"events": [pecta_tests::event("a")]}).to_string();
    let signature = signature(&server.secret_key(), body.as_bytes());
    let client = server.client();
    let request = client
        .request("POST", "/v1/ingest")
        .header("X-Pecta-Signature", &signature);
    request.body(body).send().expect(202);
    assert!(!path.exists());
    assert_eq!(client.reputation("a")["evaluations"], 2);
}

fn a_start_with_the_wrong_master_key_changes_nothing_on_disk() {
    let server = Server::start();
    server.client().evaluate("a", &json!("ok"));
    let home = server.stop("TERM");
    fs::remove_file(home.data().join("pecta.key")).unwrap();
    assert_no_start(&home, &["master key", "pecta.key"]);
}

fn a_wrong_master_key_after_a_crash_loses_nothing() {
    let server = Server::start();
    server.client().evaluate("a", &json!("ok"));
    let home = server.kill();
    let path = home.data().join("pecta.key");
    let right = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    assert_refused_for_its_master_key(&home);
    fs::write(&path, right).unwrap();
    assert_eq!(home.start().client().reputation("a")["evaluations"], 1);
}

fn processes_that_start_together_on_a_new_database_agree(database: &Database) {
    let home = Home::on(database);
    let keys: Vec<String> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..6)
            .map(|_| scope.spawn(|| home.create_key("acme", "sk")))
            .collect();
        makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect()
    });
    let server = home.start();
    let body = json!({"events": [pecta_tests::event("a")]}).to_string();
    for key in &keys {
        // Each is sealed under the one master key that is left.
        let client = server.client_with(key);
        let signature = signature(key, body.as_bytes());
        let request = client
            .request("POST", "/v1/ingest")
            .header("X-Pecta-Signature", &signature);
        request.body(body.as_str()).send().expect(202);
    }
    assert_eq!(
        server.client_with(&keys[0]).reputation("a")["evaluations"],
        6
    );
}

fn an_empty_file_is_a_new_database() {
    let home = Home::new();
    fs::write(home.database(), "").unwrap();
    home.start().client().evaluate("a", &json!("ok"));
}

fn a_stopped_server_leaves_everything_in_the_one_file() {
    let server = Home::new().start();
    server.client().evaluate("a", &"ok".into());
    let home = server.stop("TERM");
    let names: Vec<_> = home.snapshot().into_keys().collect();
    let rest = names
        .iter()
        .filter(|name| name.contains("-wal") || name.contains("-shm"));
    assert_eq!(rest.count(), 0, "{names:?}");
}

fn a_key_can_be_revoked_without_the_master_key() {
    let home = Home::new().start().stop("TERM");
    let mut master_key = home.database();
    master_key.set_file_name("pecta.key");
    fs::remove_file(&master_key).unwrap();
    assert_eq!(home.run(&["keys", "revoke", "1"]).code, Some(0));
    assert!(
        home.run(&["keys", "list", "--json"])
            .stdout
            .contains("\"revoked_at\":\"2")
    );
    assert!(!master_key.exists());
}
