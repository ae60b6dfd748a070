//! The plans of the hot statements: each is bounded by an index, whatever the size of the tables.

use super::agent_events::AgentEvent;
use super::writer::tests::event;
use super::{agent_events, agents, audit, deletion, events, keys, migrated, orgs};
use crate::agent::AgentPosition;
use crate::error::StoreError;
use crate::event::{EventFilter, EventPosition, Source};
use crate::id::EventId;
use crate::org::OrgId;
use crate::record::AgentState;
use chrono::DateTime;
use diesel::connection::{InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use std::sync::{Arc, Mutex};

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// The plan of every statement that `run` sends.
fn plans<T: std::fmt::Debug>(
    run: impl FnOnce(&mut SqliteConnection) -> Result<T, StoreError>,
) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let mut connection = migrated(&directory.path().join("db"));
    connection.batch_execute(ONE_OF_EACH).unwrap();
    let sent = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&sent);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            log.lock().unwrap().push(query.to_string());
        }
    });
    run(&mut connection).unwrap();
    connection.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let mut plans = Vec::new();
    for statement in sent.lock().unwrap().iter() {
        let Some((statement, _)) = statement.split_once(" -- binds") else {
            // The begin or end of a transaction.
            continue;
        };
        let explain = diesel::sql_query(format!("EXPLAIN QUERY PLAN {statement}"));
        let steps: Vec<Step> = explain.load(&mut connection).unwrap();
        plans.extend(steps.into_iter().map(|step| step.detail));
    }
    for plan in &plans {
        // What a bounded statement within a statement finds is looked through; the pragma is one number.
        let scanned = [
            "SCAN looked",
            "SCAN pragma_user_version VIRTUAL TABLE INDEX 0:",
            "SCAN CONSTANT ROW",
        ];
        let is_bounded = scanned.contains(&plan.as_str()) || !plan.contains("SCAN");
        assert!(is_bounded && !plan.contains("TEMP B-TREE"), "{plan}");
    }
    plans
}

const ONE_OF_EACH: &str = "INSERT INTO orgs (id, name, created_at) VALUES (1, 'acme', 0);
    INSERT INTO agents VALUES (1, 'a', -1, -1, 1, 1, NULL, NULL);
    INSERT INTO events VALUES (1, zeroblob(16), 'a', 1, NULL, TRUE, '[]', 0, 0, 0, -1, NULL, NULL, 'evaluated', 1, NULL, NULL);
    INSERT INTO agent_events VALUES (1, 'a', TRUE, -1, zeroblob(16), NULL, 'evaluated');";
const ORG: OrgId = OrgId::from_row(1);

fn place() -> EventPosition {
    EventPosition::start_of(0)
}

/// Checks which index a page walks, and how its range is bounded.
#[track_caller]
fn check_events(filter: &EventFilter, index: &str, range: &str) {
    let verdicts = if filter.passed.is_some() { 1 } else { 2 };
    let plan = format!("SEARCH {index} AND passed=?{range})");
    let mut plans = plans(|connection| events::list(connection, ORG, filter, &[]));
    // What was found is then read.
    plans.retain(|plan| plan != "SEARCH events USING PRIMARY KEY (org_id=? AND id=?)");
    assert_eq!(plans, vec![plan; verdicts], "{filter:?}");
}

#[test]
fn every_combination_of_filters_walks_one_index() {
    const BEHIND: &str = " AND (created_at,id)<(?,?)";
    const DOWN_TO: &str = " AND (created_at,id)>(?,?)";
    const BETWEEN: &str = " AND (created_at,id)>(?,?) AND (created_at,id)<(?,?)";
    let epoch = Some(DateTime::UNIX_EPOCH);
    for (agent_id, index) in [
        (None, "events USING COVERING INDEX events_by_time (org_id=?"),
        (
            Some("a".to_owned()),
            "agent_events USING PRIMARY KEY (org_id=? AND agent_id=?",
        ),
    ] {
        for passed in [None, Some(true), Some(false)] {
            let filter = || EventFilter {
                agent_id: agent_id.clone(),
                passed,
                limit: 50,
                ..EventFilter::default()
            };
            check_events(&filter(), index, "");
            check_events(
                &EventFilter {
                    to: epoch,
                    ..filter()
                },
                index,
                BEHIND,
            );
            check_events(
                &EventFilter {
                    from: epoch,
                    ..filter()
                },
                index,
                DOWN_TO,
            );
            let after = Some(place());
            check_events(&EventFilter { after, ..filter() }, index, BEHIND);
            let all = EventFilter {
                after,
                from: epoch,
                to: epoch,
                ..filter()
            };
            check_events(&all, index, BETWEEN);
        }
    }
}

