//! Words, with their quotes and escapes.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{Command, Lexer, Word, expansions::Dollar};

/// Bytes that end a word, or of which it may have more than one reading.
const SPECIAL: [bool; 256] = {
    let special = b" \t\r\n\x0B\x0C;&|<>()\\'\"`$";
    let mut table = [false; 256];
    let mut at = 0;
    #[expect(
        clippy::indexing_slicing,
        reason = "no index is out of bounds, and in a constant it would not compile"
    )]
    while at < special.len() {
        table[special[at] as usize] = true;
        at += 1;
    }
    table
};

/// What a word reads: a part of the text as long as that will do, a copy where something is left out or put in.
#[derive(Default)]
pub(super) struct Content {
    part: Range<usize>,
    copy: Vec<u8>,
}

impl Content {
    pub(super) fn is_empty(&self) -> bool {
        self.part.is_empty() && self.copy.is_empty()
    }

    /// Adds a part of the text.
    pub(super) fn take(&mut self, text: &[u8], part: Range<usize>) {
        if self.is_empty() {
            self.part = part;
        } else if self.copy.is_empty() && self.part.end == part.start {
            self.part.end = part.end;
        } else {
            self.push(text, text.get(part).unwrap_or_default());
        }
    }

    /// Adds bytes that are not in the text.
    pub(super) fn push(&mut self, text: &[u8], bytes: &[u8]) {
        if self.copy.is_empty() {
            let part = text.get(std::mem::take(&mut self.part)).unwrap_or_default();
            self.copy.extend_from_slice(part);
        }
        self.copy.extend_from_slice(bytes);
    }

    fn text(self, source: &str) -> Cow<'_, str> {
        if self.copy.is_empty() {
            match source.get(self.part.clone()) {
                Some(part) => Cow::Borrowed(part),
                None => {
                    String::from_utf8_lossy(source.as_bytes().get(self.part).unwrap_or_default())
                }
            }
        } else {
            Cow::Owned(String::from_utf8_lossy(&self.copy).into_owned())
        }
    }
}

impl<'t> Lexer<'t, '_> {
    /// A word; an empty one when there is none here.
    pub(super) fn word(&mut self, command: &Command<'_>) -> Word<'t> {
        let start = self.at;
        let mut text = Content::default();
        let mut word = Word::default();
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' | 0x0B | 0x0C | b';' | b'&' | b'|' | b'<' | b'>'
                | b'(' | b')' => break,
                b'\\' => self.escape(&mut text, &mut word),
                b'\'' if self.opens_single(start) => {
                    word.quoted = true;
                    self.at += 1;
                    let length = memchr(b'\'', self.rest()).unwrap_or(self.end - self.at);
                    self.take(&mut text, length);
                    self.at = (self.at + 1).min(self.end);
                }
                b'"' if self.last_double.is_some_and(|last| self.at < last) => {
                    word.quoted = true;
                    self.at += 1;
                    self.double_quoted(&mut text, &mut word.substitutions, true);
                }
                b'`' => self.backtick(&mut text, &mut word.substitutions, command),
                b'$' => {
                    if self.ahead(1) == Some(b'\'') {
                        word.quoted = true;
                    }
                    if let Dollar::Space = self.dollar(&mut text, &mut word.substitutions, false) {
                        break;
                    }
                }
                _ => {
                    let is_plain = |byte: &&u8| SPECIAL.get(usize::from(**byte)) == Some(&false);
                    let length = self.rest().iter().skip(1).take_while(is_plain).count();
                    self.take(&mut text, 1 + length);
                }
            }
        }
        word.range = start..self.at;
        word.text = text.text(self.source);
        word
    }

    fn escape(&mut self, text: &mut Content, word: &mut Word<'_>) {
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(b'\r') if self.ahead(1) == Some(b'\n') => self.at += 2,
            Some(_) => {
                word.quoted = true;
                self.take(text, 1);
            }
            None => {}
        }
    }

    /// Whether a `'` here opens a quotation: something closes it, and it is no apostrophe. Within a word that is no option it
    /// has to be closed in the same word.
    fn opens_single(&self, word: usize) -> bool {
        if self.last_single.is_none_or(|last| self.at >= last) {
            return false;
        }
        let in_word =
            self.at > word && self.behind().is_some_and(|byte| byte.is_ascii_alphabetic());
        if !in_word || self.text.get(word) == Some(&b'-') {
            return true;
        }
        let rest = self.rest().get(1..).unwrap_or_default();
        let next = rest
            .iter()
            .find(|&&byte| byte == b'\'' || byte.is_ascii_whitespace());
        next == Some(&b'\'')
    }

    /// Text in double quotes, whose opening one is behind. Without `closes`, all text to the end.
    pub(super) fn double_quoted(
        &mut self,
        text: &mut Content,
        substitutions: &mut Vec<usize>,
        closes: bool,
    ) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' if closes => {
                    self.at += 1;
                    return;
                }
                b'\\' => match self.ahead(1) {
                    Some(b'\n') => self.at += 2,
                    Some(b'$' | b'`' | b'"' | b'\\') => {
                        self.at += 1;
                        self.take(text, 1);
                    }
                    Some(_) => self.take(text, 2),
                    None => self.take(text, 1),
                },
                b'`' => self.backtick(text, substitutions, &Command::default()),
                b'$' => {
                    self.dollar(text, substitutions, true);
                }
                _ => {
                    let is_plain = |byte: &&u8| !b"\"\\`$".contains(byte);
                    let length = self.rest().iter().skip(1).take_while(is_plain).count();
                    self.take(text, 1 + length);
                }
            }
        }
    }

    /// Takes so many bytes as they are.
    fn take(&mut self, text: &mut Content, length: usize) {
        text.take(self.text, self.at..self.at + length);
        self.at += length;
    }
}
