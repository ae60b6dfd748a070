//! Who has room, and where what is sent is written.

use super::*;
use actix_web::rt::System;
use futures_util::FutureExt as _;
use pecta_gates::{Json, Subject};
use pecta_policy::{Call, Format, Policy};
use pecta_store::{MasterKey, Origin, Scoring, Store};
use std::iter::from_fn;
use std::sync::mpsc;

/// An org of a store, with a key that signs.
#[expect(clippy::disallowed_methods, reason = "as a server that starts")]
async fn org(store: &Store, name: &str) -> (Origin, Arc<ApiKey>) {
    let (tell, told) = mpsc::channel();
    let publish = move |made: &pecta_store::Bootstrap| {
        tell.send(made.secret_key.hash())
            .map_err(|error| error.to_string())
    };
    store.bootstrap(name, publish).await.unwrap();
    let origin = store.find_key(told.recv().unwrap()).await.unwrap();
    let origin = origin.unwrap().origin();
    let keys = store.signing_keys(origin.org()).await.unwrap();
    (origin, Arc::new(keys.into_iter().next().unwrap().key))
}

#[test]
fn gates_that_watch_take_no_place_from_those_that_decide() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let store = store(&home);
        let (origin, _) = org(&store, "acme").await;
        let callouts = Callouts::new(Networks::internet_and(&[]));
        let take_all = |is_monitored| {
            let places = from_fn(|| callouts.place(origin.org(), is_monitored));
            places.collect::<Vec<_>>()
        };
        let watching = take_all(true);
        assert_eq!(watching.len(), WATCHING_IN_ORG);
        let deciding = take_all(false);
        assert_eq!(deciding.len(), IN_ORG);
        drop(watching);
        assert_eq!(take_all(true).len(), WATCHING_IN_ORG);
    });
}

#[test]
fn a_large_question_is_written_and_signed_in_its_turn() {
    System::new().block_on(async {
        let home = tempfile::tempdir().unwrap();
        let store = store(&home);
        let (origin, key) = org(&store, "acme").await;
        let policy = "[default]\ngates = [{ gate = 'http', url = 'https://a.example' }]";
        let policy = Policy::parse(policy, Format::Toml, Duration::from_secs(1)).unwrap();
        let turns = Turns::new(1, 0);
        for (length, is_large) in [(1, false), (1 << 20, true)] {
            let output = Json::String("x".repeat(length).into());
            let call = Call::new("a", Subject::new(&output), crate::clock::Clock::wall());
            let callouts = policy.callouts(&call).unwrap();
            let callout = Arc::clone(&callouts[0].callout);
            let questions = Questions {
                callouts,
                question: Some(Question::about(&call).unwrap()),
                bytes: length,
            };
            let (key, org) = (Some(Arc::clone(&key)), origin.org());
            let write = |turns| Letter::write(turns, org, &callout, &questions, key.clone());
            assert_eq!(write(&turns).now_or_never().is_none(), is_large);
            let turns = Turns::new(1, 1);
            let letter = write(&turns).await.unwrap().unwrap();
            assert!(letter.body.len() > length);
            let signature = sign(letter.body.as_bytes(), key.as_ref().unwrap());
            assert_eq!(letter.signature, Some(signature));
        }
    });
}

fn store(home: &tempfile::TempDir) -> Store {
    let url = format!("sqlite:{}", home.path().join("db").display());
    let key = MasterKey::generate(|bytes| {
        bytes.fill(7);
        Ok::<_, ()>(())
    });
    pecta_store::open(&url, Scoring::default(), |_| Ok(key.unwrap().into())).unwrap()
}
