//! The statements on `policies`.

use super::audit;
use super::orgs::lock;
use crate::error::StoreError;
use crate::org::OrgId;
use crate::policy::{
    NewPolicyRow, PolicyChange, PolicyRecord, PolicyRole, PolicyRow, Precondition, VERSIONS,
};
use crate::query::policies::versions;
use crate::record::Origin;
use crate::schema::{policies, policy_revisions};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// The number of the newest version.
pub(super) async fn newest(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    role: PolicyRole,
) -> Result<Option<i64>, StoreError> {
    let newest = versions(org, role).order(policies::version.desc());
    let newest = newest.select(policies::version).first(connection).await;
    Ok(newest.optional()?)
}

/// One version, or the newest.
pub(super) async fn find(
    connection: &mut AsyncPgConnection,
    org: OrgId,
    role: PolicyRole,
    version: Option<i64>,
) -> Result<Option<PolicyRecord>, StoreError> {
    let at_most = version.unwrap_or(i64::MAX);
    let row = versions(org, role)
        .filter(policies::version.le(at_most))
        .order(policies::version.desc())
        .select(PolicyRow::as_select())
        .first(connection)
        .await
        .optional()?;
    let record = row.map(PolicyRecord::try_from).transpose()?;
    Ok(record.filter(|record| version.is_none_or(|version| record.version == version)))
}

/// Lets another version follow the newest one. Needs a transaction.
pub(super) async fn save(
    connection: &mut AsyncPgConnection,
    (origin, role): (Origin, PolicyRole),
    document: Option<String>,
    precondition: &Precondition,
    now: i64,
) -> Result<PolicyChange, StoreError> {
    lock(connection, origin.org()).await?;
    let newest = find(connection, origin.org(), role, None).await?;
    let next = NewPolicyRow::behind(newest, (origin, role), document, precondition, now);
    let row = match next {
        Ok(row) => row,
        Err(refused) => return Ok(refused),
    };
    diesel::insert_into(policies::table)
        .values(&row)
        .execute(connection)
        .await?;
    let old = versions(origin.org(), role).filter(policies::version.le(row.version - VERSIONS));
    diesel::delete(old).execute(connection).await?;
    audit::append(connection, origin.into(), row.act(), now).await?;
    revise(connection, origin.org()).await?;
    row.saved()
}

/// The number of what judges an org's outputs, which every change of it makes grow.
pub(super) async fn revision(
    connection: &mut AsyncPgConnection,
    org: OrgId,
) -> Result<i64, StoreError> {
    let revision = policy_revisions::table.find(org.get());
    let revision = revision
        .select(policy_revisions::revision)
        .first(connection)
        .await;
    Ok(revision.optional()?.unwrap_or_default())
}

/// Tells all servers that something has changed. Needs the transaction of the change.
pub(super) async fn revise(
    connection: &mut AsyncPgConnection,
    org: OrgId,
) -> Result<(), StoreError> {
    diesel::insert_into(policy_revisions::table)
        .values((
            policy_revisions::org_id.eq(org.get()),
            policy_revisions::revision.eq(1),
        ))
        .on_conflict(policy_revisions::org_id)
        .do_update()
        .set(policy_revisions::revision.eq(policy_revisions::revision + 1))
        .execute(connection)
        .await?;
    Ok(())
}
