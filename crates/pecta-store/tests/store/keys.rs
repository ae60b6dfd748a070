//! Keys and the first start.

use crate::fixture::{Backend, Fixture, execute, master_key};
use pecta_store::{Bootstrap, KeyId, KeyKind, Keyring, MasterKey, NewKey, StoreError};

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
    assert_eq!(signing[0].key.expose(), secret.expose());
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

pub(crate) async fn a_sealed_key_opens_in_its_own_row_alone(backend: Backend) {
    let fixture = Fixture::new(backend);
    let store = &fixture.store;
    let mut orgs = Vec::new();
    for org in ["one", "one", "two"] {
        let key = store.create_key(org, NewKey::of(KeyKind::Secret)).await;
        let found = store.find_key(key.unwrap().hash()).await.unwrap().unwrap();
        orgs.push(found);
    }
    let signs = async |at: usize| store.signing_keys(orgs[at].org).await;
    assert_eq!(signs(0).await.unwrap().len(), 2);
    let exchange = |one: i64, two: i64| {
        let swap = format!(
            "CREATE TEMPORARY TABLE before AS SELECT id, sealed FROM api_keys;
            UPDATE api_keys SET sealed = (SELECT before.sealed FROM before
                WHERE before.id = CASE api_keys.id WHEN {one} THEN {two} ELSE {one} END)
            WHERE id IN ({one}, {two});"
        );
        execute(backend, &fixture, &swap);
    };
    let [first, second, third] = [0, 1, 2].map(|at: usize| orgs[at].id.get());
    exchange(first, second);
    let refused = signs(0).await.unwrap_err();
    assert!(matches!(refused, StoreError::Sealed(_)), "{refused}");
    exchange(first, second);
    for (one, two) in [(first, third), (second, third)] {
        exchange(one, two);
        // The other key of the org still signs, and that of the other org does not.
        assert_eq!(signs(0).await.unwrap().len(), 1);
        let refused = signs(2).await.unwrap_err();
        assert!(
            matches!(refused, StoreError::Sealed(id) if id == third),
            "{refused}"
        );
        exchange(one, two);
        assert_eq!(signs(0).await.unwrap().len(), 2);
    }

    // What cannot be opened is not sealed anew, and then nothing is.
    exchange(first, third);
    let new = MasterKey::generate(getrandom::fill).unwrap();
    let keyring = Keyring::from(master_key()).rotated(new);
    let text = keyring.to_text();
    let mut administration = fixture.administration();
    let refused = administration.reseal(keyring).unwrap_err();
    assert!(
        matches!(refused, StoreError::Sealed(id) if id == first),
        "{refused}"
    );
    exchange(first, third);
    for at in [0, 2] {
        assert!(signs(at).await.is_ok());
    }
    let keyring = || Keyring::parse(&text).unwrap();
    assert_eq!(administration.reseal(keyring()).unwrap(), 3);
    assert_eq!(administration.reseal(keyring()).unwrap(), 0);
    // The store of this test was given the old one alone.
    assert!(signs(0).await.is_err());
}
