//! Which events of an org a statement is about, as one range of an index.
//!
//! The indexes by time and by agent hold the verdict in front of the time. So a range is that of
//! the events that passed or of those that failed; who wants both runs two statements and merges.

use crate::event::{EventFilter, EventPosition, Source};
use crate::org::OrgId;
use crate::schema::{agent_events, events};
use chrono::{DateTime, Utc};
use diesel::backend::Backend;
use diesel::dsl::{self, auto_type};
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Binary, Bool, Text};
use std::cmp::Reverse;

/// How many events of a verdict a page may look at where an index tells which match, but does not lead to them.
pub(crate) const HORIZON: u32 = 10_000;
/// The same where no index tells it, so that their rows are read.
pub(crate) const HORIZON_OF_ROWS: u32 = 1_000;

/// What tells the places of events in the order of a listing.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Index {
    table: &'static str,
    /// Whether it tells where an event came from; else that is read from the event's row.
    holds_source: bool,
}

impl Index {
    /// The index of the table of events by time.
    pub(crate) const BY_TIME: Self = Self {
        table: "events",
        holds_source: false,
    };
    /// The one by agent.
    pub(crate) const BY_AGENT: Self = Self {
        table: "events",
        holds_source: true,
    };
    /// The table that SQLite has in its place.
    pub(crate) const AGENT_EVENTS: Self = Self {
        table: "agent_events",
        holds_source: true,
    };

    /// How many events of a verdict a page may look at.
    fn horizon(self, filter: &EventFilter) -> i64 {
        let reads_rows = filter.source.is_some() && !self.holds_source;
        let horizon = if reads_rows { HORIZON_OF_ROWS } else { HORIZON };
        horizon.into()
    }
}

/// Places between two bounds, the newest first.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Range {
    /// Only behind this place, so without its event.
    pub(crate) after: Option<EventPosition>,
    /// Only down to this place, with its event.
    pub(crate) down_to: Option<EventPosition>,
}

/// The events that a filter lets through, in a range that may be narrowed.
#[derive(Debug)]
pub(crate) struct Listing<'f> {
    org: OrgId,
    filter: &'f EventFilter,
    pub(crate) range: Range,
}

impl<'f> Listing<'f> {
    pub(crate) fn of(org: OrgId, filter: &'f EventFilter) -> Self {
        let to = filter.to.map(|time| time.timestamp_micros() + 1);
        let upper = [filter.after, to.map(EventPosition::start_of)];
        let from = filter.from.map(micros_rounded_up);
        let range = Range {
            after: upper.into_iter().flatten().min(),
            down_to: from.map(EventPosition::start_of),
        };
        Self { org, filter, range }
    }

    /// A selection per verdict of what the filter lets through.
    pub(crate) fn matching(&self) -> impl Iterator<Item = Selection<'f>> {
        let tool = self.filter.tool.as_deref();
        let source = self.filter.source.map(Source::as_str);
        self.indexed().map(move |selection| Selection {
            tool,
            source,
            ..selection
        })
    }

    /// The same of as much of the filter as an index can tell.
    pub(crate) fn indexed(&self) -> impl Iterator<Item = Selection<'f>> {
        let Self { org, filter, range } = *self;
        let verdicts = [true, false].into_iter();
        let wanted =
            verdicts.filter(move |verdict| filter.passed.is_none_or(|passed| passed == *verdict));
        wanted.map(move |passed| Selection {
            agent_id: filter.agent_id.as_deref(),
            ..Selection::all(org, passed, range)
        })
    }

    /// Whether an event of the org, and of the agent that the filter may name, is among them.
    pub(crate) fn admits(
        &self,
        passed: bool,
        tool: Option<&str>,
        source: Source,
        place: EventPosition,
    ) -> bool {
        let Self { filter, range, .. } = self;
        filter.passed.is_none_or(|wanted| wanted == passed)
            && (filter.tool.is_none() || filter.tool.as_deref() == tool)
            && filter.source.is_none_or(|wanted| wanted == source)
            && range.after.is_none_or(|after| place < after)
            && range.down_to.is_none_or(|end| place >= end)
    }
}

