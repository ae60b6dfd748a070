//! The statements on `events`.

use super::agent_events::{AgentEvent, is_filed};
use crate::error::StoreError;
use crate::event::{EventFilter, EventPage, EventPosition, EventRecord, EventRow, Source, latency};
use crate::id::EventId;
use crate::org::OrgId;
use crate::query::events::{Index, Listing, Merge, Places, end_of, may_lack, of_key, wanted};
use crate::record::{NewEvent, Origin};
use crate::schema::{agent_events, events};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Binary, Bool, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;
use pecta_reputation::Evaluation;

/// What counting an event adds to it.
pub(super) struct Counted {
    pub(super) id: [u8; 16],
    pub(super) sequence: i64,
    pub(super) score: u16,
    pub(super) created_at: i64,
}

/// Whether an event's evaluation id or idempotency key stands in the table. The writer holds the
/// write lock, so the answer stays true until it commits.
pub(super) fn is_recorded(
    connection: &mut SqliteConnection,
    org: OrgId,
    event: &NewEvent,
) -> Result<bool, StoreError> {
    let of_org = events::table.filter(events::org_id.eq(org.get()));
    if let Some(id) = &event.evaluation_id {
        let same = of_org.filter(events::evaluation_id.eq(id));
        if diesel::select(diesel::dsl::exists(same)).get_result(connection)? {
            return Ok(true);
        }
        if let Some(id) = EventId::of_evaluation(id) {
            let same = events::table
                .find((org.get(), id.to_bytes().to_vec()))
                .filter(events::evaluation_id.is_null())
                .filter(events::source.eq(Source::Evaluated.as_str()));
            if diesel::select(diesel::dsl::exists(same)).get_result(connection)? {
                return Ok(true);
            }
        }
    }
    if let Some(key) = &event.idempotency_key {
        let same = of_org.filter(events::idempotency_key.eq(key));
        return Ok(diesel::select(diesel::dsl::exists(same)).get_result(connection)?);
    }
    Ok(false)
}

/// Stores an event.
pub(super) fn insert(
    connection: &mut SqliteConnection,
    origin: Origin,
    event: &NewEvent,
    counted: &Counted,
) -> Result<(), StoreError> {
    let insert = Insert {
        org_id: origin.org.get(),
        id: &counted.id,
        agent_id: &event.agent_id,
        sequence: counted.sequence,
        tool: event.tool.as_deref(),
        passed: event.passed,
        gates: &event.gates,
        total_latency_us: event.total_latency.as_micros().into(),
        latency_us: event.latency.as_micros().into(),
        score: i16::try_from(counted.score).map_err(StoreError::corrupt)?,
        created_at: counted.created_at,
        evaluation_id: event.evaluation_id.as_deref(),
        idempotency_key: event.idempotency_key.as_deref(),
        source: event.source.as_str(),
        key_id: origin.key.get(),
        policy_version: event.policy_version,
        findings: event.findings.as_deref(),
    };
    insert.execute(connection)?;
    Ok(())
}

/// The one hot insert, as a statement of our own: through a typed one diesel walks column by column, several
/// times for each row.
struct Insert<'e> {
    org_id: i64,
    id: &'e [u8],
    agent_id: &'e str,
    sequence: i64,
    tool: Option<&'e str>,
    passed: bool,
    gates: &'e str,
    total_latency_us: i64,
    latency_us: i64,
    score: i16,
    created_at: i64,
    evaluation_id: Option<&'e str>,
    idempotency_key: Option<&'e str>,
    source: &'static str,
    key_id: i64,
    policy_version: Option<i64>,
    findings: Option<&'e str>,
}

impl QueryFragment<Sqlite> for Insert<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "INSERT INTO events (org_id, id, agent_id, sequence, tool, passed, gates, \
             total_latency_us, latency_us, score, created_at, evaluation_id, idempotency_key, \
             source, key_id, policy_version, findings) VALUES (",
        );
        out.push_bind_param::<BigInt, _>(&self.org_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Binary, _>(self.id)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.agent_id)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.sequence)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.tool)?;
        out.push_sql(", ");
        out.push_bind_param::<Bool, _>(&self.passed)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.gates)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.total_latency_us)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.latency_us)?;
        out.push_sql(", ");
        out.push_bind_param::<SmallInt, _>(&self.score)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.created_at)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.evaluation_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.idempotency_key)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.source)?;
        out.push_sql(", ");
        out.push_bind_param::<BigInt, _>(&self.key_id)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<BigInt>, _>(&self.policy_version)?;
        out.push_sql(", ");
        out.push_bind_param::<Nullable<Text>, _>(&self.findings)?;
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for Insert<'_> {
    type QueryId = Insert<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl RunQueryDsl<SqliteConnection> for Insert<'_> {}

/// A recorded event, as far as it counts.
pub(super) struct Recorded {
    pub(super) id: EventId,
    pub(super) agent_id: String,
    pub(super) sequence: i64,
    pub(super) evaluation: Evaluation,
    pub(super) source: Source,
    pub(super) created_at: i64,
    pub(super) tool: Option<String>,
}

