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

use aho_corasick::{AhoCorasick, AhoCorasickKind};

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
    pub(crate) words: Words,
    pub(crate) read: fn(&str, Report<'_>),
}

/// Lists of words of which a text must contain one.
pub(crate) type Words = &'static [&'static [&'static str]];

/// A judge that is asked only about text in which one of its words stands as a word.
pub(crate) struct Asked {
    judge: Judge,
    words: Vec<&'static str>,
    search: AhoCorasick,
}

impl Asked {
    pub(crate) fn new(judge: Judge) -> Option<Self> {
        let words = judge.words.concat();
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(AhoCorasickKind::DFA))
            .build(words.iter().map(|word| word.trim_end()))
            .ok()?;
        Some(Self {
            judge,
            words,
            search,
        })
    }

    /// Whether a word is there that does not start within a longer one, nor ends within one if it ends with a space.
    pub(crate) fn has_word(&self, text: &[u8]) -> bool {
        let joins = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let byte = |at: usize| text.get(at).copied();
        self.search.find_overlapping_iter(text).any(|word| {
            let before = word.start().checked_sub(1).and_then(byte);
            let starts = !(byte(word.start()).is_some_and(joins) && before.is_some_and(joins));
            let written = self.words.get(word.pattern().as_usize());
            let is_closed = written.is_some_and(|word| word.ends_with(' '));
            let ends = || {
                byte(word.end()).is_none_or(|byte| byte.is_ascii_whitespace() || !byte.is_ascii())
            };
            starts && (!is_closed || ends())
        })
    }
}

impl Reader for Asked {
    fn needs(&self) -> ByteKinds {
        self.judge.needs
    }

    fn words(&self) -> &[&str] {
        &self.words
    }

    fn read(&self, text: &str, report: &mut dyn FnMut(Match) -> bool) {
        if !self.has_word(text.as_bytes()) {
            return;
        }
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
    Some(Search::Whole(Box::new(Asked::new(judge)?)))
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
