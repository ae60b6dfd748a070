//! Calling the programs of PostgreSQL, which refuse to run as root.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Who the programs run as when the caller is root; the first that there is.
const USERS: [&str; 2] = ["postgres", "nobody"];

/// The programs, and who runs them.
#[derive(Debug, Clone)]
pub(crate) struct Programs {
    directory: PathBuf,
    user: Option<User>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct User {
    uid: u32,
    gid: u32,
}

impl Programs {
    pub(crate) fn of(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            user: None,
        }
    }

    /// The same as whoever may own a directory that the caller has just made, which is given to them.
    pub(crate) fn owning(mut self, directory: &Path) -> io::Result<Self> {
        if fs::metadata(directory)?.uid() == 0 {
            let accounts = fs::read_to_string("/etc/passwd")?;
            let user = USERS.iter().find_map(|name| user_named(name, &accounts));
            let user = user.ok_or_else(|| {
                io::Error::other("PostgreSQL does not run as root, and there is no user for it")
            })?;
            chown(directory, Some(user.uid), Some(user.gid))?;
            self.user = Some(user);
        }
        Ok(self)
    }

    pub(crate) fn path_of(&self, program: &str) -> PathBuf {
        self.directory.join(program)
    }

    /// A program of PostgreSQL. Its messages are in English and its clocks in UTC.
    pub(crate) fn command(&self, program: &str) -> Command {
        let mut command = self.foreign_command(&self.path_of(program));
        command.env("LC_ALL", "C").env("TZ", "UTC");
        command
    }

    /// Any other program as the same user.
    pub(crate) fn foreign_command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null());
        if let Some(user) = self.user {
            command.uid(user.uid).gid(user.gid);
        }
        command
    }
}

/// Runs a command to its end; what it wrote to stdout, or an error with what it said instead.
pub(crate) fn run(command: &mut Command) -> io::Result<String> {
    let output = command.output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    let program = command.get_program().display();
    let said = text(&output.stderr);
    Err(io::Error::other(format!(
        "{program} failed: {}",
        said.trim()
    )))
}

/// A user by the text of `/etc/passwd`.
fn user_named(name: &str, accounts: &str) -> Option<User> {
    let fields = accounts.lines().map(|line| line.split(':'));
    fields
        .filter(|fields| fields.clone().next() == Some(name))
        .find_map(|mut fields| {
            Some(User {
                uid: fields.nth(2)?.parse().ok()?,
                gid: fields.next()?.parse().ok()?,
            })
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_are_found_by_their_whole_name() {
        let accounts = "root:x:0:0::/root:/bin/sh\nnobody:x:65534:65533::/:/bin/false\nbroken:x";
        let nobody = User {
            uid: 65534,
            gid: 65533,
        };
        assert_eq!(user_named("nobody", accounts), Some(nobody));
        for name in ["no", "broken", "postgres"] {
            assert_eq!(user_named(name, accounts), None, "{name}");
        }
    }

    #[test]
    fn a_failed_program_is_named_with_what_it_said() {
        let mut command = Command::new("sh");
        let error = run(command.args(["-c", "echo why >&2; exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "sh failed: why");
    }
}
