//! An HTTP client that speaks for one key.

use crate::response::Response;
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::time::Duration;
use ureq::Agent;
use ureq::http;

/// Sends requests with one key, or none. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Client {
    agent: Agent,
    address: SocketAddr,
    key: Option<String>,
}

/// A request that is being put together.
#[derive(Debug)]
#[must_use = "a request does nothing before `send`"]
pub struct Request<'c> {
    client: &'c Client,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Client {
    pub(crate) fn new(address: SocketAddr, key: Option<&str>) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(Duration::from_mins(1)))
            .build();
        Self {
            agent: config.into(),
            address,
            key: key.map(str::to_owned),
        }
    }

    /// Of another address than that of the API, without a key.
    pub fn at(address: SocketAddr) -> Self {
        Self::new(address, None)
    }

    /// The key that it sends.
    pub fn key(&self) -> &str {
        self.key.as_deref().unwrap_or_default()
    }

    /// A request to a path (with its query).
    pub fn request(&self, method: &str, path: &str) -> Request<'_> {
        let key = self.key.iter();
        Request {
            client: self,
            method: method.to_owned(),
            path: path.to_owned(),
            headers: key
                .map(|key| ("Authorization".to_owned(), format!("Bearer {key}")))
                .collect(),
            body: Vec::new(),
        }
    }

    /// `GET`.
    #[track_caller]
    pub fn get(&self, path: &str) -> Response {
        self.request("GET", path).send()
    }

    /// `POST` with a JSON body.
    #[track_caller]
    pub fn post(&self, path: &str, body: &Value) -> Response {
        self.post_text(path, body.to_string())
    }

    /// `POST` with a body that need not be JSON.
    #[track_caller]
    pub fn post_text(&self, path: &str, body: impl Into<Vec<u8>>) -> Response {
        self.request("POST", path).body(body).send()
    }

    /// `PUT` with a JSON body.
    #[track_caller]
    pub fn put(&self, path: &str, body: &Value) -> Response {
        self.request("PUT", path).body(body.to_string()).send()
    }

    /// `DELETE`.
    #[track_caller]
    pub fn delete(&self, path: &str) -> Response {
        self.request("DELETE", path).send()
    }

    /// The answer to an evaluation that must be judged.
    #[track_caller]
    pub fn evaluate(&self, agent_id: &str, output: &Value) -> Value {
        let body = json!({"agent_id": agent_id, "output": output, "latency_ms": 10});
        self.post("/v1/evaluate", &body).expect(200)
    }

    /// The answer to a batch that must be accepted.
    #[track_caller]
    pub fn ingest(&self, events: &[Value]) -> Value {
        let body = json!({"events": events});
        self.post("/v1/ingest", &body).expect(202)
    }

    /// The events of one page; `query` stands behind the `?`.
    #[track_caller]
    pub fn events(&self, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/v1/events?{query}")).expect(200);
        page["events"].as_array().expect("an array").clone()
    }

    /// All events of an agent, newest first.
    #[track_caller]
    pub fn history(&self, agent_id: &str) -> Vec<Value> {
        let agent_id = crate::percent_encode(agent_id);
        let mut all = Vec::new();
        loop {
            let query = format!("agent_id={agent_id}&limit=100&offset={}", all.len());
            let page = self.events(&query);
            if page.is_empty() {
                return all;
            }
            all.extend(page);
        }
    }

    /// The reputation of an agent.
    #[track_caller]
    pub fn reputation(&self, agent_id: &str) -> Value {
        let agent_id = crate::percent_encode(agent_id);
        self.get(&format!("/v1/reputation/{agent_id}")).expect(200)
    }
}

impl Request<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sets the body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it and waits for the answer.
    #[track_caller]
    pub fn send(self) -> Response {
        let (what, result) = (format!("{} {}", self.method, self.path), self.exchange());
        result.unwrap_or_else(|error| panic!("no answer to {what}: {error}"))
    }

    fn exchange(self) -> Result<Response, ureq::Error> {
        let address = self.client.address;
        let mut request = http::Request::builder()
            .method(self.method.as_str())
            .uri(format!("http://{address}{}", self.path));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let agent = &self.client.agent;
        let answer = if self.method == "POST" || !self.body.is_empty() {
            agent.run(request.body(self.body)?)?
        } else {
            agent.run(request.body(())?)?
        };
        let (head, mut body) = answer.into_parts();
        let headers = head.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            (name.to_string(), value.into_owned())
        });
        Ok(Response {
            status: head.status.as_u16(),
            headers: headers.collect(),
            body: body.read_to_vec()?,
        })
    }
}