impl Recorded {
    /// As it is to be filed under its agent.
    pub(super) fn to_file(&self) -> AgentEvent {
        AgentEvent {
            place: EventPosition {
                created_at_us: self.created_at,
                id: self.id.to_bytes(),
            },
            passed: self.evaluation.passed,
            tool: self.tool.as_deref().map(Into::into),
            source: self.source,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = events)]
struct RecordedRow {
    id: Vec<u8>,
    agent_id: String,
    sequence: i64,
    passed: bool,
    latency_us: i64,
    source: String,
    created_at: i64,
    tool: Option<String>,
}

impl TryFrom<RecordedRow> for Recorded {
    type Error = StoreError;

    fn try_from(row: RecordedRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: EventId::from_bytes(&row.id)?,
            agent_id: row.agent_id,
            sequence: row.sequence,
            evaluation: Evaluation {
                passed: row.passed,
                latency: latency(row.latency_us)?,
            },
            source: Source::parse(&row.source)?,
            created_at: row.created_at,
            tool: row.tool,
        })
    }
}

/// The next events behind an id, in the order in which they were recorded.
pub(super) fn recorded_behind(
    connection: &mut SqliteConnection,
    org: OrgId,
    id: EventId,
    limit: u16,
) -> Result<Vec<Recorded>, StoreError> {
    let rows: Vec<RecordedRow> = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::id.gt(id.to_bytes().as_slice()))
        .order(events::id)
        .limit(limit.into())
        .select(RecordedRow::as_select())
        .load(connection)?;
    rows.into_iter().map(Recorded::try_from).collect()
}

/// The events of an agent behind an id, as they are to be filed.
pub(super) fn of_agent_behind(
    connection: &mut SqliteConnection,
    org: OrgId,
    agent_id: &str,
    id: EventId,
) -> Result<Vec<AgentEvent>, StoreError> {
    let rows: Vec<RecordedRow> = events::table
        .filter(events::org_id.eq(org.get()))
        .filter(events::id.gt(id.to_bytes().as_slice()))
        .filter(events::agent_id.eq(agent_id))
        .order(events::id)
        .select(RecordedRow::as_select())
        .load(connection)?;
    let recorded = rows.into_iter().map(Recorded::try_from);
    recorded.map(|event| Ok(event?.to_file())).collect()
}

/// A page of the events that match a filter. `unfiled` are events of its agent that were not filed a moment
/// ago.
pub(crate) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
    unfiled: &[AgentEvent],
) -> Result<EventPage, StoreError> {
    let (wanted, index) = (wanted(filter), index(filter));
    let listing = Listing::of(org, filter);
    let mut merge = Merge::default();
    merge.add(AgentEvent::listed(unfiled, &listing), None);
    for selection in listing.indexed() {
        let newest = Places::newest(index, selection, filter, wanted);
        let found = places(connection, newest)?;
        let mut end = None;
        if may_lack(filter, &found) {
            end = end_of(&places(connection, Places::end(index, selection, filter))?);
        }
        merge.add(found, end);
    }
    let (page, next) = merge.page(filter);
    let mut rows = Vec::with_capacity(page.len());
    for place in page {
        // One that was deleted meanwhile is missing.
        let row = events::table.find((org.get(), place.id.as_slice()));
        let row = row.select(EventRow::as_select()).first(connection);
        rows.extend(row.optional()?);
    }
    EventPage::of(rows, next)
}

fn index(filter: &EventFilter) -> Index {
    match filter.agent_id {
        Some(_) => Index::AGENT_EVENTS,
        None => Index::BY_TIME,
    }
}

fn places(
    connection: &mut SqliteConnection,
    places: Places<'_>,
) -> Result<Vec<EventPosition>, StoreError> {
    let rows: Vec<(i64, Vec<u8>)> = places.load(connection)?;
    let places = rows.iter();
    places
        .map(|(created_at, id)| EventPosition::from_row(*created_at, id))
        .collect()
}

impl RunQueryDsl<SqliteConnection> for Places<'_> {}

/// How many events match a filter, its limit and offset aside. `unfiled` are events of its agent that may not be filed.
pub(crate) fn count(
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
    unfiled: &[AgentEvent],
) -> Result<u64, StoreError> {
    let mut total = 0;
    let listing = Listing::of(org, filter);
    for event in unfiled.iter().filter(|event| event.is_listed(&listing)) {
        let agent_id = filter.agent_id.as_deref().unwrap_or_default();
        total += i64::from(!is_filed(connection, org, agent_id, event)?);
    }
    for selection in listing.matching() {
        total += match filter.agent_id {
            Some(_) => agent_events::table
                .filter(selection)
                .count()
                .get_result::<i64>(connection)?,
            None => events::table
                .filter(selection)
                .count()
                .get_result::<i64>(connection)?,
        };
    }
    u64::try_from(total).map_err(StoreError::corrupt)
}

/// The event that was recorded under an idempotency key.
pub(crate) fn by_idempotency_key(
    connection: &mut SqliteConnection,
    org: OrgId,
    key: &str,
) -> Result<Option<EventRecord>, StoreError> {
    let row = of_key(org, key).select(EventRow::as_select());
    let row = row.first(connection).optional()?;
    row.map(EventRecord::try_from).transpose()
}
