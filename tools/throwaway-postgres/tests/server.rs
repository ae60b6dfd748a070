//! A server from start to end. Without an installation the tests are reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    reason = "a test fails by panicking and waits with a deadline"
)]

use libtest_mimic::{Arguments, Failed, Trial};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use throwaway_postgres::{Installation, NotFound, Shutdown};

/// The argument that makes this program hold a server until it is killed.
const HOLD: &str = "hold-a-server";
const PATIENCE: Duration = Duration::from_mins(1);

fn main() -> ExitCode {
    if std::env::args().any(|argument| argument == HOLD) {
        hold();
        return ExitCode::SUCCESS;
    }
    let missing = Installation::find().err();
    let test = |name: &str, run: fn()| {
        let name = missing.map_or(name.to_owned(), |reason: NotFound| {
            format!("{name} ({reason})")
        });
        let run = move || {
            run();
            Ok::<_, Failed>(())
        };
        Trial::test(name, run).with_ignored_flag(missing.is_some())
    };
    let tests = vec![
        test("what_was_committed_survives_a_stop", survives_a_stop),
        test("a_server_ends_with_a_killed_owner", ends_with_its_owner),
    ];
    libtest_mimic::run(&Arguments::from_args(), tests).exit_code()
}

fn survives_a_stop() {
    let server = Installation::find().unwrap().start().unwrap();
    server.create_database("test").unwrap();
    let sql = "CREATE TABLE t (x INT); INSERT INTO t VALUES (1), (2)";
    server.query("test", sql).unwrap();
    for shutdown in [Shutdown::Fast, Shutdown::Immediate] {
        let url = server.url("test");
        server.stop(shutdown).unwrap();
        assert!(!is_served(&url));
        assert!(server.query("test", "SELECT 1").is_err());
        server.start().unwrap();
        assert_eq!(server.url("test"), url);
        assert_eq!(server.query("test", "SELECT x FROM t").unwrap(), "1\n2\n");
    }
    let refused = server.query("test", "SELECT y FROM t").unwrap_err();
    assert!(refused.to_string().contains(r#"column "y""#), "{refused}");
    assert!(server.log().unwrap().contains(r#"column "y""#));

    let url = server.url("test");
    drop(server);
    assert!(!is_served(&url));
}

fn ends_with_its_owner() {
    let mut owner = Command::new(std::env::current_exe().unwrap())
        .arg(HOLD)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let mut output = BufReader::new(owner.stdout.take().unwrap());
    output.read_line(&mut url).unwrap();
    assert!(is_served(url.trim()));
    owner.kill().unwrap();
    owner.wait().unwrap();
    let deadline = Instant::now() + PATIENCE;
    while is_served(url.trim()) {
        assert!(Instant::now() < deadline, "it still serves");
        thread::sleep(Duration::from_millis(20));
    }
}

/// Tells where its server is and waits to be killed.
fn hold() {
    let server = Installation::find().unwrap().start().unwrap();
    println!("{}", server.url("postgres"));
    std::io::stdout().flush().unwrap();
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

fn is_served(url: &str) -> bool {
    let (_, address) = url.split_once('@').unwrap();
    let (address, _) = address.split_once('/').unwrap();
    TcpStream::connect(address).is_ok()
}
