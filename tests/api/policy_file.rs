//! The policy file of a server, which is read again at SIGHUP.

use pecta_tests::{Client, Home, Load, Sent, Server, eventually, tests};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

tests!(
    once: [
        the_file_is_read_again_at_a_signal,
        a_file_that_is_no_policy_changes_nothing,
        a_file_read_again_under_load_drops_no_request,
    ],
);

/// A server with a policy file of the test's own.
fn server(policy: &str) -> Server {
    let home = Home::new();
    let file = home.root().join("policy.toml");
    fs::write(&file, policy).unwrap();
    home.set("PECTA_POLICY", file.to_str().unwrap()).start()
}

/// Changes the file, and has the server read it.
fn change(server: &Server, policy: &str) {
    fs::write(server.home().root().join("policy.toml"), policy).unwrap();
    server.signal("HUP");
}

/// Whether e-mail addresses pass, and by which version.
fn judged(client: &Client) -> (bool, i64) {
    let answer = client.evaluate("a", &json!("to ada@lovelace.org"));
    let version = answer["policy_version"].as_i64().unwrap();
    (answer["passed"] == true, version)
}

fn the_file_is_read_again_at_a_signal() {
    let server = server("version = 1");
    let client = server.client();
    let other = server.client_with(&server.home().create_key("other", "sk"));
    let own = json!({"default": {"gates": [{"gate": "pii"}]}});
    other.put("/v1/policy", &own).expect(200);
    assert_eq!((judged(&client), judged(&other)), ((false, 1), (false, 1)));

    change(
        &server,
        "version = 2\n[default]\ngates = [{ gate = 'content' }]",
    );
    eventually("the policy is changed", || {
        (judged(&client) == (true, 2)).then_some(())
    });
    // An org with a policy of its own keeps that, and has the new one when it gives it up.
    assert_eq!(judged(&other), (false, 1));
    other.delete("/v1/policy").expect(200);
    assert_eq!(judged(&other), (true, 2));
    assert!(server.log().contains("the policy was read again"));
    server.stop("TERM");
}

fn a_file_that_is_no_policy_changes_nothing() {
    let server = server("version = 1");
    let client = server.client();
    let refusals = || server.log().matches("the policy stays as it was").count();
    for (nth, policy) in [
        "version = 2\n[[rules]]\ngates = [{ gate = 'pi' }]",
        "version = ",
    ]
    .into_iter()
    .enumerate()
    {
        change(&server, policy);
        eventually("the refusal is logged", || (refusals() > nth).then_some(()));
        assert_eq!(judged(&client), (false, 1));
    }
    let place = "policy.toml: line 3, column 12 (/rules/0/gates/0/gate): there is no gate";
    assert!(server.log().contains(place), "{}", server.log());

    fs::remove_file(server.home().root().join("policy.toml")).unwrap();
    server.signal("HUP");
    eventually("the refusal is logged", || (refusals() > 2).then_some(()));
    assert_eq!(judged(&client), (false, 1));
    change(&server, "version = 3");
    eventually("the policy is changed", || {
        (judged(&client) == (false, 3)).then_some(())
    });
    let events = client.events("");
    let versions = events.iter().map(|event| &event["policy_version"]);
    let versions: Vec<&Value> = versions.collect();
    assert_eq!(versions.last(), Some(&&json!(1)));
}

fn a_file_read_again_under_load_drops_no_request() {
    let gate = |version: i64| ["content", "filesystem"][usize::from(version % 2 == 0)];
    // By a rule, whose gates are made when the policy is.
    let policy = |version| {
        let gate = gate(version);
        format!(
            "version = {version}\n[default]\ngates = []\n[[rules]]\ngates = [{{ gate = '{gate}' }}]"
        )
    };
    let server = server(&policy(1));
    let client = server.client();
    let key = server.publishable_key();
    let load = Load::start(&[server.address()], &key, 16, "reload", 0);
    load.wait_for_answers(100);
    for version in 2..=9 {
        change(&server, &policy(version));
        eventually("the policy is changed", || {
            (judged(&client).1 == version).then_some(())
        });
        load.wait_for_answers(load.answered() + 100);
    }
    let sent = load.finish();
    assert!(sent.iter().all(Sent::is_served));
    let mut versions = BTreeSet::new();
    for answer in sent.iter().filter_map(|sent| sent.verdict()) {
        let version = answer["policy_version"].as_i64().unwrap();
        let names: Vec<_> = answer["gates"]
            .as_array()
            .unwrap()
            .iter()
            .map(|gate| &gate["name"])
            .collect();
        assert_eq!(names, [&json!(gate(version))], "{version}");
        versions.insert(version);
    }
    assert_eq!(versions, (1..=9).collect());
}
