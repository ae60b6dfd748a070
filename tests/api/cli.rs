//! The command line: `keys`, help and exit codes.

use pecta_tests::{Database, Home, Output, Server, tests};
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;

tests!(
    on_each_database: [
        list_shows_everything_but_the_key,
    ],
    once: [
        create_prints_the_key_and_nothing_else,
        what_cannot_be_done_is_exit_code_1,
        wrong_usage_is_exit_code_2,
        help_explains_every_setting,
    ],
);

#[track_caller]
fn assert_failed(output: &Output, code: i32, message: &str) {
    assert_eq!(output.code, Some(code), "{output:?}");
    assert_eq!(output.stdout, "", "{output:?}");
    assert!(output.stderr.contains(message), "{message}: {output:?}");
}

fn assert_is_key(output: &Output, prefix: &str) {
    assert_eq!(output.code, Some(0), "{output:?}");
    let key = output.stdout.strip_suffix('\n').unwrap();
    let digits = key.strip_prefix(prefix).unwrap();
    assert!(
        digits.len() == 32 && digits.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "{key}"
    );
    assert!(!output.stderr.contains(key));
}

fn create_prints_the_key_and_nothing_else() {
    let home = Home::new();
    assert_is_key(&home.run(&["keys", "create", "--org", "acme"]), "pk_live_");
    assert_is_key(
        &home.run(&["keys", "create", "--org", "acme", "--kind", "sk"]),
        "sk_live_",
    );
    let named = home.run(&[
        "keys", "create", "--org", "\u{e9} x", "--kind", "pk", "--name", "the ci's",
    ]);
    assert_is_key(&named, "pk_live_");
    let mode = home
        .data()
        .join("pecta.key")
        .metadata()
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
}

fn list_shows_everything_but_the_key(database: &Database) {
    let server = Server::start_on(database);
    let home = server.home();
    let used = server.client_of("acme");
    used.get("/v1/agents").expect(200);
    home.run(&[
        "keys", "create", "--org", "acme", "--kind", "sk", "--name", "ci key",
    ]);
    let ids = || -> Vec<Value> {
        let list = home.run(&["keys", "list", "--org", "acme", "--json"]);
        assert_eq!(list.code, Some(0), "{list:?}");
        assert!(!list.stdout.contains("_live_"), "{list:?}");
        serde_json::from_str(&list.stdout).unwrap()
    };
    let list = pecta_tests::eventually("the use is noted", || {
        let list = ids();
        list[0]["last_used_at"].is_string().then_some(list)
    });
    assert_eq!(list.len(), 2);
    for key in &list {
        let mut names: Vec<_> = key
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        names.sort_unstable();
        assert_eq!(
            names.join(" "),
            "agents created_at created_by expires_at id kind last_four last_used_at name org \
             rate_limit_default rate_limit_ingest replaced_by revoked_at scopes"
        );
        assert!(key["created_at"].is_string() && key["id"].is_i64());
        assert_eq!(
            (&key["org"], &key["revoked_at"]),
            (&json!("acme"), &Value::Null)
        );
    }
    assert_eq!(
        (&list[0]["kind"], &list[0]["name"]),
        (&json!("pk"), &Value::Null)
    );
    assert_eq!(
        (&list[1]["kind"], &list[1]["name"]),
        (&json!("sk"), &json!("ci key"))
    );
    assert_eq!(list[1]["last_used_at"], Value::Null);

    let id = list[1]["id"].to_string();
    let revoke = home.run(&["keys", "revoke", &id]);
    assert_eq!((revoke.code, revoke.stdout.as_str()), (Some(0), ""));
    let revoked_at = ids()[1]["revoked_at"].clone();
    assert!(revoked_at.is_string());
    // Again: it stays revoked since then.
    assert_eq!(home.run(&["keys", "revoke", &id]).code, Some(0));
    assert_eq!(ids()[1]["revoked_at"], revoked_at);

    let table = home.run(&["keys", "list"]);
    assert_eq!(table.code, Some(0));
    let lines: Vec<_> = table.stdout.lines().collect();
    assert_eq!(
        lines.len(),
        5,
        "a head, two keys of the first start, two of acme: {table:?}"
    );
    let columns: Vec<_> = lines[0]
        .split("  ")
        .filter(|cell| !cell.is_empty())
        .map(str::trim)
        .collect();
    assert_eq!(
        columns,
        [
            "ID",
            "ORG",
            "KIND",
            "NAME",
            "LAST FOUR",
            "SCOPES",
            "AGENTS",
            "CREATED",
            "LAST USED",
            "EXPIRES",
            "REVOKED",
            "REPLACED BY",
            "CREATED BY",
            "INGEST LIMIT",
            "DEFAULT LIMIT"
        ]
    );
    assert!(lines[4].contains("ci key") && lines[4].contains(revoked_at.as_str().unwrap()));
    assert!(!table.stdout.contains("_live_"));
}

