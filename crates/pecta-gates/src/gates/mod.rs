//! The built-in gates.

mod content;
mod filesystem;
mod pii;
mod text_gate;

pub use content::{Content, ContentCheck};
pub use filesystem::{Filesystem, FilesystemCheck};
pub use pii::{Pii, PiiCheck};
pub use text_gate::{GateCheck, TextGate};
