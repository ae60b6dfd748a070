//! The statements on `candidate_counts`.

use super::policies::lock;
use crate::candidate::{CandidateCount, CandidateRow, ROWS};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::schema::candidate_counts;
use diesel::prelude::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Adds counts of a version, and forgets those of earlier ones. Needs a transaction.
pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    version: i64,
    counts: Vec<CandidateCount>,
) -> Result<(), StoreError> {
    lock(connection, org).await?;
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
            .execute(connection)
            .await?;
    }
    let earlier = candidate_counts::table
        .filter(candidate_counts::org_id.eq(org.get()))
        .filter(candidate_counts::version.lt(version));
    diesel::delete(earlier).execute(connection).await?;
    Ok(())
}

/// The counts of a version, the largest first.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
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
        .load(connection)
        .await?;
    Ok(rows.into_iter().map(CandidateCount::from).collect())
}