fn what_cannot_be_done_is_exit_code_1() {
    let server = Server::start();
    let home = server.home();
    assert_failed(
        &home.run(&["keys", "list", "--org", "nobody"]),
        1,
        "`nobody`",
    );
    assert_failed(&home.run(&["keys", "revoke", "999"]), 1, "999");
    let empty = Home::new();
    assert_failed(&empty.run(&["keys", "list"]), 1, "no database");
    assert_failed(&empty.run(&["keys", "revoke", "1"]), 1, "no database");
    assert!(empty.snapshot().is_empty(), "a look changes nothing");
}

fn wrong_usage_is_exit_code_2() {
    let home = Home::new();
    for (arguments, message) in [
        (&["--nope"][..], "--nope"),
        (&["nope"], "nope"),
        (&["serve", "nope"], "nope"),
        (&["keys"], "create"),
        (&["keys", "nope"], "nope"),
        (&["keys", "create"], "--org"),
        (&["keys", "create", "--org", ""], "--org"),
        (&["keys", "create", "--org", "a\nb"], "--org"),
        (&["keys", "create", "--org", "a", "--kind", "xk"], "--kind"),
        (
            &["keys", "create", "--org", "a", "--name", "a\u{7}"],
            "--name",
        ),
        (
            &[
                "keys",
                "create",
                "--org",
                "a",
                "--expires-at",
                "2020-01-01T00:00:00Z",
            ],
            "--expires-at must be in the future",
        ),
        (&["keys", "revoke"], "ID"),
        (&["keys", "revoke", "first"], "first"),
        (&["--listen"], "--listen"),
        (&["--master-key", "x"], "--master-key"),
    ] {
        assert_failed(&home.run(arguments), 2, message);
    }
    assert!(home.snapshot().is_empty());
}

fn help_explains_every_setting() {
    let home = Home::new();
    for arguments in [&["--help"][..], &["serve", "--help"]] {
        let help = home.run(arguments);
        assert_eq!((help.code, help.stderr.as_str()), (Some(0), ""));
        for (name, default) in [
            ("LISTEN", "127.0.0.1:8080"),
            ("DATABASE_URL", "sqlite:pecta.db"),
            ("MASTER_KEY_FILE", "pecta.key"),
            ("RATE_LIMIT_INGEST", "500"),
            ("RATE_LIMIT_DEFAULT", "200"),
            ("BODY_LIMIT_BYTES", "2097152"),
            ("INGEST_BODY_LIMIT_BYTES", "16777216"),
            ("GATE_BUDGET_MS", "50"),
            ("LATENCY_ZERO_MS", "100"),
            ("RETENTION_DAYS", ""),
            ("BOOTSTRAP_FILE", ""),
            ("LOG", "info"),
            ("LOG_FORMAT", "text"),
            ("CONFIG", ""),
        ] {
            let flag = format!("--{} ", name.to_lowercase().replace('_', "-"));
            let at = help.stdout.find(&flag).unwrap_or_else(|| panic!("{flag}"));
            let rest = &help.stdout[at..];
            assert!(
                rest.contains(&format!("PECTA_{name}")) && rest.contains(default),
                "{name}"
            );
        }
    }
    assert!(home.run(&["--help"]).stdout.contains("PECTA_MASTER_KEY"));
    let version = home.run(&["--version"]);
    assert_eq!(version.code, Some(0));
    assert!(version.stdout.starts_with("pecta-server "));
}
