//! Conditions that diesel's own methods cannot write, for any backend; the modules of each backend run
//! the statements.

pub(crate) mod agents;
pub(crate) mod events;
