//! Secret keys at rest: what a dump is good for, and rotating the master key.

use pecta_tests::{Client, Database, Home, assert_error, event, random_below, signature, tests};
use serde_json::json;
use sha2::Digest as _;
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

tests!(
    on_each_database: [
        a_dump_without_the_master_key_gives_no_key_and_no_way_to_sign,
        a_rotation_under_a_running_server_refuses_nothing,
        a_rotation_that_is_killed_leaves_everything_to_be_opened,
        a_master_key_that_is_given_is_replaced_by_hand,
    ],
    once: [
        rotations_at_the_same_time_lose_nothing,
        what_cannot_be_rotated_is_told,
    ],
);

/// A home whose master key is in a file, on each database.
fn home_with_file(database: &Database) -> Home {
    let home = Home::on(database).unset("PECTA_MASTER_KEY");
    let file = key_file(&home);
    fs::write(&file, format!("{}\n", "5a".repeat(32))).unwrap();
    let file = file.display().to_string();
    home.set("PECTA_MASTER_KEY_FILE", &file)
}

fn key_file(home: &Home) -> PathBuf {
    home.root().join("master.key")
}

fn send(client: &Client, secret: &str) -> pecta_tests::Response {
    let body = json!({"events": [event("a")]}).to_string();
    let signed = signature(secret, body.as_bytes());
    let request = client.request("POST", "/v1/ingest").body(body);
    request.header("X-Pecta-Signature", &signed).send()
}

#[track_caller]
fn rotate(home: &Home) {
    let rotated = home.run(&["master-key", "rotate"]);
    assert_eq!(rotated.code, Some(0), "{rotated:?}");
    assert!(rotated.stdout.starts_with("sealed under the master key "));
}

/// The lines of the file: the current key and the previous one.
fn master_keys(home: &Home) -> Vec<String> {
    let text = fs::read_to_string(key_file(home)).unwrap();
    text.lines().map(str::to_owned).collect()
}

/// Everything that the database holds, but for the master key, in lower case.
fn dump(home: &Home, database: &Database) -> String {
    let bytes = match database {
        Database::Sqlite => home.snapshot().into_values().flatten().collect(),
        Database::Postgres(_) => {
            let url = home.setting("PECTA_DATABASE_URL").unwrap();
            database.dump(url).into_bytes()
        }
    };
    String::from_utf8_lossy(&bytes).to_ascii_lowercase()
}

