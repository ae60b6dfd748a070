//! What stands around numbers.

use super::super::around;
use crate::prefilter::run_length;

/// Whether a number that ends the text before `at` cannot be taken apart from what stands before it: a word, or a word
/// joined by a hyphen or a dot.
pub(super) fn joined_before(text: &[u8], at: usize) -> bool {
    match around(text, at).0 {
        [.., byte] if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        [.., before, b'-'] => before.is_ascii_alphanumeric(),
        [.., before, b'.' | b'/'] => before.is_ascii_digit(),
        // "1,234" is one number, "1,4111111111111111" two of a list, and so is "1,536-90-4399".
        [.., before, b','] => {
            let length = run_length(text, at);
            before.is_ascii_digit()
                && length == 3
                && around(text, at + length).1.first() != Some(&b'-')
        }
        _ => false,
    }
}

/// Whether a number that ends at `at` goes on in what follows it. A comma and digits behind one that long are the next field.
pub(super) fn joined_after(text: &[u8], at: usize) -> bool {
    match around(text, at).1 {
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        [b'-', after, ..] => after.is_ascii_alphanumeric(),
        [b'.' | b'/', after, ..] => after.is_ascii_digit(),
        _ => false,
    }
}
