//! What a word expands to: substitutions of commands, parameters, `$'...'` and braces.

use std::ops::Range;

use memchr::memchr;

use super::{Command, DEEPEST, LONGEST_VALUE, Lexer, Word, words::Content};
use crate::detect::shell::{commands, decode};

/// The longest `${...}` that is read as one.
const LONGEST_EXPANSION: usize = 256;

/// What a `$` turned out to be.
pub(super) enum Dollar {
    Text,
    /// `$IFS` outside quotes: white space.
    Space,
}

impl<'t> Lexer<'t, '_> {
    /// The commands of a substitution, whose opening parenthesis is behind.
    pub(super) fn substitution(&mut self) -> Option<usize> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let line_start = std::mem::replace(&mut self.line_start, false);
        let last = self.list(Some(b')'));
        self.line_start = line_start;
        self.depth -= 1;
        last
    }

    /// A `` ` ``. What it encloses runs when the text around it is shell; in prose it only marks the text as code.
    pub(super) fn backtick(
        &mut self,
        text: &mut Content,
        substitutions: &mut Vec<usize>,
        command: &Command<'_>,
    ) {
        let open = self.at;
        self.at += 1;
        let closing = memchr(b'`', self.rest()).map(|length| self.at + length);
        let (Some(close), true) = (closing, self.depth < DEEPEST) else {
            text.take(self.text, open..self.at);
            return;
        };
        let runs = match command.words.first() {
            Some(first) => {
                commands::is_known(&first.text) || commands::assignment(&first.text).is_some()
            }
            None => {
                self.is_alone(open..close + 1)
                    || !text.is_empty() && !self.is_emphasised(open)
                    || self.finds_program(open + 1..close)
            }
        };
        if !runs {
            text.take(self.text, open..close + 1);
            self.at = close + 1;
            return;
        }
        let end = std::mem::replace(&mut self.end, close);
        self.depth += 1;
        substitutions.extend(self.list(None));
        self.depth -= 1;
        self.end = end;
        self.at = close + 1;
    }

    /// Whether what back-ticks enclose looks up a program, which is given an option behind them: "`which rm` -rf x".
    fn finds_program(&self, inside: Range<usize>) -> bool {
        let behind = self.text.get(inside.end..).unwrap_or_default();
        let has_option =
            matches!(behind, [b'`', b' ', b'-', letter, ..] if letter.is_ascii_alphabetic());
        let command = self.text.get(inside).unwrap_or_default();
        has_option && (command.starts_with(b"which ") || command.starts_with(b"command -v "))
    }

    /// Whether nothing else is on the lines of the range, but for white space.
    fn is_alone(&self, range: Range<usize>) -> bool {
        let ends_line = |byte: Option<&u8>| byte.is_none_or(|byte| *byte == b'\n');
        let is_ink = |byte: &&u8| !matches!(byte, b' ' | b'\t' | b'\r');
        let before = self.text.get(..range.start).unwrap_or_default();
        let after = self.text.get(range.end..).unwrap_or_default();
        ends_line(before.iter().rev().find(is_ink)) && ends_line(after.iter().find(is_ink))
    }

    /// Whether a mark of emphasis stands before the position: "**`rm x`**".
    fn is_emphasised(&self, at: usize) -> bool {
        let before = at.checked_sub(1).and_then(|before| self.text.get(before));
        before.is_some_and(|byte| b"*_".contains(byte))
    }

    pub(super) fn dollar(
        &mut self,
        text: &mut Content,
        substitutions: &mut Vec<usize>,
        quoted: bool,
    ) -> Dollar {
        let start = self.at;
        self.at += 1;
        match self.peek() {
            Some(b'(') => {
                self.at += 1;
                substitutions.extend(self.substitution());
                return Dollar::Text;
            }
            Some(b'\'') if !quoted => {
                self.at += 1;
                self.ansi_quoted(text);
                return Dollar::Text;
            }
            Some(b'"') if !quoted => return Dollar::Text,
            _ => {}
        }
        let (name, end) = self.parameter();
        if name == b"IFS" && !quoted {
            self.at = end;
            return Dollar::Space;
        }
        let value = self
            .variables
            .iter()
            .rev()
            .find(|(known, _)| !name.is_empty() && known.as_bytes() == name);
        match value {
            Some((_, value)) => text.push(self.text, value.as_bytes()),
            None => text.take(self.text, start..end),
        }
        self.at = end;
        Dollar::Text
    }

    /// The name of the parameter that is expanded here, behind the `$`, and where the expansion ends.
    fn parameter(&self) -> (&'t [u8], usize) {
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
        let rest = self.rest();
        if let Some(inner) = rest.strip_prefix(b"{") {
            let inner = inner
                .get(..LONGEST_EXPANSION.min(inner.len()))
                .unwrap_or_default();
            let Some(close) = memchr(b'}', inner) else {
                return (&[], self.at + 1);
            };
            let name = inner.iter().take_while(|byte| is_name(byte)).count();
            return (inner.get(..name).unwrap_or_default(), self.at + close + 2);
        }
        let name = match rest.first() {
            Some(b'0'..=b'9' | b'@' | b'*' | b'#' | b'?' | b'!' | b'$') => 1,
            _ => rest.iter().take_while(|byte| is_name(byte)).count(),
        };
        (rest.get(..name).unwrap_or_default(), self.at + name)
    }

    /// `$'...'` with its escapes, whose opening quote is behind.
    fn ansi_quoted(&mut self, text: &mut Content) {
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\'' => return,
                b'\\' => {
                    let (value, length) = decode::escape(self.rest());
                    text.push(self.text, &[value]);
                    self.at += length;
                }
                _ => text.take(self.text, self.at - 1..self.at),
            }
        }
    }
}

/// Adds the words that `{a,b}` stands for, or the word itself.
pub(super) fn expand_braces<'t>(word: Word<'t>, words: &mut Vec<Word<'t>>) {
    let list = word.text.split_once('{').and_then(|(before, rest)| {
        let (inner, after) = rest.split_once('}')?;
        (inner.contains(',')
            && !word.quoted
            && !before.ends_with('$')
            && inner.len() <= LONGEST_EXPANSION)
            .then_some((before, inner, after))
    });
    match list {
        Some((before, inner, after)) if before.len() + after.len() <= LONGEST_VALUE => {
            words.extend(inner.split(',').map(|item| Word {
                text: [before, item, after].concat().into(),
                ..word.clone()
            }));
        }
        _ => words.push(word),
    }
}
