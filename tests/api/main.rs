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
mod audit;
mod batch;
mod candidates;
mod cursors;
mod evaluate;
mod events;
mod health;
mod ingest;
mod keys;
mod reputation;

mod abuse;
mod auth;
mod bidding;
mod callouts;
mod check;
mod cli;
mod connections;
mod export;
mod faults;
mod headers;
mod idempotency;
mod json;
mod key_rules;
mod logs;
mod maintenance;
mod matrix;
mod metrics;
mod org_policies;
mod own_limits;
mod policies;
mod policy_file;
mod protocol;
mod provenance;
mod rate_limits;
mod retention;
mod routing;
mod sealing;
mod secrecy;
mod settings;
mod shared_limits;
mod signatures;
mod signing;
mod startup;
mod suppressions;
mod tenancy;
mod tls;

fn main() -> std::process::ExitCode {
    pecta_tests::run(&[
        agents::TESTS,
        audit::TESTS,
        batch::TESTS,
        candidates::TESTS,
        cursors::TESTS,
        evaluate::TESTS,
        events::TESTS,
        health::TESTS,
        ingest::TESTS,
        keys::TESTS,
        reputation::TESTS,
        abuse::TESTS,
        auth::TESTS,
        bidding::TESTS,
        callouts::TESTS,
        check::TESTS,
        cli::TESTS,
        connections::TESTS,
        export::TESTS,
        faults::disk::TESTS,
        faults::drain::TESTS,
        faults::garbage::TESTS,
        faults::kill::TESTS,
        faults::outage::TESTS,
        faults::replicas::TESTS,
        faults::sync::TESTS,
        headers::TESTS,
        idempotency::TESTS,
        json::TESTS,
        key_rules::TESTS,
        logs::TESTS,
        maintenance::TESTS,
        matrix::TESTS,
        metrics::TESTS,
        org_policies::TESTS,
        own_limits::TESTS,
        policies::TESTS,
        policy_file::TESTS,
        protocol::TESTS,
        provenance::TESTS,
        rate_limits::TESTS,
        retention::TESTS,
        routing::TESTS,
        sealing::TESTS,
        secrecy::TESTS,
        settings::TESTS,
        shared_limits::TESTS,
        signatures::TESTS,
        signing::TESTS,
        startup::TESTS,
        suppressions::TESTS,
        tenancy::TESTS,
        tls::TESTS,
    ])
}
