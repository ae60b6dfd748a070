//! Lines of a long text that need not be cut into commands, as those of a log mostly are.

use std::ops::Range;

use memchr::{memchr, memmem};

use crate::detect::shell::{invocation::FETCHERS, prompt::opens_folded};

/// What tells that a line may depend on others or others on it.
const TIES: u8 = 1;
/// What opens or closes something.
const NESTS: u8 = 2;
/// What assigns to a variable.
const ASSIGNS: u8 = 4;

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = u8::MAX;
    loop {
        #[expect(
            clippy::indexing_slicing,
            reason = "no byte is out of bounds, and in a constant it would not compile"
        )]
        {
            kinds[byte as usize] = match byte {
                b'\'' | b'`' | b'\\' | b'$' => TIES,
                b'"' | b'(' | b')' | b'#' | b'<' => NESTS,
                b'=' => ASSIGNS,
                _ => 0,
            };
        }
        if byte == 0 {
            break kinds;
        }
        byte -= 1;
    }
};

/// The lines of a text on which nothing is that a judge waits for. They are plain unless they leave something behind for
/// other lines: an open quote, a variable, the name of a file.
pub(super) struct PlainLines<'p> {
    /// Where words are that a judge waits for, in order.
    places: &'p [usize],
    /// What keeps a line from being plain.
    telling: u8,
    /// Whether no line is plain.
    none: bool,
}

impl<'p> PlainLines<'p> {
    pub(super) fn new(text: &[u8], places: &'p [usize]) -> Self {
        let expands = memchr(b'$', text).is_some();
        Self {
            places,
            telling: if expands { TIES | ASSIGNS } else { TIES },
            // What is fetched may be run on any line by its name alone.
            none: FETCHERS
                .iter()
                .any(|name| memmem::find(text, name.as_bytes()).is_some()),
        }
    }

    /// Where the first line starts that is not plain, or the text ends, from the start of a line on.
    pub(super) fn end(&mut self, text: &[u8], lines: Range<usize>) -> usize {
        let mut start = lines.start;
        while !self.none && start < lines.end {
            let rest = text.get(start..lines.end).unwrap_or_default();
            let length = memchr(b'\n', rest).unwrap_or(rest.len());
            let line = rest.get(..length).unwrap_or_default();
            let passed = self.places.partition_point(|place| *place < start);
            self.places = self.places.get(passed..).unwrap_or_default();
            let is_waited_for = self.places.first().is_some_and(|at| *at <= start + length);
            let before = text.get(..start).unwrap_or_default();
            if is_waited_for || !self.is_plain(line) || opens_folded(before) {
                break;
            }
            start = lines.end.min(start + length + 1);
        }
        start
    }

    fn is_plain(&self, line: &[u8]) -> bool {
        let kind = |byte: &u8| KINDS.get(usize::from(*byte)).copied().unwrap_or_default();
        let kinds = line.iter().fold(0, |kinds, byte| kinds | kind(byte));
        kinds & self.telling == 0
            && (kinds & NESTS == 0 || closes_what_it_opens(line))
            && !line.trim_ascii_end().ends_with(b"|")
            && !line.trim_ascii_end().ends_with(b"|&")
    }
}

/// Whether quotes and parentheses are closed on the line that are opened on it, however it is read, and no here-document
/// starts.
fn closes_what_it_opens(line: &[u8]) -> bool {
    let (mut quoted, mut depth, mut nested, mut may_end_early) = (false, 0_usize, false, false);
    let mut before = b' ';
    for byte in line {
        match byte {
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'(' => {
                depth += 1;
                nested = true;
            }
            b')' => match depth.checked_sub(1) {
                Some(outer) => depth = outer,
                None => return false,
            },
            b'#' => may_end_early = true,
            b'<' if before == b'<' => return false,
            _ => {}
        }
        before = *byte;
    }
    !quoted && depth == 0 && !(nested && may_end_early)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        let plain = PlainLines::new(text.as_bytes(), &[]).end(text.as_bytes(), 0..text.len());
        assert_eq!(text.get(plain..), Some(expected), "{text}");
    }

    #[test]
    fn lines_that_stand_for_themselves_are_plain() {
        for text in [
            "",
            "\n\n",
            "10.0.0.1 - - \"GET /items?page=2 HTTP/1.1\" 200\r\n",
            "test a::b ... ok (3 us)\nWARN shard 3-4; ratio 0.5 | all # note",
            "if (a <= b && c(d)) { return \"(\"; }",
        ] {
            check(text, "");
        }
    }

    #[test]
    fn others_are_not() {
        for line in [
            "it's so",
            "echo `x`",
            "echo $X",
            "sudo \\",
            "say \"so",
            "(cd x",
            "x)",
            "( # )",
            "(\")\"",
            "cat <<END",
            "find . | \r",
            "find . |&",
        ] {
            let text = format!("plain\n{line}\nplain");
            check(&text, text.split_at(6).1);
        }
        let variable = "A=b\nplain\n$A";
        check(variable, variable);
        let fetched = "plain\ncurl -O https://example.com/x\nplain";
        check(fetched, fetched);
    }

    #[test]
    fn a_line_with_a_word_that_is_waited_for_is_not() {
        let text = b"one\ntwo\nthree\nfour";
        let mut lines = PlainLines::new(text, &[1, 7, 18]);
        let mut from = |start| lines.end(text, start..text.len());
        assert_eq!([0, 4, 8, 14].map(&mut from), [0, 4, 14, 14]);
    }
}
