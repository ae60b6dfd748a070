//! What a candidate policy would have judged otherwise, counted.

use crate::org::OrgId;
use crate::schema::candidate_counts;
use diesel::prelude::*;

/// How many rows a report has at most, the largest counts first.
pub(crate) const ROWS: i64 = 1000;

/// A count; counts of the same thing add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateCount {
    /// What was counted, in the caller's words.
    pub what: String,
    /// Of which gate, agent or tool; empty for all.
    pub name: String,
    /// Of which rule; empty for all.
    pub rule: String,
    /// How many.
    pub count: i64,
}

/// A row.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = candidate_counts)]
pub(crate) struct CandidateRow {
    org_id: i64,
    version: i64,
    what: String,
    name: String,
    rule: String,
    count: i64,
}

impl CandidateRow {
    pub(crate) fn of(org: OrgId, version: i64, count: CandidateCount) -> Self {
        Self {
            org_id: org.get(),
            version,
            what: count.what,
            name: count.name,
            rule: count.rule,
            count: count.count,
        }
    }
}

impl From<CandidateRow> for CandidateCount {
    fn from(row: CandidateRow) -> Self {
        Self {
            what: row.what,
            name: row.name,
            rule: row.rule,
            count: row.count,
        }
    }
}
