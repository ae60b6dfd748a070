//! The built-in gates.

mod built_in;
mod content;
mod destructive;
mod filesystem;
mod injection;
mod invalid_option;
mod latency;
mod pii;
pub(crate) mod reason;
pub mod rtb;
#[cfg(feature = "schema")]
mod schema;
mod secrets;
#[cfg(test)]
pub(crate) mod testing;
mod text_gate;

pub use built_in::{BuiltIn, Checks, InvalidCheck};
pub use content::{Content, ContentCheck};
pub use destructive::{Destructive, DestructiveCheck};
pub use filesystem::{Filesystem, FilesystemCheck};
pub use injection::{Injection, InjectionCheck};
pub use invalid_option::InvalidOption;
pub use latency::Latency;
pub use pii::{Pii, PiiCheck};
#[cfg(feature = "schema")]
pub use schema::{Schema, SchemaError, SchemaTarget};
pub use secrets::{Secrets, SecretsCheck};
pub use text_gate::{GateCheck, TextGate};