/// The first whole microsecond that is not before a time.
fn micros_rounded_up(time: DateTime<Utc>) -> i64 {
    let is_whole = time.timestamp_subsec_nanos().is_multiple_of(1000);
    time.timestamp_micros() + i64::from(!is_whole)
}

type Newest<'f> = dsl::Limit<
    dsl::Order<
        dsl::Filter<events::table, Selection<'f>>,
        (dsl::Desc<events::created_at>, dsl::Desc<events::id>),
    >,
>;

/// The newest events of a selection.
pub(crate) fn newest(selection: Selection<'_>, limit: u32) -> Newest<'_> {
    let limit: i64 = limit.into();
    let newest_first = (events::created_at.desc(), events::id.desc());
    events::table
        .filter(selection)
        .order(newest_first)
        .limit(limit)
}

/// The condition for events of one org and one verdict.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Selection<'f> {
    org: i64,
    passed: bool,
    agent_id: Option<&'f str>,
    tool: Option<&'f str>,
    source: Option<&'static str>,
    range: Range,
}

impl Selection<'_> {
    /// All events of a verdict in a range.
    pub(crate) fn all(org: OrgId, passed: bool, range: Range) -> Self {
        Self {
            org: org.get(),
            passed,
            agent_id: None,
            tool: None,
            source: None,
            range,
        }
    }
}

impl<DB> QueryFragment<DB> for Selection<'_>
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(org_id = ");
        out.push_bind_param::<BigInt, _>(&self.org)?;
        // Not bound: the two ranges differ in size, so that each deserves a plan of its own.
        out.push_sql(if self.passed {
            " AND passed = TRUE"
        } else {
            " AND passed = FALSE"
        });
        for (condition, value) in [
            (" AND agent_id = ", self.agent_id),
            (" AND tool = ", self.tool),
            (" AND source = ", self.source),
        ] {
            if let Some(value) = value {
                out.push_sql(condition);
                out.push_bind_param::<Text, _>(value)?;
            }
        }
        // Bounds on both columns at once, by which the index is entered at any place at the same cost;
        // `created_at < ? OR created_at = ? AND id < ?` would read every event of one time.
        let bounds = [(" < (", &self.range.after), (" >= (", &self.range.down_to)];
        for (comparison, place) in bounds {
            if let Some(place) = place {
                out.push_sql(" AND (created_at, id)");
                out.push_sql(comparison);
                out.push_bind_param::<BigInt, _>(&place.created_at_us)?;
                out.push_sql(", ");
                out.push_bind_param::<Binary, _>(place.id.as_slice())?;
                out.push_sql(")");
            }
        }
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Selection<'_> {
    type SqlType = Bool;
}

impl AppearsOnTable<events::table> for Selection<'_> {}

impl AppearsOnTable<agent_events::table> for Selection<'_> {}

impl ValidGrouping<()> for Selection<'_> {
    type IsAggregate = is_aggregate::No;
}

/// The text depends on which members are given.
impl QueryId for Selection<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

/// Asks for the places of the newest events of a selection, which the index alone tells. Of those that name
/// a tool or a source only as many are looked through as a page may be; a source may stand in the rows alone.
#[derive(Debug)]
pub(crate) struct Places<'f> {
    index: Index,
    selection: Selection<'f>,
    tool: Option<&'f str>,
    source: Option<&'static str>,
    look: i64,
    skip: i64,
    limit: i64,
}

impl<'f> Places<'f> {
    /// At most so many, of the filter's tool and source where it names them.
    pub(crate) fn newest(
        index: Index,
        selection: Selection<'f>,
        filter: &'f EventFilter,
        limit: u32,
    ) -> Self {
        Self {
            index,
            selection,
            tool: filter.tool.as_deref(),
            source: filter.source.map(Source::as_str),
            look: index.horizon(filter),
            skip: 0,
            limit: limit.into(),
        }
    }

    /// The last one that a page may look at, and the one behind it.
    pub(crate) fn end(index: Index, selection: Selection<'f>, filter: &EventFilter) -> Self {
        let look = index.horizon(filter);
        Self {
            index,
            selection,
            tool: None,
            source: None,
            look,
            skip: look - 1,
            limit: 2,
        }
    }
}

