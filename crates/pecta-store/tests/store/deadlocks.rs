//! Transactions of others that come in between. Where two wait for each other's locks the server ends one, here always
//! ours, which is then taken again.

use crate::fixture::{Backend, Fixture, event, query};
use crate::recomputation::recompute;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long anything may take that is waited for.
const PATIENCE: Duration = Duration::from_mins(1);

const ORG: &str = "SELECT FROM orgs FOR NO KEY UPDATE";
const AGENT_A: &str = "SELECT FROM agents WHERE agent_id = 'a' FOR UPDATE";
const AGENT_B: &str = "SELECT FROM agents WHERE agent_id = 'b' FOR UPDATE";

pub(crate) async fn a_group_that_was_rolled_back_for_a_deadlock_counts_once((): ()) {
    let fixture = Fixture::new(Backend::Postgres);
    let origin = fixture.origin("acme").await;
    let record = || fixture.store.record(origin, vec![event("a"), event("b")]);
    record().await.unwrap();
    // Recording locks agents in order.
    let other = hold_and_cross(&fixture.url, AGENT_B, AGENT_A).await;
    let receipt = record().await.unwrap();
    other.join().unwrap();
    assert_eq!(receipt.agents[0].eval_count, 2);
    assert_eq!(recompute(&fixture, origin).await, 4);
    await_deadlock(&fixture.url).await;
}

pub(crate) async fn an_erasure_that_was_rolled_back_for_a_deadlock_is_done_once((): ()) {
    let fixture = Fixture::new(Backend::Postgres);
    let origin = fixture.origin("acme").await;
    let events = vec![event("a"), event("a"), event("b")];
    fixture.store.record(origin, events).await.unwrap();
    // It locks the agent, and at its end the org.
    let other = hold_and_cross(&fixture.url, ORG, AGENT_A).await;
    let mut administration = fixture.administration();
    let deleted = thread::spawn(move || administration.delete_agent(origin.org(), "a"));
    assert_eq!(deleted.join().unwrap().unwrap(), Some(2));
    other.join().unwrap();
    assert_eq!(recompute(&fixture, origin).await, 1);
    let erasures = "SELECT count(*) FROM audit_entries WHERE act = 'agent.delete'";
    assert_eq!(query(&fixture.url, erasures), "1\n");
    await_deadlock(&fixture.url).await;
}

pub(crate) async fn an_agent_that_comes_while_it_is_erased_keeps_all_its_events((): ()) {
    const NAME_A_B: &str = "UPDATE agents SET agent_id = 'b' WHERE agent_id = 'a';
                            UPDATE events SET agent_id = 'b' WHERE agent_id = 'a'";
    let fixture = Fixture::new(Backend::Postgres);
    let origin = fixture.origin("acme").await;
    fixture
        .store
        .record(origin, vec![event("a")])
        .await
        .unwrap();
    let other = hold_and_cross(&fixture.url, ORG, NAME_A_B).await;
    let mut administration = fixture.administration();
    let deleted = thread::spawn(move || administration.delete_agent(origin.org(), "b"));
    other.join().unwrap();
    let deleted = deleted.join().unwrap().unwrap();
    assert_eq!(recompute(&fixture, origin).await, 1 - deleted.unwrap_or(0));
}

/// Another transaction, which is never the one that is rolled back. It holds the `first` lock when this returns, and
/// takes the `second` once somebody waits for the first.
async fn hold_and_cross(url: &str, first: &str, second: &str) -> JoinHandle<()> {
    let sql = format!(
        "BEGIN; SET LOCAL deadlock_timeout = '1h'; {first};
         SELECT pg_advisory_xact_lock(1);
         DO $$ BEGIN
             FOR turn IN 1..6000 LOOP
                 PERFORM pg_stat_clear_snapshot();
                 EXIT WHEN EXISTS (
                     SELECT FROM pg_stat_activity
                     WHERE datname = current_database() AND wait_event_type = 'Lock');
                 PERFORM pg_sleep(0.01);
             END LOOP;
         END $$;
         {second}; COMMIT"
    );
    let owned = url.to_owned();
    let other = thread::spawn(move || drop(query(&owned, &sql)));
    let holds = "SELECT count(*) FROM pg_locks JOIN pg_database ON database = pg_database.oid
                 WHERE datname = current_database() AND locktype = 'advisory' AND granted";
    wait_until(|| query(url, holds) == "1\n").await;
    other
}

/// Waits until the server has counted a deadlock, which it does when the connection next rests.
async fn await_deadlock(url: &str) {
    let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    wait_until(|| query(url, deadlocks) == "1\n").await;
}

async fn wait_until(holds: impl Fn() -> bool) {
    let held = async {
        while !holds() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, held).await.unwrap();
}
