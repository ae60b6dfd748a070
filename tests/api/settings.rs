//! Where settings come from, which source wins, and what is said about wrong ones.

use pecta_tests::{Home, assert_error, tests};
use serde_json::json;
use std::fs;

tests!(
    once: [
        flags_win_over_environment_over_file_over_default,
        the_latency_at_which_the_score_has_nothing_left_is_a_setting,
        a_database_url_may_be_relative_or_have_two_slashes,
        wrong_values_are_named_with_what_is_allowed_and_not_repeated,
        a_wrong_file_is_named,
        secrets_on_the_command_line_are_refused_and_not_echoed,
    ],
);

#[track_caller]
fn assert_refused(home: &Home, arguments: &[&str], messages: &[&str]) {
    let output = home.run(arguments);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (Some(2), ""),
        "{output:?}"
    );
    for message in messages {
        assert!(output.stderr.contains(message), "{message}: {output:?}");
    }
    assert!(!output.stderr.contains("hunter2"), "{output:?}");
    assert!(home.snapshot().is_empty(), "nothing is made on disk");
}

fn with_file(text: &str) -> Home {
    let home = Home::new();
    let path = home.root().join("settings.toml");
    fs::write(&path, text).unwrap();
    home.set("PECTA_CONFIG", &path.display().to_string())
}

fn flags_win_over_environment_over_file_over_default() {
    let limit_is = |home: Home, arguments: &[&str], limit: usize| {
        let server = home.start_with(arguments);
        let client = server.client();
        let path = "/v1/evaluate";
        assert_error(&client.post_text(path, "x".repeat(limit)), 400, "bad_json");
        assert_error(
            &client.post_text(path, "x".repeat(limit + 1)),
            413,
            "payload_too_large",
        );
    };
    let file = "body_limit_bytes = 300\n";
    let name = "PECTA_BODY_LIMIT_BYTES";
    limit_is(
        with_file(file).set(name, "200"),
        &["serve", "--body-limit-bytes", "100"],
        100,
    );
    limit_is(
        with_file(file).set(name, "200"),
        &["--body-limit-bytes=100", "serve"],
        100,
    );
    limit_is(with_file(file).set(name, "200"), &[], 200);
    limit_is(with_file(file).set(name, ""), &[], 300);
    let quoted = with_file("body_limit_bytes = \"400\"\nlatency_zero_ms = 50.5\n");
    limit_is(quoted, &["serve"], 400);
    limit_is(Home::new(), &[], 2 << 20);
}

fn the_latency_at_which_the_score_has_nothing_left_is_a_setting() {
    let server = Home::new().set("PECTA_LATENCY_ZERO_MS", "20").start();
    // 400 + 250 * (1 - 10/20) + 4 + 0.3
    assert_eq!(
        server.client().evaluate("a", &json!("ok"))["reputation"]["score"],
        529
    );
}

fn a_database_url_may_be_relative_or_have_two_slashes() {
    for url in ["sqlite:other.db", "sqlite://other.db"] {
        let server = Home::new().set("PECTA_DATABASE_URL", url).start();
        server.client().evaluate("a", &json!("ok"));
        let files = server.home().snapshot();
        assert!(
            files.contains_key("other.db") && files.contains_key("pecta.key"),
            "{url}"
        );
    }
    let server = Home::new().unset("PECTA_DATABASE_URL").start();
    assert!(server.home().database().exists());
}

fn wrong_values_are_named_with_what_is_allowed_and_not_repeated() {
    for (name, value, allowed) in [
        ("LISTEN", "hunter2", "an address and port"),
        ("LISTEN", "127.0.0.1", "an address and port"),
        ("LISTEN", "127.0.0.1:99999", "an address and port"),
        ("RATE_LIMIT_INGEST", "-1", "a whole number"),
        ("RATE_LIMIT_DEFAULT", "many", "a whole number"),
        ("BODY_LIMIT_BYTES", "0", "a whole number from 1"),
        ("INGEST_BODY_LIMIT_BYTES", "1.5", "a whole number"),
        ("GATE_BUDGET_MS", "0", "milliseconds"),
        ("GATE_BUDGET_MS", "NaN", "milliseconds"),
        ("LATENCY_ZERO_MS", "-5", "milliseconds"),
        ("LOG_FORMAT", "xml", "text or json"),
        ("LOG", "pecta=nope=hunter2", "module=level"),
        ("LOG", "inof", "module=level"),
        ("DRAIN_DELAY_MS", "soon", "a whole number"),
        ("RETENTION_DAYS", "0", "a whole number of days from 1"),
        ("RETENTION_DAYS", "1.5", "a whole number of days from 1"),
    ] {
        let variable = format!("PECTA_{name}");
        let home = Home::new().set(&variable, value);
        assert_refused(&home, &[], &[&variable, allowed]);
        let flag = format!("--{}", name.to_lowercase().replace('_', "-"));
        assert_refused(
            &Home::new(),
            &[&format!("{flag}={value}")],
            &[&flag, allowed],
        );
    }
}

fn a_wrong_file_is_named() {
    for (text, messages) in [
        (
            "listn = \"x\"",
            &["listn", "settings.toml", "allowed", "listen"][..],
        ),
        ("[listen]\nport = 1", &["listen", "settings.toml"]),
        ("listen = true", &["listen", "settings.toml"]),
        (
            "rate_limit_ingest = -1",
            &["rate_limit_ingest", "settings.toml", "a whole number"],
        ),
        ("listen = ", &["settings.toml"]),
        ("master_key = \"hunter2\"", &["master_key", "settings.toml"]),
        ("config = \"x\"", &["config", "settings.toml"]),
    ] {
        // The environment of a home names these settings too; here the file must speak.
        let home = with_file(text)
            .unset("PECTA_LISTEN")
            .unset("PECTA_RATE_LIMIT_INGEST");
        assert_refused(&home, &[], messages);
    }
    assert_refused(
        &Home::new(),
        &["--config", "/nowhere/at/all.toml"],
        &["/nowhere/at/all.toml"],
    );
}

fn secrets_on_the_command_line_are_refused_and_not_echoed() {
    for url in [
        "postgres://pecta:hunter2@host/db",
        "postgresql://:hunter2@host/db",
        "postgres://host/db?user=x&password=hunter2",
    ] {
        assert_refused(&Home::new(), &["--database-url", url], &["--database-url"]);
        assert_refused(
            &Home::new(),
            &["keys", "list", "--database-url", url],
            &["--database-url"],
        );
        // From the environment it is no secret told, only the master key that is missing.
        assert_refused(
            &Home::new().set("PECTA_DATABASE_URL", url),
            &[],
            &["master-key new"],
        );
    }
    for url in [
        "mysql://host/hunter2",
        "pecta.db",
        "sqlite:",
        "sqlite::memory:",
    ] {
        assert_refused(
            &Home::new().set("PECTA_DATABASE_URL", url),
            &[],
            &["sqlite:PATH"],
        );
    }
    let home = Home::new().set("PECTA_MASTER_KEY", "hunter2");
    assert_refused(&home, &[], &["PECTA_MASTER_KEY"]);
}
