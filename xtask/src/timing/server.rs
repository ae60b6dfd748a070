//! A server of the measurement's own, and a connection to it.

use crate::Outcome;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// A running server in a folder of its own. Dropped, both are gone.
pub(super) struct Server {
    process: Child,
    folder: PathBuf,
    address: String,
    keys: serde_json::Value,
}

impl Server {
    pub(super) fn start(program: &Path) -> Outcome<Self> {
        let folder = std::env::temp_dir().join(format!("pecta-timing-{}", std::process::id()));
        fs::create_dir(&folder)?;
        let bootstrap = folder.join("keys.json");
        let limits =
            ["INGEST", "DEFAULT", "FAILURES"].map(|name| (format!("PECTA_RATE_LIMIT_{name}"), "0"));
        let process = Command::new(program)
            .current_dir(&folder)
            .envs(limits)
            .env("PECTA_LISTEN", "127.0.0.1:0")
            .env("PECTA_BOOTSTRAP_FILE", &bootstrap)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut server = Self {
            process,
            folder,
            address: String::new(),
            keys: serde_json::Value::Null,
        };
        let mut line = String::new();
        if let Some(output) = server.process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let address = line.trim_end().rsplit_once("http://");
        let (_, address) = address.ok_or("the server does not say where it listens")?;
        address.clone_into(&mut server.address);
        server.keys = serde_json::from_str(&fs::read_to_string(bootstrap)?)?;
        Ok(server)
    }

    pub(super) fn publishable_key(&self) -> String {
        self.key("publishable_key")
    }

    pub(super) fn secret_key(&self) -> String {
        self.key("secret_key")
    }

    fn key(&self, name: &str) -> String {
        let key = self.keys.get(name).and_then(serde_json::Value::as_str);
        key.unwrap_or_default().to_owned()
    }

    pub(super) fn connect(&self) -> Outcome<Exchange> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_nodelay(true)?;
        Ok(Exchange {
            stream,
            buffer: vec![0; 64 << 10],
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // What fails here is gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A connection on which one request waits for its answer at a time.
pub(super) struct Exchange {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Exchange {
    /// Sends a request, whose answer must be a 401, and reads it to its end.
    pub(super) fn refused(&mut self, request: &[u8]) -> Outcome {
        self.stream.write_all(request)?;
        let mut length = 0;
        loop {
            let free = self.buffer.get_mut(length..).unwrap_or_default();
            let read = self.stream.read(free)?;
            if read == 0 {
                return Err("the server closed the connection".into());
            }
            length += read;
            let answer = self.buffer.get(..length).unwrap_or_default();
            // The answers are small objects without an object in them.
            if answer.ends_with(b"}") {
                if answer.starts_with(b"HTTP/1.1 401 ") {
                    return Ok(());
                }
                return Err(String::from_utf8_lossy(answer).into_owned().into());
            }
        }
    }
}
