//! `GET /v1/audit`: the record of administrative acts.

use crate::caller::{Administer, Caller};
use crate::error::ApiError;
use actix_web::HttpRequest;
use actix_web::web::Json;
use pecta_store::{AuditEntry, KeyId};
use pecta_wire::{AuditCursor, AuditItem, AuditQuery, AuditResponse};

pub(super) async fn list(
    caller: Caller<Administer>,
    request: HttpRequest,
) -> Result<Json<AuditResponse>, ApiError> {
    let AuditQuery { limit, cursor } = AuditQuery::parse(request.query_string())?;
    let before = cursor.map(|cursor| cursor.sequence);
    let page = caller.store().audit(caller.org(), before, limit).await?;
    let cursor = page.next.map(|sequence| AuditCursor { sequence });
    Ok(Json(AuditResponse {
        entries: page.entries.into_iter().map(item).collect(),
        next_cursor: cursor.map(|cursor| cursor.to_string()),
    }))
}

fn item(entry: AuditEntry) -> AuditItem {
    AuditItem {
        sequence: entry.sequence,
        created_at: entry.created_at.into(),
        actor: entry.actor,
        key_id: entry.key.map(KeyId::get),
        address: entry.address,
        act: entry.act,
        subject: entry.subject,
        changes: entry.changes.into_iter().collect(),
        hash: entry.hash.to_string(),
    }
}
