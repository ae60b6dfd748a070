//! Connections: how they are made, bounded in time, and thrown away.

use super::url::Target;
use crate::error::StoreError;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout, timeout_at};
use tokio_postgres::Config;
use tokio_postgres_rustls::MakeRustlsConnect;

/// How long a connection may take to be made: less than any use of it, which would else give up before it is known that the
/// database is down.
const CONNECT: Duration = Duration::from_secs(3);
/// How long what was sent may go unacknowledged.
const SILENCE: Duration = Duration::from_secs(5);
/// The idle time that the library takes where none is said.
const UNSET_IDLE: Duration = Duration::from_hours(2);
/// How long a database that could not be reached is not tried again: an outage must not turn every
/// request into a wait for a connection.
const REST: Duration = Duration::from_millis(200);

/// What every connection is set to: a commit that was answered survives a power cut, whatever the database's
/// default. Said also where that is no less, because it may be changed while connections are open.
const DURABLE: &str = "
    SELECT set_config('synchronous_commit', CASE level WHEN 'off' THEN 'on' ELSE level END, false)
        FROM current_setting('synchronous_commit') AS level;
";
/// What a connection of a server is set to besides. A statement or a transaction that its client gave up ends
/// there too. Plans are made for every run: one that was kept from when the tables were small reads all of an
/// org's rows, until the next analysis, which under load is a minute of crawling. For the same reason pages are
/// read in the order of an index even where the statistics say that there is little to sort.
pub(super) const SERVING: &str = "
    SET default_transaction_isolation = 'read committed';
    SET plan_cache_mode = 'force_custom_plan';
    SET enable_sort = off;
    SET statement_timeout = '10s';
    SET lock_timeout = '2s';
    SET idle_in_transaction_session_timeout = '10s';
";
/// What a connection that records is set to besides. Its few statements all lead along an index, whatever
/// the statistics say or do not say yet; so a plan that is made once, without regard to the values, is as
/// good as one for each run, which would take longer to make than to run.
const RECORDING: &str = "
    SET enable_seqscan = off;
    SET enable_bitmapscan = off;
    SET enable_hashjoin = off;
    SET enable_mergejoin = off;
    SET jit = off;
    SET plan_cache_mode = 'force_generic_plan';
";
/// What a connection of the command line is set to, where one may wait.
pub(super) const ADMINISTERING: &str = "SET default_transaction_isolation = 'read committed';";

/// What a connection is used for, as a future that borrows it.
pub(super) type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// Makes connections to one database.
#[derive(Clone)]
pub(super) struct Connector {
    target: Arc<Target>,
    tls: MakeRustlsConnect,
    /// What a connection is set to when it is made.
    session: Arc<str>,
    /// Until when the database is taken to be down, and why.
    down: Arc<Mutex<Option<(Instant, String)>>>,
}

impl Connector {
    /// # Errors
    /// When the URL asks for a verification that has nothing to verify by.
    pub(super) fn new(target: Target, session: &'static str) -> Result<Self, String> {
        Ok(Self {
            tls: target.tls.connector()?,
            target: Arc::new(target),
            session: Arc::from([DURABLE, session].concat()),
            down: Arc::default(),
        })
    }

    /// The same for connections that record.
    pub(super) fn for_recording(&self) -> Self {
        Self {
            session: Arc::from([&self.session, RECORDING].concat()),
            ..self.clone()
        }
    }

    /// A connection. Fails at once while the database is known to be down.
    pub(super) async fn connect(&self) -> Result<Connection, StoreError> {
        if let Some(cause) = self.known_cause() {
            return Err(StoreError::Unavailable(cause));
        }
        let connected = async {
            let mut connection = self.establish().await?;
            connection.batch_execute(&self.session).await?;
            Ok(connection)
        };
        let connected = timeout(CONNECT, connected).await;
        let connected = connected.unwrap_or_else(|_| {
            let cause = "the database does not answer".to_owned();
            Err(StoreError::Unavailable(cause))
        });
        connected.inspect_err(|error| self.rest(error))
    }

