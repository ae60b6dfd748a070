//! TLS to the server, whose certificate is for `localhost`.

use crate::fixture::master_key;
use pecta_store::{OpenError, Place, Scoring, Store, open};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use throwaway_postgres::{Installation, Postgres, Shutdown};

/// The root that vouches for the server's certificate, and another one.
const ROOT: &str = include_str!("tls/root.pem");
const OTHER_ROOT: &str = include_str!("tls/other.pem");
/// The server's certificate, and its key, which is for nothing else.
const CERTIFICATE: &str = include_str!("tls/server.pem");
const KEY: &str = include_str!("tls/server-key.pem");

const DATABASE: &str = "tls";

pub(crate) async fn tls_is_used_and_verified_as_far_as_is_asked((): ()) {
    let scene = Scene::new();
    for mode in ["require", "verify-ca", "verify-full"] {
        scene.check_refused("localhost", mode, ROOT, "TLS");
    }
    scene.check_served("localhost", "prefer", ROOT, "f").await;
    scene.enable_tls();
    for (host, mode, root, is_encrypted) in [
        ("localhost", "verify-full", ROOT, "t"),
        ("localhost", "require", ROOT, "t"),
        ("127.0.0.1", "verify-ca", ROOT, "t"),
        ("127.0.0.1", "prefer", OTHER_ROOT, "t"),
        ("127.0.0.1", "disable", ROOT, "f"),
    ] {
        scene.check_served(host, mode, root, is_encrypted).await;
    }
    for (host, mode, root, cause) in [
        ("127.0.0.1", "verify-full", ROOT, "not valid for name"),
        ("127.0.0.1", "require", ROOT, "not valid for name"),
        ("localhost", "verify-full", OTHER_ROOT, "UnknownIssuer"),
        ("localhost", "verify-ca", OTHER_ROOT, "UnknownIssuer"),
    ] {
        scene.check_refused(host, mode, root, cause);
    }
}

struct Scene {
    server: Postgres,
    directory: TempDir,
}

impl Scene {
    fn new() -> Self {
        let server = Installation::find().unwrap().start().unwrap();
        server.create_database(DATABASE).unwrap();
        Self {
            server,
            directory: tempfile::tempdir().unwrap(),
        }
    }

    /// The server itself writes its files, because only their owner may read them.
    fn enable_tls(&self) {
        let query = |sql: &str| self.server.query("postgres", sql).unwrap();
        for (file, pem) in [("server.crt", CERTIFICATE), ("server.key", KEY)] {
            let lines = format!("SELECT unnest(string_to_array($pem${pem}$pem$, E'\\n'))");
            query(&format!(
                "COPY ({lines}) TO PROGRAM 'umask 077 && cat > {file}'"
            ));
        }
        query("ALTER SYSTEM SET ssl = on");
        self.server.stop(Shutdown::Fast).unwrap();
        self.server.start().unwrap();
    }

    fn open(&self, host: &str, mode: &str, root: &str) -> Result<Store, OpenError> {
        let file: PathBuf = self.directory.path().join("root.pem");
        fs::write(&file, root).unwrap();
        let url = self.server.url(DATABASE).replace("127.0.0.1", host);
        let name = name(host, mode);
        let url = format!(
            "{url}?sslmode={mode}&sslrootcert={}&application_name={name}",
            file.display()
        );
        let master_key = |_: Place<'_>| Ok(master_key().into());
        open(&url, Scoring::default(), master_key)
    }

    /// Whether the connections are encrypted is what the server says of them: `t` or `f`.
    async fn check_served(&self, host: &str, mode: &str, root: &str, is_encrypted: &str) {
        let store = self.open(host, mode, root);
        let store = store.unwrap_or_else(|error| panic!("{host} {mode}: {error}"));
        store.check().await.unwrap();
        let of_store = format!(
            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
             WHERE application_name = '{}'",
            name(host, mode)
        );
        let found = self.server.query("postgres", &of_store).unwrap();
        assert_eq!(found.trim_end(), is_encrypted, "{host} {mode}");
        store.close().await;
    }

    fn check_refused(&self, host: &str, mode: &str, root: &str, cause: &str) {
        let error = self.open(host, mode, root).unwrap_err().to_string();
        assert!(error.contains(cause), "{host} {mode}: {error}");
    }
}

/// What the connections of one case are called on the server.
fn name(host: &str, mode: &str) -> String {
    format!("{host}-{mode}")
}
