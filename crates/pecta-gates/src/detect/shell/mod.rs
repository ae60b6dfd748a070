//! What commands do: the standard profile of the gate `filesystem`, and the gate `destructive`.
//!
//! [`lexer`] cuts a text into commands, [`invocation`] sees through what wraps them, and rules look at the programs that are
//! left, each with its arguments.
//!
//! A command counts where a shell would run it: at the start of a line, behind a separator, in a substitution, behind a
//! wrapper such as `sudo` or `xargs`, and in text that is handed to a shell. The same words in quotes, comments, the
//! arguments of other programs, or a sentence are data. In Markdown, fenced blocks of shell text are read as commands, those
//! of other languages are not, and a span in back-ticks within prose is a mention; a string that is nothing but such a span
//! is a command.

pub(crate) mod code;
pub(crate) mod commands;
pub(crate) mod decode;
pub(crate) mod find;
pub(crate) mod invocation;
pub(crate) mod lexer;
pub(crate) mod paths;
pub(crate) mod prose;
pub(crate) mod rm;
mod sensitive;
mod traversal;

use std::ops::Range;

use super::{Match, Reader, Search, destructive};
use crate::{
    check::{Check, Probe},
    prefilter::ByteKinds,
};

/// Told of a rule and of where it hits.
pub(crate) type Report<'r> = &'r mut dyn FnMut(&'static str, Range<usize>);

/// Reads a text and tells which rules it breaks, and where.
pub(crate) struct Judge {
    pub(crate) needs: ByteKinds,
    pub(crate) words: Words,
    pub(crate) read: fn(&str, Report<'_>),
}

/// Lists of words of which a text must contain one.
pub(crate) type Words = &'static [&'static [&'static str]];

/// A judge that is asked only about text in which one of its words stands as a word.
pub(crate) struct Asked {
    judge: Judge,
    words: Vec<&'static str>,
}

impl Asked {
    pub(crate) fn new(judge: Judge) -> Self {
        Self {
            words: judge.words.concat(),
            judge,
        }
    }
}

impl Reader for Asked {
    fn needs(&self) -> ByteKinds {
        self.judge.needs
    }

    fn words(&self) -> &[&str] {
        &self.words
    }

    fn read(&self, text: &str, _places: &[usize], report: &mut dyn FnMut(Match) -> bool) {
        let mut goes_on = true;
        (self.judge.read)(text, &mut |rule, range| {
            goes_on = goes_on && report(Match { rule, range });
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
