//! How much a test of faults does.

use std::hash::{BuildHasher, RandomState};

/// Whether full counts were asked for.
const VARIABLE: &str = "PECTA_SOAK";

/// `full` in a soak, `short` otherwise.
pub fn rounds(short: usize, full: usize) -> usize {
    if std::env::var_os(VARIABLE).is_some() {
        full
    } else {
        short
    }
}

/// A number below `end` that differs from run to run: the moment of a fault.
pub fn random_below(end: usize) -> usize {
    let random = RandomState::new().hash_one(end);
    usize::try_from(random % end as u64).expect("it is below a usize")
}
