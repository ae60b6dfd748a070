//! Start, serve, drain.

use crate::bootstrap::bootstrap;
use crate::database;
use crate::failure::Failure;
use crate::policy;
use crate::reload::Files;
use crate::retention;
use crate::settings::Settings;
use crate::tls::Tls;
use actix_web::dev::ServerHandle;
use actix_web::rt::{System, spawn};
use pecta_api::{App, SharedLimits};
use pecta_policy::{Networks, Policy};
use pecta_store::Store;
use socket2::SockRef;
use std::io::{self, Write as _};
use std::net::{SocketAddr, TcpListener};
use tokio::select;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::sleep;

/// Connections that may wait to be accepted; the standard library's 128 are few for a burst.
const BACKLOG: i32 = 1024;

/// Serves until a signal, then answers what was accepted. The port comes first: a start that cannot
/// have it changes nothing on disk.
pub(crate) fn serve(settings: Settings) -> Result<(), Failure> {
    let cannot_listen =
        |error| Failure::failed(format!("cannot listen on {}: {error}", settings.listen));
    let listener = TcpListener::bind(settings.listen).map_err(cannot_listen)?;
    SockRef::from(&listener)
        .listen(BACKLOG)
        .map_err(cannot_listen)?;
    let address = listener.local_addr().map_err(cannot_listen)?;
    let metrics = settings.metrics.map(TcpListener::bind).transpose();
    let metrics = metrics.map_err(|error| Failure::failed(format!("metrics_addr: {error}")))?;
    let networks = Networks::internet_and(&settings.api.callout_networks);
    let policy = settings.policy.as_deref();
    let policy = policy.map(|file| policy::load(file, settings.api.gate_budget, &networks));
    let policy = policy.transpose()?;
    let tls = settings.tls.clone().map(Tls::load).transpose()?;
    let system = System::new();
    // Its connection belongs to the system's runtime.
    let shared_limits = system.block_on(async {
        let shared_limits = settings.redis_url.as_deref().map(SharedLimits::new);
        shared_limits.transpose()
    });
    let shared_limits =
        shared_limits.map_err(|error| Failure::usage(format!("redis_url: {error}")))?;
    let store = database::open(&settings)?;
    let start = Start {
        settings,
        policy,
        networks,
        tls,
        shared_limits,
        listener,
        metrics,
        address,
    };
    system.block_on(run(start, store))
}

/// What a server starts with.
struct Start {
    settings: Settings,
    policy: Option<Policy>,
    /// Where the services may be that it asks.
    networks: Networks,
    tls: Option<Tls>,
    /// Where several servers count, if they do.
    shared_limits: Option<SharedLimits>,
    listener: TcpListener,
    /// Where metrics are served, if they are.
    metrics: Option<TcpListener>,
    address: SocketAddr,
}

async fn run(start: Start, store: Store) -> Result<(), Failure> {
    let Start {
        settings,
        policy,
        networks,
        tls,
        shared_limits,
        listener,
        metrics,
        address,
    } = start;
    let mut signals = Signals::listen().map_err(Failure::failed)?;
    bootstrap(&store, settings.bootstrap_file, address).await?;
    let budget = settings.api.gate_budget;
    let app =
        App::new(settings.api, store.clone(), policy, shared_limits).map_err(Failure::usage)?;
    let config = tls.as_ref().map(Tls::config).transpose()?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let server = pecta_api::bind(app.clone(), listener, config, settings.connections)
        .map_err(Failure::failed)?;
    let handle = server.handle();
    let mut server = spawn(server);
    let retention = settings
        .retention
        .map(|age| spawn(retention::run(store.clone(), age)));
    let files = Files {
        tls,
        policy: settings.policy,
        budget,
        networks,
    };
    // Where there is nothing to read again, the signal ends the server as it does any program.
    let reload = (!files.is_empty()).then(|| signal(SignalKind::hangup()));
    let reload = reload.transpose().map_err(Failure::failed)?;
    let reload = reload.map(|signal| spawn(files.reload_at_each(signal, app.clone())));
    let metrics = metrics.map(|listener| serve_metrics(app.clone(), listener));
    let metrics = metrics.transpose().map_err(Failure::failed)?;
    announce(scheme, address);

    select! {
        name = signals.next() => tracing::info!(signal = name, "draining"),
        ended = &mut server => {
            let reason = ended.map_or_else(|error| error.to_string(), |ended| format!("{ended:?}"));
            return Err(Failure::failed(format!("the server ended by itself: {reason}")));
        }
    }
    app.start_draining();
    for task in [retention, reload].into_iter().flatten() {
        task.abort();
    }
    let drained = async {
        sleep(settings.drain_delay).await;
        handle.stop(true).await;
        if let Some(metrics) = metrics {
            metrics.stop(false).await;
        }
        app.save_counts().await;
        store.close().await;
    };
    select! {
        () = drained => tracing::info!("stopped"),
        name = signals.next() => {
            return Err(Failure::failed(format!("stopped at once by a second signal, {name}")));
        }
    }
    Ok(())
}

fn serve_metrics(app: App, listener: TcpListener) -> io::Result<ServerHandle> {
    let metrics_address = listener.local_addr()?;
    let server = pecta_api::bind_metrics(app, listener)?;
    let handle = server.handle();
    spawn(server);
    tracing::info!(%metrics_address, "serving metrics");
    Ok(handle)
}

/// One line on stdout, for people and for programs that wait for it.
fn announce(scheme: &str, address: SocketAddr) {
    tracing::info!(scheme, %address, version = env!("CARGO_PKG_VERSION"), "serving");
    // Whoever closed stdout does not want the line.
    let _ = writeln!(
        io::stdout(),
        "pecta-server listening on {scheme}://{address}"
    );
}

/// The signals that end the server.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
}

impl Signals {
    fn listen() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            interrupt: signal(SignalKind::interrupt())?,
        })
    }

    async fn next(&mut self) -> &'static str {
        select! {
            _ = self.terminate.recv() => "SIGTERM",
            _ = self.interrupt.recv() => "SIGINT",
        }
    }
}
