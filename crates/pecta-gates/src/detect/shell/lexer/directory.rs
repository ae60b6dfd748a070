//! The directory that commands run in, as far as the text goes there: `cd /tmp && rm -rf x`.

use super::{Command, LONGEST_VALUE, Script, commands};

/// Reserved words behind which it is open whether the commands before them were run.
const JOINTS: &[&str] = &["}", "done", "elif", "else", "esac", "fi"];

/// How long a directory is at most, in bytes.
const LONGEST_PATH: usize = 4 * LONGEST_VALUE;

/// Where the next command runs.
#[derive(Clone, Debug, Default)]
pub(super) struct Directory {
    /// None where the text does not tell.
    path: Option<String>,
    /// Whether the last command went there.
    is_new: bool,
    /// Whether the next command is run only because the last one succeeded.
    is_joined: bool,
    /// Whether it was gone to only because another command succeeded.
    is_conditional: bool,
    /// The directory if the last command succeeded, of which the next one is run if it failed.
    otherwise: Option<String>,
}

impl Directory {
    pub(super) fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// Forgets where commands run.
    pub(super) fn forget(&mut self) {
        *self = Self::default();
    }

    /// Goes where a command goes, which has just been read.
    pub(super) fn follow(&mut self, command: &Command<'_>, script: &Script<'_>) {
        let mut words = command.words.iter();
        let Some(first) = words.clone().next() else {
            return;
        };
        if JOINTS.contains(&first.text.as_ref()) {
            return self.forget();
        }
        let Some(name) =
            words.find(|word| !(commands::is_reserved(&word.text) || word.text == "RUN"))
        else {
            return;
        };
        let leaves = ["exit", "return"].contains(&name.text.as_ref());
        if let Some(path) = self.otherwise.take().filter(|_| leaves) {
            self.path = Some(path);
        }
        self.is_new = ["cd", "chdir", "popd", "pushd"].contains(&name.text.as_ref());
        if !self.is_new {
            return;
        }
        let is_dash = |text: &str| text.len() > 1 && text.starts_with('-');
        self.path = words
            .find(|word| !is_dash(&word.text))
            .filter(|word| {
                word.text != "-" && name.text != "popd" && word.text.len() <= LONGEST_VALUE
            })
            .and_then(|word| {
                if script.is_made(word) {
                    // As good a directory for temporary files as any.
                    return Some("$TMPDIR/made".to_owned());
                }
                let goes_on = word.text.starts_with(['/', '~', '$']);
                (goes_on || self.path.is_some()).then(|| self.join(&word.text))
            })
            // Text may go deeper and deeper, and every command has its directory.
            .filter(|path| path.len() <= LONGEST_PATH);
        self.is_conditional = self.is_joined;
    }

    fn join(&self, path: &str) -> String {
        super::super::paths::join(self.path(), path).into_owned()
    }

    /// What stands between two commands tells on what condition the second one is run.
    pub(super) fn pass(&mut self, separator: &[u8]) {
        let is_joined = separator == b"&&";
        // A command in a pipe or in the background goes alone.
        let is_apart = matches!(separator, b"&" | b"|");
        let is_lost = if is_apart {
            self.is_new
        } else {
            self.is_conditional && !is_joined
        };
        if separator == b"||" {
            self.otherwise = self.path.take().filter(|_| self.is_new);
        } else if is_lost {
            self.forget();
        }
        self.is_joined = is_joined;
    }
}
