//! Here-documents: their bodies, which start on the line behind the command that reads them.

use std::{borrow::Cow, ops::Range};

use memchr::memchr;

use super::{Lexer, words::Content};

/// A here-document whose body starts on the next line.
pub(super) struct Pending<'t> {
    pub(super) delimiter: Cow<'t, str>,
    pub(super) quoted: bool,
    pub(super) strips_tabs: bool,
    pub(super) command: Option<usize>,
}

impl Lexer<'_, '_> {
    /// The bodies of the here-documents of the line that just ended.
    pub(super) fn read_documents(&mut self) {
        for document in std::mem::take(&mut self.pending) {
            let Some((body, after)) = self.document(&document) else {
                continue;
            };
            let text = String::from_utf8_lossy(self.slice(body.clone()));
            if let Some(command) = document
                .command
                .and_then(|index| self.script.commands.get_mut(index))
            {
                command.input = Some(text);
            }
            if !document.quoted {
                let end = std::mem::replace(&mut self.end, body.end);
                self.double_quoted(&mut Content::default(), &mut Vec::new(), false);
                self.end = end;
            }
            self.at = after;
        }
    }

    /// The body of a here-document that starts here, and where the text goes on behind it.
    fn document(&mut self, document: &Pending<'_>) -> Option<(Range<usize>, usize)> {
        if document.delimiter.is_empty() {
            return None;
        }
        let mut line = self.at;
        while line < self.end {
            let length = memchr(b'\n', self.slice(line..self.end)).unwrap_or(self.end - line);
            self.search_left = self.search_left.checked_sub(length + 1)?;
            let end = line + length;
            let mut content = self.slice(line..end);
            content = content.strip_suffix(b"\r").unwrap_or(content);
            while let (true, [b'\t', rest @ ..]) = (document.strips_tabs, content) {
                content = rest;
            }
            if content == document.delimiter.as_bytes() {
                return Some((self.at..line, end));
            }
            line = end + 1;
        }
        None
    }
}
