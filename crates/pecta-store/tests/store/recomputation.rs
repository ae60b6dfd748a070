//! The promise that anyone can recompute a score from the events.

use crate::fixture::{Fixture, event, noon};
use chrono::TimeDelta;
use pecta_reputation::{Evaluation, Window};
use pecta_store::{EvaluationId, EventFilter, Latency, NewEvent, Outcome, Scoring};
use proptest::prelude::*;

/// Batches of events of a few agents, some under ids that come up again.
fn batches() -> impl Strategy<Value = Vec<Vec<NewEvent>>> {
    let event = (
        0..3u8,
        any::<bool>(),
        0..60_000_000u64,
        0..5_000i64,
        proptest::option::of(0..40u8),
    )
        .prop_map(|(agent, passed, latency, millis, id)| NewEvent {
            agent_id: format!("agent-{agent}"),
            passed,
            latency: Latency::from_micros(latency).unwrap(),
            created_at: noon() + TimeDelta::milliseconds(millis),
            evaluation_id: id.map_or(EvaluationId::None, |id| EvaluationId::Given(id.to_string())),
            ..event("")
        });
    proptest::collection::vec(proptest::collection::vec(event, 1..100), 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn scores_equal_a_recomputation_from_the_events(batches in batches()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let fixture = Fixture::new();
            let origin = fixture.origin("acme").await;
            let mut counted = 0;
            for batch in batches {
                let receipt = fixture.store.record(origin, batch).await.unwrap();
                counted += receipt.outcomes.iter().filter(|one| **one != Outcome::Duplicate).count();
            }
            let fixture = fixture.reopen();
            let mut found = 0;
            for agent in fixture.store.agents(origin.org(), None, 10).await.unwrap().agents {
                let filter = EventFilter { agent_id: Some(agent.agent_id.clone()), ..EventFilter::default() };
                let mut events = fixture.events(origin, filter).await;
                events.sort_by_key(|event| event.sequence);
                let mut window = Window::new();
                for (at, event) in events.iter().enumerate() {
                    prop_assert_eq!(usize::try_from(event.sequence), Ok(at + 1));
                    window.push(Evaluation { passed: event.passed, latency: event.latency });
                    let score = window.reputation(&Scoring::default()).score.get();
                    prop_assert_eq!(event.score, score);
                }
                let standing = fixture.store.reputation(origin.org(), agent.agent_id).await.unwrap();
                prop_assert_eq!(standing.reputation, window.reputation(&Scoring::default()));
                prop_assert_eq!(usize::try_from(standing.eval_count), Ok(events.len()));
                found += events.len();
            }
            prop_assert_eq!(found, counted);
            Ok(())
        })?;
    }
}