#[test]
fn what_is_skipped_and_what_is_only_looked_at_is_read_from_the_index_alone() {
    let passed = Some(true);
    let offset = EventFilter {
        passed,
        offset: 9,
        ..EventFilter::default()
    };
    let by_time = "SEARCH events USING COVERING INDEX events_by_time (org_id=? AND passed=?)";
    assert_eq!(
        plans(|connection| events::list(connection, ORG, &offset, &[])),
        [by_time]
    );
    assert_eq!(
        plans(|connection| events::count(connection, ORG, &offset, &[])),
        [by_time]
    );
    let tool = EventFilter {
        passed,
        tool: Some("t".to_owned()),
        ..EventFilter::default()
    };
    assert_eq!(
        plans(|connection| events::list(connection, ORG, &tool, &[])),
        ["CO-ROUTINE looked", by_time, "SCAN looked", by_time]
    );
    // No index tells a source: the rows of what is looked at are read, of which there are fewer.
    let of_rows = "SEARCH events USING INDEX events_by_time (org_id=? AND passed=?)";
    let source = Some(Source::Signed);
    for filter in [
        EventFilter { source, ..tool },
        EventFilter { source, ..offset },
    ] {
        assert_eq!(
            plans(|connection| events::list(connection, ORG, &filter, &[])),
            ["CO-ROUTINE looked", of_rows, "SCAN looked", by_time]
        );
    }
}

#[test]
fn the_audit_log_is_walked_along_its_key() {
    let by_key =
        "SEARCH audit_entries USING INDEX sqlite_autoindex_audit_entries_1 (org_id=? AND sequence";
    assert_eq!(
        plans(|connection| audit::page(connection, ORG, 9, 3)),
        [format!("{by_key}<?)")]
    );
    assert_eq!(
        plans(|connection| audit::verify(connection, ORG, None)),
        [
            format!("{by_key}>?)"),
            "SEARCH orgs USING INTEGER PRIMARY KEY (rowid=?)".to_owned()
        ]
    );
}

#[test]
fn deletions_walk_an_index() {
    let by_time = "events_by_time (org_id=? AND passed=?";
    let plan = plans(|connection| deletion::delete_behind(connection, ORG, true, place()));
    assert_eq!(
        plan,
        [
            format!("SEARCH events USING COVERING INDEX {by_time} AND (created_at,id)<(?,?))"),
            format!(
                "SEARCH events USING INDEX {by_time} AND (created_at,id)>(?,?) AND (created_at,id)<(?,?))"
            ),
            "CORRELATED SCALAR SUBQUERY 1".to_owned(),
            "SEARCH agents USING INDEX sqlite_autoindex_agents_1 (org_id=? AND agent_id=?)"
                .to_owned(),
        ]
    );
    assert_eq!(
        plans(|connection| deletion::delete_agent(connection, ORG, "a")),
        [
            "SEARCH events USING PRIMARY KEY (org_id=? AND id=?)",
            "LIST SUBQUERY 1",
            "SEARCH agent_events USING PRIMARY KEY (org_id=? AND agent_id=?)",
            "SCAN pragma_user_version VIRTUAL TABLE INDEX 0:",
            "SEARCH events USING PRIMARY KEY (org_id=? AND id>?)",
            "SEARCH events USING PRIMARY KEY (org_id=? AND id=?)",
            "LIST SUBQUERY 1",
            "SEARCH agent_events USING PRIMARY KEY (org_id=? AND agent_id=?)",
            // A few thousand rows at most.
            "SEARCH candidate_counts USING COVERING INDEX sqlite_autoindex_candidate_counts_1 (org_id=?)",
            // A thousand rows at most.
            "SEARCH suppressions USING INDEX sqlite_autoindex_suppressions_1 (org_id=?)",
            "SEARCH agents USING INDEX sqlite_autoindex_agents_1 (org_id=? AND agent_id=?)",
            "SEARCH orgs USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH audit_entries USING INDEX sqlite_autoindex_audit_entries_1 (org_id=? AND sequence<?)",
            "SEARCH orgs USING INTEGER PRIMARY KEY (rowid=?)",
        ]
    );
}

