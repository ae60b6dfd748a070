//! A running server.

use crate::client::Client;
use crate::database::Database;
use crate::home::Home;
use crate::raw::Raw;
use crate::wait::eventually;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

const START_LINE: &str = "pecta-server listening on http";
const PATIENCE: Duration = Duration::from_mins(1);

/// A server process in a [`Home`]. Dropped, it is killed, and its log must not tell of a panic.
#[derive(Debug)]
pub struct Server {
    /// Empty only while the server is taken apart.
    home: Option<Home>,
    process: Child,
    address: SocketAddr,
    /// Reads stdout behind the start line; `None` once it was asked for.
    output: Option<JoinHandle<String>>,
}

impl Server {
    /// Starts a server in a new home: empty SQLite database, no rate limits.
    #[track_caller]
    pub fn start() -> Self {
        Home::new().start()
    }

    /// Starts a server in a new home: empty database, no rate limits.
    #[track_caller]
    pub fn start_on(database: &Database) -> Self {
        Home::on(database).start()
    }

    #[track_caller]
    pub(crate) fn start_in(home: Home, arguments: &[&str]) -> Self {
        let mut process = home
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(home.open_log())
            .spawn()
            .expect("the server runs");
        let (line, output) = read(process.stdout.take().expect("a pipe"));
        let line = line.recv_timeout(PATIENCE).unwrap_or_default();
        let address = line
            .strip_prefix(START_LINE)
            .map(|rest| rest.strip_prefix('s').unwrap_or(rest))
            .and_then(|rest| rest.strip_prefix("://"))
            .and_then(|rest| rest.strip_suffix('\n'))
            .and_then(|address| address.parse().ok());
        let Some(address) = address else {
            // What matters is reported below.
            let _ = process.kill().and_then(|()| process.wait());
            let log = home.log();
            panic!("the server said `{line}` and not where it listens:\n{log}");
        };
        Self {
            home: Some(home),
            process,
            address,
            output: Some(output),
        }
    }

    /// How much memory of the machine it holds, in bytes.
    #[track_caller]
    pub fn memory(&self) -> u64 {
        let status = format!("/proc/{}/status", self.process.id());
        let status = std::fs::read_to_string(status).expect("a live process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        let kilobytes: Option<u64> = kilobytes.and_then(|count| count.parse().ok());
        kilobytes.expect("its memory") << 10
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its home.
    pub fn home(&self) -> &Home {
        self.home.as_ref().expect("a home")
    }

    /// What it wrote to stderr so far, in all its runs in this home.
    pub fn log(&self) -> String {
        self.home().log()
    }

    /// The publishable key of the first org.
    pub fn publishable_key(&self) -> String {
        self.first_key("publishable_key")
    }

    /// The secret key of the first org.
    pub fn secret_key(&self) -> String {
        self.first_key("secret_key")
    }

    fn first_key(&self, name: &str) -> String {
        let text = fs::read_to_string(self.home().bootstrap_file()).expect("a bootstrap file");
        let file: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        file[name].as_str().expect("a key").to_owned()
    }

    /// A client with the publishable key of the first org.
    pub fn client(&self) -> Client {
        self.client_with(&self.publishable_key())
    }

    /// A client with this key.
    pub fn client_with(&self, key: &str) -> Client {
        Client::new(self.address, Some(key))
    }

    /// A client without a key.
    pub fn anonymous(&self) -> Client {
        Client::new(self.address, None)
    }

    /// A client of another org, which is made if it is new.
    #[track_caller]
    pub fn client_of(&self, org: &str) -> Client {
        self.client_with(&self.home().create_key(org, "pk"))
    }

    /// A connection for bytes as they are.
    #[track_caller]
    pub fn connect(&self) -> Raw {
        Raw::connect(self.address)
    }

    /// Lifts the limit of [`Home::limit_file_size`].
    #[track_caller]
    pub fn lift_file_size_limit(&self) {
        let pid = self.process.id().to_string();
        let lifted = Command::new("prlimit")
            .args(["--fsize=unlimited:", "--pid", &pid])
            .status();
        assert!(lifted.is_ok_and(|status| status.success()), "prlimit");
    }

    /// Sends a signal (`TERM`, `INT`).
    pub fn signal(&self, name: &str) {
        let kill = format!("kill -{name} {}", self.process.id());
        let sent = Command::new("sh").args(["-c", &kill]).status();
        assert!(sent.is_ok_and(|status| status.success()), "{kill}");
    }

    /// Ends it at once (`kill -9`) and gives its home back.
    pub fn kill(mut self) -> Home {
        self.process.kill().expect("it can be killed");
        self.process.wait().expect("it ends");
        self.home.take().expect("a home")
    }

    /// Sends a signal and waits for the end, as [`wait`](Self::wait) does.
    #[track_caller]
    pub fn stop(self, signal: &str) -> Home {
        self.signal(signal);
        self.wait()
    }

    /// Waits for the end, which must be clean (exit code 0, nothing more on stdout), and gives the
    /// home back.
    #[track_caller]
    pub fn wait(self) -> Home {
        self.ended(0)
    }

    /// Waits for the end with this exit code and nothing more on stdout, and gives the home back.
    #[track_caller]
    pub fn ended(mut self, code: i32) -> Home {
        let status = eventually("the server ends", || {
            self.process.try_wait().expect("a status")
        });
        assert_eq!(status.code(), Some(code), "exit code\n{}", self.log());
        let rest = self.output.take().map(JoinHandle::join);
        let rest = rest.and_then(Result::ok);
        assert_eq!(rest.as_deref(), Some(""), "stdout has the start line only");
        self.home.take().expect("a home")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only for a process that is gone, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let Some(home) = &self.home else { return };
        let log = home.log();
        if thread::panicking() {
            eprintln!("--- log of the server ---\n{log}");
        } else {
            assert!(!log.contains("panicked"), "the server panicked:\n{log}");
        }
    }
}

/// Reads a pipe: the first line as soon as it is there, and all the rest when the pipe is closed.
fn read(pipe: ChildStdout) -> (mpsc::Receiver<String>, JoinHandle<String>) {
    let (sender, line) = mpsc::channel();
    let rest = thread::spawn(move || {
        let mut pipe = BufReader::new(pipe);
        let (mut line, mut rest) = (String::new(), String::new());
        // Whoever waits for the line notices what is missing.
        let _ = pipe.read_line(&mut line);
        let _ = sender.send(line);
        pipe.read_to_string(&mut rest).expect("stdout is UTF-8");
        rest
    });
    (line, rest)
}
