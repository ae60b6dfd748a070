//! The Pecta REST API on actix-web.
//!
//! [`App`] is what every request shares; [`bind`] serves it on a listener. A request passes, in this order:
//! its route and method (`routes`), its key (`authenticate`), the key's scope and the rate limit (both by the
//! handler's type, `caller`), the size of its body (`body`), then the handler. What it is told before its key is known to be
//! good depends on neither route nor method.
//!
//! There is no SQL here, and no rule about what a gate finds: handlers join the wire types, the gates
//! and the store.

mod address;
mod allowance;
mod app;
mod authenticate;
mod body;
mod caller;
mod callouts;
mod candidate;
mod clock;
mod connection;
mod error;
mod failures;
mod heavy;
mod http;
mod keys;
mod limit_headers;
mod limiter;
mod metrics;
mod places;
mod policies;
mod principal;
mod readiness;
mod routes;
mod server;
mod shared_limits;
mod trace;
mod turns;

// The type of a setting, likewise.
pub use ipnet::IpNet;
// The type of what `event_item` gives, so that a caller can name it.
pub use pecta_wire::EventItem;

pub use app::{App, Settings};
pub use routes::{event_item, gate_report};
pub use server::{Connections, bind, bind_echo, bind_metrics};
pub use shared_limits::{SharedLimits, WrongUrl};
