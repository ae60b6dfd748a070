//! The plans of PostgreSQL's hot statements: each is bounded by an index, whatever the size of the
//! tables. The server tells them itself, through `auto_explain`, a module that comes with it.

use crate::fixture::{Fixture, event, noon, query, server_log};
use crate::proxy::{Cut, Proxy};
use chrono::{DateTime, TimeDelta};
use pecta_store::{AgentPosition, EventFilter, EventPosition, NewEvent, Origin, Source};

/// Small tables are read as large ones are.
const SETTINGS: [&str; 4] = [
    "session_preload_libraries = 'auto_explain'",
    "auto_explain.log_min_duration = 0",
    "enable_seqscan = off",
    "enable_bitmapscan = off",
];

/// A part of a statement, and what its plan must hold.
const EXPECTED: [(&str, &[&str]); 20] = [
    // Recording.
    (
        "AND agent_id <= given.id ",
        &["LockRows", "using agents_pkey", "(agent_id <= given.id)"],
    ),
    (
        r#""events"."evaluation_id" = ANY("#,
        &["using events_evaluation_id"],
    ),
    (" AND id >= given.id ORDER ", &["using events_pkey"]),
    (
        r#""events"."idempotency_key" = ANY("#,
        &["using events_idempotency_key"],
    ),
    (
        "INSERT INTO agents (",
        &["Conflict Arbiter Indexes: agents_pkey"],
    ),
    // Listing.
    (
        "id FROM events WHERE (org_id = $1 AND passed = TRUE) ORDER",
        &[
            "Index Only Scan Backward using events_by_time",
            "(passed = true)",
        ],
    ),
    (
        "FROM agents WHERE org_id = $1 ORDER",
        &["Backward using agents_by_last_seen"],
    ),
    (
        "id FROM events WHERE (org_id = $1 AND passed = TRUE AND (created_at, id) < ($2, $3) AND ",
        &[
            "Index Only Scan Backward using events_by_time",
            "(passed = true) AND (ROW(created_at, id) < ",
        ],
    ),
    (
        "id FROM events WHERE (org_id = $1 AND passed = FALSE AND agent_id = ",
        &[
            "Index Only Scan Backward using events_by_agent",
            "(passed = false) AND (ROW(created_at, id) < ",
        ],
    ),
    (
        "(SELECT created_at, id, tool FROM events WHERE ",
        &[
            "Subquery Scan on looked",
            "Index Only Scan Backward using events_by_",
            "(ROW(created_at, id) < ",
        ],
    ),
    (
        "tool, source FROM events WHERE (org_id = $1 AND passed = TRUE AND agent_id = ",
        &[
            "Subquery Scan on looked",
            "Index Only Scan Backward using events_by_agent",
            "(ROW(created_at, id) < ",
        ],
    ),
    // Without an agent a source is told by the rows alone.
    (
        "tool, source FROM events WHERE (org_id = $1 AND passed = TRUE AND (created_at, id) < ",
        &[
            "Subquery Scan on looked",
            "Index Scan Backward using events_by_time",
            "(ROW(created_at, id) < ",
        ],
    ),
    (
        "(last_seen, agent_id) < ",
        &[
            "Backward using agents_by_last_seen",
            "AND (seen_span <= ",
            "Presorted Key: seen_span",
        ],
    ),
    // Reading them, and asking for the outcome of a commit.
    ("findings FROM unnest(", &["using events_pkey"]),
    (
        "LATERAL (SELECT id FROM events WHERE org_id = ",
        &["Limit", "using events_pkey"],
    ),
    // Looking up and deleting.
    (r#""api_keys"."hash" = $1"#, &["using api_keys_hash_key"]),
    (
        r#"SELECT "events"."created_at", "events"."id" FROM"#,
        &["using events_by_time"],
    ),
    (
        "FROM agents WHERE org_id = $1 AND agent_id = $2",
        &["using agents_pkey"],
    ),
    (
        r#""events"."idempotency_key" = $2)) LIMIT"#,
        &["using events_idempotency_key"],
    ),
    (
        r#"DELETE FROM "events""#,
        &["Delete on events", "using events_"],
    ),
];

pub(crate) async fn hot_statements_walk_indexes((): ()) {
    let proxy = Proxy::start();
    let url = proxy.url.clone();
    let (_, name) = url.rsplit_once('/').unwrap();
    for setting in SETTINGS {
        query(&url, &format!("ALTER DATABASE {name} SET {setting}"));
    }
    let fixture = Fixture::at(url);
    let origin = fixture.origin("acme").await;
    // So that the outcome is asked for, and not told by the agent already.
    proxy.arm(Cut::Commit);
    run_everything(&fixture, origin).await;
    assert!(!proxy.is_armed());

    let log = server_log();
    let plans: Vec<&str> = log.split(" plan:\n").skip(1).map(until_next_line).collect();
    for (statement, parts) in EXPECTED {
        let of_statement = plans.iter().filter(|plan| plan.contains(statement));
        let of_statement: Vec<_> = of_statement.collect();
        assert!(!of_statement.is_empty(), "{statement}");
        for plan in of_statement {
            let is_expected = parts.iter().all(|part| plan.contains(part));
            assert!(is_expected && !plan.contains("Seq Scan"), "{plan}");
        }
    }
    let listings = plans.iter().filter(|plan| plan.contains("DESC LIMIT"));
    for plan in listings {
        assert!(!plan.contains("->  Sort"), "{plan}");
    }
}

/// The lines of one message, which begin with a tab.
fn until_next_line(text: &str) -> &str {
    let lines = text
        .split_inclusive('\n')
        .take_while(|line| line.starts_with('\t'));
    let length = lines.map(str::len).sum();
    &text[..length]
}

async fn run_everything(fixture: &Fixture, origin: Origin) {
    let (store, org) = (&fixture.store, origin.org());
    let with_ids = NewEvent {
        evaluation_id: Some(format!("ev_{:022}", 1)),
        idempotency_key: Some("key".to_owned()),
        ..event("a")
    };
    store.record(origin, vec![with_ids]).await.unwrap();
    for filter in filters() {
        store.events(org, filter).await.unwrap();
    }
    let after = AgentPosition {
        last_seen_us: i64::MAX,
        agent_id: String::new(),
    };
    store.agents(org, Some(after), 50).await.unwrap();
    store.agents(org, None, 50).await.unwrap();
    store.reputation(org, "a".to_owned()).await.unwrap();
    let found = store.event_by_idempotency_key(org, "key".to_owned()).await;
    assert!(found.unwrap().is_some());
    let tomorrow = noon() + TimeDelta::days(1);
    assert_eq!(store.delete_events_before(tomorrow).await.unwrap(), 1);
    let deleted = fixture.administration().delete_agent(org, "a").unwrap();
    assert_eq!(deleted, Some(0));
}

/// Every combination of what a listing may be narrowed by.
fn filters() -> Vec<EventFilter> {
    let epoch = DateTime::UNIX_EPOCH;
    let first_page = EventFilter {
        limit: 50,
        ..EventFilter::default()
    };
    let mut filters = vec![first_page];
    let tool = Some("tool".to_owned());
    for agent_id in [None, Some("a".to_owned())] {
        for passed in [None, Some(true)] {
            for (tool, source) in [
                (None, None),
                (tool.clone(), None),
                (None, Some(Source::Signed)),
                (tool.clone(), Some(Source::Signed)),
            ] {
                filters.push(EventFilter {
                    agent_id: agent_id.clone(),
                    passed,
                    tool,
                    source,
                    from: Some(epoch - TimeDelta::days(1)),
                    to: Some(epoch + TimeDelta::days(40_000)),
                    after: Some(EventPosition {
                        created_at_us: i64::MAX,
                        id: [0; 16],
                    }),
                    limit: 50,
                    offset: 1,
                });
            }
        }
    }
    filters
}
