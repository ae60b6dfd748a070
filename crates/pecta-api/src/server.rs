//! Serving the API on a listener.

use crate::app::App;
use crate::connection::Patience;
use crate::http::Http;
use crate::routes;
use actix_web::dev::Server;
use actix_web::web::{ServiceConfig, get};
use actix_web::{App as HttpApp, HttpResponse, HttpServer};
use rustls::ServerConfig;
use std::io;
use std::net::TcpListener;
use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

/// How long accepted requests may take to be answered once the server stops.
const DRAIN_SECONDS: u64 = 30;

/// How long a connection is kept whose other side takes nothing of what it is sent.
#[cfg(target_os = "linux")]
const UNREAD: Duration = Duration::from_secs(30);

/// What connections may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Connections {
    /// So many at a time, rounded up to a multiple of the worker threads; others wait to be accepted.
    pub most: usize,
    /// How long the head of a request, and a TLS handshake, may take to arrive.
    pub head_timeout: Duration,
    /// How long one is kept on which no request begins.
    pub keep_alive: Duration,
}

/// Serves `app` on `listener` until the returned server is stopped, with TLS if it is set up. Signals are the caller's
/// concern.
///
/// # Errors
/// When the listener cannot be used.
pub fn bind(
    app: App,
    listener: TcpListener,
    tls: Option<ServerConfig>,
    connections: Connections,
) -> io::Result<Server> {
    serve(app, listener, tls, connections, routes::configure)
}

/// The same with one route, `POST /v1/evaluate`, which answers with the body that it was sent: what stands before every
/// handler, for benchmarks to measure.
///
/// # Errors
/// When the listener cannot be used.
pub fn bind_echo(app: App, listener: TcpListener, connections: Connections) -> io::Result<Server> {
    serve(app, listener, None, connections, routes::configure_echo)
}

/// Serves the metrics of `app` alone, at `GET /metrics`, to whoever reaches the listener.
///
/// # Errors
/// When the listener cannot be used.
pub fn bind_metrics(app: App, listener: TcpListener) -> io::Result<Server> {
    let show = move || {
        let text = app.metrics_text();
        let kind = "text/plain; version=0.0.4; charset=utf-8";
        async move { HttpResponse::Ok().content_type(kind).body(text) }
    };
    let server = HttpServer::new(move || HttpApp::new().route("/metrics", get().to(show.clone())));
    let server = server.workers(1).disable_signals().listen(listener)?;
    Ok(server.run())
}

fn serve(
    app: App,
    listener: TcpListener,
    tls: Option<ServerConfig>,
    connections: Connections,
    routes: fn(&mut ServiceConfig),
) -> io::Result<Server> {
    #[cfg(target_os = "linux")]
    give_up_unread(&listener)?;
    let workers = available_parallelism().map_or(1, NonZero::get);
    let server = Server::build()
        .workers(workers)
        .max_concurrent_connections(connections.most.div_ceil(workers))
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals();
    let http = Http {
        app,
        routes,
        patience: Patience {
            head: connections.head_timeout,
            idle: connections.keep_alive,
        },
        drain: server.graceful_shutdown_signal(),
    };
    let server = match tls {
        Some(tls) => server.listen("https", listener, move || http.over_tls(tls.clone()))?,
        None => server.listen("http", listener, move || http.over_tcp())?,
    };
    Ok(server.run())
}

/// Has connections closed on which answers wait for somebody who does not read them, and hold memory: accepted ones have the
/// settings of their listener.
#[cfg(target_os = "linux")]
fn give_up_unread(listener: &TcpListener) -> io::Result<()> {
    socket2::SockRef::from(listener).set_tcp_user_timeout(Some(UNREAD))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use socket2::SockRef;
    use std::net::TcpStream;

    #[test]
    fn accepted_connections_are_closed_when_nobody_reads() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        give_up_unread(&listener).unwrap();
        let _client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        let timeout = SockRef::from(&accepted).tcp_user_timeout().unwrap();
        assert_eq!(timeout, Some(UNREAD));
    }
}
