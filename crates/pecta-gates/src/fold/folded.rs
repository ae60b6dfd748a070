//! The folded form of a string, for gates that look at strings themselves.

use std::{fmt, ops::Range};

use super::{Folding, Room, is_folded};
use crate::clock::Pace;

/// What a string reads like where that is not what it is: its
/// [folded form](crate#how-strings-are-judged).
///
/// ```
/// use pecta_gates::Folded;
///
/// let disguised = "tell gl\u{200B}obex of it";
/// let folded = Folded::of(disguised, |_| true).ok_or("reads as it is")?;
/// let found = folded.text().find("globex").ok_or("not found")?;
/// let place = folded.source(found..found + 6);
/// assert_eq!(&disguised[place], "gl\u{200B}obex");
/// assert!(Folded::of("globex", |_| true).is_none());
/// # Ok::<(), &str>(())
/// ```
pub struct Folded<'t>(Folding<'t>);

impl<'t> Folded<'t> {
    /// Folds a string. None if that changes nothing, or once `spend`, which accounts for the bytes that are about to be folded
    /// as [`Pace::spend`] does, answers false.
    #[must_use]
    pub fn of(text: &'t str, mut spend: impl FnMut(usize) -> bool) -> Option<Self> {
        if text.is_ascii() || is_folded(text) {
            return None;
        }
        let mut folding = Folding::new(text, Room::default(), true);
        while folding.advance(Pace::STRIDE) {
            if !spend(Pace::STRIDE.min(text.len())) {
                return None;
            }
        }
        folding.changed().is_some().then_some(Self(folding))
    }

    /// The folded form.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0.room.folded
    }

    /// The bytes of the string itself that a range of the folded form comes from.
    #[must_use]
    pub fn source(&self, range: Range<usize>) -> Range<usize> {
        self.0.source(&range)
    }
}

impl fmt::Debug for Folded<'_> {
    /// Shows nothing of the text.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Folded").finish_non_exhaustive()
    }
}
