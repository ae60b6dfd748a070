//! Normalisation of a part of a text that combines to something else.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_compatible};

use super::table::{Fold, fold_normalised};

/// Normalises a part of a text (NFKC), character by character, and folds what comes out. Its room is used again and again.
///
/// What the `unicode-normalization` crate does in one, it does with that crate's steps, so that a long run of marks, which
/// the crate has many look-ups for, is passed through quickly.
#[derive(Default)]
pub(super) struct Normaliser {
    /// The characters, decomposed, each with its combining class.
    parts: Vec<Part>,
    /// A copy of a run of marks, while it is put in order.
    unordered: Vec<Part>,
    /// The marks that stay behind the starter at hand.
    marks: String,
}

type Part = (u8, char);

impl Normaliser {
    /// Takes the next character, which is folded so.
    pub(super) fn push(&mut self, c: char, fold: Fold) {
        match fold {
            Fold::Mark(class) => self.parts.push((class, c)),
            _ if c.is_ascii() => self.parts.push((0, c)),
            _ => decompose_compatible(c, |part| {
                self.parts.push((canonical_combining_class(part), part));
            }),
        }
    }

    /// Appends the folded form of the characters, which combine with nothing before or behind them.
    pub(super) fn finish(&mut self, folded: &mut String) {
        self.order();
        self.compose(folded);
        self.parts.clear();
    }

    /// Sorts every run of marks by their classes (the annex's canonical ordering).
    fn order(&mut self) {
        let runs = self.parts.chunk_by_mut(|a, b| a.0 != 0 && b.0 != 0);
        for run in runs {
            if run.len() < LONG_RUN {
                run.sort_by_key(|&(class, _)| class);
            } else {
                self.unordered.clear();
                self.unordered.extend_from_slice(run);
                count_sort(&self.unordered, run);
            }
        }
    }

    /// Composes each starter with the marks behind it that combine with it and that no other of the same or a higher class
    /// stands before (the annex's canonical composition), and folds the outcome.
    fn compose(&mut self, folded: &mut String) {
        let Self { parts, marks, .. } = self;
        let mut starter = None;
        let mut last_class = None;
        for &(class, c) in &*parts {
            if last_class.is_none_or(|last| last < class)
                && let Some(composed) = starter.and_then(|starter| compose(starter, c))
            {
                starter = Some(composed);
            } else if class == 0 {
                append(starter, marks, folded);
                (starter, last_class) = (Some(c), None);
            } else {
                // Marks are folded to themselves.
                marks.push(c);
                last_class = Some(class);
            }
        }
        append(starter, marks, folded);
    }
}

/// Appends a starter and the marks behind it.
fn append(starter: Option<char>, marks: &mut String, folded: &mut String) {
    if let Some(c) = starter.and_then(fold_normalised) {
        folded.push(c);
    }
    folded.push_str(marks);
    marks.clear();
}

/// From here on, marks are rather counted than compared.
const LONG_RUN: usize = 64;

/// Copies marks in the order of their classes.
fn count_sort(unordered: &[Part], ordered: &mut [Part]) {
    let mut places = [0; 256];
    for &(class, _) in unordered {
        if let Some(count) = places.get_mut(usize::from(class)) {
            *count += 1;
        }
    }
    let mut next = 0;
    for place in &mut places {
        (*place, next) = (next, next + *place);
    }
    for part in unordered {
        if let Some(place) = places.get_mut(usize::from(part.0))
            && let Some(slot) = ordered.get_mut(*place)
        {
            *slot = *part;
            *place += 1;
        }
    }
}
