//! A folder with the settings of one server.

use crate::database::Database;
use crate::executable;
use crate::mount::Tmpfs;
use crate::server::Server;
use crate::wait::within;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use tempfile::{NamedTempFile, TempDir};

/// The setting of the database.
const DATABASE: &str = "PECTA_DATABASE_URL";
/// How long a command may run.
const PATIENCE: Duration = Duration::from_mins(1);

/// A temporary folder and the environment of a server in it. It is deleted when dropped.
///
/// The database and its master key lie in [`data`](Self::data). Rate limits are off unless they are
/// [`unset`](Self::unset).
#[derive(Debug)]
pub struct Home {
    /// Unmounted before the folder is deleted.
    mount: Option<Tmpfs>,
    root: TempDir,
    environment: BTreeMap<String, String>,
    file_size_limit: Option<u32>,
    /// Processes whose system calls are noted beside those of servers, if these are.
    traced: Option<Vec<String>>,
}

/// What a command wrote, and its exit code.
#[derive(Debug)]
pub struct Output {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

impl Home {
    /// An empty home, with a SQLite database.
    pub fn new() -> Self {
        Self::on(&Database::Sqlite)
    }

    /// An empty home with a database of its own.
    pub fn on(database: &Database) -> Self {
        let home = Self {
            root: tempfile::tempdir().expect("a temporary folder"),
            environment: BTreeMap::new(),
            file_size_limit: None,
            traced: None,
            mount: None,
        };
        fs::create_dir(home.data()).expect("a folder for data");
        let bootstrap = home.bootstrap_file().display().to_string();
        let home = match database {
            Database::Sqlite => {
                let url = format!("sqlite:{}", home.database().display());
                home.set(DATABASE, &url)
            }
            Database::Postgres(cluster) => home
                .set(DATABASE, &cluster.create_database())
                .set("PECTA_MASTER_KEY", &"5a".repeat(32)),
        };
        home.set("PECTA_LISTEN", "127.0.0.1:0")
            .set("PECTA_BOOTSTRAP_FILE", &bootstrap)
            .set("PECTA_RATE_LIMIT_INGEST", "0")
            .set("PECTA_RATE_LIMIT_DEFAULT", "0")
            .set("PECTA_RATE_LIMIT_FAILURES", "0")
    }

    /// A home of a second server on the database of another home.
    pub fn beside(other: &Self) -> Self {
        let mut home = Self::new();
        home.environment = other.environment.clone();
        let bootstrap = home.bootstrap_file().display().to_string();
        home.set("PECTA_BOOTSTRAP_FILE", &bootstrap)
    }

    /// What an environment variable is set to for everything that runs here.
    pub fn setting(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    /// Sets an environment variable for everything that runs here.
    #[must_use]
    pub fn set(mut self, name: &str, value: &str) -> Self {
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// Removes an environment variable, so that the default holds.
    #[must_use]
    pub fn unset(mut self, name: &str) -> Self {
        self.environment.remove(name);
        self
    }

    /// Lets no file of what runs here grow beyond so many blocks (512 or 1024 bytes): a disk that is full.
    #[must_use]
    pub fn limit_file_size(mut self, blocks: u32) -> Self {
        self.file_size_limit = Some(blocks);
        self
    }

    /// Puts the database on a file system of its own, of so many megabytes.
    #[must_use]
    pub fn mount_tmpfs(mut self, megabytes: usize) -> Self {
        let mount = Tmpfs::mount(&self.data(), megabytes);
        self.mount = Some(mount.expect("a file system"));
        self
    }

    /// Notes the system calls of servers, and of the database's, that sync files and talk to clients, in one order, for
    /// [`calls`](Self::calls).
    #[must_use]
    pub fn trace(mut self, database: &Database) -> Self {
        self.traced = Some(database.processes());
        self
    }

    /// What [`trace`](Self::trace) noted.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.trace_file()).expect("a trace")
    }

    fn trace_file(&self) -> PathBuf {
        self.root().join("trace")
    }

    /// The temporary folder itself.
    pub fn root(&self) -> &Path {
        self.root.path()
    }

    /// The folder of the database and its master key, also the working directory.
    pub fn data(&self) -> PathBuf {
        self.root().join("data")
    }

    /// The database file.
    pub fn database(&self) -> PathBuf {
        self.data().join("pecta.db")
    }

    /// The file of the first keys.
    pub fn bootstrap_file(&self) -> PathBuf {
        self.root().join("bootstrap.json")
    }

    fn log_file(&self) -> PathBuf {
        self.root().join("server.log")
    }

    /// What servers wrote to stderr here, in all their runs.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The content of every file in [`data`](Self::data), by name.
    pub fn snapshot(&self) -> BTreeMap<String, Vec<u8>> {
        let files = fs::read_dir(self.data()).expect("the data folder");
        let files = files.map(|file| {
            let path = file.expect("an entry of the data folder").path();
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("a readable file"))
        });
        files.collect()
    }