#[test]
fn agents_are_listed_along_their_index() {
    for (after, range) in [(None, ""), (Some("a"), " AND (last_seen,agent_id)<(?,?)")] {
        let after = after.map(|agent_id| AgentPosition {
            last_seen_us: 0,
            agent_id: agent_id.to_owned(),
        });
        assert_eq!(
            plans(|connection| {
                let unsaved = agents::Unsaved::default();
                agents::list(connection, ORG, after.as_ref(), unsaved, 500)
            }),
            [format!(
                "SEARCH agents USING COVERING INDEX agents_by_last_seen (org_id=?{range})"
            )]
        );
    }
}

#[test]
fn events_are_counted_again_from_a_place_on() {
    assert_eq!(
        plans(|connection| {
            let events = events::recorded_behind(connection, ORG, EventId::before(0), 10)?;
            Ok(events.len())
        }),
        ["SEARCH events USING PRIMARY KEY (org_id=? AND id>?)"]
    );
}

#[test]
fn look_ups_find_one_row() {
    assert_eq!(
        plans(|connection| agents::load(connection, ORG, "a")),
        ["SEARCH agents USING INDEX sqlite_autoindex_agents_1 (org_id=? AND agent_id=?)"]
    );
    let key = pecta_auth::ApiKey::generate(pecta_auth::KeyKind::Secret, getrandom::fill).unwrap();
    assert_eq!(
        plans(|connection| keys::find(connection, &key.hash())),
        [
            "SEARCH api_keys USING INDEX sqlite_autoindex_api_keys_1 (hash=?)",
            "SEARCH orgs USING INTEGER PRIMARY KEY (rowid=?)"
        ]
    );
    let master_key = pecta_auth::MasterKey::parse(&"7a".repeat(32)).unwrap();
    let master_keys = crate::MasterKeys::from(master_key);
    assert_eq!(
        plans(|connection| keys::signing(connection, ORG, &master_keys, 0)),
        ["SEARCH api_keys USING INDEX api_keys_by_org (org_id=?)"]
    );
    let after = Some(crate::KeyId::new(9));
    assert_eq!(
        plans(|connection| keys::page(connection, ORG, after, 50)),
        [
            "SEARCH orgs USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH api_keys USING INDEX api_keys_by_org (org_id=? AND id<?)"
        ]
    );
    assert_eq!(
        plans(|connection| orgs::claim_signature(connection, ORG, 1, &[0; 32], 1000)),
        ["SEARCH signatures_seen USING PRIMARY KEY (org_id=? AND signed_at<?)"]
    );
    assert_eq!(
        plans(|connection| events::by_idempotency_key(connection, ORG, "k")),
        ["SEARCH events USING INDEX events_idempotency_key (org_id=? AND idempotency_key=?)"]
    );
}

#[test]
fn recording_finds_rows_by_their_keys() {
    let event = crate::NewEvent {
        evaluation_id: Some(format!("ev_{:022}", 1)),
        idempotency_key: Some("k".to_owned()),
        ..event("a")
    };
    assert_eq!(
        plans(|connection| events::is_recorded(connection, ORG, &event)),
        [
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SEARCH events USING INDEX events_evaluation_id (org_id=? AND evaluation_id=?)",
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SEARCH events USING PRIMARY KEY (org_id=? AND id=?)",
            "SCAN CONSTANT ROW",
            "SCALAR SUBQUERY 1",
            "SEARCH events USING INDEX events_idempotency_key (org_id=? AND idempotency_key=?)",
        ]
    );
    let state = AgentState {
        seen: Some((0, 0)),
        ..AgentState::unknown()
    };
    assert_eq!(
        plans(|connection| agents::update(connection, ORG, "a", &state)),
        ["SEARCH agents USING INDEX sqlite_autoindex_agents_1 (org_id=? AND agent_id=?)"]
    );
    let unfiled = [AgentEvent::of(&event, 0, [1; 16])];
    assert_eq!(
        plans(|connection| agent_events::file(connection, ORG, "a", &unfiled)),
        [] as [&str; 0]
    );
}