/// Whether a text is in a dump, as it is or in digits.
fn holds(dump: &str, text: &str) -> bool {
    dump.contains(&text.to_ascii_lowercase()) || dump.contains(&hex(text.as_bytes()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

fn a_dump_without_the_master_key_gives_no_key_and_no_way_to_sign(database: &Database) {
    let server = home_with_file(database).start();
    let admin = server.client_with(&server.secret_key());
    let mut keys = vec![server.publishable_key(), server.secret_key()];
    for kind in ["pk", "sk"] {
        let made = admin.post("/v1/keys", &json!({"kind": kind})).expect(201);
        keys.push(made["key"].as_str().unwrap().to_owned());
        let path = format!("/v1/keys/{}/rotate", made["id"]);
        let made = admin
            .post_text(&path, r#"{"overlap_seconds": 60}"#)
            .expect(201);
        keys.push(made["key"].as_str().unwrap().to_owned());
    }
    rotate(server.home());
    for secret in keys.iter().filter(|key| key.starts_with("sk")) {
        send(&admin, secret).expect(202);
    }
    let client = server.client();
    let dump = dump(server.home(), database);
    // It does hold what is looked for there, were it in the clear.
    assert!(holds(&dump, &keys[0][36..]));
    for key in &keys {
        for part in [&key[8..], &key[8..24], &key[20..36]] {
            assert!(!holds(&dump, part), "a key");
        }
    }
    for master_key in master_keys(server.home()) {
        assert!(!holds(&dump, &master_key));
    }
    // What is there instead of a key neither lets one in nor signs.
    let hash = hex(&sha2::Sha256::digest(keys[1].as_bytes()));
    for stolen in [hash.as_str(), &format!("sk_live_{}", &hash[..32])] {
        let header = format!("Bearer {stolen}");
        let request = server.anonymous();
        let request = request.request("GET", "/v1/agents");
        let answer = request.header("Authorization", &header).send();
        assert_eq!(answer.status, 401);
        assert_error(&send(&client, stolen), 401, "hmac_invalid");
    }

    // Nor does the database open under another master key, or without one.
    let home = server.stop("TERM");
    for wrong in [
        "11".repeat(32),
        format!("{}\n{}", "11".repeat(32), "22".repeat(32)),
    ] {
        fs::write(key_file(&home), wrong).unwrap();
        let refused = home.run(&["serve"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("master key"), "{refused:?}");
        let refused = home.run(&["master-key", "reseal"]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
    }
    fs::remove_file(key_file(&home)).unwrap();
    assert_ne!(home.run(&["serve"]).code, Some(0));
}

fn a_rotation_under_a_running_server_refuses_nothing(database: &Database) {
    let server = home_with_file(database).start();
    let home = server.home();
    let first = server.secret_key();
    let client = server.client();
    let is_over = AtomicBool::new(false);
    let before = master_keys(home);
    let made = thread::scope(|scope| {
        let signing = || {
            let mut sent = 0;
            while !is_over.load(Ordering::Relaxed) || sent == 0 {
                send(&client, &first).expect(202);
                sent += 1;
            }
        };
        scope.spawn(signing);
        scope.spawn(signing);
        let admin = server.client_with(&first);
        let mut made = Vec::new();
        for _ in 0..5 {
            rotate(home);
            // This one is sealed under the new key, by a server that did not read it when it started.
            let key = admin.post("/v1/keys", &json!({"kind": "sk"})).expect(201);
            made.push(key["key"].as_str().unwrap().to_owned());
        }
        is_over.store(true, Ordering::Relaxed);
        made
    });
    let after = master_keys(home);
    assert_eq!((before.len(), after.len()), (1, 2));
    assert!(!after.contains(&before[0]), "five rotations ago");

    // Everything is sealed under the new key: the previous one is not needed any more.
    fs::write(key_file(home), &after[0]).unwrap();
    let server = server.stop("TERM").start();
    for secret in made.iter().chain([&first]) {
        send(&server.client(), secret).expect(202);
    }
}

fn a_rotation_that_is_killed_leaves_everything_to_be_opened(database: &Database) {
    let mut server = home_with_file(database).start();
    let secrets: Vec<String> = (0..20)
        .map(|_| server.home().create_key("default", "sk"))
        .collect();
    for round in 0..12 {
        let after = Duration::from_millis(random_below(120).try_into().unwrap());
        server.home().run_killed(&["master-key", "rotate"], after);
        if round % 3 == 0 {
            server = server.stop("TERM").start();
        }
        let client = server.client();
        for secret in [&secrets[0], &secrets[10], &secrets[19]] {
            send(&client, secret).expect(202);
        }
    }
    rotate(server.home());
    for secret in &secrets {
        send(&server.client(), secret).expect(202);
    }
}

fn rotations_at_the_same_time_lose_nothing() {
    let server = home_with_file(&Database::Sqlite).start();
    let home = server.home();
    thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| rotate(home));
        }
    });
    let secret = server.secret_key();
    send(&server.client(), &secret).expect(202);
    let server = server.stop("TERM").start();
    send(&server.client(), &secret).expect(202);
}

fn a_master_key_that_is_given_is_replaced_by_hand(database: &Database) {
    let (old, new) = ("5a".repeat(32), "6b".repeat(32));
    let server = Home::on(database).set("PECTA_MASTER_KEY", &old).start();
    let secret = server.secret_key();
    let home = server.stop("TERM");
    let both = home
        .set("PECTA_MASTER_KEY", &new)
        .set("PECTA_MASTER_KEY_PREVIOUS", &old);
    let server = both.start();
    send(&server.client(), &secret).expect(202);
    let resealed = server.home().run(&["master-key", "reseal"]);
    assert_eq!(resealed.code, Some(0), "{resealed:?}");
    assert!(
        resealed.stdout.ends_with(": 1 secret keys\n"),
        "{resealed:?}"
    );
    send(&server.client(), &secret).expect(202);

    let home = server.stop("TERM").unset("PECTA_MASTER_KEY_PREVIOUS");
    let server = home.start();
    send(&server.client(), &secret).expect(202);
    let home = server.stop("TERM").set("PECTA_MASTER_KEY", &old);
    let refused = home.run(&["serve"]);
    assert_eq!(refused.code, Some(1), "{refused:?}");
}

fn what_cannot_be_rotated_is_told() {
    let given = Home::new().set("PECTA_MASTER_KEY", &"5a".repeat(32));
    let refused = given.run(&["master-key", "rotate"]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.stderr.contains("PECTA_MASTER_KEY_PREVIOUS"));
    let empty = Home::new();
    for command in ["rotate", "reseal"] {
        let refused = empty.run(&["master-key", command]);
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("pecta.key"), "{refused:?}");
    }
    assert!(empty.snapshot().is_empty());
}
