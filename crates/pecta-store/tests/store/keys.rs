//! Keys and the first start.

use crate::fixture::{Backend, Fixture};
use pecta_store::{Bootstrap, KeyId, KeyKind, NewKey};

pub(crate) async fn keys_are_found_listed_and_revoked(backend: Backend) {
    let fixture = Fixture::new(backend);
    let store = &fixture.store;
    let mut administration = fixture.administration();
    let create = async |org: &str, kind| {
        let key = store.create_key(org, NewKey::of(kind)).await;
        key.unwrap()
    };
    let public = create("acme", KeyKind::Publishable).await;
    let secret = create("acme", KeyKind::Secret).await;
    create("other", KeyKind::Secret).await;

    let found = store.find_key(secret.hash()).await.unwrap().unwrap();
    let signing = store.signing_keys(found.org).await.unwrap();
    assert_eq!(signing.len(), 1);
    assert_eq!(signing[0].expose(), secret.expose());
    assert_eq!(
        store.find_key(public.hash()).await.unwrap().unwrap().org,
        found.org
    );

    assert!(administration.revoke_key(found.id).unwrap());
    let revoked_at = store
        .find_key(secret.hash())
        .await
        .unwrap()
        .unwrap()
        .revoked_at;
    assert!(revoked_at.is_some());
    assert!(administration.revoke_key(found.id).unwrap());
    assert_eq!(
        store
            .find_key(secret.hash())
            .await
            .unwrap()
            .unwrap()
            .revoked_at,
        revoked_at
    );
    assert!(!administration.revoke_key(KeyId::new(99)).unwrap());
    assert!(store.signing_keys(found.org).await.unwrap().is_empty());

    let listed = administration.keys(Some("acme")).unwrap().unwrap();
    let kinds: Vec<_> = listed
        .iter()
        .map(|key| (key.kind, key.revoked_at))
        .collect();
    assert_eq!(
        kinds,
        [(KeyKind::Publishable, None), (KeyKind::Secret, revoked_at)]
    );
    assert_eq!(administration.keys(None).unwrap().unwrap().len(), 3);
    assert_eq!(administration.keys(Some("nobody")).unwrap(), None);
}

pub(crate) async fn a_bootstrap_happens_once_and_not_at_all_when_it_cannot_be_shown(
    backend: Backend,
) {
    let fixture = Fixture::new(backend);
    let store = &fixture.store;
    let mut administration = fixture.administration();
    let refused = store
        .bootstrap("default", |_| Err("disk full".to_owned()))
        .await;
    assert_eq!(refused.unwrap_err().to_string(), "disk full");
    assert_eq!(administration.keys(None).unwrap().unwrap(), []);
    let (shown, keys) = std::sync::mpsc::channel();
    let publish = move |made: &Bootstrap| {
        shown
            .send(made.publishable_key.hash())
            .map_err(|error| error.to_string())
    };
    store.bootstrap("default", publish).await.unwrap();
    assert!(
        store
            .find_key(keys.recv().unwrap())
            .await
            .unwrap()
            .is_some()
    );
    let again = |_: &Bootstrap| Err("a second time".to_owned());
    store.bootstrap("default", again).await.unwrap();
}
