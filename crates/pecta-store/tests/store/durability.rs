//! A commit waits for the disk, whatever the server's settings.

use crate::fixture::{Fixture, event};
use pecta_store::Origin;
use std::time::Duration;
use throwaway_postgres::{Installation, Postgres};
use tokio::time::{sleep, timeout};

const DATABASE: &str = "durable";
const PATIENCE: Duration = Duration::from_mins(1);
/// Notes what transactions are set to that record or delete events, in a schema that is no store's.
const NOTE: &str = "CREATE SCHEMA apart;
    CREATE TABLE apart.notes (setting TEXT);
    CREATE FUNCTION apart.note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        INSERT INTO apart.notes VALUES (current_setting('synchronous_commit'));
        RETURN NULL;
    END $$;
    CREATE TRIGGER note AFTER INSERT OR DELETE ON events
        FOR EACH STATEMENT EXECUTE FUNCTION apart.note();";

pub(crate) async fn a_commit_waits_for_the_disk_whatever_the_server_is_set_to((): ()) {
    // Not the server of all tests, because one setting is the whole server's.
    let server = Installation::find().unwrap().start().unwrap();
    server.create_database(DATABASE).unwrap();
    let url = server.url(DATABASE);
    let query = |sql: &str| server.query(DATABASE, sql).unwrap();
    let fixture = Fixture::at(url.clone());
    let origin = fixture.origin("acme").await;
    query(NOTE);
    assert_eq!(noted(&fixture, origin, &server).await, "on\n");

    // Of connections that are open.
    query("ALTER SYSTEM SET synchronous_commit = off");
    query("SELECT pg_reload_conf()");
    let is_off = async {
        while query("SHOW synchronous_commit") != "off\n" {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, is_off).await.unwrap();
    assert_eq!(noted(&fixture, origin, &server).await, "on\n");

    // Of new ones; a level that is more than the disk's, or no less, stays.
    for (level, expected) in [
        ("off", "on\n"),
        ("local", "local\n"),
        ("remote_apply", "remote_apply\n"),
    ] {
        let set = format!("ALTER DATABASE {DATABASE} SET synchronous_commit = {level}");
        query(&set);
        let fixture = Fixture::at(url.clone());
        assert_eq!(noted(&fixture, origin, &server).await, expected);
    }
    let fixture = Fixture::at(format!("{url}?options=-csynchronous_commit%3Doff"));
    assert_eq!(noted(&fixture, origin, &server).await, "on\n");
}

/// What the transactions are set to that record an event and erase its agent.
async fn noted(fixture: &Fixture, origin: Origin, server: &Postgres) -> String {
    fixture
        .store
        .record(origin, vec![event("a")])
        .await
        .unwrap();
    let deleted = fixture.administration().delete_agent(origin.org(), "a");
    assert_eq!(deleted.unwrap(), Some(1));
    let taken = "WITH taken AS (DELETE FROM apart.notes RETURNING setting)
        SELECT DISTINCT setting FROM taken";
    server.query(DATABASE, taken).unwrap()
}
