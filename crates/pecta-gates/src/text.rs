//! Character classes of the patterns, over the bytes of a UTF-8 string.
//!
//! Words, digits and letters are ASCII; white space is ECMAScript's. A byte that belongs to a longer
//! character is in none of the ASCII classes, which is how the patterns see such a character too.

/// A set of bytes, looked up in a table.
pub(crate) struct ByteSet([bool; 256]);

impl ByteSet {
    pub(crate) const NONE: Self = Self([false; 256]);

    /// The letters and digits.
    pub(crate) const ALPHANUMERIC: Self = Self::NONE
        .with(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        .with(b"abcdefghijklmnopqrstuvwxyz")
        .with(b"0123456789");

    /// The set with these bytes as well.
    #[expect(
        clippy::indexing_slicing,
        reason = "no byte is out of bounds, and in a constant it would not compile"
    )]
    pub(crate) const fn with(mut self, bytes: &[u8]) -> Self {
        let mut rest = bytes;
        while let [byte, after @ ..] = rest {
            self.0[*byte as usize] = true;
            rest = after;
        }
        self
    }

    /// The set with every byte that is part of a character beyond ASCII.
    pub(crate) const fn with_beyond_ascii(mut self) -> Self {
        let (_, beyond) = self.0.split_at_mut(0x80);
        let mut rest = beyond;
        while let [contains, after @ ..] = rest {
            *contains = true;
            rest = after;
        }
        self
    }

    pub(crate) fn contains(&self, byte: u8) -> bool {
        self.0.get(usize::from(byte)).copied().unwrap_or_default()
    }
}

/// Whether `\w` matches the byte.
pub(crate) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Whether the text ends here or goes on with something that is no word character.
pub(crate) fn starts_without_word(text: &[u8]) -> bool {
    !text.first().copied().is_some_and(is_word)
}

/// Whether there is no text before here, or it ends with something that is no word character.
pub(crate) fn ends_without_word(text: &[u8]) -> bool {
    !text.last().copied().is_some_and(is_word)
}

/// The length of the white-space character that the text starts with, 0 when it starts with none.
///
/// White space is ECMAScript's `WhiteSpace` and `LineTerminator` (ECMA-262, 12.2 and 12.3).
pub(crate) fn leading_space(text: &[u8]) -> usize {
    match text {
        [b'\t'..=b'\r' | b' ', ..] => 1,
        [0xC2, 0xA0, ..] => 2, // U+00A0
        [0xE1, 0x9A, 0x80, ..] // U+1680
        | [0xE2, 0x80, 0x80..=0x8A | 0xA8 | 0xA9 | 0xAF, ..] // U+2000-U+200A U+2028 U+2029 U+202F
        | [0xE2, 0x81, 0x9F, ..] // U+205F
        | [0xE3, 0x80, 0x80, ..] // U+3000
        | [0xEF, 0xBB, 0xBF, ..] => 3, // U+FEFF
        _ => 0,
    }
}

/// The length of the white-space character that the text ends with, 0 when it ends with none.
pub(crate) fn trailing_space(text: &[u8]) -> usize {
    let ends_with = |length: usize| {
        let last = text.len().checked_sub(length).and_then(|at| text.get(at..));
        last.is_some_and(|last| leading_space(last) == length)
    };
    match text.last() {
        Some(b'\t'..=b'\r' | b' ') => 1,
        Some(0x80..) => (2..=3).find(|&length| ends_with(length)).unwrap_or(0),
        _ => 0,
    }
}

/// The length of all the white space that the text starts with.
pub(crate) fn leading_spaces(text: &[u8]) -> usize {
    let mut rest = text;
    while let length @ 1.. = leading_space(rest) {
        rest = rest.get(length..).unwrap_or_default();
    }
    text.len() - rest.len()
}

/// The length of all the white space that the text ends with.
pub(crate) fn trailing_spaces(text: &[u8]) -> usize {
    let mut rest = text;
    while let length @ 1.. = trailing_space(rest) {
        rest = rest.get(..rest.len() - length).unwrap_or_default();
    }
    text.len() - rest.len()
}

/// How many bytes at the start of the text are of the class.
pub(crate) fn leading(text: &[u8], class: impl Fn(u8) -> bool) -> usize {
    text.iter().take_while(|&&byte| class(byte)).count()
}

/// How many bytes at the end of the text are of the class.
pub(crate) fn trailing(text: &[u8], class: impl Fn(u8) -> bool) -> usize {
    text.iter().rev().take_while(|&&byte| class(byte)).count()
}

/// The text without the part of a character that it may end with.
pub(crate) fn valid_start(text: &[u8]) -> &str {
    match str::from_utf8(text) {
        Ok(text) => text,
        Err(error) => text
            .get(..error.valid_up_to())
            .and_then(|text| str::from_utf8(text).ok())
            .unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ECMA-262's list, written out once more.
    fn is_ecmascript_space(c: char) -> bool {
        matches!(
            c,
            '\u{9}'..='\u{D}' | ' ' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{2028}' | '\u{2029}'
                | '\u{202F}' | '\u{205F}' | '\u{3000}' | '\u{FEFF}'
        )
    }

    #[test]
    fn white_space_is_ecmascripts() {
        for c in '\0'..=char::MAX {
            let mut buffer = [0; 4];
            let bytes = c.encode_utf8(&mut buffer).as_bytes();
            let expected = if is_ecmascript_space(c) {
                bytes.len()
            } else {
                0
            };
            assert_eq!(leading_space(bytes), expected, "{c:?}");
            assert_eq!(trailing_space(bytes), expected, "{c:?}");
        }
    }

    #[test]
    fn runs_of_white_space_are_counted_from_both_ends() {
        let text = "\u{3000} \u{A0}x\t\u{2028}".as_bytes();
        assert_eq!(leading_spaces(text), 6);
        assert_eq!(trailing_spaces(text), 4);
        assert_eq!(leading_spaces(b""), 0);
        assert_eq!(trailing_spaces(b"x"), 0);
    }
}
