//! The store as its callers see it, on a database of each test's own.
//!
//! Every test runs on SQLite and, where its server programs are installed, on PostgreSQL; elsewhere it
//! is reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking; clippy knows only functions marked as tests"
)]

mod fixture;
mod keys;
mod opening;
mod outage;
mod reading;
mod recomputation;
mod recording;
mod servers;

use fixture::Backend;
use libtest_mimic::{Arguments, Failed, Trial};
use std::process::ExitCode;
use throwaway_postgres::Installation;
use tokio::runtime::Builder;

/// A test by its name: `module::function`.
macro_rules! tests {
    ($backend:expr, [$($module:ident :: $name:ident),* $(,)?]) => {
        vec![$((
            concat!(stringify!($module), "::", stringify!($name)),
            Box::new(move || run($module::$name($backend))) as Test,
        )),*]
    };
}

type Test = Box<dyn FnOnce() + Send>;

fn main() -> ExitCode {
    let mut trials = Vec::new();
    for (name, test) in on(Backend::Sqlite) {
        trials.push(trial(format!("sqlite::{name}"), test));
    }
    let missing = Installation::find().err();
    for (name, test) in on(Backend::Postgres).into_iter().chain(on_servers()) {
        let reason = missing.map(|missing| format!(" ({missing})"));
        let name = format!("postgres::{name}{}", reason.unwrap_or_default());
        trials.push(trial(name, test).with_ignored_flag(missing.is_some()));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// What holds on both backends.
fn on(backend: Backend) -> Vec<(&'static str, Test)> {
    tests!(
        backend,
        [
            keys::keys_are_found_listed_and_revoked,
            keys::a_bootstrap_happens_once_and_not_at_all_when_it_cannot_be_shown,
            reading::filters_and_pages,
            reading::events_widen_when_an_agent_was_seen,
            recording::an_event_is_read_back_as_it_was_recorded,
            recording::an_id_counts_once_per_org,
            recording::an_idempotency_key_finds_what_was_recorded_under_it,
            recording::a_batch_counts_in_the_order_of_its_times_and_ties_stay_stable,
            recording::concurrent_records_are_all_counted,
            recording::a_closed_store_has_committed_everything_and_refuses_more,
            recomputation::scores_equal_a_recomputation_from_the_events,
        ]
    )
}

/// What is a server's alone.
fn on_servers() -> Vec<(&'static str, Test)> {
    tests!(
        (),
        [
            servers::several_stores_on_one_database_count_exactly,
            servers::stores_may_start_together,
            servers::one_request_that_fails_does_not_spoil_its_group,
            servers::hot_statements_are_prepared_once,
            outage::what_was_answered_survives_outages_and_service_returns,
            opening::what_does_not_fit_is_refused_and_left_as_it_was,
            opening::migrations_go_up_down_and_up,
        ]
    )
}

fn trial(name: String, test: Test) -> Trial {
    Trial::test(name, move || {
        test();
        Ok::<_, Failed>(())
    })
}

fn run(test: impl Future<Output = ()>) {
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.unwrap().block_on(test);
}
