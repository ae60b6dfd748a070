//! Serving the API on a listener.

use crate::app::App;
use crate::{routes, trace};
use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App as HttpApp, HttpServer};
use std::io;
use std::net::TcpListener;
use std::time::Duration;

/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long accepted requests may take to be answered once the server stops.
const DRAIN_SECONDS: u64 = 30;

/// Serves `app` on `listener` until the returned server is stopped. Signals are the caller's concern.
///
/// # Errors
/// When the listener cannot be used.
pub fn bind(app: App, listener: TcpListener) -> io::Result<Server> {
    let server = HttpServer::new(move || {
        HttpApp::new()
            .app_data(app.clone())
            .wrap(from_fn(trace::trace))
            .configure(routes::configure)
    });
    let server = server
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_SECONDS)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
