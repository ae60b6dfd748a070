//! The store as its callers see it, on a database file of each test's own.

#![allow(
    clippy::unwrap_used,
    reason = "a fixture that fails may panic; clippy knows only functions marked as tests"
)]

mod fixture;
mod keys;
mod maintenance;
mod paging;
mod reading;
mod recomputation;
mod recording;
