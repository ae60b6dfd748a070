//! Clients that evaluate and ingest without pause, and what became of each request.

use crate::client::Client;
use crate::raw::Raw;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// Agents that all clients share.
const AGENTS: usize = 10;
/// Events of the largest batch.
const LARGEST_BATCH: usize = 12;

/// How long a client rests when it was refused.
const REST: Duration = Duration::from_millis(10);

/// One request, most of them under ids that make it safe to repeat.
#[derive(Debug, Clone)]
pub struct Sent {
    /// When it was on its way.
    pub at: Instant,
    what: What,
    /// The answer of a 200 or 202.
    pub(crate) answer: Option<Value>,
    /// Whether it was answered 503.
    pub(crate) is_refused: bool,
}

#[derive(Debug, Clone)]
enum What {
    /// Of a tool of its own, so that also one without a key shows when it is recorded twice.
    Evaluate {
        tool: String,
        key: Option<String>,
        body: Value,
    },
    Ingest {
        body: Value,
    },
}

/// Clients at work. Each has a connection of its own, a new one when the server closes it, and always one
/// request under way.
#[derive(Debug)]
pub struct Load {
    clients: Vec<JoinHandle<Vec<Sent>>>,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    key: String,
    /// Begins the names of agents and ids.
    name: String,
    is_over: AtomicBool,
    answered: AtomicUsize,
    refused: AtomicUsize,
}

impl Load {
    /// Starts so many clients, in turn at each of these servers. `name` keeps the agents and ids of one
    /// load apart from those of others; `round` keeps the ids of one apart from those of the last.
    #[track_caller]
    pub fn start(
        servers: &[SocketAddr],
        key: &str,
        clients: usize,
        name: &str,
        round: usize,
    ) -> Self {
        let shared = Arc::new(Shared {
            key: key.to_owned(),
            name: name.to_owned(),
            is_over: AtomicBool::new(false),
            answered: AtomicUsize::new(0),
            refused: AtomicUsize::new(0),
        });
        let clients = servers.iter().cycle().take(clients).enumerate();
        let clients = clients.map(|(client, &address)| {
            let shared = Arc::clone(&shared);
            // Here, for the server may be gone before a thread begins.
            let connection = Raw::connect(address);
            let id = format!("{round}-{client}");
            thread::spawn(move || shared.send_on(connection, address, &id, client))
        });
        Self {
            clients: clients.collect(),
            shared,
        }
    }

    /// Waits until there were so many answers of success since the start.
    #[track_caller]
    pub fn wait_for_answers(&self, count: usize) {
        let answered = || self.answered() >= count;
        crate::eventually("there are answers", || answered().then_some(()));
    }

    /// Waits until there were so many answers 503 since the start.
    #[track_caller]
    pub fn wait_for_refusals(&self, count: usize) {
        let refused = || self.shared.refused.load(Ordering::Relaxed) >= count;
        crate::eventually("there are refusals", || refused().then_some(()));
    }

    /// Answers of success so far.
    pub fn answered(&self) -> usize {
        self.shared.answered.load(Ordering::Relaxed)
    }

    /// Lets every client wait for its answer and stop. The server was there all the time, so each request has one.
    #[track_caller]
    pub fn finish(self) -> Vec<Sent> {
        self.shared.is_over.store(true, Ordering::Relaxed);
        let sent = self.closed();
        let unanswered = sent.iter().filter(|sent| sent.is_unanswered()).count();
        assert_eq!(unanswered, 0, "of {} requests", sent.len());
        sent
    }

    /// Waits until every client found its server gone.
    #[track_caller]
    pub fn closed(self) -> Vec<Sent> {
        let clients = self.clients.into_iter();
        let sent = clients.flat_map(|client| client.join().expect("a client"));
        sent.collect()
    }
}

impl Shared {
    /// Sends until told to stop, or until the server is gone.
    fn send_on(
        &self,
        mut connection: Raw,
        address: SocketAddr,
        id: &str,
        client: usize,
    ) -> Vec<Sent> {
        let mut all = Vec::new();
        for number in 0.. {
            if self.is_over.load(Ordering::Relaxed) {
                break;
            }
            let what = What::of(&self.name, &format!("{id}-{number}"), client + number);
            connection.send(what.request(&self.key));
            let mut sent = Sent {
                at: Instant::now(),
                what,
                answer: None,
                is_refused: false,
            };
            let answer = connection.answer();
            match answer.as_ref().map(|answer| (answer.status, answer)) {
                Some((200 | 202, answer)) => {
                    sent.answer = Some(answer.json());
                    self.answered.fetch_add(1, Ordering::Relaxed);
                }
                Some((503, _)) => {
                    sent.is_refused = true;
                    self.refused.fetch_add(1, Ordering::Relaxed);
                    thread::sleep(REST);
                }
                Some((other, answer)) => panic!("{other}: {}", answer.text()),
                None => {}
            }
            all.push(sent);
            // A refusal before the body was read ends the connection, too, and says so.
            let goes_on = answer.is_some_and(|answer| answer.header("connection") != Some("close"));
            if !goes_on {
                match Raw::try_connect(address) {
                    Ok(next) => connection = next,
                    Err(_) => break,
                }
            }
        }
        all
    }
}

