//! What text says and holds: the standard profile of the gates `pii` and `content`, the checks of `pii` that are off by
//! default, and the gates `secrets` and `injection`.

use super::Search;
use crate::check::Probe;

/// The search for a probe of these gates; none for any other.
pub(super) fn search(_: Probe) -> Option<Search> {
    None
}
