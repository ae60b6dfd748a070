//! A Valkey or Redis server of a test's own.

use crate::wait::eventually;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

const PROGRAMS: [&str; 2] = ["valkey-server", "redis-server"];

/// A server that listens on a socket in a folder of its own. It is killed when dropped.
#[derive(Debug)]
pub struct Redis {
    folder: TempDir,
    process: Child,
}

impl Redis {
    /// Starts a server without any data.
    #[track_caller]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let process = run(&folder);
        let redis = Self { folder, process };
        redis.wait();
        redis
    }

    /// Where it is.
    pub fn url(&self) -> String {
        format!("redis+unix://{}", socket(&self.folder))
    }

    /// Kills it; nobody can connect any more.
    pub fn kill(&mut self) {
        self.process.kill().expect("a live process");
        self.process.wait().expect("its end");
    }

    /// Starts it again, where it was.
    #[track_caller]
    pub fn restart(&mut self) {
        self.process = run(&self.folder);
        self.wait();
    }

    #[track_caller]
    fn wait(&self) {
        let connect = || UnixStream::connect(socket(&self.folder)).ok();
        eventually("the server of rate limits", connect);
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have been killed already.
        let _ = self.process.kill().and_then(|()| self.process.wait());
    }
}

fn socket(folder: &TempDir) -> String {
    folder.path().join("socket").display().to_string()
}

fn run(folder: &TempDir) -> Child {
    let program = program().expect("Valkey or Redis");
    let arguments = ["--port", "0", "--save", "", "--unixsocket", &socket(folder)];
    let mut command = Command::new(program);
    let command = command.args(arguments).current_dir(folder.path());
    let command = command.stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().expect("it runs")
}

/// The program that is installed, or why there is none.
pub(crate) fn program() -> Result<&'static str, String> {
    let runs = |program: &&str| {
        let mut command = Command::new(program);
        let command = command.arg("--version").stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    let found = PROGRAMS.into_iter().find(runs);
    found.ok_or_else(|| "neither Valkey nor Redis is installed".to_owned())
}
