//! Retention, erasure, counting and copies.

use crate::fixture::{Backend, Fixture, event, new_database, noon, with_id};
use chrono::TimeDelta;
use pecta_store::{
    Administration, BackupError, EventFilter, NewEvent, NewSuppression, Origin, Outcome, Store,
    migrate,
};
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;

/// Every event of an org.
fn all() -> EventFilter {
    EventFilter::default()
}

/// `old` events of a day ago and then `new` ones of noon, of an agent.
async fn fill(fixture: &Fixture, origin: Origin, agent_id: &str, old: usize, new: usize) {
    let batch = (0..old + new).map(|number| NewEvent {
        created_at: if number < old {
            noon() - TimeDelta::days(1)
        } else {
            noon()
        },
        passed: number % 3 != 0,
        ..event(agent_id)
    });
    fixture.store.record(origin, batch.collect()).await.unwrap();
}

pub(crate) async fn retention_deletes_old_events_of_every_org_and_no_score(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    fill(&fixture, acme, "a", 1100, 20).await;
    fill(&fixture, other, "b", 30, 0).await;
    let store = &fixture.store;
    let standing = async || store.reputation(acme.org(), "a".to_owned()).await.unwrap();
    let before = standing().await;
    let first = with_id("c", "once");
    store
        .record(
            acme,
            vec![NewEvent {
                created_at: noon() - TimeDelta::days(1),
                ..first.clone()
            }],
        )
        .await
        .unwrap();

    // The time itself is not before itself; stored times are whole milliseconds.
    let time = noon() - TimeDelta::microseconds(456);
    assert_eq!(store.delete_events_before(time).await.unwrap(), 1131);
    assert_eq!(fixture.events(acme, all()).await.len(), 20);
    assert!(fixture.events(other, all()).await.is_empty());
    assert_eq!(standing().await, before);
    assert_eq!(store.delete_events_before(time).await.unwrap(), 0);

    // An id is known as long as its event is; the agent goes on where it was.
    let again = store.record(acme, vec![first]).await.unwrap();
    assert_eq!(again.outcomes, [Outcome::Recorded(Some("once".to_owned()))]);
    assert_eq!(again.agents[0].eval_count, 2);
}

pub(crate) async fn records_go_on_while_old_events_are_deleted(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    fill(&fixture, acme, "a", 1100, 0).await;
    let deletion = fixture
        .store
        .delete_events_before(noon() - TimeDelta::hours(1));
    let mut deletion = std::pin::pin!(deletion);
    let mut recorded = 0;
    let deleted = loop {
        let record = fixture.store.record(acme, vec![event("a")]);
        tokio::select! {
            biased;
            deleted = &mut deletion => break deleted.unwrap(),
            receipt = record => {
                recorded += 1;
                assert_eq!(receipt.unwrap().agents[0].eval_count, 1100 + recorded);
            }
        }
    };
    assert_eq!(deleted, 1100);
    assert!(recorded >= 5, "between any two steps: {recorded}");
    let left = fixture.events(acme, all()).await;
    assert!(left.iter().all(|event| event.sequence > 1100));
}

const DIGEST_OF_A: &str = "sha256:ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

fn suppression(agent: &str) -> NewSuppression {
    NewSuppression {
        gate: "content".to_owned(),
        rule: "email".to_owned(),
        agent: Some(agent.to_owned()),
        tool: None,
        pointer: None,
        reason: "known".to_owned(),
        expires_at: None,
    }
}

/// An act, what it was on, and what it changed.
type Told = (String, String, Vec<(String, String)>);

async fn newest_acts(store: &Store, origin: Origin, count: u32) -> Vec<Told> {
    let page = store.audit(origin.org(), None, count).await.unwrap();
    let acts = page.entries.into_iter();
    acts.map(|entry| (entry.act, entry.subject, entry.changes))
        .collect()
}

