//! The statements on `audit_entries`.

use crate::audit::{
    Act, Actor, AuditHead, AuditPage, AuditRow, AuditVerdict, Walk, followed, head,
};
use crate::error::StoreError;
use crate::org::OrgId;
use crate::query::audit as query;
use crate::schema::{audit_entries, orgs};
use diesel::prelude::*;

/// Notes an act. Needs the transaction that it happens in, which no other writes beside.
pub(crate) fn append(
    connection: &mut SqliteConnection,
    actor: Actor,
    act: Act,
    now: i64,
) -> Result<(), StoreError> {
    let org = actor.org();
    let named = head(query::head(org).first(connection)?);
    let newest = query::newest(org, i64::MAX, 1).select(AuditRow::as_select());
    let newest = newest.first(connection).optional()?;
    let row = AuditRow::behind(&followed(named, newest.as_ref()), actor, act, now);
    diesel::insert_into(audit_entries::table)
        .values(&row)
        .execute(connection)?;
    let (count, hash) = row.head();
    diesel::update(orgs::table.find(org.get()))
        .set((orgs::audit_count.eq(count), orgs::audit_head.eq(hash)))
        .execute(connection)?;
    Ok(())
}

/// A page of the entries of an org, newest first.
pub(crate) fn page(
    connection: &mut SqliteConnection,
    org: OrgId,
    before: i64,
    limit: u32,
) -> Result<AuditPage, StoreError> {
    let rows = query::newest(org, before, limit.saturating_add(1));
    let rows = rows.select(AuditRow::as_select()).load(connection)?;
    AuditPage::of(rows, limit)
}

/// Whether the log of an org is as it was written, and holds a head that was noted. Needs a transaction, so that
/// it is looked at as it is at one moment.
pub(crate) fn verify(
    connection: &mut SqliteConnection,
    org: OrgId,
    noted: Option<AuditHead>,
) -> Result<AuditVerdict, StoreError> {
    let mut walk = Walk::new(noted);
    while let Some(next) = walk.next() {
        let rows = query::oldest(org, next, query::VERIFIED).select(AuditRow::as_select());
        let rows: Vec<AuditRow> = rows.load(connection)?;
        if rows.is_empty() {
            break;
        }
        walk.pass(&rows);
    }
    let named = head(query::head(org).first(connection)?);
    Ok(walk.end(named.ok()))
}
