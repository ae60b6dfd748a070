//! The audit log: what breaks it is found, and writers beside each other do not.

use crate::fixture::{Backend, Fixture, execute};
use pecta_store::{AuditFault, AuditHead, AuditVerdict, ChainHash, KeyKind, NewKey, OrgId, Store};

/// Writes so many entries in the log of an org.
async fn write(store: &Store, org: &str, entries: usize) {
    for _ in 0..entries {
        let key = NewKey::of(KeyKind::Publishable);
        store.create_key(org, key).await.unwrap();
    }
}

fn org(fixture: &Fixture, name: &str) -> OrgId {
    fixture.administration().org(name).unwrap().unwrap()
}

fn verify(fixture: &Fixture, name: &str, noted: Option<AuditHead>) -> AuditVerdict {
    let org = org(fixture, name);
    fixture.administration().verify_audit(org, noted).unwrap()
}

/// What is done to a log of four entries, and the first place where that shows.
const TAMPERED: [(&str, AuditFault); 24] = [
    ("UPDATE audit_entries SET created_at = created_at + 1 WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET actor = 'server' WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET key_id = 99 WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET address = '192.0.2.1' WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET address = '' WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET act = 'key.revoke' WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET subject = '99' WHERE AT 2", AuditFault::Altered(2)),
    ("UPDATE audit_entries SET changes = '' WHERE AT 2", AuditFault::Altered(2)),
    (
        "UPDATE audit_entries SET hash = (SELECT before.hash FROM audit_entries AS before
            WHERE before.org_id = audit_entries.org_id AND before.sequence = 1) WHERE AT 2",
        AuditFault::Altered(2),
    ),
    ("UPDATE audit_entries SET sequence = 9 WHERE AT 2", AuditFault::Missing(2)),
    ("UPDATE audit_entries SET org_id = (SELECT id FROM orgs WHERE name = 'other'), sequence = 99 WHERE AT 2", AuditFault::Missing(2)),
    ("DELETE FROM audit_entries WHERE AT 1", AuditFault::Missing(1)),
    ("DELETE FROM audit_entries WHERE AT 3", AuditFault::Missing(3)),
    ("DELETE FROM audit_entries WHERE AT 4", AuditFault::Missing(4)),
    ("DELETE FROM audit_entries WHERE org_id = ORG", AuditFault::Missing(1)),
    (
        "UPDATE audit_entries SET sequence = 9 WHERE AT 2; UPDATE audit_entries SET sequence = 2 WHERE AT 3;
            UPDATE audit_entries SET sequence = 3 WHERE AT 9",
        AuditFault::Altered(2),
    ),
    (
        "INSERT INTO audit_entries SELECT org_id, 5, created_at, actor, key_id, address, act, subject, changes, hash
            FROM audit_entries WHERE AT 4",
        AuditFault::Altered(5),
    ),
    (
        "INSERT INTO audit_entries SELECT org_id, 0, created_at, actor, key_id, address, act, subject, changes, hash
            FROM audit_entries WHERE AT 1",
        AuditFault::Altered(0),
    ),
    (
        "INSERT INTO audit_entries SELECT org_id, -9223372036854775807 - 1, created_at, actor, key_id, address, act, subject,
            changes, hash FROM audit_entries WHERE AT 1",
        AuditFault::Altered(i64::MIN),
    ),
    ("UPDATE audit_entries SET sequence = -1 WHERE AT 4", AuditFault::Altered(-1)),
    ("UPDATE orgs SET audit_count = 3 WHERE id = ORG", AuditFault::Head(4)),
    ("UPDATE orgs SET audit_count = 5 WHERE id = ORG", AuditFault::Missing(5)),
    ("UPDATE orgs SET audit_head = NULL WHERE id = ORG", AuditFault::Head(4)),
    (
        "DELETE FROM audit_entries WHERE AT 4; UPDATE orgs SET audit_count = 3 WHERE id = ORG",
        AuditFault::Head(3),
    ),
];

pub(crate) async fn what_was_altered_or_taken_out_is_found(backend: Backend) {
    let fixture = Fixture::new(backend);
    write(&fixture.store, "untouched", 4).await;
    write(&fixture.store, "other", 1).await;
    for (number, (tampering, fault)) in TAMPERED.iter().enumerate() {
        let name = format!("org-{number}");
        write(&fixture.store, &name, 4).await;
        assert_eq!(verify(&fixture, &name, None).unwrap().count, 4);
        let org = org(&fixture, &name).get().to_string();
        let sql = tampering.replace("WHERE AT", "WHERE org_id = ORG AND sequence =");
        execute(backend, &fixture, &sql.replace("ORG", &org));
        assert_eq!(verify(&fixture, &name, None), Err(*fault), "{tampering}");
        // Administrators can still act.
        write(&fixture.store, &name, 1).await;
    }
    assert_eq!(verify(&fixture, "untouched", None).unwrap().count, 4);
}

pub(crate) async fn a_log_that_was_cut_with_its_head_lacks_what_was_noted(backend: Backend) {
    let fixture = Fixture::new(backend);
    write(&fixture.store, "acme", 3).await;
    let noted = verify(&fixture, "acme", None).unwrap();
    write(&fixture.store, "acme", 2).await;
    assert_eq!(verify(&fixture, "acme", Some(noted)).unwrap().count, 5);
    let other = AuditHead {
        hash: ChainHash::START,
        ..noted
    };
    assert_eq!(
        verify(&fixture, "acme", Some(other)),
        Err(AuditFault::NotNoted(3))
    );
    let cut = "DELETE FROM audit_entries WHERE sequence > 2; UPDATE orgs SET audit_count = 2,
        audit_head = (SELECT hash FROM audit_entries WHERE org_id = orgs.id AND sequence = 2)";
    execute(backend, &fixture, cut);
    // By itself the log is whole then.
    assert_eq!(verify(&fixture, "acme", None).unwrap().count, 2);
    assert_eq!(
        verify(&fixture, "acme", Some(noted)),
        Err(AuditFault::Missing(3))
    );
}

pub(crate) async fn writers_at_the_same_time_make_one_chain(backend: Backend) {
    const WRITERS: usize = 4;
    const ENTRIES: usize = 10;
    let fixture = Fixture::new(backend);
    write(&fixture.store, "acme", 1).await;
    let org = org(&fixture, "acme");
    let stores = [fixture.store.clone(), fixture.another()];
    let writers = (0..WRITERS).map(|writer| {
        let store = stores[writer % stores.len()].clone();
        tokio::spawn(async move {
            for round in 0..ENTRIES {
                let key = NewKey {
                    name: Some(format!("{writer} {round}")),
                    ..NewKey::of(KeyKind::Publishable)
                };
                store.create_key("acme", key).await.unwrap();
            }
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap();
    }
    let count = i64::try_from(1 + WRITERS * ENTRIES).unwrap();
    assert_eq!(verify(&fixture, "acme", None).unwrap().count, count);
    // Paged, each entry comes once.
    let (mut before, mut sequences) = (None, Vec::new());
    loop {
        let page = fixture.store.audit(org, before, 7).await.unwrap();
        sequences.extend(page.entries.iter().map(|entry| entry.sequence));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    assert!(sequences.into_iter().eq((1..=count).rev()));
}