impl<DB> QueryFragment<DB> for Places<'_>
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
    [u8]: ToSql<Binary, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        const NEWEST: &str = " ORDER BY created_at DESC, id DESC LIMIT ";
        out.push_sql("SELECT created_at, id FROM ");
        if self.tool.is_none() && self.source.is_none() {
            out.push_sql(self.index.table);
            out.push_sql(" WHERE ");
            self.selection.walk_ast(out.reborrow())?;
            out.push_sql(NEWEST);
        } else {
            // In the order of the index, so that it ends when enough are found.
            out.push_sql("(SELECT created_at, id, tool");
            if self.source.is_some() {
                out.push_sql(", source");
            }
            out.push_sql(" FROM ");
            out.push_sql(self.index.table);
            out.push_sql(" WHERE ");
            self.selection.walk_ast(out.reborrow())?;
            out.push_sql(NEWEST);
            out.push_bind_param::<BigInt, _>(&self.look)?;
            out.push_sql(") AS looked");
            let mut joined_by = " WHERE ";
            for (condition, value) in [("tool = ", self.tool), ("source = ", self.source)] {
                if let Some(value) = value {
                    out.push_sql(joined_by);
                    out.push_sql(condition);
                    out.push_bind_param::<Text, _>(value)?;
                    joined_by = " AND ";
                }
            }
            out.push_sql(" LIMIT ");
        }
        out.push_bind_param::<BigInt, _>(&self.limit)?;
        out.push_sql(" OFFSET ");
        out.push_bind_param::<BigInt, _>(&self.skip)
    }
}

/// The text depends on what is asked for.
impl QueryId for Places<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for Places<'_> {
    type SqlType = (BigInt, Binary);
}

/// What a page is made of, merged from the ranges of an index.
#[derive(Debug, Default)]
pub(crate) struct Merge {
    places: Vec<EventPosition>,
    /// Down to where everything was looked at.
    end: Option<EventPosition>,
}

impl Merge {
    /// Adds what was found in one range, and where the look at it ended if it did not read all of it.
    pub(crate) fn add(&mut self, places: Vec<EventPosition>, end: Option<EventPosition>) {
        self.places.extend(places);
        self.end = self.end.max(end);
    }

    /// The places of a filter's page, the newest first, and where it goes on.
    pub(crate) fn page(
        mut self,
        filter: &EventFilter,
    ) -> (Vec<EventPosition>, Option<EventPosition>) {
        self.places.retain(|place| Some(*place) >= self.end);
        self.places.sort_unstable_by_key(|place| Reverse(*place));
        // One may be filed while the others are read.
        self.places.dedup();
        let [offset, limit] = [filter.offset, filter.limit]
            .map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let mut page: Vec<_> = self.places.into_iter().skip(offset).collect();
        let has_more = page.len() > limit;
        page.truncate(limit);
        let last = page.last().copied().filter(|_| has_more);
        (page, last.or(self.end))
    }
}

/// Where the look at a range ended, by what [`Places::end`] found, unless it read all of it.
pub(crate) fn end_of(places: &[EventPosition]) -> Option<EventPosition> {
    match places {
        [last, _] => Some(*last),
        _ => None,
    }
}

/// Whether a range may hold more matches than were found there: the look at it may have ended before.
pub(crate) fn may_lack(filter: &EventFilter, found: &[EventPosition]) -> bool {
    let is_short = u32::try_from(found.len()).is_ok_and(|found| found < wanted(filter));
    (filter.tool.is_some() || filter.source.is_some()) && is_short
}

/// How many places a page needs of each range.
pub(crate) fn wanted(filter: &EventFilter) -> u32 {
    filter.offset.saturating_add(filter.limit).saturating_add(1)
}

/// The event that was recorded under an idempotency key.
#[auto_type(no_type_alias)]
pub(crate) fn of_key<'q>(org: OrgId, key: &'q str) -> _ {
    let org: i64 = org.get();
    events::table
        .filter(events::org_id.eq(org))
        .filter(events::idempotency_key.eq(key))
}
