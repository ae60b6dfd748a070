//! Shell text, cut into simple commands the way a POSIX shell or bash would (POSIX.1-2024, XCU 2.2 to 2.10): quotes,
//! escapes, line continuations, expansions, substitutions, redirections, here-documents, comments and separators.
//!
//! The text need not be shell. Lines that read as prose are skipped, a quote that nothing closes is a plain character, a
//! here-document without an end is none, and in Markdown the fenced blocks of other languages are passed over. One pass over
//! the text; parentheses and substitutions nest to a limit, beyond which they only separate.

mod directory;
mod expansions;
mod here_documents;
mod plain_lines;
mod words;

use std::{borrow::Cow, cell::OnceCell, collections::HashMap, ops::Range};

use memchr::{memchr, memrchr};

use self::{
    directory::Directory, expansions::expand_braces, here_documents::Pending,
    plain_lines::PlainLines,
};
use super::{commands, prompt, prose};

/// How deep substitutions and subshells nest before they are only separators.
const DEEPEST: usize = 12;

/// The longest value that is remembered of a variable, so that expansions cannot multiply a text.
const LONGEST_VALUE: usize = 128;

/// How many variables are remembered.
const MOST_VARIABLES: usize = 32;

/// A word, without its quotes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Word<'t> {
    pub(crate) text: Cow<'t, str>,
    /// Where it stands.
    pub(crate) range: Range<usize>,
    /// Whether a part of it is quoted or escaped.
    pub(crate) quoted: bool,
    /// The last commands of the substitutions in it.
    pub(crate) substitutions: Vec<usize>,
}

impl Word<'_> {
    /// Whether it starts as an option does.
    pub(crate) fn is_option(&self) -> bool {
        self.text.len() > 1 && self.text.starts_with('-')
    }
}

/// A redirection.
#[derive(Clone, Debug)]
pub(crate) struct Redirect<'t> {
    /// Whether it writes to its target rather than reads from it.
    pub(crate) writes: bool,
    /// Whether it leaves in place what its target holds.
    pub(crate) appends: bool,
    pub(crate) target: Word<'t>,
}

/// A simple command.
#[derive(Clone, Debug, Default)]
pub(crate) struct Command<'t> {
    pub(crate) words: Vec<Word<'t>>,
    pub(crate) redirects: Vec<Redirect<'t>>,
    /// The text of a here-document or here-string that it reads.
    pub(crate) input: Option<Cow<'t, str>>,
    /// The command whose output it reads through a pipe.
    pub(crate) reads_from: Option<usize>,
    /// The directory it runs in, where the text tells.
    pub(crate) directory: Option<String>,
    pub(crate) range: Range<usize>,
}

/// The commands of a text.
#[derive(Debug, Default)]
pub(crate) struct Script<'t> {
    pub(crate) commands: Vec<Command<'t>>,
    /// Names of variables that hold a directory made for temporary files.
    pub(crate) temporary: Vec<Cow<'t, str>>,
    /// Names of files that commands fetch, each with the first command that does. Told when they are first asked for.
    pub(super) fetched: OnceCell<HashMap<String, usize>>,
}

impl<'t> Script<'t> {
    pub(crate) fn parse(text: &'t str) -> Self {
        Self::read(text, None)
    }

    /// The commands around these places, which are in order, and all those that they may depend on.
    pub(crate) fn around(text: &'t str, places: &[usize]) -> Self {
        Self::read(text, Some(PlainLines::new(text.as_bytes(), places)))
    }

    fn read(text: &'t str, plain: Option<PlainLines<'_>>) -> Self {
        let bytes = text.as_bytes();
        let mut lexer = Lexer {
            source: text,
            text: bytes,
            at: 0,
            end: bytes.len(),
            depth: 0,
            line_start: true,
            script: Script::default(),
            variables: Vec::new(),
            pending: Vec::new(),
            search_left: 4 * bytes.len() + 1024,
            last_single: memrchr(b'\'', bytes),
            last_double: memrchr(b'"', bytes),
            in_fence: false,
            folded: 0,
            directory: Directory::default(),
            plain,
        };
        lexer.list(None);
        lexer.script
    }

