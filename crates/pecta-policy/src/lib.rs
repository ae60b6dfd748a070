//! Policies: which gates judge the outputs of which agents and tools, how strictly, and what they do about it.
//!
//! A [`Policy`] is read from TOML or JSON, and judges a [`Call`]: it looks up which of its rules match the agent and the tool,
//! runs their gates, leaves out what a [`Suppression`] covers, and, if asked, replaces what was found. Without a server, too:
//! this crate knows no clock, no network and no storage.
//!
//! The gates are those of [`pecta_gates`] and three more that need no code: `pattern`, `keywords` and `size`. A
//! fourth, `http`, asks a service of the user's own; this crate says what to ask ([`Policy::callouts`]), and the caller asks. What a policy can
//! say is published as a JSON Schema: [`json_schema`].
//!
//! An empty policy judges as the server does without one: by the strict profile of `filesystem`, `pii` and `content`.

mod callout;
mod compile;
mod document;
mod error;
mod gates;
mod index;
mod judgement;
mod networks;
mod pointer;
mod policy;
mod redact;
mod resolve;
mod selector;
mod source;
mod suppression;

pub use callout::{Answer, Callout, Inquiry, NOT_ASKED, Question, UNREACHABLE};
pub use document::json_schema;
pub use error::{PolicyError, Position};
pub use judgement::{Hit, JudgedGate, Judgement};
pub use networks::{Internal, Networks};
pub use policy::{Call, Policy};
pub use source::Format;
pub use suppression::{Suppression, Suppressions};
