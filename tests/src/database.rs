//! The databases that a server can be tested on.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, OnceLock};
use throwaway_postgres::{Installation, Postgres};

/// Where the server of a test keeps its data.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file in its own home.
    Sqlite,
    /// A database of its own in a PostgreSQL server that tests share.
    Postgres(Arc<Cluster>),
}

/// A PostgreSQL server, started when the first test needs it and killed behind the last.
#[derive(Debug)]
pub struct Cluster {
    installation: Installation,
    server: OnceLock<Postgres>,
    databases: AtomicU32,
}

impl Database {
    /// A PostgreSQL server that was not started yet.
    pub(crate) fn in_cluster_of(installation: Installation) -> Self {
        Self::Postgres(Arc::new(Cluster {
            installation,
            server: OnceLock::new(),
            databases: AtomicU32::new(0),
        }))
    }

    /// The same kind of database, in a server of its own, which a test may stop.
    #[must_use]
    pub fn apart(&self) -> Self {
        match self {
            Self::Sqlite => Self::Sqlite,
            Self::Postgres(cluster) => Self::in_cluster_of(cluster.installation.clone()),
        }
    }

    /// All rows of the PostgreSQL database that a URL names, as text.
    #[track_caller]
    pub fn dump(&self, url: &str) -> String {
        let (_, name) = url.rsplit_once('/').expect("a URL with a database");
        let rows = "SELECT query_to_xml(format('SELECT * FROM %I', tablename), true, false, '') \
            FROM pg_tables WHERE schemaname = 'public'";
        self.postgres().query(name, rows).expect("a dump")
    }

    /// The ids of the processes that the database has of its own, the first of which starts one for each connection.
    #[track_caller]
    pub(crate) fn processes(&self) -> Vec<String> {
        const PROCESSES: &str = "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)
            UNION ALL SELECT pid::text FROM pg_stat_activity WHERE backend_type <> 'client backend'";
        if matches!(self, Self::Sqlite) {
            return Vec::new();
        }
        let processes = self.postgres().query("postgres", PROCESSES);
        let processes = processes.expect("processes");
        processes.lines().map(str::to_owned).collect()
    }

    /// The PostgreSQL server.
    #[track_caller]
    pub fn postgres(&self) -> &Postgres {
        match self {
            Self::Sqlite => panic!("SQLite has no server"),
            Self::Postgres(cluster) => cluster.server(),
        }
    }
}

impl Cluster {
    fn server(&self) -> &Postgres {
        let start = || self.installation.start().expect("PostgreSQL starts");
        self.server.get_or_init(start)
    }

    /// The URL of a new, empty database.
    pub(crate) fn create_database(&self) -> String {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.server().create_database(&name).expect("a database");
        self.server().url(&name)
    }
}
