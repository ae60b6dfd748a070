//! Black-box tests of the server: a module per route, then one per concern.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "helpers of tests fail by panicking, as an assertion does"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "tests measure time as a user would"
)]

mod agents;
mod cursors;
mod evaluate;
mod events;
mod health;
mod ingest;
mod reputation;

mod abuse;
mod auth;
mod check;
mod cli;
mod durability;
mod export;
mod idempotency;
mod json;
mod logs;
mod maintenance;
mod outage;
mod protocol;
mod rate_limits;
mod retention;
mod routing;
mod secrecy;
mod settings;
mod signatures;
mod startup;
mod tenancy;
