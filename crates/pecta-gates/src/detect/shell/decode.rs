//! Encodings in which a command or a path can hide.

/// Reads an escape of `$'...'`, whose backslash is behind: the byte, and how long the rest of the escape is.
pub(crate) fn escape(text: &[u8]) -> (u8, usize) {
    let number = |digits: &[u8], radix: u32, longest: usize| {
        let length = digits
            .iter()
            .take(longest)
            .take_while(|&&digit| char::from(digit).is_digit(radix))
            .count();
        let value = digits.iter().take(length).fold(0_u32, |value, &digit| {
            value * radix + char::from(digit).to_digit(radix).unwrap_or_default()
        });
        (u8::try_from(value & 0xFF).unwrap_or_default(), length)
    };
    match text {
        [b'x', digits @ ..] => {
            let (value, length) = number(digits, 16, 2);
            (value, 1 + length)
        }
        [b'u', digits @ ..] => {
            let (value, length) = number(digits, 16, 4);
            (value, 1 + length)
        }
        [b'0'..=b'7', ..] => number(text, 8, 3),
        [b'n', ..] => (b'\n', 1),
        [b't', ..] => (b'\t', 1),
        [b'r', ..] => (b'\r', 1),
        [other, ..] => (*other, 1),
        [] => (b'\\', 0),
    }
}

/// The text with all escapes read that `printf` and `echo -e` know.
pub(crate) fn escapes(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'\\' {
            let (value, length) = escape(rest);
            bytes.push(value);
            rest = rest.get(length..).unwrap_or_default();
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Decodes base64 in either alphabet (RFC 4648), white space and padding ignored. None when it is something else.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut count) = (0_u32, 0);
    for byte in text.bytes().filter(|byte| !byte.is_ascii_whitespace()) {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            b'=' => continue,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(value)) & 0x00FF_FFFF;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xFF).unwrap_or_default());
        }
    }
    Some(bytes)
}

/// Decodes hexadecimal digits, white space ignored. None when it is something else.
pub(crate) fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits = text
        .chars()
        .filter(|c| !c.is_ascii_whitespace())
        .map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok()))
        .collect::<Option<Vec<u8>>>()?;
    let pairs = digits.chunks_exact(2).filter_map(|pair| match pair {
        [high, low] => Some(high << 4 | low),
        _ => None,
    });
    Some(pairs.collect())
}

/// Decodes one layer of percent-encoding (RFC 3986, 2.1), and of what lenient decoders also take: `%uXXXX`, and the overlong
/// UTF-8 of dots and slashes. What is neither stays.
pub(crate) fn percent(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let digits = |text: &[u8], count: usize| {
            let digits = text.get(..count)?;
            let digits = std::str::from_utf8(digits).ok()?;
            let all = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
            all.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
        };
        let (value, length) = match after {
            [b'u' | b'U', code @ ..] if byte == b'%' => {
                (digits(code, 4).and_then(char::from_u32), 5)
            }
            code if byte == b'%' => (digits(code, 2).and_then(char::from_u32), 2),
            _ => (None, 0),
        };
        rest = if let Some(value) = value {
            match u8::try_from(u32::from(value)) {
                Ok(value) => bytes.push(value),
                Err(_) => bytes.extend(look_alike(value).encode_utf8(&mut [0; 4]).bytes()),
            }
            after.get(length..).unwrap_or_default()
        } else {
            bytes.push(byte);
            after
        };
    }
    String::from_utf8_lossy(&shortened(&bytes)).into_owned()
}

/// The dot or slash that a character is taken for.
pub(crate) fn look_alike(c: char) -> char {
    match c {
        '\u{FF0E}' | '\u{2024}' => '.',
        '\u{FF0F}' | '\u{2215}' | '\u{2044}' => '/',
        '\u{FF3C}' | '\u{2216}' => '\\',
        c => c,
    }
}

/// The bytes with overlong dots and slashes in their one-byte form.
fn shortened(bytes: &[u8]) -> Vec<u8> {
    let mut short = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        let (value, length) = match rest {
            [0xC0, 0xAE | 0x2E, ..] => (b'.', 2),
            [0xC0, 0xAF | 0x2F, ..] => (b'/', 2),
            [0xC1, 0x9C | 0x1C, ..] => (b'\\', 2),
            [0xE0, 0x80, 0xAE, ..] => (b'.', 3),
            [0xE0, 0x80, 0xAF, ..] => (b'/', 3),
            [0xF0, 0x80, 0x80, 0xAE, ..] => (b'.', 4),
            [0xF0, 0x80, 0x80, 0xAF, ..] => (b'/', 4),
            _ => (byte, 1),
        };
        short.push(value);
        rest = rest.get(length..).unwrap_or(after);
    }
    short
}

/// Text in UTF-16, little-endian, as PowerShell's encoded commands are.
pub(crate) fn utf16(bytes: &[u8]) -> String {
    let units = bytes.chunks_exact(2).filter_map(|unit| match unit {
        [low, high] => Some(u16::from_le_bytes([*low, *high])),
        _ => None,
    });
    char::decode_utf16(units)
        .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_read() {
        assert_eq!(base64("cm0gLXJmIC8=").as_deref(), Some(&b"rm -rf /"[..]));
        assert_eq!(base64("cm0g\nLXJmIC8").as_deref(), Some(&b"rm -rf /"[..]));
        assert_eq!(base64("rm -rf *"), None);
        assert_eq!(hexadecimal("726d 20").as_deref(), Some(&b"rm "[..]));
        assert_eq!(hexadecimal("7x"), None);
        assert_eq!(escapes(r"\x72\155 \u002d\n"), "rm -\n");
        assert_eq!(escapes("a\\"), "a\\");
        assert_eq!(utf16(b"r\0m\0"), "rm");
    }
}
