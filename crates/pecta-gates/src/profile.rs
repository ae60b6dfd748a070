//! The two ways in which text gates judge.

/// How the checks of a text gate judge a string.
///
/// A check for which there is one way alone, such as those of [`Secrets`](crate::Secrets), is the same under both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The documented patterns, to the letter: simple to predict, and quick to take a quotation for the deed.
    #[default]
    Strict,
    /// Judges what a string is: shell text is split as a shell splits it, quoted text is not a command, and a number needs
    /// the structure of what it is taken for.
    Standard,
}
