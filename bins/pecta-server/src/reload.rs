//! What is read again while the server runs.

use crate::policy;
use crate::tls::Tls;
use actix_web::rt::task::spawn_blocking;
use pecta_api::App;
use pecta_policy::Networks;
use std::path::PathBuf;
use std::time::Duration;
use tokio::signal::unix::Signal;

/// The files that can be changed while the server runs.
pub(crate) struct Files {
    pub(crate) tls: Option<Tls>,
    pub(crate) policy: Option<PathBuf>,
    /// What judging may take where the policy says nothing.
    pub(crate) budget: Duration,
    /// Where the services may be that it asks.
    pub(crate) networks: Networks,
}

impl Files {
    pub(crate) fn is_empty(&self) -> bool {
        self.tls.is_none() && self.policy.is_none()
    }

    /// Reads them again at each signal. A file that cannot be used changes nothing.
    pub(crate) async fn reload_at_each(self, mut signal: Signal, app: App) {
        while signal.recv().await.is_some() {
            if let Some(tls) = &self.tls {
                tls.reload();
            }
            if let Some(file) = self.policy.clone() {
                self.reload_policy(file, &app).await;
            }
        }
    }

    async fn reload_policy(&self, file: PathBuf, app: &App) {
        let (budget, networks) = (self.budget, self.networks.clone());
        // Making a large one ready takes a while.
        let read = move || {
            let policy = policy::load(&file, budget, &networks);
            policy.map_err(|error| error.to_string())
        };
        let read = spawn_blocking(read).await;
        match read.unwrap_or_else(|error| Err(error.to_string())) {
            Ok(policy) => {
                tracing::info!(version = policy.version(), "the policy was read again");
                app.replace_policy(policy);
            }
            Err(reason) => tracing::error!(reason, "the policy stays as it was"),
        }
    }
}
