//! A database that an earlier version left.

use crate::fixture::{Backend, Fixture, all_agents, event};
use crate::recomputation::recompute;
use pecta_store::{AgentReputation, EventFilter, Latency, NewEvent, Origin, Source};
use std::fs;
use std::path::Path;

const MIGRATION: &str = "2026-11-28-000040_event_source";

/// Verified windows are made of the events that are there when they are kept for the first time.
pub(crate) async fn agents_of_before_get_the_verified_windows_of_their_events(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    let mut total = 0;
    for (agent, unsigned, each) in [
        ("mixed", 0..700, 3),
        ("unsigned", 0..700, 1),
        ("evaluated", 0..0, 1),
        ("unsigned long ago", 0..90, 1),
        ("unsigned lately", 690..700, 1),
        ("thinned", 0..0, 1),
    ] {
        let mut events = (0..700).map(|number| {
            let is_unsigned = unsigned.contains(&number) && number % each == 0;
            verdict(agent, number, is_unsigned)
        });
        for batch in 0..7 {
            let batch = events.by_ref().take(99 + batch).collect();
            fixture.store.record(acme, batch).await.unwrap();
        }
        fixture.store.record(acme, events.collect()).await.unwrap();
        total += 700;
    }
    let before = standings(&fixture, acme).await;
    let down = format!("migrations/{}/{MIGRATION}/down.sql", folder(backend));
    let down = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(down)).unwrap();
    let forget = "DELETE FROM __diesel_schema_migrations WHERE version = '20261128000040';";
    let fixture = fixture.reopen_after(&[&down, forget].concat());
    assert_eq!(standings(&fixture, acme).await, before);
    assert_eq!(recompute(&fixture, acme).await, total);

    // Where retention took some of the newest 500 those that are left count.
    let thin = "DELETE FROM events WHERE agent_id = 'thinned' AND sequence <= 400;";
    let fixture = fixture.reopen_after(&[&down, thin, forget].concat());
    let thinned = fixture.store.reputation(acme.org(), "thinned".to_owned());
    let thinned = thinned.await.unwrap();
    assert_eq!(thinned.reputation.evaluations, 500);
    assert_eq!(thinned.verified.evaluations, 300);
    let left = EventFilter {
        agent_id: Some("thinned".to_owned()),
        passed: Some(true),
        ..EventFilter::default()
    };
    let passed = fixture.events(acme, left).await.len();
    assert_eq!(usize::from(thinned.verified.passed), passed);
}

fn verdict(agent: &str, number: u64, is_unsigned: bool) -> NewEvent {
    NewEvent {
        passed: !number.is_multiple_of(7),
        latency: Latency::from_micros(number * 85_679).unwrap(),
        source: if is_unsigned {
            Source::Unsigned
        } else {
            Source::Evaluated
        },
        ..event(agent)
    }
}

const fn folder(backend: Backend) -> &'static str {
    match backend {
        Backend::Sqlite => "sqlite",
        Backend::Postgres => "postgres",
    }
}

async fn standings(fixture: &Fixture, origin: Origin) -> Vec<AgentReputation> {
    let mut standings = Vec::new();
    for agent in all_agents(fixture, origin).await {
        let standing = fixture.store.reputation(origin.org(), agent.agent_id);
        standings.push(standing.await.unwrap());
    }
    standings.sort_by(|one, other| one.agent_id.cmp(&other.agent_id));
    standings
}
