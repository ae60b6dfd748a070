//! The examples of the page `docs/SIGNING.md`, as they stand there.

#[rustfmt::skip]
mod example;

use pecta_tests::{Server, tests};
use std::process::Command;

tests!(
    once: [
        rust,
    ],
    with_openssl: [
        curl_and_openssl,
    ],
    with_python: [
        python,
    ],
    with_node: [
        node,
    ],
);

const PAGE: &str = include_str!("../../../docs/SIGNING.md");

/// The one block of code of a language.
fn block(language: &str) -> &'static str {
    let fence = format!("```{language}\n");
    let (_, rest) = PAGE.split_once(&fence).expect("an example");
    let (code, rest) = rest.split_once("```").expect("an end");
    assert!(!rest.contains(&fence), "one example of a language");
    code
}

/// An org that takes signed verdicts only.
fn server() -> Server {
    let server = Server::start();
    let admin = server.client_with(&server.secret_key());
    let required = r#"{"require_signature":true}"#;
    let set = admin.request("PUT", "/v1/org").body(required).send();
    set.expect(200);
    server
}

/// Its verdict was recorded as signed, and so once.
fn check(server: &Server, language: &str, answer: &str) {
    let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
    assert_eq!(answer["accepted"], 1);
    let history = server.client().history(&format!("from-{language}"));
    assert_eq!(history.len(), 1);
}

fn run(language: &str, program: &str, flag: &str) {
    let server = server();
    let output = Command::new(program)
        .args([flag, block(language)])
        .env("PECTA_URL", format!("http://{}", server.address()))
        .env("PECTA_API_KEY", server.publishable_key())
        .env("PECTA_SECRET_KEY", server.secret_key())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    check(&server, language, str::from_utf8(&output.stdout).unwrap());
}

fn curl_and_openssl() {
    run("sh", "sh", "-c");
}

fn python() {
    run("python", "python3", "-c");
}

fn node() {
    run("js", "node", "-e");
}

fn rust() {
    assert_eq!(block("rust"), include_str!("example.rs"));
    let server = server();
    let url = format!("http://{}", server.address());
    let answer = example::send(&url, &server.publishable_key(), &server.secret_key());
    check(&server, "rust", &answer.unwrap());
}
