//! Hexadecimal text.

/// The bytes as lower-case digits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        let nibbles = [byte >> 4, byte & 0x0f];
        text.extend(nibbles.map(|nibble| char::from_digit(nibble.into(), 16).unwrap_or_default()));
    }
    text
}

/// Reads exactly as many bytes as `bytes` holds, from digits of either case; `None` if the text is
/// anything else, with `bytes` in an unspecified state.
pub(crate) fn decode(text: &str, bytes: &mut [u8]) -> Option<()> {
    let (pairs, remainder) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != bytes.len() || !remainder.is_empty() {
        return None;
    }
    for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = (nibble(high)? << 4) | nibble(low)?;
    }
    Some(())
}

fn nibble(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_round_trips() {
        let bytes: Vec<u8> = (0..=255).collect();
        let text = encode(&bytes);
        assert!(text.starts_with("000102") && text.ends_with("fdfeff"));
        for text in [text.clone(), text.to_uppercase()] {
            let mut decoded = [0; 256];
            assert_eq!(decode(&text, &mut decoded), Some(()));
            assert_eq!(decoded, *bytes);
        }
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "", "0", "000", "00000", "000000", "+f00", "0g00", " 000", "0é0",
        ] {
            assert_eq!(decode(text, &mut [0; 2]), None, "{text:?}");
        }
    }
}
