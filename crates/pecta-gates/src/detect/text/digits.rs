//! What stands around numbers.

use super::super::around;

/// Whether a number that ends the text before `at` cannot be taken apart from what stands before it: a word, or a word
/// joined by a hyphen or a dot.
pub(super) fn joined_before(text: &[u8], at: usize) -> bool {
    match around(text, at).0 {
        [.., byte] if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        [.., before, b'-'] => before.is_ascii_alphanumeric(),
        [.., before, b'.' | b'/' | b','] => before.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a number that ends at `at` goes on in what follows it.
pub(super) fn joined_after(text: &[u8], at: usize) -> bool {
    match around(text, at).1 {
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        [b'-', after, ..] => after.is_ascii_alphanumeric(),
        [b'.' | b'/' | b',', after, ..] => after.is_ascii_digit(),
        _ => false,
    }
}
