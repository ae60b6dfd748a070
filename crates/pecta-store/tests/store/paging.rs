//! The law of paging: along its cursors, a listing is what a naive filter leaves of all events.

use crate::fixture::{Backend, Fixture, event, noon};
use crate::law::law;
use chrono::TimeDelta;
use pecta_store::{EventFilter, EventRecord, NewEvent, Origin, Source, Store};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn agents() -> impl Strategy<Value = String> {
    select(vec!["even".to_owned(), "odd".to_owned()])
}

fn tools() -> impl Strategy<Value = Option<String>> {
    option::of(select(vec!["search".to_owned(), "shell".to_owned()]))
}

fn sources() -> impl Strategy<Value = Source> {
    select(vec![Source::Evaluated, Source::Signed, Source::Unsigned])
}

/// Few names and few times, so that pages end between events that differ in little.
fn events() -> impl Strategy<Value = Vec<NewEvent>> {
    let parts = (agents(), any::<bool>(), tools(), sources(), 0..4i64);
    let events = parts.prop_map(|(agent_id, passed, tool, source, minute)| NewEvent {
        passed,
        tool,
        source,
        created_at: noon() + TimeDelta::minutes(minute),
        ..event(&agent_id)
    });
    vec(events, 0..80)
}

fn filters() -> impl Strategy<Value = EventFilter> {
    let minutes = || option::of(0..4i64);
    let parts = (
        option::of(agents()),
        tools(),
        option::of(sources()),
        option::of(any::<bool>()),
        minutes(),
        minutes(),
        1..20u32,
    );
    parts.prop_map(|(agent_id, tool, source, passed, from, to, limit)| {
        let time = |minute| noon() - TimeDelta::microseconds(456) + TimeDelta::minutes(minute);
        EventFilter {
            agent_id,
            tool,
            source,
            passed,
            from: from.map(time),
            to: to.map(time),
            limit,
            ..EventFilter::default()
        }
    })
}

/// What a filter lets through, told without an index.
fn lets_through(filter: &EventFilter, event: &EventRecord) -> bool {
    let same =
        |wanted: &Option<String>, is: Option<&String>| wanted.is_none() || wanted.as_ref() == is;
    same(&filter.agent_id, Some(&event.agent_id))
        && same(&filter.tool, event.tool.as_ref())
        && filter.source.is_none_or(|source| source == event.source)
        && filter.passed.is_none_or(|passed| passed == event.passed)
        && filter.from.is_none_or(|from| from <= event.created_at)
        && filter.to.is_none_or(|to| event.created_at <= to)
}

/// The pages of a listing.
async fn walk(store: &Store, origin: Origin, mut filter: EventFilter) -> Vec<Vec<EventRecord>> {
    let mut pages = Vec::new();
    loop {
        let page = store.events(origin.org(), filter.clone()).await.unwrap();
        pages.push(page.events);
        match page.next {
            None => return pages,
            next => filter.after = next,
        }
    }
}

pub(crate) async fn pages_are_the_filtered_events_in_order(backend: Backend) {
    let inputs = (events(), vec(filters(), 8));
    law(backend, 48, inputs, move |(events, filters)| {
        page_and_filter(backend, events, filters)
    })
    .await;
}

async fn page_and_filter(
    backend: Backend,
    events: Vec<NewEvent>,
    filters: Vec<EventFilter>,
) -> Result<(), TestCaseError> {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    for batch in events.chunks(30) {
        fixture.store.record(acme, batch.to_vec()).await.unwrap();
        fixture.store.record(other, batch.to_vec()).await.unwrap();
    }
    let mut all = fixture.events(acme, EventFilter::default()).await;
    prop_assert_eq!(all.len(), events.len());
    // Ids grow as events are recorded.
    all.sort_by(|one, next| (next.created_at, &next.id).cmp(&(one.created_at, &one.id)));
    for filter in filters {
        let matching = all.iter().filter(|event| lets_through(&filter, event));
        let expected: Vec<_> = matching.collect();
        let pages = walk(&fixture.store, acme, filter.clone()).await;
        let found: Vec<_> = pages.iter().flatten().collect();
        prop_assert_eq!(found, expected, "{:?}", filter);
        let (last, full) = pages.split_last().unwrap();
        let limit = usize::try_from(filter.limit).unwrap();
        prop_assert!(full.iter().all(|page| page.len() == limit));
        prop_assert!(full.is_empty() || !last.is_empty());
    }
    Ok(())
}
