//! Listing events and agents.

use crate::fixture::{Backend, Fixture, event, noon};
use chrono::{DateTime, TimeDelta, Utc};
use pecta_store::{EventFilter, NewEvent, Source};

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
        let page = fixture.store.events(acme.org(), filter.clone()).await;
        let found = page.unwrap().events;
        assert_eq!(found.len(), count, "{filter:?}");
        assert!(found.is_sorted_by(|left, right| left.created_at >= right.created_at));
        assert!(
            fixture
                .store
                .events(other.org(), filter)
                .await
                .unwrap()
                .events
                .is_empty()
        );
    }
}

pub(crate) async fn a_page_by_tool_ends_after_a_bounded_look(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    // One in a hundred fails, so that the look at those that passed ends with number 10,101. Two match down to
    // there and two behind it, of which the look at those that failed finds one.
    let batch = (1..=10_500).map(|number| NewEvent {
        created_at: noon() - TimeDelta::minutes(number),
        tool: matches!(number, 5_000 | 10_101 | 10_400 | 10_450).then(|| "rare".to_owned()),
        passed: number % 100 != 0,
        ..event("a")
    });
    fixture.store.record(acme, batch.collect()).await.unwrap();
    let page = async |filter: EventFilter| {
        let filter = EventFilter {
            tool: Some("rare".to_owned()),
            ..filter
        };
        let page = fixture.store.events(acme.org(), filter).await.unwrap();
        let minutes = page
            .events
            .iter()
            .map(|event| (noon() - event.created_at).num_minutes());
        (minutes.collect::<Vec<_>>(), page.next)
    };
    let limit = 50;
    let (found, next) = page(EventFilter {
        limit,
        ..EventFilter::default()
    })
    .await;
    assert_eq!(found, [5_000, 10_101]);
    assert!(next.is_some());
    // What is told of an agent holds the source: with both a look reaches as far.
    let of_agent = EventFilter {
        limit,
        agent_id: Some("a".to_owned()),
        source: Some(Source::Unsigned),
        ..EventFilter::default()
    };
    assert_eq!(page(of_agent).await, (found, next));
    let rest = EventFilter {
        limit,
        after: next,
        ..EventFilter::default()
    };
    assert_eq!(page(rest).await, (vec![10_400, 10_450], None));
    let (found, full) = page(EventFilter {
        limit: 1,
        ..EventFilter::default()
    })
    .await;
    assert_eq!(found, [5_000]);
    let second = EventFilter {
        limit: 1,
        after: full,
        ..EventFilter::default()
    };
    // Another look begins there and reaches further; what ends this page is the limit.
    assert_eq!(page(second).await, (vec![10_101], next));
    let bounded = EventFilter {
        limit,
        from: Some(noon() - TimeDelta::minutes(9_000)),
        ..EventFilter::default()
    };
    assert_eq!(page(bounded).await, (vec![5_000], None));
    let skipping = EventFilter {
        limit,
        offset: 1,
        ..EventFilter::default()
    };
    assert_eq!(page(skipping).await, (vec![10_101], next));
}

pub(crate) async fn a_page_by_source_ends_after_a_look_at_fewer_events(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    let batch = (1..=2_500).map(|number| NewEvent {
        created_at: noon() - TimeDelta::minutes(number),
        tool: (number % 2 == 0).then(|| "even".to_owned()),
        source: if matches!(number, 500 | 1_501 | 2_400) {
            Source::Signed
        } else {
            Source::Evaluated
        },
        ..event("a")
    });
    fixture.store.record(acme, batch.collect()).await.unwrap();
    let cases: [(_, _, &[&[i64]]); 4] = [
        (None, None, &[&[500], &[1_501], &[2_400]]),
        (None, Some("even"), &[&[500], &[], &[2_400]]),
        // What is told of an agent holds the source.
        (Some("a"), None, &[&[500, 1_501, 2_400]]),
        (Some("a"), Some("even"), &[&[500, 2_400]]),
    ];
    for (agent_id, tool, expected) in cases {
        let mut filter = EventFilter {
            agent_id: agent_id.map(str::to_owned),
            source: Some(Source::Signed),
            tool: tool.map(str::to_owned),
            limit: 50,
            ..EventFilter::default()
        };
        let mut pages = Vec::new();
        loop {
            let page = fixture.store.events(acme.org(), filter.clone()).await;
            let page = page.unwrap();
            let minutes = page.events.iter();
            let minutes = minutes.map(|event| (noon() - event.created_at).num_minutes());
            pages.push(minutes.collect::<Vec<_>>());
            if page.next.is_none() {
                break;
            }
            filter.after = page.next;
        }
        assert_eq!(pages, expected, "{agent_id:?} {tool:?}");
    }
}

pub(crate) async fn agents_are_paged(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    let batch = (0..25).map(|number| NewEvent {
        created_at: noon() + TimeDelta::minutes(number % 3),
        ..event(&format!("agent-{number}"))
    });
    fixture.store.record(acme, batch.collect()).await.unwrap();
    let all = fixture.store.agents(acme.org(), None, 100).await.unwrap();
    assert_eq!((all.agents.len(), &all.next), (25, &None));
    for limit in [1, 4, 5, 25] {
        let mut after = None;
        let mut found = Vec::new();
        loop {
            let page = fixture
                .store
                .agents(acme.org(), after, limit)
                .await
                .unwrap();
            found.extend(page.agents);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(found, all.agents, "{limit}");
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
    let registered = store
        .agents(acme.org(), None, 10)
        .await
        .unwrap()
        .agents
        .remove(0);
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
    let agents = store.agents(acme.org(), None, 10).await.unwrap().agents;
    let names: Vec<_> = agents.iter().map(|agent| agent.agent_id.as_str()).collect();
    assert_eq!(names, ["registered", "new"], "newest last seen first");
    assert_eq!(agents[0].last_seen, registered.last_seen);
    assert_eq!(
        agents[0].first_seen,
        "2026-04-28T12:00:00.123Z".parse::<DateTime<Utc>>().unwrap()
    );
    assert_eq!(agents[0].eval_count, 1);
    assert_eq!(agents[1].first_seen, agents[1].last_seen);
    let others = store.agents(other.org(), None, 10).await.unwrap();
    assert!(others.agents.is_empty());
}
