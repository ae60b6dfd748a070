//! Quick looks at a text, which tell what searches need not look at it at all.

mod kinds;

mod last_four;
mod numbers;
mod scratch;
mod words;

pub(crate) use kinds::ByteKinds;
pub(crate) use last_four::visit_last_four;
pub(crate) use numbers::{Shapes, run_length, visit_numbers};
pub(crate) use scratch::Scratch;
pub(crate) use words::{Words, flat, starts_with_word};

/// How many bytes of a string are looked at together; they stay in the fastest cache.
pub(crate) const BLOCK: usize = 1024;
