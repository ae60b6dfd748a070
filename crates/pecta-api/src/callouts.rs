//! Asking the services that decide for gates of a policy.

mod addresses;
mod breaker;

use crate::app::App;
use crate::error::ApiError;
use crate::heavy::on_bytes;
use crate::places::{Place, Places};
use crate::turns::Turns;
use addresses::{Guard, LOOKING_UP_FOR};
use breaker::{Breaker, Change};
use futures_util::StreamExt as _;
use futures_util::stream::iter;
use pecta_auth::{ApiKey, sign};
use pecta_gates::Clock as _;
use pecta_policy::{Answer, Callout, Inquiry, Networks, Question};
use pecta_store::OrgId;
use reqwest::header::CONTENT_TYPE;
use reqwest::redirect::Policy as Redirect;
use reqwest::{Client, Response};
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::OnceCell;
use tokio::task::spawn_blocking;
use tokio::time::timeout;
use url::Url;

/// How many questions of one request wait for their answers at a time.
const AT_A_TIME: usize = 16;
/// How many questions of gates that decide wait for their answers in all, and how many of them are of one org.
const IN_ALL: usize = 512;
const IN_ORG: usize = 128;
/// The same for gates that only watch.
const WATCHING_IN_ALL: usize = 128;
const WATCHING_IN_ORG: usize = 32;
/// How long the questions of one request may take together: less than a drain.
const PATIENCE: Duration = Duration::from_secs(15);
/// The longest answer that is read, in bytes.
const LONGEST_ANSWER: usize = 64 << 10;
/// How many connections to a service are kept while nobody asks.
const IDLE_CONNECTIONS: usize = 8;

type Reason = Box<dyn Error + Send + Sync>;

/// Why there is no answer.
enum Failure {
    /// The service cannot be asked, or not now.
    Service(Reason),
    /// It does not take this question.
    Question(Reason),
}

impl<R: Into<Reason>> From<R> for Failure {
    fn from(reason: R) -> Self {
        Self::Service(reason.into())
    }
}

/// The services to ask about an output, and what they are told. The payload itself may be dropped meanwhile.
#[derive(Default)]
pub(crate) struct Questions {
    pub(crate) callouts: Vec<Inquiry>,
    /// None where nobody is asked.
    pub(crate) question: Option<Question>,
    /// About how long it is.
    pub(crate) bytes: usize,
}

/// Asks services, within bounds of time, number and place.
#[derive(Debug)]
pub(crate) struct Callouts {
    guard: Guard,
    /// Made when the first question is asked: a server that asks none needs no roots of trust.
    client: OnceCell<Client>,
    /// By org, gate, whether it only watches, and service: what a gate waits for, or how long, is no other gate's concern.
    breaker: Breaker<(OrgId, Arc<str>, bool, Url)>,
    places: Places<OrgId>,
    /// What only watches takes no place from what decides.
    watching_places: Places<OrgId>,
}

impl Callouts {
    /// Asks services in these networks alone.
    pub(crate) fn new(networks: Networks) -> Self {
        Self {
            guard: Guard::new(networks),
            client: OnceCell::new(),
            breaker: Breaker::new(),
            places: Places::new(IN_ORG, IN_ALL),
            watching_places: Places::new(WATCHING_IN_ORG, WATCHING_IN_ALL),
        }
    }

    /// A place for a question, if there is one.
    fn place(&self, org: OrgId, is_monitored: bool) -> Option<Place<OrgId>> {
        let places = if is_monitored {
            &self.watching_places
        } else {
            &self.places
        };
        places.take(org, 1)
    }

    /// How often a service that failed was left alone.
    pub(crate) fn breakers_opened(&self) -> u64 {
        self.breaker.opened()
    }

    /// The answers about each output, in the order of the outputs.
    pub(crate) async fn ask(
        &self,
        app: &App,
        org: OrgId,
        outputs: &[Questions],
    ) -> Vec<Vec<Answer>> {
        let mut answers: Vec<_> = outputs.iter().map(|_| Vec::new()).collect();
        if outputs.iter().all(|output| output.callouts.is_empty()) {
            return answers;
        }
        let key = signing_key(app, org).await;
        let asker = Asker {
            callouts: self,
            app,
            org,
            key: key.map(Arc::new),
            end: app.clock().now() + PATIENCE,
        };
        let asker = &asker;
        let questions = outputs.iter().enumerate().flat_map(|(nth, output)| {
            let inquiries = output.callouts.iter();
            inquiries.map(move |inquiry| (nth, inquiry, output))
        });
        let mut questions: Vec<_> = questions.collect();
        // What only watches takes no time from what decides.
        questions.sort_by_key(|(_, inquiry, _)| inquiry.is_monitored);
        let mut replies = iter(questions)
            .map(|(nth, inquiry, output)| async move { (nth, asker.ask(inquiry, output).await) })
            .buffer_unordered(AT_A_TIME);
        while let Some((nth, answer)) = replies.next().await {
            if let Some(answers) = answers.get_mut(nth) {
                answers.push(answer);
            }
        }
        answers
    }

    async fn send(
        &self,
        org: OrgId,
        callout: &Callout,
        letter: Letter,
    ) -> Result<Vec<u8>, Failure> {
        self.guard.check(callout.url())?;
        let mut request = self
            .client()
            .await?
            .post(callout.url().clone())
            .header(CONTENT_TYPE, "application/json");
        if let Some(signature) = letter.signature {
            request = request.header("X-Pecta-Signature", signature);
        }
        let sent = request.body(letter.body).send();
        let response = LOOKING_UP_FOR.scope(org.get(), sent).await;
        let response = response.map_err(reqwest::Error::without_url)?;
        let status = response.status();
        match status.as_u16() {
            200 => read(response).await,
            // The fault may be in what is asked, which whoever sends outputs chooses.
            400 | 413 | 422 => Err(Failure::Question(format!("status {status}").into())),
            _ => Err(format!("status {status}").into()),
        }
    }

