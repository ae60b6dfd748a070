//! The search for few words: many bytes are compared with all of them in one step (the Teddy algorithm of the
//! `aho-corasick` crate).

use aho_corasick::{
    AhoCorasick, Input, Span,
    packed::{Config, MatchKind, Searcher},
};

/// How many words one pass over the text looks for at most.
const WORDS_PER_PASS: usize = 64;
/// A pass is the faster, the more bytes its shortest word has, up to this many.
const LONG_WORD: usize = 4;
/// Shorter text has to be filled up, because the search has a slow way with it.
pub(super) const SHORTEST_TEXT: usize = 64;

/// Words that are looked for in as few passes as possible.
pub(super) struct Packed(Vec<Pass>);

/// Some of the words, which are looked for together.
struct Pass {
    finder: Finder,
    /// The numbers of the words.
    numbers: Vec<usize>,
}

impl Packed {
    /// The words with their numbers. No word may start with another.
    pub(super) fn new<'w>(words: impl Iterator<Item = (usize, &'w [u8])>) -> Self {
        let (long, short): (Vec<_>, Vec<_>) = words.partition(|(_, word)| word.len() >= LONG_WORD);
        let passes = [short, long].into_iter().flat_map(|words| {
            let passes = words.chunks(WORDS_PER_PASS).map(Pass::new);
            passes.collect::<Vec<_>>()
        });
        Self(passes.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Visits the places among the first `starts` where words start, with their numbers, until `visit` returns false.
    pub(super) fn visit(
        &self,
        text: &[u8],
        starts: usize,
        visit: &mut dyn FnMut(usize, usize) -> bool,
    ) -> bool {
        self.0.iter().all(|pass| pass.visit(text, starts, visit))
    }
}

impl Pass {
    fn new(words: &[(usize, &[u8])]) -> Self {
        Self {
            finder: Finder::new(words.iter().map(|(_, word)| *word)),
            numbers: words.iter().map(|(number, _)| *number).collect(),
        }
    }

    fn visit(
        &self,
        text: &[u8],
        starts: usize,
        visit: &mut dyn FnMut(usize, usize) -> bool,
    ) -> bool {
        let mut from = 0;
        while let Some((at, word)) = self.finder.find(text, from).filter(|&(at, _)| at < starts) {
            if let Some(&number) = self.numbers.get(word)
                && !visit(at, number)
            {
                return false;
            }
            from = at + 1;
        }
        true
    }
}

/// Finds the first of some words.
enum Finder {
    Packed(Searcher),
    /// Where the processor lacks what the packed one needs.
    Automaton(AhoCorasick),
}

impl Finder {
    fn new<'w>(words: impl Iterator<Item = &'w [u8]> + Clone) -> Self {
        let mut packed = Config::new().match_kind(MatchKind::LeftmostFirst).builder();
        match packed.extend(words.clone()).build() {
            Some(searcher) => Finder::Packed(searcher),
            #[expect(
                clippy::expect_used,
                reason = "fails only on words that are too many or too long"
            )]
            None => Finder::Automaton(
                AhoCorasick::new(words).expect("a few dozen short words make an automaton"),
            ),
        }
    }

    /// Where the first word starts at or behind `from`, and which it is.
    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let found = match self {
            Finder::Packed(searcher) => {
                let span = Span {
                    start: from,
                    end: text.len(),
                };
                searcher.find_in(text, span)
            }
            Finder::Automaton(automaton) => automaton.find(Input::new(text).range(from..)),
        };
        found.map(|found| (found.start(), found.pattern().as_usize()))
    }
}
