//! What this machine lets tests do.

use crate::mount::Tmpfs;
use std::process::{Command, Stdio};

/// Whether processes can be traced.
pub(crate) fn strace() -> Result<(), String> {
    let mut strace = Command::new("strace");
    let strace = strace.args(["-o", "/dev/null", "true"]);
    let status = strace.stderr(Stdio::null()).status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err("strace may not trace here".to_owned()),
        Err(_) => Err("strace is not installed".to_owned()),
    }
}

/// Whether also processes can be traced that run already and are no children of the tracer.
pub(crate) fn attaching() -> Result<(), String> {
    strace()?;
    let sleep = Command::new("sleep").arg("1m").spawn();
    let mut sleep = sleep.map_err(|error| error.to_string())?;
    let process = sleep.id();
    let attach = format!("--attach={process}");
    // The shell's own: the program is a package that may lack.
    let kill = format!("kill {process}");
    // Ends with its last process.
    let strace = Command::new("strace")
        .args(["--quiet=all", "-o", "/dev/null", &attach, "sh", "-c", &kill])
        .output();
    // Kills what a failure left; else that is gone.
    let _ = sleep.kill().and_then(|()| sleep.wait());
    match strace {
        Ok(output) if output.stderr.is_empty() => Ok(()),
        _ => Err("strace may not attach to running processes here".to_owned()),
    }
}

/// Whether a file system can be mounted.
pub(crate) fn tmpfs() -> Result<(), String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    Tmpfs::mount(folder.path(), 1).map(drop)
}

/// Whether these command lines run.
pub(crate) fn programs(lines: &[&str]) -> Result<(), String> {
    for line in lines {
        let (program, argument) = line.split_once(' ').unwrap_or((line, ""));
        let mut command = Command::new(program);
        let command = command.arg(argument).stdout(Stdio::null());
        if !command.status().is_ok_and(|status| status.success()) {
            return Err(format!("{program} is not installed"));
        }
    }
    Ok(())
}
