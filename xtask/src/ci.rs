//! `cargo xtask ci`: everything that must hold before a change lands, the quick checks first.

pub(crate) mod command;
mod contract;
mod postgres;
mod server;

use crate::{Outcome, tidy};
use cargo_metadata::Metadata;
use command::{announce, cargo, run as step, skip, succeeds};
use std::path::Path;

/// Runs the steps and stops at the first that fails.
pub(crate) fn run(metadata: &Metadata) -> Outcome {
    let root = metadata.workspace_root.as_std_path();
    step(&mut cargo(root, "fmt --all --check"))?;
    step(&mut cargo(
        root,
        "clippy --workspace --all-targets --all-features -- -D warnings",
    ))?;
    deny(root)?;
    announce("cargo xtask tidy");
    tidy::run(metadata)?;
    step(cargo(root, "doc --workspace --no-deps").env("RUSTDOCFLAGS", "-D warnings"))?;
    step(&mut cargo(root, "test --workspace"))?;
    // What stands behind a feature that no member switches on.
    step(&mut cargo(
        root,
        "test --package pecta-gates --all-features --lib",
    ))?;
    // Optimised, it judges a million strings.
    step(&mut cargo(
        root,
        "test --release --package pecta-gates --test strict_reference",
    ))?;
    contract::check(metadata)
}

/// Checks the foreign crates: always what the checkout tells, and the advisories where their
/// database can be reached.
fn deny(root: &Path) -> Outcome {
    if !succeeds(&mut cargo(root, "deny --version")) {
        return Err("cargo-deny is missing: cargo install --locked cargo-deny".into());
    }
    step(&mut cargo(root, "deny check licenses bans sources"))?;
    if succeeds(&mut cargo(root, "deny fetch db index")) {
        step(&mut cargo(root, "deny check advisories"))
    } else {
        skip(
            "cargo deny check advisories",
            "the advisory database cannot be reached",
        );
        Ok(())
    }
}
