//! What breaks while the server works: the process, its disk, its database. Nothing that was answered
//! may be lost, nothing counted twice.
//!
//! `cargo xtask soak` runs these with their full counts.

pub(crate) mod disk;
pub(crate) mod drain;
pub(crate) mod garbage;
pub(crate) mod kill;
pub(crate) mod outage;
pub(crate) mod replicas;
pub(crate) mod sync;
