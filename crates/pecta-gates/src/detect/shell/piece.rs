//! A piece of a text, with what one reader finds out about it that others need.

use std::cell::{Cell, OnceCell};

use super::lexer::Script;

/// A piece of a text that readers read, one after the other.
pub(crate) struct Piece<'t> {
    pub(crate) text: &'t str,
    /// Where words of any of the readers are, in order; none when it is all of interest.
    places: Option<Vec<usize>>,
    script: OnceCell<Script<'t>>,
    /// Whether who reads it at the moment needs to know no more.
    pub(super) is_done: Cell<bool>,
}

impl<'t> Piece<'t> {
    #[cfg(test)]
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            places: None,
            script: OnceCell::new(),
            is_done: Cell::new(false),
        }
    }

    /// A piece in which words of any of the readers start at these places, which are in order.
    pub(crate) fn around(text: &'t str, places: Vec<usize>) -> Self {
        Self {
            text,
            places: Some(places),
            script: OnceCell::new(),
            is_done: Cell::new(false),
        }
    }

    /// Whether a reader may stop, because what it found is enough.
    pub(super) fn is_done(&self) -> bool {
        self.is_done.get()
    }

    pub(super) fn set_done(&self, is_done: bool) {
        self.is_done.set(is_done);
    }

    /// The commands of the text, cut out of it when they are first asked for.
    pub(super) fn script(&self) -> &Script<'t> {
        self.script.get_or_init(|| match &self.places {
            Some(places) => Script::around(self.text, places),
            None => Script::parse(self.text),
        })
    }
}
