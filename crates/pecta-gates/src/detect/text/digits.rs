//! Runs of digits, the anchor of all numbers.

use std::ops::Range;

use super::super::around;

/// Longer runs are reported as this long: no number of interest is.
pub(super) const LONGEST_RUN: usize = 40;

/// The runs of ASCII digits that start within `anchors`.
pub(super) fn runs<'t>(
    text: &'t [u8],
    anchors: &Range<usize>,
) -> impl Iterator<Item = Range<usize>> + 't {
    let end = anchors.end.min(text.len());
    let mut from = anchors.start;
    std::iter::from_fn(move || {
        loop {
            let start = next_digit(text, from..end)?;
            let run = start..start + run_length(text, start);
            from = run.end;
            if !around(text, start).0.last().is_some_and(u8::is_ascii_digit) {
                return Some(run);
            }
        }
    })
}

/// The length of the run of digits at the position, at most [`LONGEST_RUN`].
pub(super) fn run_length(text: &[u8], at: usize) -> usize {
    let rest = around(text, at).1.iter().take(LONGEST_RUN);
    rest.take_while(|byte| byte.is_ascii_digit()).count()
}

/// Where the next digit is. Text without digits is passed over in blocks, which compiles to vector instructions.
fn next_digit(text: &[u8], within: Range<usize>) -> Option<usize> {
    const BLOCK: usize = 64;
    let mut at = within.start;
    let mut rest = text.get(within)?;
    while let Some((block, after)) = rest.split_at_checked(BLOCK) {
        if block
            .iter()
            .fold(false, |any, byte| any | byte.is_ascii_digit())
        {
            break;
        }
        rest = after;
        at += BLOCK;
    }
    Some(at + rest.iter().position(u8::is_ascii_digit)?)
}

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

/// Whether a number that ends at `at` goes on in what follows it.
pub(super) fn joined_after(text: &[u8], at: usize) -> bool {
    match around(text, at).1 {
        [byte, ..] if byte.is_ascii_alphanumeric() || *byte == b'_' => true,
        [b'-', after, ..] => after.is_ascii_alphanumeric(),
        [b'.' | b'/' | b',', after, ..] => after.is_ascii_digit(),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_start_within_the_anchors() {
        let check = |text: &str, (start, end): (usize, usize), expected: &[(usize, usize)]| {
            assert_eq!(
                runs(text.as_bytes(), &(start..end))
                    .map(|run| (run.start, run.end))
                    .collect::<Vec<_>>(),
                expected,
                "{text}"
            );
        };
        check("12 a345", (0, 7), &[(0, 2), (4, 7)]);
        check("12 a345", (1, 5), &[(4, 7)]);
        check("12 a345", (5, 7), &[]);
        check(&format!("{}7", "x".repeat(300)), (0, 301), &[(300, 301)]);
        check(&"1".repeat(300), (0, 300), &[(0, LONGEST_RUN)]);
        check("", (0, 0), &[]);
    }
}
