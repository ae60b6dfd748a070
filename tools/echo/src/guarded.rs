//! The echo behind what stands before every handler of the API.

use crate::{BODY_LIMIT, Outcome};
use actix_web::dev::Server;
use pecta_api::{App, Connections, Settings, bind_echo};
use pecta_store::{Bootstrap, MasterKey, Scoring};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

/// So many requests a minute that none is refused, and yet all are counted.
const LIMIT: usize = 100_000_000;

/// Serves with a new database and key in `folder`.
pub(crate) async fn serve(listener: TcpListener, folder: &Path) -> Outcome<Server> {
    let url = format!("sqlite:{}", folder.join("echo.db").display());
    let store = pecta_store::open(&url, Scoring::default(), |_| {
        let key = MasterKey::parse(&"5a".repeat(32));
        key.map(Into::into).map_err(|error| error.to_string())
    })?;
    let file = folder.join("key");
    let publish = move |made: &Bootstrap| {
        let written = std::fs::write(file, made.publishable_key.expose());
        written.map_err(|error| error.to_string())
    };
    store.bootstrap("echo", publish).await?;
    let app = App::new(settings(), store, None, None)?;
    let connections = Connections {
        most: 25_000,
        head_timeout: Duration::from_secs(10),
        keep_alive: Duration::from_secs(75),
    };
    Ok(bind_echo(app, listener, connections)?)
}

fn settings() -> Settings {
    Settings {
        rate_limit_ingest: LIMIT,
        rate_limit_default: LIMIT,
        rate_limit_failures: LIMIT,
        is_tls: false,
        cors_origins: Vec::new(),
        trusted_proxies: Vec::new(),
        ingest_body_limit: BODY_LIMIT,
        body_limit: BODY_LIMIT,
        gate_budget: Duration::from_millis(50),
        callout_networks: Vec::new(),
    }
}
