//! The commands on agents. They work on the database directly, also while a server runs on it.

use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use std::io::Write as _;

/// An agent as the command line names it.
#[derive(Debug)]
pub(crate) struct AgentName {
    pub(crate) org: String,
    pub(crate) agent_id: String,
}

/// Deletes an agent and everything that was recorded of it.
pub(crate) fn delete(settings: &Settings, name: &AgentName) -> Result<(), Failure> {
    let AgentName { org, agent_id } = name;
    let mut database = database::administer(settings)?;
    let org_id = database::org(&mut database, org)?;
    let deleted = database.delete_agent(org_id, agent_id);
    let Some(events) = deleted.map_err(Failure::failed)? else {
        let unknown = format!("the org `{org}` has no agent {agent_id:?}");
        return Err(Failure::failed(unknown));
    };
    let line =
        format!("deleted the agent {agent_id:?} of the org `{org}` with its events: {events}\n");
    std::io::stdout()
        .write_all(line.as_bytes())
        .map_err(Failure::failed)
}
