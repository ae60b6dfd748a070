//! Cuts a text into the commands that cmd.exe or PowerShell would run.

use memchr::{memchr, memrchr};

use crate::detect::shell::{lexer::Word, prompt as shell, prose};

/// A command as it is written.
#[derive(Default)]
pub(super) struct Command<'t> {
    pub(super) words: Vec<Word<'t>>,
    pub(super) is_piped: bool,
    /// Whether it stands in parentheses or braces.
    pub(super) is_inner: bool,
}

/// Cuts a text into commands.
pub(super) fn split(text: &str) -> Vec<Command<'_>> {
    let bytes = text.as_bytes();
    let mut splitter = Splitter {
        text: bytes,
        at: 0,
        depth: 0,
        last_single: memrchr(b'\'', bytes),
        last_double: memrchr(b'"', bytes),
        commands: Vec::new(),
        command: Command::default(),
        word: None,
        content: Vec::new(),
    };
    let mut end = 0;
    for line in text.split_inclusive('\n') {
        end += line.len();
        // Quoted text may have run on over the line.
        if splitter.at < end {
            splitter.line(end);
        }
    }
    splitter.separate(b'\n');
    splitter.commands
}

/// A text on its way to commands.
struct Splitter<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
    last_single: Option<usize>,
    last_double: Option<usize>,
    commands: Vec<Command<'t>>,
    command: Command<'t>,
    /// The word at hand, and its bytes without quotes and escapes.
    word: Option<Word<'t>>,
    content: Vec<u8>,
}

impl<'t> Splitter<'t> {
    fn line(&mut self, end: usize) {
        let line = self.text.get(self.at..end).unwrap_or_default();
        if prose::is_line(line) {
            self.at = end;
            return;
        }
        self.at += prompt(line);
        while self.at < end {
            self.step();
        }
    }

    fn rest(&self) -> &[u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn before(&self) -> Option<u8> {
        self.text.get(self.at.checked_sub(1)?).copied()
    }

    /// Takes the next byte, or more where they belong together.
    fn step(&mut self) {
        let Some(&byte) = self.rest().first() else {
            self.at += 1;
            return;
        };
        let is_apostrophe = self
            .before()
            .is_some_and(|before| before.is_ascii_alphabetic());
        let opens = match byte {
            b'"' => self.last_double.is_some_and(|last| self.at < last),
            b'\'' => !is_apostrophe && self.last_single.is_some_and(|last| self.at < last),
            _ => false,
        };
        if opens {
            let length = memchr(byte, self.rest().get(1..).unwrap_or_default())
                .map_or(self.rest().len(), |length| length + 2);
            let quoted = self
                .rest()
                .get(1..length - 1)
                .unwrap_or_default()
                .to_owned();
            self.extend(&quoted, length).quoted = true;
        } else if let Some(length) = braced(self.rest()) {
            let name = self.rest().get(..length).unwrap_or_default().to_owned();
            self.extend(&name, length);
        } else if byte.is_ascii_whitespace() && byte != b'\n' || b"<>,".contains(&byte) {
            self.end_word();
            self.at += 1;
        } else if b"\n&|;(){}".contains(&byte) {
            self.separate(byte);
            self.at += 1;
        } else {
            let is_escape = byte == b'^' || byte == b'`';
            self.extend([byte].get(usize::from(is_escape)..).unwrap_or_default(), 1);
        }
    }

    /// Adds bytes to the word at hand, which take this much of the text.
    fn extend(&mut self, bytes: &[u8], length: usize) -> &mut Word<'t> {
        let start = self.at;
        self.at += length;
        self.content.extend_from_slice(bytes);
        let word = self.word.get_or_insert_with(|| Word {
            range: start..start,
            ..Word::default()
        });
        word.range.end = self.at;
        word
    }

    fn end_word(&mut self) {
        if let Some(mut word) = self.word.take() {
            word.text = String::from_utf8_lossy(&std::mem::take(&mut self.content))
                .into_owned()
                .into();
            self.command.words.push(word);
        }
    }

    /// Ends a command, if what stands here ends one.
    fn separate(&mut self, byte: u8) {
        let is_escaped = self.before() == Some(b'^');
        self.end_word();
        match byte {
            b'(' | b'{' => self.depth += 1,
            b')' | b'}' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
        if is_escaped || b"()".contains(&byte) && is_expression(&self.command) {
            return;
        }
        let is_pipe = byte == b'|' && self.rest().get(1) != Some(&b'|');
        let next = Command {
            is_piped: is_pipe,
            is_inner: self.depth > 0,
            ..Command::default()
        };
        let done = std::mem::replace(&mut self.command, next);
        if !done.words.is_empty() {
            self.commands.push(done);
        } else if done.is_piped && byte != b'\n' {
            self.command.is_piped = true;
        }
    }
}

/// The length of the name in braces that the text starts with, as `bcdedit` takes it.
fn braced(text: &[u8]) -> Option<usize> {
    if text.first() != Some(&b'{') {
        return None;
    }
    let inner = text
        .iter()
        .skip(1)
        .take(48)
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'-')
        .count();
    (inner > 0 && text.get(inner + 1) == Some(&b'}')).then_some(inner + 2)
}

/// Whether a parenthesis behind the command belongs to its argument.
fn is_expression(command: &Command<'_>) -> bool {
    let first = command
        .words
        .first()
        .map(|word| word.text.to_ascii_lowercase());
    first.is_some_and(|first| ["iex", "invoke-expression"].contains(&first.as_str()))
}

/// The length of what stands before the command on a line: a prompt (`C:\src> `, `PS /home> `), or the key of a setting.
fn prompt(line: &[u8]) -> usize {
    let indented = line.trim_ascii_start();
    let key = shell::key(indented);
    if key > 0 {
        return line.len() - indented.len() + key;
    }
    let path = line.strip_prefix(b"PS ").unwrap_or(line);
    match path {
        [b'/' | b'~', rest @ ..] if path.len() < line.len() => {
            let end = rest.iter().position(|&byte| byte == b'>' || byte == b' ');
            end.filter(|&end| rest.get(end) == Some(&b'>'))
                .map_or(0, |end| line.len() - rest.len() + end + 1)
        }
        [drive, b':', b'\\', rest @ ..] if drive.is_ascii_alphabetic() => {
            let end = rest
                .iter()
                .take(200)
                .position(|&byte| byte == b'>' || byte == b' ');
            end.filter(|&end| rest.get(end) == Some(&b'>'))
                .map_or(0, |end| line.len() - rest.len() + end + 1)
        }
        _ => 0,
    }
}
