//! HTTP on the connections of a listener, as `actix_web::HttpServer` makes it, but on [`Connection`]s.

use crate::app::App;
use crate::connection::{Connection, Patience};
use crate::trace;
use actix_cors::Cors;
use actix_http::error::DispatchError;
use actix_http::{HttpService, KeepAlive};
use actix_server::GracefulShutdownSignal;
use actix_service::{ServiceFactory, ServiceFactoryExt as _, fn_service, map_config};
use actix_tls::accept::TlsError;
use actix_tls::accept::rustls_0_23::{Acceptor, TlsStream};
use actix_web::App as HttpApp;
use actix_web::dev::AppConfig;
use actix_web::middleware::Condition;
use actix_web::rt::net::TcpStream;
use actix_web::web::ServiceConfig;
use rustls::ServerConfig;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};

/// How long a connection is kept that is closed because nobody reads what is left of a request.
const LINGER: Duration = Duration::from_secs(1);
/// For how long a browser remembers what a page may do, in seconds.
const CORS_MEMORY: usize = 600;

/// What connections are served with.
#[derive(Clone)]
pub(crate) struct Http {
    pub(crate) app: App,
    pub(crate) routes: fn(&mut ServiceConfig),
    pub(crate) patience: Patience,
    /// Comes when connections are to end with what they are answering.
    pub(crate) drain: GracefulShutdownSignal,
}

impl Http {
    pub(crate) fn over_tcp(
        &self,
    ) -> impl ServiceFactory<
        TcpStream,
        Config = (),
        Response = (),
        Error = DispatchError,
        InitError = (),
    > + use<> {
        let patience = self.patience;
        fn_service(move |stream: TcpStream| async move {
            let peer = stream.peer_addr().ok();
            Ok((Connection::new(stream, patience), peer))
        })
        .and_then(self.over())
    }

    pub(crate) fn over_tls(
        &self,
        mut tls: ServerConfig,
    ) -> impl ServiceFactory<
        TcpStream,
        Config = (),
        Response = (),
        Error = TlsError<io::Error, DispatchError>,
        InitError = (),
    > + use<> {
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        let mut acceptor = Acceptor::new(tls);
        let patience = self.patience;
        acceptor.set_handshake_timeout(patience.head);
        acceptor
            .map_err(TlsError::into_service_error)
            .and_then(move |stream: TlsStream<TcpStream>| async move {
                let peer = stream.get_ref().0.peer_addr().ok();
                Ok((Connection::new(stream, patience), peer))
            })
            .and_then(self.over().map_err(TlsError::Service))
    }

    /// HTTP over whatever carries it.
    fn over<T: AsyncRead + AsyncWrite + Unpin + 'static>(
        &self,
    ) -> impl ServiceFactory<
        (Connection<T>, Option<SocketAddr>),
        Config = (),
        Response = (),
        Error = DispatchError,
        InitError = (),
    > + use<T> {
        let drain = self.drain.clone();
        let drain = move || {
            let drain = drain.clone();
            async move { drain.notified().await }
        };
        // Counted without atomics: each thread has its own.
        let app = Rc::new(self.app.clone());
        let traced = Rc::clone(&app);
        let site = HttpApp::new()
            .app_data(Rc::clone(&app))
            .wrap(Condition::new(
                !app.cors_origins().is_empty(),
                cors(app.cors_origins()),
            ))
            .wrap_fn(move |request, service| trace::trace(Rc::clone(&traced), request, service))
            .configure(self.routes);
        HttpService::build()
            // The connection measures this itself.
            .keep_alive(KeepAlive::Os)
            .client_request_timeout(self.patience.head)
            .client_disconnect_timeout(LINGER)
            .graceful_shutdown_signal(drain)
            .on_connect_ext(|connection: &Connection<T>, shared| connection.share(shared))
            .h1(map_config(site, |()| AppConfig::default()))
    }
}

/// Lets pages of these origins call. They send a key of their own accord, never cookies.
fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            "authorization",
            "content-type",
            "idempotency-key",
            "if-match",
            "if-none-match",
            "x-pecta-signature",
            "x-request-id",
        ])
        .expose_headers([
            "etag",
            "ratelimit",
            "ratelimit-policy",
            "retry-after",
            "x-request-id",
        ])
        .block_on_origin_mismatch(false)
        .max_age(CORS_MEMORY);
    origins
        .iter()
        .fold(cors, |cors, origin| cors.allowed_origin(origin))
}
