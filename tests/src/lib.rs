//! Black-box tests of Pecta: what it takes to run the server as a process and to talk to it.
//!
//! A [`Home`] is a temporary folder with the settings of one server; [`Home::start`] runs a
//! [`Server`] there, on a free port and a database of its own, and [`Home::run`] runs any other
//! command line. A [`Client`] speaks for one key, a [`Raw`] connection sends bytes as they are.
//! Nothing is shared between tests, so all of them run side by side.
//!
//! ```no_run
//! use pecta_tests::Server;
//! use serde_json::json;
//!
//! let server = Server::start();
//! let answer = server.client().evaluate("bot", &json!("All done."));
//! assert_eq!(answer["passed"], true);
//! ```
//!
//! The helpers panic where a test cannot go on, at the line of the test.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a helper of tests fails by panicking, as an assertion does"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "a test harness waits with deadlines and is told by the environment which cargo runs it"
)]
#![allow(
    clippy::missing_panics_doc,
    clippy::must_use_candidate,
    reason = "every helper panics where the test cannot go on, and often that is all it is called for"
)]

mod client;
mod database;
mod executable;
mod harness;
mod home;
mod ledger;
mod load;
mod mount;
mod probe;
mod raw;
mod redis;
mod reference;
mod response;
mod server;
mod service;
mod soak;
mod trace;
mod wait;

pub use client::{Client, Request};
pub use database::Database;
pub use harness::{Tests, run};
pub use home::{Home, Output};
pub use ledger::Ledger;
pub use load::{Load, Sent};
pub use raw::Raw;
pub use redis::Redis;
pub use reference::{Recount, assert_recounted, recount};
pub use response::{Response, assert_error};
pub use server::Server;
pub use service::{Question, Service};
pub use soak::{random_below, rounds};
pub use trace::synced_answers;
pub use wait::{eventually, within};

use hmac::{Hmac, KeyInit, Mac};
use std::fmt::Write as _;

/// A passing event of `agent_id` for `POST /v1/ingest`, with the least that is required.
pub fn event(agent_id: &str) -> serde_json::Value {
    serde_json::json!({
        "agent_id": agent_id,
        "passed": true,
        "gates": [{"name": "g", "passed": true, "latency_ms": 1}],
        "total_latency_ms": 4,
    })
}

/// A JSON object with the members of `change` put in; `null` takes a member away.
pub fn with(mut object: serde_json::Value, change: &serde_json::Value) -> serde_json::Value {
    let members = object.as_object_mut().expect("an object");
    for (name, value) in change.as_object().expect("an object") {
        if value.is_null() {
            members.remove(name);
        } else {
            members.insert(name.clone(), value.clone());
        }
    }
    object
}

/// The value of `X-Pecta-Signature` for a body: HMAC-SHA256 under the whole secret key.
pub fn signature(secret_key: &str, body: &[u8]) -> String {
    format!("sha256={}", code(secret_key, body))
}

/// The same with a time, in seconds since the Unix epoch.
pub fn signature_at(secret_key: &str, time: i64, body: &[u8]) -> String {
    let covered = [format!("{time}.").as_bytes(), body].concat();
    format!("t={time},v1={}", code(secret_key, &covered))
}

/// Now, in seconds since the Unix epoch.
pub fn now() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("a clock behind the epoch").as_secs();
    i64::try_from(now).expect("a time before the end of all clocks")
}

fn code(secret_key: &str, covered: &[u8]) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(secret_key.as_bytes())
        .expect("HMAC takes a key of any length");
    mac.update(covered);
    let mut text = String::new();
    for byte in mac.finalize().into_bytes() {
        write!(text, "{byte:02x}").expect("writing to a string cannot fail");
    }
    text
}

/// Percent-encodes everything but ASCII letters and digits.
pub fn percent_encode(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() {
            encoded.push(char::from(byte));
        } else {
            write!(encoded, "%{byte:02X}").expect("writing to a string cannot fail");
        }
    }
    encoded
}
