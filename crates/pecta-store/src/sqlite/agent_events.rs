//! The table `agent_events`: where the events of an agent are.
//!
//! It is an index that is behind. The places of an agent's latest events are in memory until its row is
//! saved; then they are filed together, on the few pages that are the agent's. So a page of an agent's events
//! is merged from the table and from memory. What is in memory only is lost in a crash, and found again as
//! windows are: the events that a saved row covers are filed.

use super::events;
use super::pragmas::Covered;
use crate::error::StoreError;
use crate::event::{EventPosition, Source};
use crate::id::EventId;
use crate::org::OrgId;
use crate::query::events::Listing;
use crate::record::NewEvent;
use crate::schema::agent_events;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;
use std::sync::Arc;

/// An event as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentEvent {
    pub(super) place: EventPosition,
    pub(super) passed: bool,
    pub(super) tool: Option<Arc<str>>,
    pub(super) source: Source,
}

impl AgentEvent {
    pub(super) fn of(event: &NewEvent, created_at: i64, id: [u8; 16]) -> Self {
        Self {
            place: EventPosition {
                created_at_us: created_at,
                id,
            },
            passed: event.passed,
            tool: event.tool.as_deref().map(Into::into),
            source: event.source,
        }
    }

    pub(super) fn is_listed(&self, listing: &Listing<'_>) -> bool {
        listing.admits(self.passed, self.tool.as_deref(), self.source, self.place)
    }

    /// The places of those that are listed.
    pub(super) fn listed(events: &[Self], listing: &Listing<'_>) -> Vec<EventPosition> {
        let listed = events.iter().filter(|event| event.is_listed(listing));
        listed.map(|event| event.place).collect()
    }
}

/// Files events of an agent. Some may be filed already: by another process that [`complete`]d the index, or before a crash.
pub(super) fn file(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    events: &[AgentEvent],
) -> Result<(), StoreError> {
    for event in events {
        let file = File {
            org_id: org.get(),
            agent_id,
            place: event.place,
            passed: event.passed,
            tool: event.tool.as_deref(),
            source: event.source.as_str(),
        };
        file.execute(connection)?;
    }
    Ok(())
}

/// Files what a server holds in memory of an agent.
pub(super) fn complete(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<(), StoreError> {
    let unfiled = unfiled(connection, org, agent_id)?;
    file(connection, org, agent_id, &unfiled)
}

/// What a server may hold in memory of an agent: its events among the newest of the org. Some may be filed meanwhile.
pub(crate) fn unfiled(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<Vec<AgentEvent>, StoreError> {
    let covered = EventId::before(Covered::read(connection)?.millis());
    events::of_agent_behind(connection, org, agent_id, covered)
}

/// Whether an event is filed.
pub(super) fn is_filed(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    event: &AgentEvent,
) -> Result<bool, StoreError> {
    let (at, id) = (event.place.created_at_us, event.place.id.as_slice());
    let filed = agent_events::table.find((org.get(), agent_id, event.passed, at, id));
    Ok(diesel::select(diesel::dsl::exists(filed)).get_result(connection)?)
}

/// As a statement of our own, which stays prepared.
struct File<'f> {
    org_id: i64,
    agent_id: &'f str,
    place: EventPosition,
    passed: bool,
    tool: Option<&'f str>,
    source: &'static str,
}

impl QueryFragment<Sqlite> for File<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT OR IGNORE INTO agent_events \
             (org_id, agent_id, passed, created_at, id, tool, source) VALUES (",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.agent_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Bool, _>(&self.passed)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.place.created_at_us)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(self.place.id.as_slice())?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.tool)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.source)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for File<'_> {
    type QueryId = File<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for File<'_> {}