    /// The server's command line in this home, with no other environment than its own.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = match (self.file_size_limit, &self.traced) {
            (Some(blocks), _) => limited(blocks),
            (None, Some(others)) => traced(&self.trace_file(), others),
            (None, None) => Command::new(executable::server()),
        };
        command
            .args(arguments)
            .env_clear()
            .envs(&self.environment)
            .current_dir(self.data())
            .stdin(Stdio::null());
        command
    }

    /// Starts a server and waits until it serves.
    #[track_caller]
    pub fn start(self) -> Server {
        Server::start_in(self, &[])
    }

    /// Starts a server with these arguments and waits until it serves.
    #[track_caller]
    pub fn start_with(self, arguments: &[&str]) -> Server {
        Server::start_in(self, arguments)
    }

    /// Runs the executable with these arguments to its end.
    #[track_caller]
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.run_with_input(arguments, b"")
    }

    /// Runs the executable with these arguments and this standard input to its end.
    #[track_caller]
    pub fn run_with_input(&self, arguments: &[&str], input: &[u8]) -> Output {
        let stdout = self.temporary_file();
        let output = self.end(arguments, input, stdout.reopen().expect("a file").into());
        Output {
            stdout: read(&stdout),
            ..output
        }
    }

    /// As [`run_with_input`](Self::run_with_input), but nobody reads the standard output.
    #[track_caller]
    pub fn run_unread(&self, arguments: &[&str], input: &[u8]) -> Output {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        self.end(arguments, input, writer.into())
    }

    /// Runs the executable to its end; what it writes to `stdout` is not in the answer.
    #[track_caller]
    fn end(&self, arguments: &[&str], input: &[u8], stdout: Stdio) -> Output {
        let stdin = self.temporary_file();
        fs::write(stdin.path(), input).expect("a file takes the input");
        // Files, because a pipe that nobody reads would stop a talkative process.
        let stderr = self.temporary_file();
        let mut process = self
            .command(arguments)
            .stdin(stdin.reopen().expect("a file"))
            .stdout(stdout)
            .stderr(stderr.reopen().expect("a file"))
            .spawn()
            .expect("the executable runs");
        let status = within(PATIENCE, || process.try_wait().expect("a status"));
        if status.is_none() {
            // What matters is reported below.
            let _ = process.kill().and_then(|()| process.wait());
        }
        let stderr = read(&stderr);
        let Some(status) = status else {
            panic!("{arguments:?} does not end: {stderr}");
        };
        Output {
            code: status.code(),
            stdout: String::new(),
            stderr,
        }
    }

    /// Runs the executable with these arguments and ends it after a while (`kill -9`), unless it ended by itself.
    #[track_caller]
    pub fn run_killed(&self, arguments: &[&str], after: Duration) {
        let mut process = self
            .command(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the executable runs");
        std::thread::sleep(after);
        process.kill().expect("it can be killed");
        process.wait().expect("it ends");
    }

    fn temporary_file(&self) -> NamedTempFile {
        NamedTempFile::new_in(self.root()).expect("a temporary file")
    }

    pub(crate) fn open_log(&self) -> File {
        let mut options = File::options();
        let file = options.create(true).append(true).open(self.log_file());
        file.expect("a log file")
    }

    /// Makes a key with the command line.
    #[track_caller]
    pub fn create_key(&self, org: &str, kind: &str) -> String {
        let output = self.run(&["keys", "create", "--org", org, "--kind", kind]);
        assert_eq!(output.code, Some(0), "{output:?}");
        output.stdout.trim_end().to_owned()
    }
}

fn read(file: &NamedTempFile) -> String {
    fs::read_to_string(file.path()).expect("readable output")
}

/// The server with a soft limit on file sizes, beyond which writing fails instead of ending the process.
fn limited(blocks: u32) -> Command {
    let script = format!("trap '' XFSZ; ulimit -S -f {blocks}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script]).arg(executable::server());
    command
}

/// The server under `strace`, which stays out of the way of signals and of the exit code, beside other processes that
/// run already.
fn traced(file: &Path, others: &[String]) -> Command {
    let mut command = Command::new("strace");
    command
        .args([
            "--daemonize",
            "--follow-forks",
            "--decode-fds=path",
            "--quiet=all",
        ])
        .args([
            "--string-limit=16",
            "--trace=fdatasync,recvfrom,read,sendto,write,writev",
        ])
        .args(others.iter().map(|process| format!("--attach={process}")))
        .arg("--output")
        .arg(file)
        .arg(executable::server());
    command
}
