//! What the audit log tells of agents, above all of the erasure of one, which takes several transactions. It names a
//! digest of the agent's id: what is erased must not stay there, and who knows the id can still find the entry.

use crate::audit::{Act, sha256};
use sha2::{Digest, Sha256};

/// The first events are gone, and others follow: an erasure that is broken off leaves this.
pub(crate) fn begun(agent_id: &str) -> Act {
    erasure_of(agent_id).with("state", "begun")
}

/// The agent is gone, and so many events with it.
pub(crate) fn done(agent_id: &str, events: usize) -> Act {
    erasure_of(agent_id).with("events", events)
}

/// What tells an agent of an org apart without its id.
pub(crate) fn digest(agent_id: &str) -> [u8; 32] {
    Sha256::digest(agent_id).into()
}

/// How the audit log names an agent.
pub(crate) fn name(agent_id: &str) -> String {
    format!("sha256:{}", sha256(agent_id))
}

fn erasure_of(agent_id: &str) -> Act {
    Act::on(name(agent_id), "agent.delete")
}
