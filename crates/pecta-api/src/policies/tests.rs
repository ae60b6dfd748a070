//! What judges an org while its database fails.

use super::*;
use actix_web::ResponseError as _;
use actix_web::rt::System;
use chrono::DateTime;
use futures_util::FutureExt as _;
use futures_util::future::join_all;
use pecta_gates::{Json, Subject};
use pecta_policy::Call;
use pecta_store::{MasterKey, Origin, PolicyRole, Precondition, Scoring};
use serde_json::json;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc;
use tempfile::TempDir;

/// A store with one org, and who may change what it says.
#[expect(clippy::disallowed_methods, reason = "as a server that starts")]
async fn store(home: &TempDir) -> (Store, Origin) {
    let url = format!("sqlite:{}", home.path().join("db").display());
    let key = MasterKey::generate(|bytes| {
        bytes.fill(7);
        Ok::<_, ()>(())
    });
    let store = pecta_store::open(&url, Scoring::default(), |_| Ok(key.unwrap().into())).unwrap();
    let (tell, told) = mpsc::channel();
    let publish = move |made: &pecta_store::Bootstrap| {
        tell.send(made.secret_key.hash())
            .map_err(|error| error.to_string())
    };
    store.bootstrap("acme", publish).await.unwrap();
    let key = store.find_key(told.recv().unwrap()).await.unwrap();
    let origin = key.unwrap().origin();
    (store, origin)
}

fn policies(store: &Store, time: &Arc<AtomicU64>) -> Policies {
    let server = ServerPolicy {
        policy: Policy::parse("", Format::Toml, FRESH).unwrap(),
        version: None,
    };
    let time = Arc::clone(time);
    let clock = move || Duration::from_millis(time.load(Ordering::Relaxed));
    Policies::new(
        store.clone(),
        server,
        FRESH,
        Networks::internet_and(&[]),
        clock,
    )
}

#[test]
fn a_database_that_fails_keeps_the_old_policy() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let document = Some(r#"{"default": {"gates": []}}"#.to_owned());
        let saved = store.save_policy(origin, PolicyRole::Live, document, Precondition::None);
        saved.await.unwrap();
        let time = Arc::new(AtomicU64::new(1_000));
        let known = policies(&store, &time);
        let org = origin.org();
        // Of those who wait for the first look, one looks.
        for policy in join_all((0..10).map(|_| known.of(org))).await {
            assert_eq!(policy.unwrap().version, Some(1));
        }
        assert_eq!(known.0.memory.org(org, Duration::ZERO).looks(), 1);

        store.close().await;
        // While it is fresh, when it is looked at beside the request, when requests wait for that, and after it failed.
        for now in [1_000, 4_500, 6_500, 6_600, 8_000, 30_000] {
            time.store(now, Ordering::Relaxed);
            let asked = (0..10).map(|_| known.of(org));
            for policy in join_all(asked).await {
                assert_eq!(policy.unwrap().version, Some(1), "{now}");
            }
        }
        let looked = || known.0.memory.org(org, Duration::ZERO).looks();
        let before = looked();
        known.changed(org).await;
        assert_eq!(
            (looked(), known.of(org).await.unwrap().version),
            (before + 1, Some(1))
        );

        // Without one there is nothing to judge by.
        let refused = policies(&store, &time).of(org).await;
        assert!(matches!(refused, Err(ApiError::Unavailable(_))));
    });
}

#[test]
fn a_policy_that_is_stored_stays_in_force_though_a_limit_was_lowered() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let document = r#"{"default": {"gates": [], "budget_ms": 5000}}"#;
        let known = policies(&store, &Arc::default());
        assert!(known.parse(document).is_err());
        for role in [PolicyRole::Live, PolicyRole::Candidate] {
            let document = Some(document.to_owned());
            let saved = store.save_policy(origin, role, document, Precondition::None);
            saved.await.unwrap();
        }
        known.changed(origin.org()).await;
        let judges = known.of(origin.org()).await.unwrap();
        assert_eq!(judges.version, Some(1));
        assert!(judges.candidate.is_some());
    });
}

