//! The statements on `candidate_counts`.

use super::agents::unnest;
use super::orgs::lock;
use crate::candidate::{self, CandidateBatch, CandidateCount, CandidateRow, Names};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::candidates::{KEY, before_version, of_batch, of_version};
use crate::schema::{agents, candidate_counts};
use diesel::prelude::{ExpressionMethods, IntoSql, QueryDsl, SelectableHelper};
use diesel::sql_types::{BigInt, Text};
use diesel::upsert::excluded;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::collections::HashSet;

/// Adds counts of a version unless that was done, and forgets those of earlier ones. Needs a transaction.
pub(super) async fn add(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    version: i64,
    batch: &CandidateBatch,
    counts: Vec<CandidateCount>,
) -> Result<(), StoreError> {
    // An agent is deleted under it, too.
    lock(connection, org).await?;
    let added = of_batch(org, version, batch).count();
    if added.get_result::<i64>(connection).await? > 0 {
        return Ok(());
    }
    diesel::insert_into(candidate_counts::table)
        .values(batch.row(org, version))
        .on_conflict(KEY)
        .do_update()
        .set(candidate_counts::count.eq(excluded(candidate_counts::count)))
        .execute(connection)
        .await?;
    let names: Vec<(String, String, String)> = of_version(org, version)
        .select((
            candidate_counts::what,
            candidate_counts::name,
            candidate_counts::rule,
        ))
        .load(connection)
        .await?;
    let present: Vec<String> = agents::table
        .filter(agents::org_id.eq(org.get()))
        .filter(agents::agent_id.eq_any(candidate::agents(&counts)))
        .select(agents::agent_id)
        .load(connection)
        .await?;
    let present: HashSet<_> = present.into_iter().collect();
    let names: Names = names.into_iter().collect();
    upsert(connection, org, version, &names.bound(counts, &present)).await?;
    diesel::delete(before_version(org, version))
        .execute(connection)
        .await?;
    Ok(())
}

/// Adds all counts by one statement, which stays prepared.
async fn upsert(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    version: i64,
    counts: &[CandidateCount],
) -> Result<(), StoreError> {
    let texts = |text: fn(&CandidateCount) -> &str| counts.iter().map(text).collect::<Vec<_>>();
    let sums: Vec<i64> = counts.iter().map(|count| count.count).collect();
    let rows = diesel::select((
        org.get().into_sql::<BigInt>(),
        version.into_sql::<BigInt>(),
        unnest::<Text, _>(texts(|count| count.what.as_str())),
        unnest::<Text, _>(texts(|count| &count.name)),
        unnest::<Text, _>(texts(|count| &count.rule)),
        unnest::<BigInt, _>(sums),
    ));
    diesel::insert_into(candidate_counts::table)
        .values(rows)
        .into_columns((
            candidate_counts::org_id,
            candidate_counts::version,
            candidate_counts::what,
            candidate_counts::name,
            candidate_counts::rule,
            candidate_counts::count,
        ))
        .on_conflict(KEY)
        .do_update()
        .set(
            candidate_counts::count.eq(candidate_counts::count + excluded(candidate_counts::count)),
        )
        .execute(connection)
        .await?;
    Ok(())
}

/// The counts of a version, the largest first.
pub(super) async fn list(
    connection: &mut AsyncPgConnection,
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
        .load(connection)
        .await?;
    Ok(rows.into_iter().filter_map(CandidateRow::count).collect())
}
