//! The promise that anyone can recompute a score from the events.

use crate::fixture::{Backend, Fixture, all_agents, event, noon};
use crate::law::law;
use chrono::TimeDelta;
use pecta_reputation::{Evaluation, Window};
use pecta_store::{EventFilter, Latency, NewEvent, Origin, Outcome, Scoring, Source};
use proptest::prelude::*;

/// Batches of events of a few agents, some under ids that come up again.
fn batches() -> impl Strategy<Value = Vec<Vec<NewEvent>>> {
    let event = (
        0..3u8,
        any::<bool>(),
        0..60_000_000u64,
        0..5_000i64,
        proptest::option::of(0..40u8),
        0..9u8,
    )
        .prop_map(|(agent, passed, latency, millis, id, source)| NewEvent {
            agent_id: format!("agent-{agent}"),
            // All, some and none of an agent's are unsigned.
            source: match (agent, source) {
                (0, _) | (1, 0..3) => Source::Unsigned,
                (_, 3..6) => Source::Evaluated,
                _ => Source::Signed,
            },
            passed,
            latency: Latency::from_micros(latency).unwrap(),
            created_at: noon() + TimeDelta::milliseconds(millis),
            evaluation_id: id.map(|id| id.to_string()),
            ..event("")
        });
    proptest::collection::vec(proptest::collection::vec(event, 1..100), 1..12)
}

pub(crate) async fn scores_equal_a_recomputation_from_the_events(backend: Backend) {
    law(backend, 24, batches(), move |batches| {
        record_and_recompute(backend, batches)
    })
    .await;
}

async fn record_and_recompute(
    backend: Backend,
    batches: Vec<Vec<NewEvent>>,
) -> Result<(), TestCaseError> {
    let fixture = Fixture::new(backend);
    let origin = fixture.origin("acme").await;
    let mut counted = 0;
    for batch in batches {
        let receipt = fixture.store.record(origin, batch).await.unwrap();
        let recorded = receipt.outcomes.iter();
        counted += recorded.filter(|one| **one != Outcome::Duplicate).count();
    }
    let found = recompute(&fixture.reopen(), origin).await;
    prop_assert_eq!(found, counted);
    Ok(())
}

/// Holds every agent of an org against its stored events; how many these are.
pub(crate) async fn recompute(fixture: &Fixture, origin: Origin) -> usize {
    let mut found = 0;
    for agent in all_agents(fixture, origin).await {
        let filter = EventFilter {
            agent_id: Some(agent.agent_id.clone()),
            ..EventFilter::default()
        };
        let mut events = fixture.events(origin, filter).await;
        events.sort_by_key(|event| event.sequence);
        let (mut window, mut verified) = (Window::new(), Window::new());
        for (at, event) in events.iter().enumerate() {
            assert_eq!(usize::try_from(event.sequence), Ok(at + 1));
            let evaluation = Evaluation {
                passed: event.passed,
                latency: event.latency,
            };
            window.push(evaluation);
            if event.source != Source::Unsigned {
                verified.push(evaluation);
            }
            let score = window.reputation(&Scoring::default()).score.get();
            assert_eq!(event.score, score);
        }
        let standing = fixture.store.reputation(origin.org(), agent.agent_id);
        let standing = standing.await.unwrap();
        assert_eq!(standing.reputation, window.reputation(&Scoring::default()));
        assert_eq!(standing.verified, verified.reputation(&Scoring::default()));
        assert_eq!(usize::try_from(standing.eval_count), Ok(events.len()));
        found += events.len();
    }
    found
}
