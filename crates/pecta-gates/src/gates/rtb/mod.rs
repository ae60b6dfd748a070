//! Gates for agents that bid in real time: they judge an OpenRTB bid response against its bid request.
//!
//! [`Subject::input`](crate::Subject::input) is read as the bid request and [`Subject::output`](crate::Subject::output) as the
//! bid response of `OpenRTB` 2.5 or 2.6, and any other JSON as one that lacks most fields.
//!
//! | gate | name | fails on |
//! |---|---|---|
//! | [`TmaxGuard`] | `rtb.tmax-guard` | nothing: it skips itself and all gates after it when the time is almost up |
//! | [`ImpidMatch`] | `rtb.impid-match` | bids on impressions that were not offered |
//! | [`AdomainVerify`] | `rtb.adomain-verify` | advertiser domains that are missing, placeholders or no host names |
//! | [`BidSanity`] | `rtb.bid-sanity` | prices that are missing, negative or far too high |
//! | [`AudienceSafety`] | `rtb.audience-safety` | ads that no child should see, on inventory for children |
//! | [`BcatCompliance`] | `rtb.bcat-compliance` | ads of categories that the request blocks |
//!
//! # Malformed requests and responses
//!
//! Whoever reads the response may be more forgiving than the specification. So that nothing gets past a gate by being
//! malformed:
//!
//! - Every one of duplicate keys is judged: each value must be right by itself, lists are joined, and an impression counts
//!   as offered only if it is offered whichever of the values a reader takes.
//! - A value where a list should be counts as a list of that one value; `null` as an empty list.
//! - Whatever stands in a list of bids is a bid: one that is no object lacks every field.
//!
//! The first row of a gate's table that any bid meets names the gate's reason; among bids, the first in the response does.
//! [Findings](crate::Finding) tell of every value at fault, or of the bid where it gives none, in the same order: each row
//! that a value meets is a rule of its own. What the request does wrong has no place.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use pecta_gates::{Engine, Json, Subject, rtb};
//!
//! let engine = Engine::builder()
//!     .gate(rtb::TmaxGuard::new())
//!     .gate(rtb::ImpidMatch::new())
//!     .gate(rtb::AdomainVerify::new())
//!     .gate(rtb::BidSanity::new().max_price(25.0)?)
//!     .budget(Duration::from_millis(500))
//!     .build()?;
//!
//! let request = Json::parse(r#"{"id": "r1", "imp": [{"id": "1", "bidfloor": 0.5}], "tmax": 120}"#)?;
//! let response = Json::parse(
//!     r#"{"id": "r1", "seatbid": [{"bid": [{"id": "b1", "impid": "1", "price": 40, "adomain": ["ford.com"]}]}]}"#,
//! )?;
//! let start = Instant::now();
//! let verdict = engine.evaluate(&Subject::new(&response).input(&request), &|| start.elapsed());
//! assert_eq!(verdict.gates[3].reason.as_deref(), Some("bid price 40 exceeds cap 25"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod adomain_verify;
mod audience_safety;
mod bcat_compliance;
mod bid_sanity;
mod fault;
mod impid_match;
mod openrtb;
#[cfg(test)]
mod testing;
mod tmax_guard;

pub use adomain_verify::AdomainVerify;
pub use audience_safety::AudienceSafety;
pub use bcat_compliance::BcatCompliance;
pub use bid_sanity::BidSanity;
pub use impid_match::ImpidMatch;
pub use tmax_guard::TmaxGuard;

/// The keys that lead to the places of findings.
pub const PLACE_KEYS: [&str; 6] = ["seatbid", "bid", "impid", "adomain", "price", "cat"];

/// The reason of gates that have no bid to judge.
const NO_BIDS: &str = "no bids in response";
