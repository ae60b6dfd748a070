//! How much a test of faults does.

use std::hash::{BuildHasher, RandomState};

/// Whether full counts were asked for.
const VARIABLE: &str = "PECTA_SOAK";

/// `full` in a soak, `short` otherwise.
pub fn rounds(short: usize, full: usize) -> usize {
    if is_soak() { full } else { short }
}

/// Whether the full counts are asked for, so that nothing may be left out.
pub(crate) fn is_soak() -> bool {
    std::env::var_os(VARIABLE).is_some()
}

/// A number below `end` that differs from run to run: the moment of a fault.
pub fn random_below(end: usize) -> usize {
    let random = RandomState::new().hash_one(end);
    usize::try_from(random % end as u64).expect("it is below a usize")
}
