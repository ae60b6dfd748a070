//! Words, with their quotes and escapes.

use memchr::memchr;

use super::{Command, Lexer, Word, expansions::Dollar};

impl Lexer<'_> {
    /// A word; an empty one when there is none here.
    pub(super) fn word(&mut self, command: &Command) -> Word {
        let start = self.at;
        let mut text = Vec::new();
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
                    text.extend_from_slice(self.slice(self.at..self.at + length));
                    self.at = (self.at + length + 1).min(self.end);
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
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
        word.range = start..self.at;
        word.text = String::from_utf8_lossy(&text).into_owned();
        word
    }

    fn escape(&mut self, text: &mut Vec<u8>, word: &mut Word) {
        self.at += 1;
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(b'\r') if self.ahead(1) == Some(b'\n') => self.at += 2,
            Some(byte) => {
                word.quoted = true;
                text.push(byte);
                self.at += 1;
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
        text: &mut Vec<u8>,
        substitutions: &mut Vec<usize>,
        closes: bool,
    ) {
        while let Some(byte) = self.peek() {
            match byte {
                b'"' if closes => {
                    self.at += 1;
                    return;
                }
                b'\\' => {
                    self.at += 1;
                    match self.peek() {
                        Some(b'\n') => self.at += 1,
                        Some(next) => {
                            if !b"$`\"\\".contains(&next) {
                                text.push(b'\\');
                            }
                            text.push(next);
                            self.at += 1;
                        }
                        None => text.push(b'\\'),
                    }
                }
                b'`' => self.backtick(text, substitutions, &Command::default()),
                b'$' => {
                    self.dollar(text, substitutions, true);
                }
                _ => {
                    text.push(byte);
                    self.at += 1;
                }
            }
        }
    }
}
