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
    pub(crate) words: &'static [&'static str],
    pub(crate) judge: fn(&str, Report<'_>),
}

impl Reader for Judge {
    fn needs(&self) -> ByteKinds {
        self.needs
    }

    fn words(&self) -> &[&str] {
        self.words
    }

    fn read(&self, text: &str, report: &mut dyn FnMut(Match) -> bool) {
        let mut goes_on = true;
        (self.judge)(text, &mut |rule, range| {
            goes_on = goes_on && report(Match { rule, range });
        });
    }
}

/// The search for a probe of these gates; none for any other.
pub(super) fn search(probe: Probe) -> Option<Search> {
    let judge = match probe.check {
        Check::Destructive => rm::JUDGE,
        Check::Traversal => traversal::JUDGE,
        Check::Sensitive => sensitive::JUDGE,
        check => destructive::judge(check)?,
    };
    Some(Search::Whole(Box::new(judge)))
}
