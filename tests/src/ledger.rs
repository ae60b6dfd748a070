//! What was sent in all loads of one name, held against what the server shows.

use crate::client::Client;
use crate::load::{Sent, agent_ids};
use crate::reference::{assert_recounted, recount};
use serde_json::Value;
use std::collections::HashMap;

/// Requests and what became of them.
#[derive(Debug)]
pub struct Ledger {
    name: String,
    sent: Vec<Sent>,
    /// How many of them went unanswered at first and were repeated.
    repeated: usize,
    refused: usize,
}

/// How often the server shows each evaluation id, and each tool of an evaluation.
#[derive(Default)]
struct Recorded {
    ids: HashMap<String, usize>,
    tools: HashMap<String, usize>,
}

impl Ledger {
    /// For the loads of this name.
    pub fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            sent: Vec::new(),
            repeated: 0,
            refused: 0,
        }
    }

    /// The name of its loads.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many requests were answered 503.
    pub fn refused(&self) -> usize {
        self.refused
    }

    /// Adds what a load sent.
    pub fn add(&mut self, sent: Vec<Sent>) {
        self.refused += sent.iter().filter(|sent| sent.is_refused).count();
        self.sent.extend(sent);
    }

    /// Checks that every event that was answered is there once, that everything else there is of a
    /// request without an answer, that no evaluation is there twice, and that the windows are those of a recount. Returns
    /// the count of events that are there without having been answered.
    #[track_caller]
    pub fn check(&self, client: &Client) -> usize {
        self.unanswered(client).0
    }

    /// Checks the same; the count, and how many of these nobody can ask for again.
    #[track_caller]
    fn unanswered(&self, client: &Client) -> (usize, usize) {
        let Recorded { ids, tools } = self.recorded(client);
        for (tool, count) in &tools {
            assert_eq!(*count, 1, "{tool} was evaluated once");
        }
        let answered = self.sent.iter().flat_map(Sent::answered_ids);
        let mut answered_count = 0;
        for id in answered {
            assert_eq!(ids.get(&id), Some(&1), "{id} was answered");
            answered_count += 1;
        }
        let recorded: usize = ids.values().sum();
        let unanswered = || self.sent.iter().filter(|sent| sent.answer.is_none());
        let most: usize = unanswered().map(Sent::events).sum();
        let beyond = recorded - answered_count;
        assert!(beyond <= most, "{beyond} of {most} unanswered");
        let once = unanswered().filter_map(Sent::tool_of_once);
        let once = once.filter(|tool| tools.contains_key(*tool)).count();
        (beyond, once)
    }

    /// Repeats what went unanswered, under the same ids where it has some, and checks that now everything is there once.
    #[track_caller]
    pub fn settle(&mut self, client: &Client) {
        let open = self.sent.iter_mut().filter(|sent| sent.answer.is_none());
        for sent in open.filter(|sent| sent.tool_of_once().is_none()) {
            sent.repeat(client);
            self.repeated += 1;
        }
        let (beyond, once) = self.unanswered(client);
        assert_eq!(beyond, once, "events that nobody sent, or doubled ones");
    }

    /// What the server shows, having checked each agent's history.
    #[track_caller]
    fn recorded(&self, client: &Client) -> Recorded {
        let lifetimes = lifetimes(client);
        let mut recorded = Recorded::default();
        for agent in agent_ids(&self.name) {
            let mut events = client.history(&agent);
            events.sort_by_key(|event| event["sequence"].as_u64());
            check_history(&agent, &events);
            assert_recounted(&client.reputation(&agent), &events);
            let lifetime = lifetimes.get(&agent).copied().unwrap_or_default();
            assert_eq!(lifetime, events.len() as u64, "{agent}");
            for event in &events {
                let id = event["evaluation_id"].as_str().expect("an id");
                *recorded.ids.entry(id.to_owned()).or_default() += 1;
                if let Some(tool) = event["tool_name"].as_str() {
                    *recorded.tools.entry(tool.to_owned()).or_default() += 1;
                }
            }
        }
        recorded
    }

    /// A line of counts, for a log.
    pub fn summary(&self) -> String {
        let events: usize = self.sent.iter().map(Sent::events).sum();
        format!(
            "{} requests with {events} events, {} of them repeated, {} refused; none lost, none counted twice, no window off",
            self.sent.len(),
            self.repeated,
            self.refused,
        )
    }
}

/// Sequences without a gap or a repeat, and after each event the score of a recount.
#[track_caller]
fn check_history(agent: &str, events: &[Value]) {
    for (at, event) in events.iter().enumerate() {
        assert_eq!(event["sequence"], at + 1, "{agent}");
        let score = recount(&events[..=at]).score;
        assert_eq!(
            event["reputation_score"],
            score,
            "{agent}, event {}",
            at + 1
        );
    }
}

fn lifetimes(client: &Client) -> HashMap<String, u64> {
    let answer = client.get("/v1/agents").expect(200);
    let agents = answer["agents"].as_array().expect("agents").iter();
    let lifetimes = agents.map(|agent| {
        let id = agent["agent_id"].as_str().expect("an id").to_owned();
        (id, agent["eval_count"].as_u64().expect("a count"))
    });
    lifetimes.collect()
}