pub(crate) async fn an_agent_is_erased_with_everything_about_it(backend: Backend) {
    let fixture = Fixture::new(backend);
    let (acme, other) = (fixture.origin("acme").await, fixture.origin("other").await);
    for origin in [acme, other] {
        fill(&fixture, origin, "a", 0, 1100).await;
        fill(&fixture, origin, "b", 0, 5).await;
    }
    let store = &fixture.store;
    store
        .record(acme, vec![with_id("a", "once")])
        .await
        .unwrap();
    for agent in ["a", "a*", "b"] {
        let made = store.add_suppression(acme, suppression(agent)).await;
        assert!(made.unwrap().is_some());
    }
    let told = newest_acts(store, acme, 3).await;
    let told = told.iter().map(|(_, _, changes)| changes[2].1.as_str());
    let digest_of_b = "sha256:3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d";
    assert_eq!(told.collect::<Vec<_>>(), [digest_of_b, "a*", DIGEST_OF_A]);
    let revision = store.policy_revision(acme.org()).await.unwrap();
    let mut database = fixture.administration();
    let org = database.org("acme").unwrap().unwrap();
    assert_eq!((org, database.org("nobody").unwrap()), (acme.org(), None));
    assert_eq!(database.delete_agent(org, "a").unwrap(), Some(1101));
    assert_eq!(database.delete_agent(org, "a").unwrap(), None);
    // On record from the first step on, which may have been the last.
    let noted = newest_acts(store, acme, 3).await;
    let erased = |name: &str, value: &str| {
        let changes = vec![(name.to_owned(), value.to_owned())];
        ("agent.delete".to_owned(), DIGEST_OF_A.to_owned(), changes)
    };
    assert_eq!(noted[0], erased("events", "1101"));
    assert_eq!(noted[1].0, "suppression.delete");
    assert_eq!(noted[2], erased("state", "begun"));
    let left = store.suppressions(acme.org()).await.unwrap();
    // Those of one millisecond are in no order.
    let left: BTreeSet<_> = left
        .into_iter()
        .map(|record| record.suppression.agent.unwrap())
        .collect();
    assert!(left.iter().eq(["a*", "b"]), "{left:?}");
    assert!(store.policy_revision(acme.org()).await.unwrap() > revision);
    assert_eq!(fixture.events(acme, all()).await.len(), 5);
    let standing = store.reputation(acme.org(), "a".to_owned()).await.unwrap();
    assert_eq!(
        (standing.eval_count, standing.reputation.evaluations),
        (0, 0)
    );
    let agents = store.agents(acme.org(), None, 10).await.unwrap().agents;
    assert_eq!(agents.len(), 1);
    let left = EventFilter {
        agent_id: Some("a".to_owned()),
        ..all()
    };
    assert_eq!(database.count_events(other.org(), &left).unwrap(), 1100);

    // Registered and never evaluated is an agent, too.
    store
        .register_agent(acme.org(), "r".to_owned())
        .await
        .unwrap();
    assert_eq!(database.delete_agent(org, "r").unwrap(), Some(0));

    // Who comes again is new.
    let receipt = store
        .record(acme, vec![with_id("a", "once")])
        .await
        .unwrap();
    assert_eq!(
        receipt.outcomes,
        [Outcome::Recorded(Some("once".to_owned()))]
    );
    assert_eq!(receipt.agents[0].eval_count, 1);
}

pub(crate) async fn what_is_counted_is_what_is_listed(backend: Backend) {
    let fixture = Fixture::new(backend);
    let acme = fixture.origin("acme").await;
    fill(&fixture, acme, "a", 40, 30).await;
    fill(&fixture, acme, "b", 10, 0).await;
    let mut database = fixture.administration();
    for filter in [
        all(),
        EventFilter {
            agent_id: Some("a".to_owned()),
            ..all()
        },
        EventFilter {
            passed: Some(false),
            from: Some(noon() - TimeDelta::hours(1)),
            ..all()
        },
        EventFilter {
            to: Some(noon() - TimeDelta::hours(1)),
            ..all()
        },
    ] {
        let listed = fixture.events(acme, filter.clone()).await.len();
        let counted = database.count_events(acme.org(), &filter).unwrap();
        assert_eq!(usize::try_from(counted), Ok(listed), "{filter:?}");
        assert!(listed > 0);
    }
}

pub(crate) async fn a_backup_is_a_database_that_only_its_owner_reads((): ()) {
    let fixture = Fixture::new(Backend::Sqlite);
    let acme = fixture.origin("acme").await;
    fill(&fixture, acme, "a", 0, 10).await;
    let file = fixture.directory().join("copy.db");
    fixture.administration().backup(&file).unwrap();
    fill(&fixture, acme, "a", 0, 1).await;
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let mut copy = Administration::open(&format!("sqlite:{}", file.display())).unwrap();
    assert_eq!(copy.count_events(acme.org(), &all()).unwrap(), 10);
    drop(copy);

    let before = fs::read(&file).unwrap();
    let error = fixture.administration().backup(&file).unwrap_err();
    assert!(matches!(error, BackupError::Exists), "{error}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let nowhere = fixture.directory().join("missing/copy.db");
    let error = fixture.administration().backup(&nowhere).unwrap_err();
    assert!(matches!(error, BackupError::File(_)), "{error}");
}

pub(crate) async fn a_copy_has_the_scores_and_agents_of_the_moment((): ()) {
    let fixture = Fixture::new(Backend::Sqlite);
    let acme = fixture.origin("acme").await;
    // What is recorded of known agents stands in their events before it stands in their rows.
    for count in [10, 3, 2] {
        fill(&fixture, acme, "a", count, 1).await;
        fill(&fixture, acme, "b", 0, count).await;
    }
    let copy = fixture.restored();
    let agents = async |store: &Store| store.agents(acme.org(), None, 10).await.unwrap();
    let standing =
        async |store: &Store| store.reputation(acme.org(), "a".to_owned()).await.unwrap();
    assert_eq!(standing(&copy.store).await.eval_count, 18);
    assert_eq!(standing(&copy.store).await, standing(&fixture.store).await);
    assert_eq!(agents(&copy.store).await, agents(&fixture.store).await);
}

pub(crate) async fn migrations_are_named_once(backend: Backend) {
    let directory = tempfile::tempdir().unwrap();
    let url = match backend {
        Backend::Sqlite => format!("sqlite:{}", directory.path().join("pecta.db").display()),
        Backend::Postgres => new_database(),
    };
    let ran = migrate(&url).unwrap();
    assert_eq!(
        ran.first().map(String::as_str),
        Some("2026-11-21-000001_orgs")
    );
    assert_eq!(migrate(&url).unwrap(), [] as [&str; 0]);
    assert_eq!(
        Administration::open(&url).unwrap().org("acme").unwrap(),
        None
    );
}
