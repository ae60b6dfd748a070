//! The `filesystem` gate.

use super::{GateCheck, TextGate};
use crate::check::Check;

/// Fails on destructive commands and on paths that lead where an agent has no business.
///
/// Under the [strict](crate::Profile::Strict) profile:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `destructive` | `rm -rf`, `rm -r -f`, `rm --recursive --force` and the like, in either order | `rm x`, `rm -r x`, `RM -RF` |
/// | `traversal` | `..` as a path component: `../x`, `a\..` | `wait...`, `1..5`, `docs..old` |
/// | `sensitive` | `/etc`, `/usr`, `/var`; `.ssh`, `.aws`, `.gnupg` under `~` or `/home/<user>` | `/etcetera`, `https://example.com/usr` |
///
/// Under the [standard](crate::Profile::Standard) profile a string is read as a shell, a browser or an operating system would
/// read it:
///
/// | check | flags | leaves alone |
/// |---|---|---|
/// | `destructive` | an `rm` that would run, recursive and forced, with options anywhere and in any quoting: behind `sudo`, `env`, `xargs`, `find -exec`, `bash -c`, `ssh`, `docker exec`; in substitutions, in here-documents of a shell, in text that is decoded or piped into one, in `os.system("...")`, in steps of Jenkins and tasks of Ansible, in a sentence that tells its reader to run it; and `rm -r` of the whole system or a home | quotations, comments, search patterns, commit messages, sentences, `docker rm`, an `rm` of `/tmp/x`, `$TMPDIR/x`, `x` behind `cd /tmp &&` or what `mktemp` made |
/// | `traversal` | a path that climbs above its start, or to the root and then to another place; encoded once or more often (`%2e%2e%2f`, `%252e`, `..%c0%af`), with parameters (`..;/`), doubled (`....//`), with a NUL behind it | `docs/../README.md`, imports, includes and links, `cd ..`, `cp ../x .`, ranges, ellipses, sentences; but not when the climb is to a file that attackers look for |
/// | `sensitive` | a string that is a path in `/etc`, `/usr` or `/var`; a command that changes one, or reads from `/etc`; keys and passwords wherever they stand: `~/.ssh/id_rsa`, `C:\Users\ann\.aws`, `/etc/shadow`, `/proc/self/environ` | addresses, MIME types, `#!/usr/bin/env`, programs that are run, `ls /usr`, `test -x /usr/bin/git`, `/var/tmp`, sentences, comments, public keys |
///
/// Whether text is shell is decided line by line. In Markdown, fenced blocks are read as commands when their language is a
/// shell's, SQL's or none; a span in back-ticks within prose is a mention, unless the reader is told to run it, and one that is all
/// there is, a command. A line
/// that reads as a sentence is none, and neither is a command followed by words that make it the beginning of one ("`rm -rf`
/// is dangerous").
pub type Filesystem = TextGate<FilesystemCheck>;

/// A check of [`Filesystem`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilesystemCheck {
    /// `rm` that is both recursive and forced.
    Destructive,
    /// `..` as a path component.
    Traversal,
    /// System directories and directories of secrets.
    Sensitive,
}

impl GateCheck for FilesystemCheck {
    const GATE: &'static str = "filesystem";
    const ALL: &'static [Self] = &[Self::Destructive, Self::Traversal, Self::Sensitive];
}

impl From<FilesystemCheck> for Check {
    fn from(check: FilesystemCheck) -> Self {
        match check {
            FilesystemCheck::Destructive => Check::Destructive,
            FilesystemCheck::Traversal => Check::Traversal,
            FilesystemCheck::Sensitive => Check::Sensitive,
        }
    }
}
