//! A piece of a text, with what one reader finds out about it that others need.

use std::cell::OnceCell;

use super::lexer::Script;

/// A piece of a text that readers read, one after the other.
pub(crate) struct Piece<'t> {
    pub(crate) text: &'t str,
    script: OnceCell<Script<'t>>,
}

impl<'t> Piece<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        Self {
            text,
            script: OnceCell::new(),
        }
    }

    /// The commands of the text, cut out of it when they are first asked for.
    pub(super) fn script(&self) -> &Script<'t> {
        self.script.get_or_init(|| Script::parse(self.text))
    }
}