    /// A connection with the server's own settings, for work that may take long.
    pub(super) async fn establish(&self) -> Result<Connection, StoreError> {
        let unavailable = |error: &dyn std::error::Error| StoreError::Unavailable(in_full(error));
        let mut config = self.target.config.clone();
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if config.get_application_name().is_none() {
            config.application_name("pecta");
        }
        notice_silence(&mut config);
        let (client, driver) = config
            .connect(self.tls.clone())
            .await
            .map_err(|error| unavailable(&error))?;
        let driver = tokio::spawn(async move {
            if let Err(error) = driver.await {
                tracing::debug!(error = in_full(&error), "a database connection ended");
            }
        });
        let diesel = AsyncPgConnection::try_from(client)
            .await
            .map_err(|error| unavailable(&error))?;
        Ok(Connection { diesel, driver })
    }

    fn known_cause(&self) -> Option<String> {
        let down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        let (until, cause) = down.as_ref()?;
        (*until > Instant::now()).then(|| cause.clone())
    }

    fn rest(&self, error: &StoreError) {
        let StoreError::Unavailable(cause) = error else {
            return;
        };
        tracing::warn!(cause, database = %self.target, "cannot connect to the database");
        let cause = cause.clone();
        let mut down = self.down.lock().unwrap_or_else(PoisonError::into_inner);
        *down = Some((Instant::now() + REST, cause));
    }
}

/// Unless the URL says otherwise, has the system give up a connection to a machine that is gone.
fn notice_silence(config: &mut Config) {
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(SILENCE);
    }
    if config.get_keepalives_idle() == UNSET_IDLE {
        config.keepalives_idle(2 * SILENCE);
    }
    if config.get_keepalives_interval().is_none() {
        config.keepalives_interval(Duration::from_secs(2));
    }
    if config.get_keepalives_retries().is_none() {
        config.keepalives_retries(2);
    }
}

/// An open connection. A task of its own drives it.
pub(super) struct Connection {
    diesel: AsyncPgConnection,
    driver: JoinHandle<()>,
}

impl Connection {
    pub(super) fn diesel(&mut self) -> &mut AsyncPgConnection {
        &mut self.diesel
    }

    /// For work that needs the connection itself; the driver goes on until it is dropped.
    pub(super) fn into_diesel(self) -> AsyncPgConnection {
        self.diesel
    }

    async fn batch_execute(&mut self, sql: &str) -> Result<(), StoreError> {
        Ok(self.diesel.batch_execute(sql).await?)
    }

    fn is_open(&self) -> bool {
        !self.driver.is_finished()
    }
}

/// At most one connection, which is made when it is needed and again after a fault.
pub(super) struct Lane {
    connector: Connector,
    connection: Option<Connection>,
}

impl Lane {
    pub(super) fn new(connector: Connector) -> Self {
        Self {
            connector,
            connection: None,
        }
    }

    /// Whether the next use needs no connecting.
    pub(super) fn is_connected(&self) -> bool {
        self.connection.as_ref().is_some_and(Connection::is_open)
    }

    /// The connection; the one way to it that connects.
    pub(super) async fn connect(&mut self) -> Result<&mut AsyncPgConnection, StoreError> {
        if !self.is_connected() {
            self.connection = None;
        }
        let connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connector.connect().await?,
        };
        Ok(self.connection.insert(connection).diesel())
    }

    /// Runs `work` until the deadline. A connection that reached it is in the middle of something, and one whose use
    /// failed may be: it is thrown away.
    pub(super) async fn run<T>(
        &mut self,
        deadline: Instant,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T>,
    ) -> Result<T, StoreError> {
        let worked = async { work(self.connect().await?).await };
        let result = timeout_at(deadline, worked).await;
        let result = result.unwrap_or_else(|_| {
            let cause = "the database did not answer in time".to_owned();
            Err(StoreError::Unavailable(cause))
        });
        if let Err(StoreError::Unavailable(_) | StoreError::Internal(_)) = result {
            self.discard();
        }
        result
    }

    /// Throws the connection away, with whatever it is in the middle of.
    pub(super) fn discard(&mut self) {
        if let Some(connection) = self.connection.take() {
            connection.driver.abort();
        }
    }
}

/// An error with all that lies behind it: the library's own text names only the outermost.
fn in_full(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    let mut texts: Vec<String> = causes.map(ToString::to_string).collect();
    texts.dedup();
    texts.join(": ")
}
