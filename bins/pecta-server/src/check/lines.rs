//! Lines of any input, one at a time and each of limited length.

use std::io::{self, BufRead, Read};

/// The longest line that is read, in bytes.
pub(crate) const MAX_LINE_BYTES: u64 = 16 << 20;

/// What some programs write before everything else.
const BYTE_ORDER_MARK: &[u8] = "\u{FEFF}".as_bytes();

/// Reads lines that are not blank.
pub(crate) struct Lines<R> {
    input: R,
    max: u64,
    number: u64,
    buffer: Vec<u8>,
}

/// A line and its number, from 1.
pub(crate) struct Line<'a> {
    pub(crate) number: u64,
    pub(crate) text: Result<&'a str, BadText>,
}

/// Why a line has no text.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum BadText {
    #[error("the line is longer than {0} bytes")]
    TooLong(u64),
    #[error("the line is not UTF-8")]
    NotUtf8,
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R) -> Self {
        Self::limited(input, MAX_LINE_BYTES)
    }

    fn limited(input: R, max: u64) -> Self {
        Self {
            input,
            max,
            number: 0,
            buffer: Vec::new(),
        }
    }

    /// The next line that is not blank; `None` at the end of the input.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line<'_>>> {
        loop {
            self.buffer.clear();
            // One byte more, for the line's end.
            let mut input = self.input.by_ref().take(self.max + 1);
            if input.read_until(b'\n', &mut self.buffer)? == 0 {
                return Ok(None);
            }
            self.number += 1;
            if self.number == 1 && self.buffer.starts_with(BYTE_ORDER_MARK) {
                self.buffer.drain(..BYTE_ORDER_MARK.len());
            }
            let has_room = input.limit() > 0;
            if !has_room && !self.buffer.ends_with(b"\n") {
                self.input.skip_until(b'\n')?;
                return Ok(Some(Line {
                    number: self.number,
                    text: Err(BadText::TooLong(self.max)),
                }));
            }
            if !self.buffer.trim_ascii().is_empty() {
                let text = str::from_utf8(&self.buffer).map_err(|_| BadText::NotUtf8);
                return Ok(Some(Line {
                    number: self.number,
                    text,
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(input: &[u8], expected: &[(u64, Result<&str, BadText>)]) {
        let mut lines = Lines::limited(input, 4);
        for (number, text) in expected {
            let line = lines.next().unwrap().expect("a line");
            let read = line.text.map(str::trim_end);
            assert_eq!((line.number, &read), (*number, text));
        }
        assert!(lines.next().unwrap().is_none());
    }

    #[test]
    fn lines_end_with_a_line_feed_or_the_input() {
        check(b"", &[]);
        check(b"\n", &[]);
        check(b"1", &[(1, Ok("1"))]);
        check(b"1\n", &[(1, Ok("1"))]);
        check(b"1\r\n2\n", &[(1, Ok("1")), (2, Ok("2"))]);
        check(b"\n1\n \t\n\r\n2", &[(2, Ok("1")), (5, Ok("2"))]);
        check(b"\xEF\xBB\xBF1\n", &[(1, Ok("1"))]);
    }

    #[test]
    fn the_longest_line_is_read_and_a_longer_one_is_skipped() {
        let too_long = || Err(BadText::TooLong(4));
        check(b"1234", &[(1, Ok("1234"))]);
        check(b"1234\n5", &[(1, Ok("1234")), (2, Ok("5"))]);
        check(b"12345", &[(1, too_long())]);
        check(b"12345\n6", &[(1, too_long()), (2, Ok("6"))]);
        check(b"123456789\n\n6\n", &[(1, too_long()), (3, Ok("6"))]);
    }

    #[test]
    fn a_line_that_is_not_utf_8_is_passed_over() {
        check(b"\xff\n1\n", &[(1, Err(BadText::NotUtf8)), (2, Ok("1"))]);
    }
}
