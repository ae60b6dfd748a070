//! Asking the services that decide for gates of a policy.

mod addresses;
mod breaker;

use crate::app::App;
use crate::error::ApiError;
use addresses::Guard;
use breaker::{Breaker, Change};
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use ipnet::IpNet;
use pecta_auth::{ApiKey, sign};
use pecta_gates::Clock as _;
use pecta_policy::{Answer, Callout};
use pecta_store::OrgId;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy as Redirect;
use reqwest::{Client, Response, StatusCode};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::time::timeout;
use url::Url;

/// How many questions of one request wait for their answers at a time.
const AT_A_TIME: usize = 16;
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 << 10;

type Failure = Box<dyn Error + Send + Sync>;

/// A question to a service, written down, so that the payload can be dropped while it waits.
pub(crate) struct Question {
    pub(crate) callout: Arc<Callout>,
    pub(crate) body: Vec<u8>,
}

/// Asks services, within bounds of time, number and place.
#[derive(Debug)]
pub(crate) struct Callouts {
    guard: Guard,
    /// Made when the first question is asked: a server that asks none needs no roots of trust.
    client: OnceLock<Client>,
    breaker: Breaker<(OrgId, Url)>,
}

impl Callouts {
    /// Services in `networks` may be asked, though these are internal.
    pub(crate) fn new(networks: &[IpNet]) -> Self {
        Self {
            guard: Guard::new(networks),
            client: OnceLock::new(),
            breaker: Breaker::new(),
        }
    }

    /// The answers to the questions of each output, in the order of the outputs.
    pub(crate) async fn ask(
        &self,
        app: &App,
        org: OrgId,
        outputs: Vec<Vec<Question>>,
    ) -> Result<Vec<Vec<Answer>>, ApiError> {
        let key = if outputs.iter().all(Vec::is_empty) {
            None
        } else {
            // The oldest that is good: while keys rotate, the service has time to learn the new one.
            let keys = app.store().signing_keys(org).await?;
            keys.into_iter().next().map(|signing| signing.key)
        };
        let mut answers: Vec<_> = outputs.iter().map(|_| Vec::new()).collect();
        let questions = outputs.into_iter().enumerate();
        let questions = questions.flat_map(|(nth, questions)| {
            questions.into_iter().map(move |question| (nth, question))
        });
        let mut asked = iter(questions)
            .map(|(nth, question)| {
                let key = key.as_ref();
                async move { (nth, self.ask_one(app, org, question, key).await) }
            })
            .buffer_unordered(AT_A_TIME);
        while let Some((nth, answer)) = asked.next().await {
            if let Some(answers) = answers.get_mut(nth) {
                answers.push(answer);
            }
        }
        Ok(answers)
    }

    async fn ask_one(
        &self,
        app: &App,
        org: OrgId,
        question: Question,
        key: Option<&ApiKey>,
    ) -> Answer {
        let callout = &question.callout;
        let start = app.clock().now();
        let service = (org, callout.url().clone());
        let Some(passage) = self.breaker.admit(service, start) else {
            return callout.answer(None, Duration::ZERO);
        };
        let answered = timeout(callout.timeout(), self.send(callout, question.body, key)).await;
        let answered = answered.unwrap_or_else(|_| Err("there is no answer in time".into()));
        let end = app.clock().now();
        let body = answered.as_deref().ok();
        let answer = callout.answer(body, end.saturating_sub(start));
        let change = passage.end(answer.is_usable(), end);
        tell(change, callout, answered.as_ref().err());
        answer
    }

    async fn send(
        &self,
        callout: &Callout,
        body: Vec<u8>,
        key: Option<&ApiKey>,
    ) -> Result<Vec<u8>, Failure> {
        self.guard.check(callout.url())?;
        let mut request = self
            .client()?
            .post(callout.url().clone())
            .header(CONTENT_TYPE, "application/json");
        if let Some(key) = key {
            request = request.header("X-Pecta-Signature", sign(&body, key));
        }
        let response = request.body(body).send().await;
        let response = response.map_err(reqwest::Error::without_url)?;
        if response.status() != StatusCode::OK {
            return Err(format!("status {}", response.status()).into());
        }
        read(response).await
    }

    fn client(&self) -> Result<&Client, Failure> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = client(self.guard.clone())?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// Logs that a service fails or recovers. Of its URL only the host: paths and queries may hold what is secret.
fn tell(change: Change, callout: &Callout, failure: Option<&Failure>) {
    let (gate, host) = (callout.gate(), callout.url().host_str());
    match change {
        Change::None => {}
        Change::Recovered => tracing::info!(gate, host, "a service answers again"),
        Change::Fails => {
            let mut reason = failure.map(|failure| -> &dyn Error { &**failure });
            while let Some(cause) = reason.and_then(Error::source) {
                reason = Some(cause);
            }
            let reason = reason.map_or("the answer is not understood".to_owned(), |reason| {
                reason.to_string()
            });
            tracing::warn!(
                gate,
                host,
                reason,
                "a service that a policy asks does not answer"
            );
        }
    }
}

/// Without the environment's proxies, which would resolve names themselves, and without redirects.
fn client(guard: Guard) -> Result<Client, Failure> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(guard))
        .redirect(Redirect::none())
        .no_proxy();
    Ok(client.build()?)
}

async fn read(mut response: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = response
        .chunk()
        .await
        .map_err(reqwest::Error::without_url)?
    {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(format!("the answer is over {LONGEST_ANSWER} bytes").into());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
