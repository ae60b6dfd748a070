//! Judging text by what it does as shell text.
//!
//! [`lexer`] cuts a text into commands, [`invocation`] sees through what wraps them, and the rules look at the programs that
//! are left, each with its arguments.

pub(crate) mod code;
pub(crate) mod commands;
pub(crate) mod decode;
pub(crate) mod find;
pub(crate) mod invocation;
pub(crate) mod lexer;
pub(crate) mod paths;
pub(crate) mod prose;
pub(crate) mod rm;
