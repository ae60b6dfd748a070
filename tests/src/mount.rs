//! A file system of a test's own, that can be filled.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A mounted tmpfs; unmounted when dropped.
#[derive(Debug)]
pub(crate) struct Tmpfs(PathBuf);

impl Tmpfs {
    /// Mounts one of so many megabytes on a folder.
    pub(crate) fn mount(folder: &Path, megabytes: usize) -> Result<Self, String> {
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o"])
            .arg(format!("size={megabytes}m"));
        let status = mount
            .arg("tmpfs")
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => Ok(Self(folder.to_owned())),
            _ => Err("only root may mount a file system".to_owned()),
        }
    }
}

impl Drop for Tmpfs {
    fn drop(&mut self) {
        // Lazily, so that a process that is still ending does not keep it. Failing leaves a mount behind.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
