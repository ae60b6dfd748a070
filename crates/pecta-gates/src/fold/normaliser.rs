//! Normalisation of a part of a text that combines to something else.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_compatible};

use super::table::{Fold, Table, fold_normalised};

/// Normalises parts of texts (NFKC) and folds what comes out. Its room is used again and again.
///
/// What the `unicode-normalization` crate does in one, it does with that crate's steps, so that a long run of marks, which
/// the crate has many look-ups for, is passed through quickly.
#[derive(Default)]
pub(super) struct Normaliser {
    /// The characters, decomposed, each with its combining class.
    parts: Vec<(u8, char)>,
    /// The marks that stay behind the starter at hand.
    marks: String,
}

impl Normaliser {
    /// Appends the folded form of a segment, which combines with nothing before or behind it.
    pub(super) fn fold(&mut self, table: &Table, segment: &str, folded: &mut String) {
        self.decompose(table, segment);
        self.order();
        self.compose(folded);
    }

    fn decompose(&mut self, table: &Table, segment: &str) {
        self.parts.clear();
        for c in segment.chars() {
            match table.fold(c) {
                _ if c.is_ascii() => self.parts.push((0, c)),
                Fold::Mark(class) => self.parts.push((class, c)),
                _ => decompose_compatible(c, |part| {
                    self.parts.push((canonical_combining_class(part), part));
                }),
            }
        }
    }

    /// Sorts every run of marks by their classes (the annex's canonical ordering).
    fn order(&mut self) {
        for run in self.parts.chunk_by_mut(|a, b| a.0 != 0 && b.0 != 0) {
            run.sort_by_key(|&(class, _)| class);
        }
    }

    /// Composes each starter with the marks behind it that combine with it and that no other of the same or a higher class
    /// stands before (the annex's canonical composition), and folds the outcome.
    fn compose(&mut self, folded: &mut String) {
        let mut starter = None;
        let mut last_class = None;
        for &(class, c) in &self.parts {
            if last_class.is_none_or(|last| last < class)
                && let Some(composed) = starter.and_then(|starter| compose(starter, c))
            {
                starter = Some(composed);
            } else if class == 0 {
                folded.extend(starter.and_then(fold_normalised));
                folded.push_str(&self.marks);
                self.marks.clear();
                (starter, last_class) = (Some(c), None);
            } else {
                // Marks are folded to themselves.
                self.marks.push(c);
                last_class = Some(class);
            }
        }
        folded.extend(starter.and_then(fold_normalised));
        folded.push_str(&self.marks);
        self.marks.clear();
    }
}
