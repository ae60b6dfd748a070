//! A process that outlives its owner just long enough to clean up.

use crate::programs::Programs;
use std::io;
use std::path::Path;
use std::process::{Child, Stdio};

/// Waits on a pipe that closes when the owner ends, however it ends: by returning, by `exit` without
/// dropping anything, or killed. What an interrupt at the terminal ends is the owner, not this.
const SCRIPT: &str = r#"
trap "" HUP INT TERM
read -r _
"$1" stop --silent --pgdata "$2/data" --mode immediate
rm -rf "$2"
"#;

/// Stops the server and removes its directory when it is dropped.
#[derive(Debug)]
pub(crate) struct Keeper(Child);

impl Keeper {
    pub(crate) fn of(directory: &Path, programs: &Programs) -> io::Result<Self> {
        let child = programs
            .foreign_command(Path::new("/bin/sh"))
            .args(["-c", SCRIPT, "keeper"])
            .arg(programs.path_of("pg_ctl"))
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        Ok(Self(child))
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Closes the pipe first. A keeper that fails leaves a temporary directory behind, no more.
        let _ = self.0.wait();
    }
}
