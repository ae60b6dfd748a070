//! The statements on `candidate_counts`.

use crate::candidate::{self, CandidateBatch, CandidateCount, CandidateRow, Names};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::candidates::{KEY, before_version, of_batch, of_version};
use crate::schema::{agents, candidate_counts};
use diesel::prelude::*;
use diesel::upsert::excluded;
use std::collections::HashSet;

/// Adds counts of a version unless that was done, and forgets those of earlier ones. Needs a transaction.
pub(super) fn add(
    connection: &mut SqliteConnection,
    org: OrgId,
    version: i64,
    batch: &CandidateBatch,
    counts: Vec<CandidateCount>,
) -> Result<(), StoreError> {
    let added = of_batch(org, version, batch).count();
    if added.get_result::<i64>(connection)? > 0 {
        return Ok(());
    }
    diesel::insert_into(candidate_counts::table)
        .values(batch.row(org, version))
        .on_conflict(KEY)
        .do_update()
        .set(candidate_counts::count.eq(excluded(candidate_counts::count)))
        .execute(connection)?;
    let names: Vec<(String, String, String)> = of_version(org, version)
        .select((
            candidate_counts::what,
            candidate_counts::name,
            candidate_counts::rule,
        ))
        .load(connection)?;
    let present: Vec<String> = agents::table
        .filter(agents::org_id.eq(org.get()))
        .filter(agents::agent_id.eq_any(candidate::agents(&counts)))
        .select(agents::agent_id)
        .load(connection)?;
    let present: HashSet<_> = present.into_iter().collect();
    let names: Names = names.into_iter().collect();
    // One by one: what SQLite does within a transaction costs no way to a server.
    for count in names.bound(counts, &present) {
        diesel::insert_into(candidate_counts::table)
            .values(CandidateRow::of(org, version, count))
            .on_conflict(KEY)
            .do_update()
            .set(
                candidate_counts::count
                    .eq(candidate_counts::count + excluded(candidate_counts::count)),
            )
            .execute(connection)?;
    }
    diesel::delete(before_version(org, version)).execute(connection)?;
    Ok(())
}

/// The counts of a version, the largest first.
pub(super) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    version: i64,
) -> Result<Vec<CandidateCount>, StoreError> {
    let rows: Vec<CandidateRow> = of_version(org, version)
        .order((
            candidate_counts::count.desc(),
            candidate_counts::what,
            candidate_counts::name,
            candidate_counts::rule,
        ))
        .select(CandidateRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().filter_map(CandidateRow::count).collect())
}
