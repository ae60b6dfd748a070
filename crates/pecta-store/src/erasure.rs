//! What the audit log tells of the erasure of an agent, which takes several transactions.

use crate::audit::Act;

const ERASURE: &str = "agent.delete";

/// The first events are gone, and others follow: an erasure that is broken off leaves this.
pub(crate) fn begun(agent_id: &str) -> Act {
    Act::on(agent_id, ERASURE).with("state", "begun")
}

/// The agent is gone, and so many events with it.
pub(crate) fn done(agent_id: &str, events: usize) -> Act {
    Act::on(agent_id, ERASURE).with("events", events)
}
