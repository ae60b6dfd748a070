//! The statements on `candidate_counts`.

use crate::candidate::{CandidateCount, CandidateRow, ROWS};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::schema::candidate_counts;
use diesel::prelude::*;
use diesel::upsert::excluded;

/// Adds counts of a version, and forgets those of earlier ones. Needs a transaction.
pub(super) fn add(
    connection: &mut SqliteConnection,
    org: OrgId,
    version: i64,
    counts: Vec<CandidateCount>,
) -> Result<(), StoreError> {
    for count in counts {
        diesel::insert_into(candidate_counts::table)
            .values(CandidateRow::of(org, version, count))
            .on_conflict((
                candidate_counts::org_id,
                candidate_counts::version,
                candidate_counts::what,
                candidate_counts::name,
                candidate_counts::rule,
            ))
            .do_update()
            .set(
                candidate_counts::count
                    .eq(candidate_counts::count + excluded(candidate_counts::count)),
            )
            .execute(connection)?;
    }
    let earlier = candidate_counts::table
        .filter(candidate_counts::org_id.eq(org.get()))
        .filter(candidate_counts::version.lt(version));
    diesel::delete(earlier).execute(connection)?;
    Ok(())
}

/// The counts of a version, the largest first.
pub(super) fn list(
    connection: &mut SqliteConnection,
    org: OrgId,
    version: i64,
) -> Result<Vec<CandidateCount>, StoreError> {
    let rows: Vec<CandidateRow> = candidate_counts::table
        .filter(candidate_counts::org_id.eq(org.get()))
        .filter(candidate_counts::version.eq(version))
        .order((
            candidate_counts::count.desc(),
            candidate_counts::what,
            candidate_counts::name,
            candidate_counts::rule,
        ))
        .limit(ROWS)
        .select(CandidateRow::as_select())
        .load(connection)?;
    Ok(rows.into_iter().map(CandidateCount::from).collect())
}
