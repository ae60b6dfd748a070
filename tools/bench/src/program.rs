//! The measured programs as processes.

use crate::Outcome;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;
use throwaway_postgres::Postgres;

/// What both programs print before their address, once they accept requests.
const ANNOUNCEMENT: &str = " listening on http://";

/// A running program. Dropped, it is killed.
#[derive(Debug)]
pub(crate) struct Program {
    process: Child,
    address: SocketAddr,
}

impl Program {
    /// Starts a command and waits until it accepts requests.
    pub(crate) fn start(mut command: Command) -> Outcome<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let mut process = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{name} did not start: {error}"))?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line.trim_end().split_once(ANNOUNCEMENT);
        let address = address.and_then(|(_, address)| address.parse().ok());
        // From here on it is killed when something fails.
        let unheard = SocketAddr::from(([0, 0, 0, 0], 0));
        let program = Self {
            process,
            address: address.unwrap_or(unheard),
        };
        match address {
            Some(_) => Ok(program),
            None => {
                Err(format!("{name} said `{}` and not where it listens", line.trim_end()).into())
            }
        }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.process.id()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only for a process that is gone, which is what is wanted.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Where the programs are, and on which core they run.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    /// The folder of the executables.
    pub(crate) directory: PathBuf,
    /// `None` for any.
    pub(crate) core: Option<&'static str>,
}

impl Programs {
    /// Those beside this executable, which were built with it.
    pub(crate) fn beside() -> Outcome<Self> {
        let this = std::env::current_exe()?;
        let directory = this.parent().ok_or("this executable has no folder")?;
        Ok(Self {
            directory: directory.to_owned(),
            core: None,
        })
    }

    /// The same, all on one core.
    pub(crate) fn on_core(&self, core: &'static str) -> Self {
        Self {
            core: Some(core),
            ..self.clone()
        }
    }

    /// The bare server that answers with the request's body.
    pub(crate) fn echo(&self) -> Outcome<Program> {
        Program::start(self.command("echo"))
    }

    /// The same behind what stands before every handler of the API, and a key for it.
    pub(crate) fn guarded_echo(&self, home: &Home) -> Outcome<(Program, String)> {
        let mut command = self.command("echo");
        command.arg("--guarded").arg(home.path());
        let program = Program::start(command)?;
        let key = std::fs::read_to_string(home.path().join("key"))?;
        Ok((program, key))
    }

    /// The server, on a database, without rate limits.
    pub(crate) fn server(&self, home: &Home) -> Outcome<Program> {
        let mut command = self.command("pecta-server");
        home.configure(&mut command);
        let log = home.path().join("server.log");
        command.stderr(File::create(&log)?);
        Program::start(command).map_err(|error| {
            let log = std::fs::read_to_string(log).unwrap_or_default();
            format!("{error}\n{log}").into()
        })
    }

    /// Makes a key for an org of a database.
    pub(crate) fn create_key(&self, home: &Home, org: &str) -> Outcome<String> {
        let mut command = self.command("pecta-server");
        home.configure(&mut command);
        let output = command.args(["keys", "create", "--org", org]).output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
    }

    fn command(&self, name: &str) -> Command {
        let program = self.directory.join(name);
        match self.core {
            None => Command::new(program),
            Some(core) => {
                let mut command = Command::new("taskset");
                command.args(["--cpu-list", core]).arg(program);
                command
            }
        }
    }
}

/// A temporary folder and the database that a server uses from it.
#[derive(Debug)]
pub(crate) struct Home {
    directory: TempDir,
    database_url: String,
    master_key: Option<String>,
}

impl Home {
    /// With a SQLite database in it.
    pub(crate) fn with_sqlite() -> Outcome<Self> {
        let directory = tempfile::tempdir()?;
        let database_url = format!("sqlite:{}", directory.path().join("pecta.db").display());
        Ok(Self {
            directory,
            database_url,
            master_key: None,
        })
    }

    /// With a new PostgreSQL database.
    pub(crate) fn with_postgres(postgres: &Postgres, name: &str) -> Outcome<Self> {
        postgres.query(
            "postgres",
            &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
        )?;
        postgres.create_database(name)?;
        let mut home = Self::with_database(&postgres.url(name))?;
        home.master_key = Some("5a".repeat(32));
        Ok(home)
    }

    /// With a database elsewhere, whose master key the environment tells if it needs one.
    pub(crate) fn with_database(url: &str) -> Outcome<Self> {
        Ok(Self {
            directory: tempfile::tempdir()?,
            database_url: url.to_owned(),
            master_key: None,
        })
    }

    pub(crate) fn path(&self) -> &Path {
        self.directory.path()
    }

    pub(crate) fn database_url(&self) -> &str {
        &self.database_url
    }

    fn bootstrap_file(&self) -> PathBuf {
        self.path().join("bootstrap.json")
    }

    /// The key that the first start on an empty database made.
    pub(crate) fn first_key(&self) -> Outcome<String> {
        let text = std::fs::read_to_string(self.bootstrap_file())?;
        let file: serde_json::Value = serde_json::from_str(&text)?;
        let key = file.get("publishable_key").and_then(|key| key.as_str());
        Ok(key.ok_or("the bootstrap file holds no key")?.to_owned())
    }

    fn configure(&self, command: &mut Command) {
        command
            .env("PECTA_LISTEN", "127.0.0.1:0")
            .env("PECTA_DATABASE_URL", &self.database_url)
            .env("PECTA_BOOTSTRAP_FILE", self.bootstrap_file())
            .env("PECTA_RATE_LIMIT_INGEST", "0")
            .env("PECTA_RATE_LIMIT_DEFAULT", "0")
            .current_dir(self.path());
        if let Some(master_key) = &self.master_key {
            command.env("PECTA_MASTER_KEY", master_key);
        }
    }
}