    pub(crate) fn command(&self, index: usize) -> Option<&Command<'t>> {
        self.commands.get(index)
    }

    /// Whether the word is what `mktemp` makes.
    pub(crate) fn is_made(&self, word: &Word<'_>) -> bool {
        let made = |&index: &usize| {
            let first = self.command(index).and_then(|made| made.words.first());
            first.is_some_and(|word| word.text == "mktemp")
        };
        word.substitutions.iter().any(made)
    }
}

struct Lexer<'t, 'p> {
    source: &'t str,
    text: &'t [u8],
    at: usize,
    end: usize,
    depth: usize,
    /// Whether nothing but white space stands before on the line.
    line_start: bool,
    script: Script<'t>,
    variables: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    pending: Vec<Pending<'t>>,
    /// How many bytes may still be searched for the ends of here-documents.
    search_left: usize,
    last_single: Option<usize>,
    last_double: Option<usize>,
    /// Whether a fenced block of shell text is open.
    in_fence: bool,
    /// How far the lines of a folded text of YAML are indented that is read; 0 outside of one.
    folded: usize,
    directory: Directory,
    /// Lines that are passed over.
    plain: Option<PlainLines<'p>>,
}

impl<'t> Lexer<'t, '_> {
    fn peek(&self) -> Option<u8> {
        self.ahead(0)
    }

    fn ahead(&self, distance: usize) -> Option<u8> {
        let at = self.at.checked_add(distance)?;
        if at < self.end {
            self.text.get(at).copied()
        } else {
            None
        }
    }

    fn behind(&self) -> Option<u8> {
        self.text.get(self.at.checked_sub(1)?).copied()
    }

    fn rest(&self) -> &'t [u8] {
        self.text.get(self.at..self.end).unwrap_or_default()
    }

    fn slice(&self, range: Range<usize>) -> &'t [u8] {
        self.text.get(range).unwrap_or_default()
    }

    fn line_end(&self) -> usize {
        memchr(b'\n', self.rest()).map_or(self.end, |length| self.at + length)
    }

    /// Commands up to the closing parenthesis, or to the end. Answers with the last of them. Where they go they go alone.
    fn list(&mut self, closer: Option<u8>) -> Option<usize> {
        let outside = self.directory.clone();
        let last = self.commands(closer);
        self.directory = outside;
        last
    }

    fn commands(&mut self, closer: Option<u8>) -> Option<usize> {
        let mut piped = None;
        let mut last = None;
        loop {
            if self.line_start && self.skip_other_text() {
                continue;
            }
            let command = self.command(piped.take());
            last = command.or(last);
            let Some(byte) = self.peek() else {
                return last;
            };
            self.at += 1;
            let is_double = b"&|".contains(&byte) && self.peek() == Some(byte);
            let separator = self.slice(self.at - 1..self.at + usize::from(is_double));
            self.directory.pass(separator);
            match byte {
                b'&' | b'|' if is_double => self.at += 1,
                b'\n' => {
                    self.line_start = true;
                    self.read_documents();
                }
                b'|' => {
                    if self.peek() == Some(b'&') {
                        self.at += 1;
                    }
                    self.white_space();
                    piped = command;
                }
                b'(' if self.depth < DEEPEST => {
                    self.depth += 1;
                    last = self.list(Some(b')')).or(last);
                    self.depth -= 1;
                    if self.next_is_pipe() {
                        piped = last;
                    }
                }
                b')' if closer == Some(b')') => return last,
                _ => {}
            }
        }
    }

    /// Skips a pipe that follows a subshell.
    fn next_is_pipe(&mut self) -> bool {
        self.blanks();
        let pipe = self.peek() == Some(b'|') && self.ahead(1) != Some(b'|');
        if pipe {
            self.at += 1;
        }
        pipe
    }

    /// At the start of a line: passes over fences, prompts, and lines that are no shell text. True when a line was skipped.
    fn skip_other_text(&mut self) -> bool {
        self.line_start = false;
        if let Some(plain) = self.plain.as_mut().filter(|_| self.depth == 0) {
            self.at = plain.end(self.text, self.at..self.end);
        }
        let start = self.at;
        self.folded = 0;
        self.blanks();
        if prompt::opens_folded(self.slice(0..start)) {
            self.folded = self.at - start;
        }
        let end = self.line_end();
        let line = self.slice(self.at..end);
        if let Some(tag) = line.strip_prefix(b"```") {
            if self.in_fence || prose::is_shell_fence(tag) {
                self.in_fence = !self.in_fence;
                self.at = end;
            } else {
                self.at = self.fence_end(end);
            }
            return true;
        }
        if prompt::log(line).is_none() && prose::is_line(line) {
            self.at = (end + 1).min(self.end);
            self.line_start = true;
            return self.at < self.end;
        }
        // Recipes of `make` are indented. A line of a diff that was removed is not.
        let is_removed =
            self.at == start && matches!(line, [b'-', byte, ..] if byte.is_ascii_alphabetic());
        if !is_removed {
            self.at += prompt::length(line);
        }
        false
    }

    /// Where the fenced block ends whose first line ends here.
    fn fence_end(&self, from: usize) -> usize {
        let body = self.slice(from..self.end);
        memchr::memmem::find(body, b"\n```").map_or(self.end, |at| {
            let fence = from + at + 4;
            memchr(b'\n', self.slice(fence..self.end)).map_or(self.end, |length| fence + length)
        })
    }

    /// White space within a line, and continuations of it.
    fn blanks(&mut self) {
        loop {
            let length = match (self.peek(), self.ahead(1), self.ahead(2)) {
                (Some(b' ' | b'\t' | b'\r' | 0x0B | 0x0C), ..) | (Some(b'\\'), None, _) => 1,
                (Some(b'\\'), Some(b'\n'), _) => 2,
                (Some(b'\\'), Some(b'\r'), Some(b'\n')) => 3,
                (Some(b'\n'), ..) if self.folds() => 1,
                _ => return,
            };
            self.at += length;
        }
    }

    /// Whether the end of the line here is no more than a space: the next line is of the same folded text.
    fn folds(&self) -> bool {
        let next = self.text.get(self.at + 1..self.end).unwrap_or_default();
        let indent = next.iter().take_while(|byte| **byte == b' ').count();
        let is_blank = next.get(indent).is_none_or(u8::is_ascii_whitespace);
        self.folded > 0 && indent == self.folded && !is_blank && self.pending.is_empty()
    }

    /// White space that may go on over the ends of lines.
    fn white_space(&mut self) {
        self.blanks();
        while self.peek() == Some(b'\n') && self.pending.is_empty() {
            self.at += 1;
            self.blanks();
        }
    }

    /// A simple command with its redirections, up to what separates it from the next.
    fn command(&mut self, reads_from: Option<usize>) -> Option<usize> {
        let mut command = Command {
            reads_from,
            directory: self.directory.path().map(str::to_owned),
            ..Command::default()
        };
        self.blanks();
        let start = self.at;
        let mut end = start;
        loop {
            self.blanks();
            match self.peek() {
                None | Some(b'\n' | b';' | b'|' | b')') => break,
                Some(b'(') if self.depth < DEEPEST => break,
                Some(b'(') => self.at += 1,
                Some(b'&') if self.ahead(1) != Some(b'>') => break,
                // Ruby's `#{...}` is no comment.
                Some(b'#') if self.ahead(1) != Some(b'{') => {
                    self.at = self.line_end();
                    break;
                }
                Some(b'>') if self.is_arrow(&command) => self.at += 1,
                Some(b'<' | b'>' | b'&') => self.redirect(&mut command),
                Some(_) => {
                    let word = self.word(&command);
                    if word.range.is_empty() {
                        break;
                    }
                    self.line_start = false;
                    let is_descriptor = matches!(self.peek(), Some(b'<' | b'>'))
                        && word.text.bytes().all(|byte| byte.is_ascii_digit());
                    if !is_descriptor {
                        expand_braces(word, &mut command.words);
                    }
                }
            }
            end = self.at;
        }
        if command.words.is_empty() && command.redirects.is_empty() {
            return None;
        }
        command.range = start..end;
        self.remember(&command);
        self.directory.follow(&command, &self.script);
        let index = self.script.commands.len();
        for document in &mut self.pending {
            document.command.get_or_insert(index);
        }
        self.script.commands.push(command);
        Some(index)
    }

    /// Remembers what a command assigns.
    fn remember(&mut self, command: &Command<'t>) {
        let declares = |word: &Word<'_>| {
            ["export", "local", "declare", "readonly", "typeset"].contains(&word.text.as_ref())
        };
        let words = command.words.iter().filter(|word| !declares(word));
        for word in words {
            let Some((name, value)) = commands::assignment(&word.text) else {
                return;
            };
            let owned = |part: &str| Cow::Owned(part.to_owned());
            if self.script.is_made(word) && self.script.temporary.len() < MOST_VARIABLES {
                self.script.temporary.push(owned(name));
            } else if value.len() <= LONGEST_VALUE
                && !value.contains('$')
                && word.substitutions.is_empty()
                && self.variables.len() < MOST_VARIABLES
            {
                self.variables.push((owned(name), owned(value)));
            }
        }
    }

    /// Whether the `>` here is the head of an arrow that stands by itself, as in listings of links: `python -> python3`. A
    /// known program with options has its last operand there: `gzip -dc x.gz -> x`.
    fn is_arrow(&self, command: &Command<'_>) -> bool {
        let before = self.slice(self.at.saturating_sub(2)..self.at);
        let first = command.words.first();
        let has_operand = || {
            first.is_some_and(|word| commands::is_known(commands::program(&word.text)))
                && command.words.iter().any(Word::is_option)
        };
        self.ahead(1) == Some(b' ') && (before == b" =" || before == b" -" && !has_operand())
    }

    fn redirect(&mut self, command: &mut Command<'t>) {
        let (mut writes, mut appends) = (false, false);
        let from = self.at;
        while let Some(byte @ (b'<' | b'>' | b'&' | b'|')) = self.peek() {
            if self.at - from >= 3 || (byte == b'|' && self.behind() != Some(b'>')) {
                break;
            }
            writes |= byte == b'>';
            appends |= byte == b'>' && self.at > from && self.behind() == Some(b'>');
            self.at += 1;
        }
        let operator = self.slice(from..self.at);
        if matches!(operator, b"<" | b">") && self.peek() == Some(b'(') {
            self.at += 1;
            let substitution = self.substitution();
            command.words.push(Word {
                range: from..self.at,
                substitutions: substitution.into_iter().collect(),
                ..Word::default()
            });
            return;
        }
        let strips_tabs = operator == b"<<" && self.peek() == Some(b'-');
        if strips_tabs {
            self.at += 1;
        }
        self.blanks();
        let target = self.word(command);
        // "<code>/etc/hosts</code>": the end of a tag, not a redirection.
        if operator == b">" && self.rest().starts_with(b"</") {
            return;
        }
        match operator {
            b"<<" => self.pending.push(Pending {
                delimiter: target.text,
                quoted: target.quoted,
                strips_tabs,
                command: None,
            }),
            b"<<<" => command.input = Some(target.text),
            _ => command.redirects.push(Redirect {
                writes,
                appends,
                target,
            }),
        }
    }
}
