//! The directory that commands run in which go on after one that goes there: `cd /tmp && rm -rf x`.

use super::{Command, LONGEST_VALUE, Script, commands};

/// How long a directory is at most, in bytes.
const LONGEST_PATH: usize = 4 * LONGEST_VALUE;

/// Where the next command runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// None where the text does not tell.
    path: Option<String>,
    /// Whether the last command is joined to the next one by `&&`.
    is_joined: bool,
}

impl Directory {
    pub(super) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Goes where a command goes, which has just been read.
    pub(super) fn follow(&mut self, command: &Command<'_>, script: &Script<'_>) {
        self.is_joined = false;
        let mut words = command.words.iter().map(|word| (word, word.text.as_ref()));
        let name = words.find(|(_, text)| !(commands::is_reserved(text) || *text == "RUN"));
        let Some((_, name)) = name else {
            return;
        };
        // What is denied has failed where the next command runs.
        let is_denied = command.words.iter().any(|word| word.text == "!");
        if is_denied || name == "popd" {
            self.path = None;
        } else if ["cd", "chdir", "pushd"].contains(&name) {
            let is_option = |text: &str| text.len() > 1 && text.starts_with('-');
            let operand = words.find(|(_, text)| !is_option(text));
            let operand = operand.filter(|(_, text)| *text != "-" && text.len() <= LONGEST_VALUE);
            self.path = operand
                .and_then(|(word, text)| {
                    if script.is_made(word) {
                        // As good a directory for temporary files as any.
                        return Some("$TMPDIR/made".to_owned());
                    }
                    let is_known = text.starts_with(['/', '~', '$']) || self.path.is_some();
                    let path = super::super::paths::join(self.path(), text);
                    is_known.then(|| path.into_owned())
                })
                // Text may go deeper and deeper, and every command has its directory.
                .filter(|path| path.len() <= LONGEST_PATH);
        }
    }

    /// Only behind `&&`, and the line end that may follow it, does the next command certainly run where the last one went.
    pub(super) fn pass(&mut self, separator: &[u8]) {
        if separator == b"&&" {
            self.is_joined = true;
        } else if !(self.is_joined && separator == b"\n") {
            *self = Self::default();
        }
    }
}