#[test]
fn a_policy_of_the_server_is_replaced_where_an_org_has_none() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let org = origin.org();
        let known = policies(&store, &Arc::new(AtomicU64::new(1_000)));
        let versions = async || known.of(org).await.unwrap().version;
        let replace = |version: i64| {
            let policy = format!("version = {version}");
            let policy = Policy::parse(&policy, Format::Toml, FRESH).unwrap();
            known.replace(policy.into());
        };
        // Before the org is in memory, and while it is.
        replace(7);
        assert_eq!(versions().await, Some(7));
        let held = known.of(org).await.unwrap();
        replace(8);
        assert_eq!((versions().await, held.version), (Some(8), Some(7)));
        let document = Some(r#"{"default": {"gates": []}}"#.to_owned());
        let saved = store.save_policy(origin, PolicyRole::Live, document, Precondition::None);
        saved.await.unwrap();
        known.changed(org).await;
        replace(9);
        assert_eq!(versions().await, Some(1));
        let saved = store.save_policy(origin, PolicyRole::Live, None, Precondition::None);
        saved.await.unwrap();
        known.changed(org).await;
        assert_eq!(versions().await, Some(9));
    });
}

/// Judges an output for each of the rules, and tells whether anything had to be made for that.
fn makes_anything(judges: &OrgPolicy) -> bool {
    let before = judges.policy.weight();
    for (agent, tool) in [
        ("mailer-1", "t"),
        ("planner", "send"),
        ("mailer-2", "send"),
        ("x", "t"),
    ] {
        let subject = Subject::new(&Json::Null).tool(tool);
        let call = Call::new(agent, subject, DateTime::UNIX_EPOCH);
        let answer = judges
            .policy
            .judge(&call, &judges.suppressions, &|| Duration::ZERO);
        answer.unwrap();
    }
    judges.policy.weight() > before
}

#[test]
fn no_output_waits_for_a_policy_that_was_swapped_in() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let org = origin.org();
        let known = policies(&store, &Arc::new(AtomicU64::new(1_000)));
        known.of(org).await.unwrap();
        let save = async |role, gate: &str| {
            let document = json!({"rules": [
                {"agent": "mailer-*", "gates": [{"gate": gate}]},
                {"tool": "send", "gates": [{"gate": "size", "max_depth": 9}]},
            ]});
            let document = Some(document.to_string());
            let saved = store.save_policy(origin, role, document, Precondition::None);
            saved.await.unwrap();
        };
        // A change by this server, and one that a look finds.
        save(PolicyRole::Live, "secrets").await;
        save(PolicyRole::Candidate, "injection").await;
        known.changed(org).await;
        let judges = known.of(org).await.unwrap();
        assert_eq!((judges.version, makes_anything(&judges)), (Some(1), false));
        let candidate = judges.candidate.as_ref().unwrap();
        assert!(!makes_anything(&OrgPolicy {
            policy: Arc::clone(&candidate.policy),
            ..OrgPolicy::clone(&judges)
        }));
        save(PolicyRole::Live, "injection").await;
        let held = known.0.memory.org(org, Duration::ZERO);
        known.look(org, &held, false).await.unwrap();
        let judges = known.of(org).await.unwrap();
        assert_eq!((judges.version, makes_anything(&judges)), (Some(2), false));
        // One that requests wait for is made ready once it judges, and weighs more then.
        save(PolicyRole::Live, "secrets").await;
        known.look(org, &held, true).await.unwrap();
        let judges = known.of(org).await.unwrap();
        let before = held.weighed();
        let preparing = known.prepare_beside(org, Arc::clone(&held), Arc::clone(&judges));
        preparing.await.unwrap();
        assert_eq!((judges.version, makes_anything(&judges)), (Some(3), false));
        assert!(held.weighed() > before && held.weighed() == judges.weight());
    });
}

#[test]
fn nobody_waits_for_a_database_that_hangs() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let time = Arc::new(AtomicU64::new(1_000));
        let known = policies(&store, &time);
        known.of(origin.org()).await.unwrap();
        // A look that does not end.
        let org = known.0.memory.org(origin.org(), Duration::ZERO);
        let _turn = org.turn.lock().await;
        org.begins(Duration::from_secs(5));
        time.store(6_500, Ordering::Relaxed);
        let answer = known.of(origin.org()).now_or_never();
        assert!(answer.is_some_and(|answer| answer.is_ok()));
        // It has answered, and the policy is being made.
        org.answered();
        assert!(known.of(origin.org()).now_or_never().is_none());
    });
}

#[test]
fn an_org_whose_policy_this_server_cannot_read_is_told_to_come_again() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let (store, origin) = store(&home).await;
        let document = r#"{"default": {"gates": [{"gate": "of-a-newer-server"}]}}"#;
        let document = Some(document.to_owned());
        let saved = store.save_policy(origin, PolicyRole::Live, document, Precondition::None);
        saved.await.unwrap();
        let refused = policies(&store, &Arc::default()).of(origin.org()).await;
        let answer = refused.unwrap_err().error_response();
        assert_eq!(answer.status().as_u16(), 503);
        assert!(answer.headers().contains_key("retry-after"));
    });
}
