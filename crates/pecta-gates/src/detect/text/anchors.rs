//! Which of a detector's words stands at an anchor.

use aho_corasick::{AhoCorasick, Anchored, Input, MatchKind, StartKind};

/// Words in lower case, the longest of which is found where one starts, in any ASCII case.
pub(super) struct Anchors(AhoCorasick);

impl Anchors {
    pub(super) fn new(words: impl Iterator<Item = &'static str>) -> Self {
        #[expect(
            clippy::expect_used,
            reason = "fails only on patterns that are too many or too long"
        )]
        let words = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .start_kind(StartKind::Anchored)
            .ascii_case_insensitive(true)
            .build(words)
            .expect("a few short words make an automaton");
        Self(words)
    }

    /// The number of the word that starts at the position, and where it ends.
    pub(super) fn at(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        let input = Input::new(text.get(at..)?).anchored(Anchored::Yes);
        let found = self.0.find(input)?;
        Some((found.pattern().as_usize(), at + found.end()))
    }
}