impl What {
    /// Every third request is a batch, every fourth evaluation has no key; what fails, and which agents it is about, goes around.
    fn of(name: &str, id: &str, number: usize) -> Self {
        let agent = |at: usize| agent_id(name, (number + at) % AGENTS);
        if !number.is_multiple_of(3) {
            let output = if number.is_multiple_of(7) {
                "rm -rf /"
            } else {
                "All done."
            };
            let tool = format!("{name}-{id}");
            return Self::Evaluate {
                key: (!number.is_multiple_of(4)).then(|| tool.clone()),
                body: json!({
                    "agent_id": agent(0),
                    "tool": tool,
                    "output": output,
                    "latency_ms": number % 90,
                }),
                tool,
            };
        }
        let events = (0..=number % LARGEST_BATCH).map(|at| {
            crate::with(
                crate::event(&agent(at * at)),
                &json!({
                    "evaluation_id": format!("{name}-{id}-{at}"),
                    "passed": !(number + at).is_multiple_of(5),
                    "total_latency_ms": at,
                }),
            )
        });
        let body = json!({"events": events.collect::<Vec<_>>()});
        Self::Ingest { body }
    }

    fn request(&self, key: &str) -> String {
        let (path, header, body) = match self {
            Self::Evaluate { key, body, .. } => {
                let header = key
                    .as_ref()
                    .map(|key| format!("Idempotency-Key: {key}\r\n"));
                ("/v1/evaluate", header.unwrap_or_default(), body)
            }
            Self::Ingest { body } => ("/v1/ingest", String::new(), body),
        };
        let body = body.to_string();
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{header}Content-Length: {length}\r\n\r\n{body}"
        )
    }
}

impl Sent {
    /// The answer of success to an evaluation.
    pub fn verdict(&self) -> Option<&Value> {
        let is_evaluation = matches!(self.what, What::Evaluate { .. });
        self.answer.as_ref().filter(|_| is_evaluation)
    }

    /// Whether it was answered, and not by a refusal.
    pub fn is_served(&self) -> bool {
        self.answer.is_some()
    }

    /// Whether the connection was closed without an answer.
    pub fn is_unanswered(&self) -> bool {
        self.answer.is_none() && !self.is_refused
    }

    /// The tool of an evaluation without a key, which nobody may repeat.
    pub(crate) fn tool_of_once(&self) -> Option<&str> {
        match &self.what {
            What::Evaluate {
                tool, key: None, ..
            } => Some(tool),
            _ => None,
        }
    }

    /// How many events it holds.
    pub(crate) fn events(&self) -> usize {
        self.ids().len().max(1)
    }

    /// The evaluation ids that it gives its events; none for an evaluation, whose id the answer tells.
    fn ids(&self) -> Vec<String> {
        match &self.what {
            What::Evaluate { .. } => Vec::new(),
            What::Ingest { body } => {
                let events = body["events"].as_array().expect("events").iter();
                let ids = events.map(|event| event["evaluation_id"].as_str().expect("an id"));
                ids.map(str::to_owned).collect()
            }
        }
    }

    /// The evaluation ids of an answered request.
    pub(crate) fn answered_ids(&self) -> Vec<String> {
        let Some(answer) = &self.answer else {
            return Vec::new();
        };
        match &self.what {
            What::Evaluate { .. } => {
                let id = answer["evaluation_id"].as_str().expect("an id");
                vec![id.to_owned()]
            }
            What::Ingest { .. } => self.ids(),
        }
    }

    /// Sends it once more, under the same ids, and keeps the answer, which must be one of success.
    #[track_caller]
    pub(crate) fn repeat(&mut self, client: &Client) {
        let answer = match &self.what {
            What::Evaluate { key, body, .. } => {
                let key = key.as_ref().expect("a key");
                let request = client
                    .request("POST", "/v1/evaluate")
                    .header("Idempotency-Key", key);
                request.body(body.to_string()).send().expect(200)
            }
            What::Ingest { body } => client.post("/v1/ingest", body).expect(202),
        };
        self.answer = Some(answer);
    }
}

/// The agents of a load.
pub(crate) fn agent_ids(name: &str) -> impl Iterator<Item = String> {
    (0..AGENTS).map(move |agent| agent_id(name, agent))
}

fn agent_id(name: &str, agent: usize) -> String {
    format!("{name}-agent-{agent}")
}
