//! A running server.

use crate::keeper::Keeper;
use crate::programs::{Programs, run};
use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;

/// Ports that the system gives to no outgoing connection, so that nobody takes the server's while it
/// is stopped.
const FIRST_PORT: u16 = 20_000;
const PORTS: u16 = 12_000;
/// How many ports are tried.
const ATTEMPTS: usize = 20;
/// The superuser's name.
const USER: &str = "postgres";

/// A PostgreSQL server with a cluster of its own. Dropped, it is killed and its files are removed.
#[derive(Debug)]
pub struct Postgres {
    programs: Programs,
    directory: PathBuf,
    port: u16,
    password: String,
    _keeper: Keeper,
}

/// How a server is stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shutdown {
    /// Open transactions are rolled back, connections closed, and all is written down.
    Fast,
    /// As in a crash: the next start recovers from the log.
    Immediate,
}

impl Postgres {
    pub(crate) fn make(programs: &Programs) -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("postgres-").tempdir()?;
        let programs = programs.clone().owning(directory.path())?;
        // From here on the keeper removes it.
        let keeper = Keeper::of(directory.path(), &programs)?;
        let mut server = Self {
            programs,
            directory: directory.keep(),
            port: 0,
            password: random_text()?,
            _keeper: keeper,
        };
        server.make_cluster()?;
        server.find_port()?;
        Ok(server)
    }

    fn make_cluster(&self) -> io::Result<()> {
        // The directory is readable by its owner only.
        let password_file = self.directory.join("password");
        fs::write(&password_file, &self.password)?;
        let mut initdb = self.programs.command("initdb");
        initdb
            .args(["--no-sync", "--auth=scram-sha-256", "--encoding=UTF8"])
            .args(["--locale=C", "--username", USER, "--pgdata"])
            .arg(self.directory.join("data"))
            .arg("--pwfile")
            .arg(&password_file);
        run(&mut initdb).map(drop)
    }

    /// Another program may take a port between the look and the start, hence several attempts.
    fn find_port(&mut self) -> io::Result<()> {
        let mut last = io::Error::other("every port that was tried is taken");
        for _ in 0..ATTEMPTS {
            let mut random = [0; 2];
            getrandom::fill(&mut random)?;
            self.port = FIRST_PORT + u16::from_le_bytes(random) % PORTS;
            if TcpListener::bind((Ipv4Addr::LOCALHOST, self.port)).is_err() {
                continue;
            }
            match self.start() {
                Ok(()) => return Ok(()),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// Where a client finds a database: `postgres://USER:PASSWORD@127.0.0.1:PORT/DATABASE`. The same
    /// after every start.
    #[must_use]
    pub fn url(&self, database: &str) -> String {
        format!(
            "postgres://{USER}:{}@{}:{}/{database}",
            self.password,
            Ipv4Addr::LOCALHOST,
            self.port
        )
    }

    /// Makes an empty database.
    ///
    /// # Errors
    /// When there is one of that name, or the server is stopped.
    pub fn create_database(&self, name: &str) -> io::Result<()> {
        let name = name.replace('"', "\"\"");
        self.query("postgres", &format!("CREATE DATABASE \"{name}\""))
            .map(drop)
    }

    /// Runs statements and returns their rows, one a line, columns apart by `|`.
    ///
    /// # Errors
    /// With what the server said.
    pub fn query(&self, database: &str, sql: &str) -> io::Result<String> {
        let mut psql = self.programs.command("psql");
        psql.args(["--no-psqlrc", "--quiet", "--no-align", "--tuples-only"])
            .args(["--set", "ON_ERROR_STOP=1", "--host", "127.0.0.1"])
            .args(["--username", USER, "--port", &self.port.to_string()])
            .args(["--dbname", database, "--command", sql])
            // Unlike a URL in an argument, this is no other user's to read.
            .env("PGPASSWORD", &self.password);
        run(&mut psql)
    }

    /// Starts the server after [`stop`](Self::stop), on the same port, and waits until it serves.
    ///
    /// # Errors
    /// When it does not start; with the end of its log.
    pub fn start(&self) -> io::Result<()> {
        let options = format!(
            "-c listen_addresses={} -c port={} -c unix_socket_directories= -c max_connections=200",
            Ipv4Addr::LOCALHOST,
            self.port
        );
        let mut start = self.programs.command("pg_ctl");
        start
            .args(["start", "--silent", "--wait", "--pgdata"])
            .arg(self.directory.join("data"))
            .arg("--log")
            .arg(self.log_file())
            .args(["--options", &options]);
        run(&mut start).map(drop).map_err(|error| {
            let log = fs::read_to_string(self.log_file()).unwrap_or_default();
            io::Error::other(format!("{error}\n{log}"))
        })
    }

    /// Stops the server and waits until it has ended. Clients are cut off.
    ///
    /// # Errors
    /// When it does not run.
    pub fn stop(&self, shutdown: Shutdown) -> io::Result<()> {
        let mode = match shutdown {
            Shutdown::Fast => "fast",
            Shutdown::Immediate => "immediate",
        };
        let mut stop = self.programs.command("pg_ctl");
        stop.args(["stop", "--silent", "--wait", "--mode", mode, "--pgdata"])
            .arg(self.directory.join("data"));
        run(&mut stop).map(drop)
    }

    /// What the server logged so far, in all its runs.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn log(&self) -> io::Result<String> {
        fs::read_to_string(self.log_file())
    }

    fn log_file(&self) -> PathBuf {
        self.directory.join("log")
    }
}

fn random_text() -> io::Result<String> {
    let mut random = [0; 16];
    getrandom::fill(&mut random)?;
    Ok(format!("{:032x}", u128::from_le_bytes(random)))
}
