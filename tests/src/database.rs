//! The databases that a server can be tested on.

/// Where the server of a test keeps its data.
#[derive(Debug, Clone)]
pub enum Database {
    /// A file in its own home.
    Sqlite,
}