    async fn client(&self) -> Result<&Client, Reason> {
        let guard = self.guard.clone();
        let make = || async { spawn_blocking(|| client(guard)).await? };
        self.client.get_or_try_init(make).await
    }
}

/// The oldest key that is good: while keys rotate, the service has time to learn the new one. Without one, or while it cannot be
/// read, questions are not signed.
async fn signing_key(app: &App, org: OrgId) -> Option<ApiKey> {
    let keys = app.store().signing_keys(org).await;
    let warn =
        |error| tracing::warn!(org = org.get(), %error, "questions to services are not signed");
    let first = keys.map_err(warn).ok()?.into_iter().next();
    first.map(|signing| signing.key)
}

/// What is sent to a service.
struct Letter {
    body: String,
    signature: Option<String>,
}

impl Letter {
    /// Written and signed where that holds up nobody.
    async fn write(
        turns: &Turns<OrgId>,
        org: OrgId,
        callout: &Arc<Callout>,
        output: &Questions,
        key: Option<Arc<ApiKey>>,
    ) -> Result<Option<Self>, ApiError> {
        let Some(question) = output.question.clone() else {
            return Ok(None);
        };
        let callout = Arc::clone(callout);
        let write = move || {
            let body = callout.body(&question);
            let signature = key.map(|key| sign(body.as_bytes(), &key));
            Some(Self { body, signature })
        };
        on_bytes(turns, org, output.bytes, write).await
    }
}

/// Asks for one request.
struct Asker<'a> {
    callouts: &'a Callouts,
    app: &'a App,
    org: OrgId,
    key: Option<Arc<ApiKey>>,
    /// Nobody waits any longer, on the monotonic clock.
    end: Duration,
}

impl Asker<'_> {
    async fn ask(&self, inquiry: &Inquiry, output: &Questions) -> Answer {
        let (callout, is_monitored) = (&inquiry.callout, inquiry.is_monitored);
        let place = self.callouts.place(self.org, is_monitored);
        let gate = Arc::from(callout.gate());
        let service = (self.org, gate, is_monitored, callout.url().clone());
        let now = self.app.clock().now();
        let passage = self.callouts.breaker.admit(service, now);
        let (Some(_place), Some(passage)) = (place, passage) else {
            return callout.answer(None, Duration::ZERO);
        };
        let letter = self.write(callout, output).await;
        // That it took long to write is no fault of the service's.
        let start = self.app.clock().now();
        let patience = callout.timeout().min(self.end.saturating_sub(start));
        let (Some(letter), false) = (letter, patience.is_zero()) else {
            return callout.answer(None, Duration::ZERO);
        };
        let sent = self.callouts.send(self.org, callout, letter);
        let answered = timeout(patience, sent).await;
        let is_cut_short = patience < callout.timeout();
        let answered = answered.unwrap_or_else(|_| {
            let reason = "there is no answer in time".into();
            // That the request has no more time is no fault of the service's.
            Err(if is_cut_short {
                Failure::Question(reason)
            } else {
                Failure::Service(reason)
            })
        });
        let end = self.app.clock().now();
        let body = answered.as_deref().ok();
        let answer = callout.answer(body, end.saturating_sub(start));
        let failure = match answered {
            Ok(_) if !answer.is_usable() => Some(Failure::from("the body is no answer")),
            answered => answered.err(),
        };
        let has_answered = !matches!(failure, Some(Failure::Service(_)));
        tell(passage.end(has_answered, end), callout, failure);
        answer
    }

    /// `None` where it cannot be written, or not in time.
    async fn write(&self, callout: &Arc<Callout>, output: &Questions) -> Option<Letter> {
        let (turns, key) = (self.app.heavy_turns(), self.key.clone());
        let written = Letter::write(turns, self.org, callout, output, key);
        let patience = self.end.saturating_sub(self.app.clock().now());
        let written = timeout(patience, written).await.ok()?;
        let warn = |error: &ApiError| tracing::error!(%error, "a question cannot be written");
        written.inspect_err(warn).ok()?
    }
}

/// Logs that a service fails or recovers. Of its URL only the host: paths and queries may hold what is secret.
fn tell(change: Change, callout: &Callout, failure: Option<Failure>) {
    let (gate, host) = (callout.gate(), callout.url().host_str());
    if change == Change::Recovered {
        tracing::info!(gate, host, "a service answers again");
    }
    match failure {
        Some(Failure::Service(reason)) if change == Change::Fails => {
            let reason = root(&*reason);
            tracing::warn!(
                gate,
                host,
                reason,
                "a service that a policy asks does not answer"
            );
        }
        Some(Failure::Question(reason)) => {
            let reason = root(&*reason);
            tracing::debug!(gate, host, reason, "a service does not take a question");
        }
        _ => {}
    }
}

/// What is behind an error and its causes.
fn root(error: &dyn Error) -> String {
    let mut root = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

/// Without the environment's proxies, which would resolve names themselves, and without redirects.
fn client(guard: Guard) -> Result<Client, Reason> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .dns_resolver(Arc::new(guard))
        .pool_max_idle_per_host(IDLE_CONNECTIONS)
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
            let reason = format!("the answer is over {LONGEST_ANSWER} bytes");
            return Err(Failure::Question(reason.into()));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

#[cfg(test)]
mod tests;
