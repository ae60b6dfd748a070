//! The store as its callers see it, on a database of each test's own.
//!
//! Every test runs on SQLite and, where its server programs are installed, on PostgreSQL; elsewhere it
//! is reported as ignored.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "tests fail by panicking; clippy knows only functions marked as tests"
)]

mod audit;
mod candidates;
mod deadlocks;
mod durability;
mod fixture;
mod keys;
mod law;
mod lost_commit;
mod maintenance;
mod opening;
mod outage;
mod paging;
mod plans;
mod proxy;
mod reading;
mod recomputation;
mod recording;
mod servers;
mod tls;
mod upgrading;

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
    for (name, test) in on(Backend::Sqlite).into_iter().chain(on_files()) {
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
            audit::what_was_altered_or_taken_out_is_found,
            audit::a_log_that_was_cut_with_its_head_lacks_what_was_noted,
            audit::writers_at_the_same_time_make_one_chain,
            candidates::a_batch_of_counts_is_added_once,
            keys::keys_are_found_listed_and_revoked,
            keys::a_sealed_key_opens_in_its_own_row_alone,
            keys::a_bootstrap_happens_once_and_not_at_all_when_it_cannot_be_shown,
            maintenance::retention_deletes_old_events_of_every_org_and_no_score,
            maintenance::records_go_on_while_old_events_are_deleted,
            maintenance::an_agent_is_erased_with_everything_about_it,
            maintenance::what_is_counted_is_what_is_listed,
            maintenance::migrations_are_named_once,
            reading::filters_and_pages,
            reading::a_page_by_tool_ends_after_a_bounded_look,
            reading::a_page_by_source_ends_after_a_look_at_fewer_events,
            reading::agents_are_paged,
            reading::events_widen_when_an_agent_was_seen,
            recording::an_event_is_read_back_as_it_was_recorded,
            recording::an_id_counts_once_per_org,
            recording::an_evaluation_is_recorded_under_its_own_id,
            recording::an_idempotency_key_finds_what_was_recorded_under_it,
            recording::a_batch_counts_in_the_order_of_its_times_and_ties_stay_stable,
            recording::concurrent_records_are_all_counted,
            recording::callers_that_go_away_leave_whole_records_behind,
            recording::a_closed_store_has_committed_everything_and_refuses_more,
            paging::pages_are_the_filtered_events_in_order,
            recomputation::scores_equal_a_recomputation_from_the_events,
            upgrading::agents_of_before_get_the_verified_windows_of_their_events,
        ]
    )
}

/// What is a file's alone.
fn on_files() -> Vec<(&'static str, Test)> {
    tests!(
        (),
        [
            maintenance::a_backup_is_a_database_that_only_its_owner_reads,
            maintenance::a_copy_has_the_scores_and_agents_of_the_moment,
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
            plans::hot_statements_walk_indexes,
            servers::one_request_that_fails_does_not_spoil_its_group,
            servers::hot_statements_are_prepared_once,
            deadlocks::a_group_that_was_rolled_back_for_a_deadlock_counts_once,
            deadlocks::an_agent_that_comes_while_it_is_erased_keeps_all_its_events,
            deadlocks::an_erasure_that_was_rolled_back_for_a_deadlock_is_done_once,
            lost_commit::what_is_lost_around_a_commit_is_recorded_once,
            lost_commit::an_erasure_before_the_outcome_is_asked_for_doubles_nothing,
            lost_commit::a_retention_before_the_outcome_is_asked_for_doubles_nothing,
            lost_commit::an_erasure_whose_commit_is_not_heard_of_has_found_its_agent,
            lost_commit::what_cannot_be_asked_is_unknown_and_safe_to_repeat,
            lost_commit::a_server_that_falls_silent_is_given_up_in_time,
            durability::a_commit_waits_for_the_disk_whatever_the_server_is_set_to,
            tls::tls_is_used_and_verified_as_far_as_is_asked,
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
