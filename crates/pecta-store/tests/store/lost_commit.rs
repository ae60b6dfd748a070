//! A connection that is lost around a commit.

use crate::fixture::{Fixture, all_agents, event, noon, start, with_id};
use crate::proxy::{Cut, Proxy};
use crate::recomputation::recompute;
use chrono::TimeDelta;
use pecta_store::{Administration, EventFilter, Outcome, Receipt, StoreError};
use std::thread;
use std::time::Duration;
use tokio::time::{sleep, timeout};

/// How long service may take to return.
const PATIENCE: Duration = Duration::from_mins(1);
/// How long a request may take whose commit is not heard of, and any other while nothing is heard from the server; each
/// with a little more for a busy machine.
const COMMIT: Duration = Duration::from_secs(10 + 3);
const SILENCE: Duration = Duration::from_secs(5 + 3);

/// The events have no id, so that one that was recorded twice would count twice.
pub(crate) async fn what_is_lost_around_a_commit_is_recorded_once((): ()) {
    for cut in [Cut::Commit, Cut::Answer] {
        let proxy = Proxy::start();
        let fixture = Fixture::at(proxy.url.clone());
        let origin = fixture.origin("acme").await;
        let record = || fixture.store.record(origin, vec![event("a"), event("b")]);
        record().await.unwrap();
        proxy.arm(cut);
        let receipt = record().await.unwrap();
        assert!(!proxy.is_armed(), "{cut:?}");
        let recorded = Outcome::Recorded(None);
        assert_eq!(receipt.outcomes, [recorded.clone(), recorded], "{cut:?}");
        assert_eq!(receipt.agents[0].eval_count, 2, "{cut:?}");
        assert_eq!(recompute(&fixture, origin).await, 4, "{cut:?}");
    }
}

pub(crate) async fn what_cannot_be_asked_is_unknown_and_safe_to_repeat((): ()) {
    let proxy = Proxy::start();
    let fixture = Fixture::at(proxy.url.clone());
    let origin = fixture.origin("acme").await;
    let record = || fixture.store.record(origin, vec![with_id("a", "id")]);
    proxy.arm(Cut::AnswerAndStay);
    let refused = record().await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Unavailable(cause) if cause.contains("unknown")),
        "{refused}"
    );
    proxy.restore();
    let receipt = until_recorded(record).await;
    assert_eq!(receipt.outcomes, [Outcome::Duplicate]);
    assert_eq!(recompute(&fixture, origin).await, 1);
}

/// Whichever agent it is of, the events of the other are not recorded again.
pub(crate) async fn an_erasure_before_the_outcome_is_asked_for_doubles_nothing((): ()) {
    for erased in ["a", "b"] {
        let proxy = Proxy::start();
        let fixture = Fixture::at(proxy.url.clone());
        let origin = fixture.origin("acme").await;
        proxy.arm(Cut::AnswerAndStay);
        let record = fixture.store.record(origin, vec![event("a"), event("b")]);
        let erase = async {
            while proxy.is_armed() {
                sleep(Duration::from_millis(20)).await;
            }
            // It waits for the commit, as it locks the agent.
            let url = proxy.direct_url.clone();
            let erase = move || {
                let mut administration = Administration::open(&url).unwrap();
                administration.delete_agent(origin.org(), erased).unwrap()
            };
            assert_eq!(thread::spawn(erase).join().unwrap(), Some(1));
            proxy.restore();
        };
        let (receipt, ()) = timeout(PATIENCE, async { tokio::join!(record, erase) })
            .await
            .unwrap();
        let recorded = Outcome::Recorded(None);
        assert_eq!(
            receipt.unwrap().outcomes,
            [recorded.clone(), recorded],
            "{erased}"
        );
        assert_eq!(recompute(&fixture, origin).await, 1, "{erased}");
    }
}

/// Retention leaves the agent, whose row tells that its newest event was counted.
pub(crate) async fn a_retention_before_the_outcome_is_asked_for_doubles_nothing((): ()) {
    let proxy = Proxy::start();
    let fixture = Fixture::at(proxy.url.clone());
    let origin = fixture.origin("acme").await;
    let retaining = start(&proxy.direct_url);
    proxy.arm(Cut::AnswerAndStay);
    let record = fixture.store.record(origin, vec![event("a"), event("b")]);
    let retain = async {
        // It deletes nothing until the commit.
        let tomorrow = noon() + TimeDelta::days(1);
        let mut deleted = 0;
        while deleted == 0 {
            sleep(Duration::from_millis(20)).await;
            deleted = retaining.delete_events_before(tomorrow).await.unwrap();
        }
        assert_eq!(deleted, 2);
        proxy.restore();
    };
    let (receipt, ()) = timeout(PATIENCE, async { tokio::join!(record, retain) })
        .await
        .unwrap();
    let agents = receipt.unwrap().agents;
    let counted: Vec<_> = agents.iter().map(|agent| agent.eval_count).collect();
    assert_eq!(counted, [1, 1]);
    let listed = all_agents(&fixture, origin).await;
    assert!(
        listed.iter().all(|agent| agent.eval_count == 1),
        "{listed:?}"
    );
    let page = fixture.store.events(origin.org(), EventFilter::default());
    assert!(page.await.unwrap().events.is_empty());
}

pub(crate) async fn an_erasure_whose_commit_is_not_heard_of_has_found_its_agent((): ()) {
    let proxy = Proxy::start();
    let fixture = Fixture::at(proxy.url.clone());
    let origin = fixture.origin("acme").await;
    let record = fixture.store.record(origin, vec![event("a")]);
    record.await.unwrap();
    let administration = fixture.administration();
    proxy.arm(Cut::Answer);
    let erase = move || {
        let mut administration = administration;
        let erased = administration.delete_agent(origin.org(), "a").unwrap();
        (
            erased,
            administration.delete_agent(origin.org(), "a").unwrap(),
        )
    };
    // How many events the part had that was not heard of is not known any more.
    assert_eq!(thread::spawn(erase).join().unwrap(), (Some(0), None));
    assert!(!proxy.is_armed());
    assert_eq!(all_agents(&fixture, origin).await, []);
}

/// Records again until that succeeds.
async fn until_recorded<F>(mut record: impl FnMut() -> F) -> Receipt
where
    F: Future<Output = Result<Receipt, StoreError>>,
{
    let repeated = async {
        loop {
            match record().await {
                Ok(receipt) => return receipt,
                Err(_) => sleep(Duration::from_millis(20)).await,
            }
        }
    };
    timeout(PATIENCE, repeated).await.unwrap()
}

pub(crate) async fn a_server_that_falls_silent_is_given_up_in_time((): ()) {
    let proxy = Proxy::start();
    let fixture = Fixture::at(proxy.url.clone());
    let origin = fixture.origin("acme").await;
    let record = || fixture.store.record(origin, vec![with_id("a", "id")]);
    proxy.arm(Cut::Silent);
    let refused = timeout(COMMIT, record()).await.unwrap().unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused}");
    // Those that come later wait no longer than for a connection.
    let later = timeout(SILENCE, record()).await.unwrap().unwrap_err();
    assert!(matches!(later, StoreError::Unavailable(_)), "{later}");
    let checked = timeout(SILENCE, fixture.store.check()).await.unwrap();
    assert!(checked.is_err());
    proxy.restore();
    let receipt = until_recorded(record).await;
    assert_eq!(receipt.outcomes, [Outcome::Recorded(Some("id".to_owned()))]);
    assert_eq!(recompute(&fixture, origin).await, 1);
}
