//! What commands do: the standard profile of the gate `filesystem`, and the gate `destructive`.
//!
//! [`cues`] tell whether a text is worth reading at all, [`lexer`] cuts it into commands, [`invocation`] sees through what wraps
//! them, and rules look at the programs that are left, each with its arguments.
//!
//! A command counts where a shell would run it: at the start of a line, behind a separator, in a substitution, behind a
//! wrapper such as `sudo` or `xargs`, in text that is handed to a shell, and as a list of words ([`argv`]). The same words in quotes, comments, the
//! arguments of other programs, or a sentence are data. In Markdown, fenced blocks of shell text are read as commands, those
//! of other languages are not, and a span in back-ticks within prose is a mention, unless the reader is told to run it
//! ([`told`]); one that is alone on its line is a command.

pub(crate) mod argv;
pub(crate) mod code;
pub(crate) mod commands;
pub(crate) mod cues;
pub(crate) mod decode;
pub(crate) mod files;
pub(crate) mod find;
pub(crate) mod invocation;
pub(crate) mod lexer;
pub(crate) mod paths;
mod piece;
pub(crate) mod prompt;
pub(crate) mod prose;
pub(crate) mod rm;
mod sensitive;
pub(crate) mod told;
mod traversal;
mod word_set;

use std::ops::Range;

pub(crate) use piece::Piece;

use self::cues::{Cue, Cues};
use super::{Entry, Match, Reader, Search, destructive};
use crate::{
    check::{Check, Probe},
    prefilter::ByteKinds,
};

/// Told of a rule and of where it hits.
pub(crate) type Report<'r> = &'r mut dyn FnMut(&'static str, Range<usize>);

/// Reads a text and tells which rules it breaks, and where.
pub(crate) struct Judge {
    pub(crate) needs: ByteKinds,
    /// What every text that breaks a rule has around one of its words.
    pub(crate) cues: &'static [&'static [Cue]],
    pub(crate) read: Read,
}

/// Reads a piece, in which words of its cues start at these places.
pub(crate) type Read = fn(&Piece<'_>, &[usize], Report<'_>);

/// A judge that is asked only about text that is worth it.
pub(crate) struct Asked {
    judge: Judge,
    cues: Cues,
    words: Vec<String>,
}

impl Asked {
    pub(crate) fn new(judge: Judge) -> Self {
        let cues = Cues::new(judge.cues);
        Self {
            words: cues.words().collect(),
            judge,
            cues,
        }
    }

    /// Whether the judge is asked about the text.
    #[cfg(test)]
    pub(crate) fn is_worth(&self, text: &str) -> bool {
        let places = super::testing::places(&self.words(), text);
        self.may_match(text, &places)
    }
}

impl Reader for Asked {
    fn needs(&self) -> ByteKinds {
        self.judge.needs
    }

    fn words(&self) -> Vec<&str> {
        self.words.iter().map(String::as_str).collect()
    }

    fn may_match(&self, text: &str, places: &[usize]) -> bool {
        self.cues.are_worth(text, places)
    }

    fn read(&self, piece: &Piece<'_>, places: &[usize], report: &mut dyn FnMut(Match) -> bool) {
        piece.set_done(false);
        (self.judge.read)(piece, places, &mut |rule, range| {
            piece.set_done(piece.is_done() || !report(Match { rule, range }));
        });
    }
}

/// The judges of the gate `filesystem`.
#[cfg(test)]
pub(crate) const JUDGES: [Judge; 3] = [rm::JUDGE, traversal::JUDGE, sensitive::JUDGE];

/// The search for a probe of these gates; none for any other.
pub(super) fn search(probe: Probe) -> Option<Search> {
    let judge = match probe.check {
        Check::Destructive => rm::JUDGE,
        Check::Traversal => traversal::JUDGE,
        Check::Sensitive => sensitive::JUDGE,
        check => destructive::judge(check)?,
    };
    Some(Search::Whole(Box::new(Asked::new(judge))))
}

/// The rules of a check of the gate `filesystem`; none for any other.
pub(super) fn entries(check: Check) -> Vec<Entry> {
    match check {
        Check::Destructive => rm::RULES.iter().map(destructive::Rule::entry).collect(),
        Check::Traversal => traversal::RULES.to_vec(),
        Check::Sensitive => sensitive::RULES.to_vec(),
        _ => Vec::new(),
    }
}
