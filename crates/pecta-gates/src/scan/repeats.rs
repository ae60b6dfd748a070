//! Blocks of a text that repeat what stands before them, where searches found nothing.
//!
//! Only blocks after one that took long are looked at, so that other text pays nothing for it.

use std::ops::Range;

use memchr::memmem;

/// At how many places a search was called in a block that took long.
pub(super) const MANY_CALLS: usize = 32;
/// After how many bytes text repeats itself at most.
const LONGEST_PERIOD: usize = 512;
/// How much text around a block must repeat itself too. No search that is called on blocks looks further, but for those that
/// look up to where something ends, and none of these passes over another of its own anchors.
const AROUND: usize = 3072;
/// How much of a block is looked for in the text before it.
const START: usize = 32;

/// What is known of a text up to a block.
#[derive(Default)]
pub(super) struct Repeats {
    /// From where on nothing was found.
    vain_since: usize,
    /// Whether the block before took long.
    took_long: bool,
    /// After how many bytes the text repeats itself, up to `until`.
    period: usize,
    until: usize,
}

impl Repeats {
    /// Takes note of a block that was searched.
    pub(super) fn note(&mut self, block: &Range<usize>, calls: usize, found: bool) {
        self.took_long = calls >= MANY_CALLS;
        if found {
            self.vain_since = block.end;
        }
    }

    /// After how many bytes the block and the text around it repeat themselves, if nothing was found in what they repeat: then
    /// there is nothing to be found in the block.
    pub(super) fn period(&mut self, text: &[u8], block: &Range<usize>) -> Option<usize> {
        if !self.took_long || block.end + AROUND > text.len() {
            return None;
        }
        let around = block.start.checked_sub(AROUND)?..block.end + AROUND;
        if self.period == 0 {
            self.period = shift(text, block.start).unwrap_or(0);
            self.until = around.start;
        }
        let repeats = self.period > 0
            && block.start.checked_sub(self.period)? >= self.vain_since
            && is_repeated(text, self.until.max(around.start)..around.end, self.period);
        if repeats {
            self.until = around.end;
        } else {
            self.period = 0;
            self.took_long = false;
        }
        repeats.then_some(self.period)
    }
}

/// How far before the position the text stands that starts there.
fn shift(text: &[u8], at: usize) -> Option<usize> {
    let from = at.checked_sub(LONGEST_PERIOD)?;
    let start = text.get(at..at + START)?;
    let found = memmem::rfind(text.get(from..at + START - 1)?, start)?;
    Some(at - from - found)
}

/// Whether every byte of the range is as the one that stands a period before it.
fn is_repeated(text: &[u8], range: Range<usize>, period: usize) -> bool {
    let Some(start) = range.start.checked_sub(period) else {
        return false;
    };
    let before = text.get(start..range.end.saturating_sub(period));
    before.is_some() && before == text.get(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BLOCK: usize = 1024;

    /// The blocks of the text, by number, that need not be searched, if so many calls are made in each other and something is
    /// found in this one.
    fn passed_over(text: &str, calls: usize, finds: usize) -> Vec<usize> {
        let mut repeats = Repeats::default();
        let blocks = (0..text.len()).step_by(BLOCK).enumerate();
        let mut passed = Vec::new();
        for (number, start) in blocks {
            let block = start..text.len().min(start + BLOCK);
            if repeats.period(text.as_bytes(), &block).is_some() {
                passed.push(number);
            } else {
                repeats.note(&block, calls, number == finds);
            }
        }
        passed
    }

    #[test]
    fn most_of_a_text_that_repeats_itself_is_passed_over() {
        let check = |part: &str| {
            let text = part.repeat(16 * BLOCK / part.len() + 1);
            let passed = passed_over(&text, MANY_CALLS, usize::MAX);
            assert_eq!(passed, (4..13).collect::<Vec<_>>(), "{part}");
        };
        check("rm ");
        check("\u{FF52}\u{FF4D}");
        let numbers: Vec<_> = (100..)
            .take(LONGEST_PERIOD / 4)
            .map(|n| format!("{n} "))
            .collect();
        check(&numbers.concat());
    }

    #[test]
    fn other_text_is_not() {
        let text = "rm ".repeat(16 * BLOCK / 3);
        assert!(passed_over(&text, MANY_CALLS - 1, usize::MAX).is_empty());
        let numbered: Vec<_> = (0..4096).map(|n| format!("rm {n}; ")).collect();
        let numbered = numbered.concat();
        assert!(passed_over(&numbered, MANY_CALLS, usize::MAX).is_empty());
        let numbers: Vec<_> = (100..)
            .take(LONGEST_PERIOD / 2)
            .map(|n| format!("{n} "))
            .collect();
        let long = numbers.concat().repeat(16);
        assert!(passed_over(&long, MANY_CALLS, usize::MAX).is_empty());
    }

    #[test]
    fn text_near_what_does_not_repeat_itself_is_not() {
        let mut text = "rm ".repeat(24 * BLOCK / 3);
        text.replace_range(12 * BLOCK..=12 * BLOCK, "-");
        let passed = passed_over(&text, MANY_CALLS, usize::MAX);
        assert_eq!(passed, [4, 5, 6, 7, 8, 16, 17, 18, 19, 20]);
    }

    #[test]
    fn what_was_found_is_not_passed_over() {
        let text = "rm -r -f ".repeat(16 * BLOCK / 9);
        let passed = passed_over(&text, MANY_CALLS, 6);
        assert_eq!(passed, (4..12).collect::<Vec<_>>());
        let passed = passed_over(&text, MANY_CALLS, 3);
        assert_eq!(passed, (5..12).collect::<Vec<_>>());
    }
}
