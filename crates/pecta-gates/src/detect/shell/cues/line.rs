//! A line that a program is named on, and whether it can be run there.

use std::ops::Range;

use memchr::{memchr, memrchr};

use super::super::{commands, prompt};
use crate::detect::around;

/// A line with a place in it.
#[derive(Default)]
pub(super) struct Line {
    pub(super) range: Range<usize>,
    /// Where its first command starts.
    command: usize,
    /// Where the first byte is that may start a command in the middle of the line, end one, or be none of its text.
    special: usize,
    /// Whether something behind the place may read otherwise than it is written, or go on over the end of the line. Told when
    /// it is asked for.
    is_disguised: Option<bool>,
    /// Whether the line starts with a command that may run others. Told when it is asked for.
    runs_others: Option<bool>,
}

impl Line {
    /// The line around a place, which starts nowhere before `from`.
    pub(super) fn around(text: &[u8], at: usize, from: usize) -> Self {
        let before = text.get(from..at).unwrap_or_default();
        let start = memrchr(b'\n', before).map_or(from, |end| from + end + 1);
        let rest = text.get(at..).unwrap_or_default();
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        let end = at + length;
        let line = text.get(start..end).unwrap_or_default();
        let special = first_special(line);
        let indented = line.trim_ascii_start();
        Self {
            range: start..end,
            command: end - indented.len() + prompt::setting(indented),
            special: special.map_or(end, |length| start + length),
            is_disguised: None,
            runs_others: None,
        }
    }

    /// Whether something behind the place may be disguised, or behind one before it.
    pub(super) fn is_disguised(&mut self, text: &str, at: usize) -> bool {
        let behind = text.as_bytes().get(at..self.range.end);
        *self
            .is_disguised
            .get_or_insert_with(|| is_disguised(behind.unwrap_or_default()))
    }

    /// Whether a program may be run that is named at a place of the line.
    pub(super) fn may_run(&mut self, text: &str, at: usize) -> bool {
        let words = text.get(self.command..at).unwrap_or_default();
        let words = words.trim_ascii_start();
        if words.ends_with(['-', '.']) {
            return false;
        }
        self.special < at
            || !words.contains(|c: char| c.is_ascii_whitespace())
            || *self.runs_others.get_or_insert_with(|| {
                let first = words.split_ascii_whitespace().next().unwrap_or_default();
                commands::runs_others(commands::program(first))
                    || is_continued(around(text.as_bytes(), self.range.start).0)
            })
    }
}

/// Whether the text before a line goes on in it.
pub(super) fn is_continued(before: &[u8]) -> bool {
    let line = before.strip_suffix(b"\n").unwrap_or(before);
    line.strip_suffix(b"\r").unwrap_or(line).ends_with(b"\\")
}

/// Where the first byte stands that a shell takes for more than a part of a word.
fn first_special(line: &[u8]) -> Option<usize> {
    // Most lines have none for long.
    const AT_ONCE: usize = 16;
    let (chunks, _) = line.as_chunks::<AT_ONCE>();
    let is_plain = |chunk: &&[u8; AT_ONCE]| {
        let is_any = chunk
            .iter()
            .fold(false, |any, byte| any | is_special(*byte));
        !is_any
    };
    let plain = AT_ONCE * chunks.iter().take_while(is_plain).count();
    let rest = line.get(plain..)?;
    let first = rest.iter().position(|byte| is_special(*byte))?;
    Some(plain + first)
}

/// Whether a shell takes the byte for more than a part of a word.
fn is_special(byte: u8) -> bool {
    const IN_WORDS: [bool; 256] = {
        let mut in_words = [false; 256];
        let mut byte = 0x7F;
        #[expect(
            clippy::indexing_slicing,
            reason = "no byte is out of bounds, and in a constant it would not compile"
        )]
        while byte > 0 {
            in_words[byte as usize] = matches!(
                byte,
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b' ' | b'\t' | b'\r' | b'-' | b'_' | b'.'
                    | b',' | b':' | b'/' | b'+' | b'@' | b'~' | b'^' | b'*' | b'?'
            );
            byte -= 1;
        }
        in_words
    };
    IN_WORDS.get(usize::from(byte)) == Some(&false)
}

/// Whether words may be written otherwise than they read: with escapes, with expansions, or with quotes inside them. Or
/// quotes may be open at the end.
pub(crate) fn is_disguised(rest: &[u8]) -> bool {
    // Looked at many bytes in one instruction.
    let is_telling = |byte: &u8| {
        matches!(
            byte,
            b'\\' | b'$' | b'^' | b'\'' | b'"' | b'`' | b'{' | b'}'
        )
    };
    if !rest.iter().fold(false, |any, byte| any | is_telling(byte)) {
        return false;
    }
    let joins = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-/".contains(byte);
    let (mut single, mut double, mut was_joined, mut before) = (0_usize, 0_usize, false, b' ');
    for byte in rest {
        match byte {
            b'\\' | b'$' | b'^' => return true,
            b'\'' | b'"' | b'`' | b'{' | b'}' => {
                single += usize::from(*byte == b'\'');
                double += usize::from(*byte == b'"');
                was_joined |= joins(&before);
            }
            byte => {
                if was_joined && joins(byte) {
                    return true;
                }
                was_joined = false;
            }
        }
        before = *byte;
    }
    (single > 0 && double > 0) || single % 2 + double % 2 > 0
}
