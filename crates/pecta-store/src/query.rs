//! Queries, or parts of them, that both backends run, each through its own connection.

pub(crate) mod agents;
pub(crate) mod audit;
pub(crate) mod candidates;
pub(crate) mod events;
pub(crate) mod keys;
pub(crate) mod orgs;
pub(crate) mod policies;
pub(crate) mod suppressions;
