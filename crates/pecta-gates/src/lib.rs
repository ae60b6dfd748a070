//! Deterministic gates that pass or fail what an AI agent puts out.
//!
//! An [`Engine`] is a list of gates, made ready once and run many times. It takes a JSON value and answers with a
//! [`Verdict`]: for every gate whether it passed, and why not. Nothing leaves the process, nothing is random, and the same
//! value always gets the same verdict, unless the budget of time runs out.
//!
//! ```
//! use std::time::{Duration, Instant};
//!
//! use pecta_gates::{Content, Engine, Filesystem, Json, Pii, Subject};
//!
//! let engine = Engine::builder()
//!     .gate(Filesystem::new())
//!     .gate(Pii::new())
//!     .gate(Content::new())
//!     .budget(Duration::from_millis(500))
//!     .fail_fast(false)
//!     .build()?;
//!
//! let output = Json::parse(r#"{"stdout": "rm -rf /tmp/old"}"#)?;
//! let start = Instant::now();
//! let verdict = engine.evaluate(&Subject::new(&output).tool("shell.run"), &|| start.elapsed());
//!
//! assert!(!verdict.passed);
//! let failed = verdict.gates.iter().find(|gate| !gate.passed).unwrap();
//! assert_eq!(&*failed.name, "filesystem");
//! assert_eq!(failed.reason.as_deref(), Some("destructive rm command detected"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! With findings asked for, it also says where, but never what:
//!
//! ```
//! # use std::time::Duration;
//! use pecta_gates::{Engine, Json, Pii, Subject};
//!
//! let engine = Engine::builder().gate(Pii::new()).build()?;
//! let output = Json::parse(r#"{"to": ["Jane <jane@corp.com>"]}"#)?;
//! # let clock = || Duration::ZERO;
//! let verdict = engine.evaluate_with_findings(&Subject::new(&output), &clock);
//!
//! let finding = &verdict.findings[0];
//! assert_eq!((finding.check, finding.rule), ("email", "email-address"));
//! assert_eq!((finding.pointer.as_str(), finding.range.clone()), ("/to/0", 6..19));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The built-in gates are [`Filesystem`], [`Pii`], [`Content`], [`Secrets`], [`Injection`] and [`Destructive`]; each says what
//! it flags and what it leaves alone. A [`Gate`] of your own joins them by the same [`EngineBuilder::gate`]. [`BuiltIn`] has
//! them by name, with all their rules.
//!
//! Others judge not strings but what an output is: [`Latency`] how long it took, `Schema` (with the cargo feature `schema`)
//! its structure, and the gates of [`rtb`] bids in real time.
//!
//! # How strings are judged
//!
//! A check looks at every string value of the output, however deeply nested, and at every one of duplicate keys. It hits
//! when its pattern matches the string or the string's folded form: NFKC, without invisible characters, with ASCII hyphens,
//! quotes, slashes and spaces for their look-alikes. Text in full-width letters or with zero-width characters in it is
//! thereby judged as it reads. Keys, numbers and JSON within strings are judged [when asked for](EngineBuilder::judge_keys).
//! A gate's [`Profile`] decides what its checks take for a hit. The first check of a gate that hits names its reason, in the
//! order of the gate's table. Every rule, with an example of what it flags and of what it leaves alone, is listed in
//! [GATES.md](https://github.com/pecta/pecta/blob/main/docs/GATES.md).
//!
//! # What is not here
//!
//! No clock, no I/O and no environment: a [`Clock`] comes in as an argument. Reasons and findings never hold text of the
//! payload.

#![warn(missing_debug_implementations)]

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

mod builder;
mod check;
mod clock;
mod detect;
mod engine;
mod fold;
mod gate;
mod gates;
mod json;
mod name;
mod prefilter;
mod profile;
mod rule;
mod scan;
mod subject;
mod text;
mod verdict;
mod walk;

pub use builder::{BuildError, EngineBuilder, EngineGate};
pub use clock::{Clock, Deadline, Pace};
pub use engine::Engine;
pub use fold::Folded;
pub use gate::{Gate, Outcome, Places};
pub use gates::{
    BuiltIn, Checks, Content, ContentCheck, Destructive, DestructiveCheck, Filesystem,
    FilesystemCheck, GateCheck, Injection, InjectionCheck, InvalidCheck, InvalidOption, Latency,
    Pii, PiiCheck, Secrets, SecretsCheck, TextGate, rtb,
};
#[cfg(feature = "schema")]
pub use gates::{Schema, SchemaError, SchemaTarget};
pub use json::Json;
pub use name::GateName;
pub use profile::Profile;
pub use rule::Rule;
pub use scan::MAX_FINDINGS;
pub use subject::Subject;
pub use verdict::{ABORTED, Finding, GateVerdict, PANIC, TIMEOUT, Verdict};
