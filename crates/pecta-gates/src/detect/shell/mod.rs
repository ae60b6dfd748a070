//! What commands do: the standard profile of the gate `filesystem`, and the gate `destructive`.

use super::Search;
use crate::check::Probe;

/// The search for a probe of these gates; none for any other.
pub(super) fn search(_: Probe) -> Option<Search> {
    None
}
