//! Listing events and agents.

use crate::fixture::{Backend, Fixture, event, noon};
use chrono::{DateTime, TimeDelta, Utc};
use pecta_store::{EventFilter, NewEvent};

pub(crate) async fn filters_and_pages(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let batch = (0..60).map(|number| NewEvent {
        created_at: noon() + TimeDelta::minutes(number),
        passed: number % 3 != 0,
        ..event(if number % 2 == 0 { "even" } else { "odd" })
    });
    fixture.store.record(acme, batch.collect()).await.unwrap();
    let all = || EventFilter {
        limit: 1000,
        ..EventFilter::default()
    };
    let minute = |number| Some(noon() - TimeDelta::microseconds(456) + TimeDelta::minutes(number));
    for (filter, count) in [
        (all(), 60),
        (
            EventFilter {
                agent_id: Some("odd".to_owned()),
                ..all()
            },
            30,
        ),
        (
            EventFilter {
                passed: Some(false),
                ..all()
            },
            20,
        ),
        (
            EventFilter {
                passed: Some(true),
                agent_id: Some("odd".to_owned()),
                ..all()
            },
            20,
        ),
        (
            EventFilter {
                from: minute(10),
                to: minute(20),
                ..all()
            },
            11,
        ),
        (
            EventFilter {
                from: minute(20),
                to: minute(10),
                ..all()
            },
            0,
        ),
        (
            EventFilter {
                limit: 50,
                offset: 50,
                ..all()
            },
            10,
        ),
        (
            EventFilter {
                agent_id: Some("nobody".to_owned()),
                ..all()
            },
            0,
        ),
    ] {
        let found = fixture
            .store
            .events(acme.org(), filter.clone())
            .await
            .unwrap();
        assert_eq!(found.len(), count, "{filter:?}");
        assert!(found.is_sorted_by(|left, right| left.created_at >= right.created_at));
        assert!(
            fixture
                .store
                .events(other.org(), filter)
                .await
                .unwrap()
                .is_empty()
        );
    }
}

pub(crate) async fn events_widen_when_an_agent_was_seen(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    let store = &fixture.store;
    store
        .register_agent(acme.org(), "registered".to_owned())
        .await
        .unwrap();
    let registered = store.agents(acme.org(), 10).await.unwrap().remove(0);
    assert_eq!(
        (registered.first_seen, registered.eval_count),
        (registered.last_seen, 0)
    );

    let early = NewEvent {
        created_at: noon() - TimeDelta::days(9),
        ..event("registered")
    };
    store.record(acme, vec![event("new"), early]).await.unwrap();
    store
        .register_agent(acme.org(), "registered".to_owned())
        .await
        .unwrap();
    let agents = store.agents(acme.org(), 10).await.unwrap();
    let names: Vec<_> = agents.iter().map(|agent| agent.agent_id.as_str()).collect();
    assert_eq!(names, ["registered", "new"], "newest last seen first");
    assert_eq!(agents[0].last_seen, registered.last_seen);
    assert_eq!(
        agents[0].first_seen,
        "2026-04-28T12:00:00.123Z".parse::<DateTime<Utc>>().unwrap()
    );
    assert_eq!(agents[0].eval_count, 1);
    assert_eq!(agents[1].first_seen, agents[1].last_seen);
    assert_eq!(store.agents(acme.org(), 1).await.unwrap().len(), 1);
    assert!(store.agents(other.org(), 10).await.unwrap().is_empty());
}
