//! The built-in gates.

mod content;
mod destructive;
mod filesystem;
mod injection;
mod pii;
mod secrets;
mod text_gate;

pub use content::{Content, ContentCheck};
pub use destructive::{Destructive, DestructiveCheck};
pub use filesystem::{Filesystem, FilesystemCheck};
pub use injection::{Injection, InjectionCheck};
pub use pii::{Pii, PiiCheck};
pub use secrets::{Secrets, SecretsCheck};
pub use text_gate::{GateCheck, TextGate};
