//! The table `agent_events`: where the events of an agent are.
//!
//! It is an index that is behind. The places of an agent's latest events are in memory until its row is
//! saved; then they are filed together, on the few pages that are the agent's. So a page of an agent's events
//! is merged from the table and from memory. What is in memory only is lost in a crash, and found again as
//! windows are: a row that is saved covers exactly the events that are filed.

use super::pragmas::Covered;
use crate::error::StoreError;
use crate::event::{EventPosition, Source};
use crate::id::EventId;
use crate::org::OrgId;
use crate::query::events::Listing;
use crate::record::NewEvent;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;

/// An event as the index knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AgentEvent {
    pub(super) place: EventPosition,
    pub(super) passed: bool,
    pub(super) tool: Option<Box<str>>,
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

    /// The places of those that are listed.
    pub(super) fn listed(events: &[Self], listing: &Listing<'_>) -> Vec<EventPosition> {
        let listed = events.iter().filter(|event| {
            listing.admits(
                event.passed,
                event.tool.as_deref(),
                event.source,
                event.place,
            )
        });
        listed.map(|event| event.place).collect()
    }
}

/// Files events of an agent. Another process may have [`complete`]d the index before.
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

/// Files what a server holds in memory of an agent; says how many events these were.
pub(crate) fn complete(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
) -> Result<usize, StoreError> {
    let filed = diesel::sql_query(
        "INSERT OR IGNORE INTO agent_events \
         (org_id, agent_id, passed, created_at, id, tool, source) \
         SELECT org_id, agent_id, passed, created_at, id, tool, source FROM events \
         WHERE org_id = ? AND id > ? AND +agent_id = ?",
    );
    let covered = EventId::before(Covered::read(connection)?.millis());
    let filed = filed
        .bind::<BigInt, _>(org.get())
        .bind::<Binary, _>(covered.to_bytes().to_vec())
        .bind::<Text, _>(agent_id);
    Ok(filed.execute(connection)?)
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
