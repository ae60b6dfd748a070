//! `/v1/keys`: making, listing, rotating and revoking the keys of an org.

use crate::caller::{Administer, Caller, Posted};
use crate::clock::Clock;
use crate::error::ApiError;
use actix_web::http::StatusCode;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use pecta_auth::{AgentPatterns, KeyKind, Scope, Scopes};
use pecta_store::{KeyDetails, KeyId, MadeKey, NewKey, RateLimits};
use pecta_wire::{
    CreateKeyRequest, CreateKeyResponse, KeyItem, KeysCursor, KeysQuery, KeysResponse,
    RateLimitFields, RotateKeyRequest,
};

/// Whether there is none or it is another org's.
const NO_SUCH_KEY: ApiError = ApiError::NoSuch("key in the org");

pub(super) async fn create(
    Posted { caller, body }: Posted<Administer>,
) -> Result<HttpResponse, ApiError> {
    let key = new_key(
        CreateKeyRequest::parse(&body, Clock::wall())?,
        caller.scopes(),
    )?;
    let made = caller.store().add_key(caller.origin(), key).await?;
    Ok(shown(&made, None))
}

pub(super) async fn list(
    caller: Caller<Administer>,
    request: HttpRequest,
) -> Result<Json<KeysResponse>, ApiError> {
    let KeysQuery { limit, cursor } = KeysQuery::parse(request.query_string())?;
    let after = cursor.map(|cursor| KeyId::new(cursor.id));
    let page = caller.store().keys(caller.org(), after, limit).await?;
    let cursor = page.next.map(|id| KeysCursor { id: id.get() });
    Ok(Json(KeysResponse {
        keys: page.keys.iter().map(item).collect(),
        next_cursor: cursor.map(|cursor| cursor.to_string()),
    }))
}

pub(super) async fn rotate(
    Posted { caller, body }: Posted<Administer>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let RotateKeyRequest { overlap_seconds } = RotateKeyRequest::parse(&body)?;
    let (id, overlap) = (
        key_id(&request)?,
        TimeDelta::seconds(overlap_seconds.into()),
    );
    let rotated = caller
        .store()
        .rotate_key(caller.origin(), id, caller.scopes(), overlap)
        .await;
    caller.app.keys().forget(id);
    let rotated = rotated?.ok_or(NO_SUCH_KEY)?;
    Ok(shown(&rotated.made, Some(&rotated.replaced)))
}

pub(super) async fn revoke(
    caller: Caller<Administer>,
    request: HttpRequest,
) -> Result<Json<KeyItem>, ApiError> {
    let id = key_id(&request)?;
    let revoked = caller.store().revoke_key(caller.origin(), id).await;
    caller.app.keys().forget(id);
    let revoked = revoked?.ok_or(NO_SUCH_KEY)?;
    Ok(Json(item(&revoked)))
}

/// The key that a path is about.
fn key_id(request: &HttpRequest) -> Result<KeyId, ApiError> {
    let id = request
        .match_info()
        .query("id")
        .parse()
        .map_err(|_| NO_SUCH_KEY)?;
    Ok(KeyId::new(id))
}

/// The only answers that a key is in.
fn shown(made: &MadeKey, replaces: Option<&KeyDetails>) -> HttpResponse {
    HttpResponse::build(StatusCode::CREATED).json(CreateKeyResponse {
        key: made.key.expose(),
        item: item(&made.details),
        replaces: replaces.map(item),
    })
}

/// The key that is asked for, which can do nothing that the caller cannot. Where nothing is asked for, it can do what
/// both its kind and the caller can.
fn new_key(request: CreateKeyRequest, own: Scopes) -> Result<NewKey, ApiError> {
    let kind: KeyKind = request.kind.parse().map_err(ApiError::internal)?;
    let agents = request.agents.map(AgentPatterns::new).transpose();
    let agents = agents.map_err(ApiError::internal)?;
    let scopes = if let Some(names) = request.scopes {
        scopes(&names)?
    } else {
        let defaults = NewKey::default_scopes(kind, agents.as_ref());
        let both = |scope: &Scope| own.contains(*scope);
        defaults.iter().filter(both).collect()
    };
    if scopes.iter().next().is_none() {
        return Err(ApiError::Exceeds(
            "such a key gets no scope that yours has; name its `scopes`",
        ));
    }
    if let Some(broader) = scopes.iter().find(|scope| !own.contains(*scope)) {
        return Err(ApiError::Broader(broader));
    }
    Ok(NewKey {
        kind,
        name: request.name,
        scopes,
        agents,
        rate_limits: RateLimits {
            ingest: request.rate_limits.ingest,
            default: request.rate_limits.default,
        },
        expires_at: request.expires_at.map(Into::into),
    })
}

fn scopes(names: &[String]) -> Result<Scopes, ApiError> {
    let scopes = names.iter().map(|name| name.parse::<Scope>());
    scopes.collect::<Result<_, _>>().map_err(ApiError::internal)
}

fn item(key: &KeyDetails) -> KeyItem {
    let names = |patterns: &AgentPatterns| patterns.iter().map(str::to_owned).collect();
    KeyItem {
        id: key.id.get(),
        kind: key.kind.as_str().to_owned(),
        name: key.name.clone(),
        prefix: format!("{}...{}", key.kind.prefix(), key.last_four),
        scopes: key
            .scopes
            .iter()
            .map(|scope| scope.as_str().to_owned())
            .collect(),
        agents: key.agents.as_ref().map(names),
        created_at: key.created_at.into(),
        last_used_at: key.last_used_at.map(Into::into),
        expires_at: key.expires_at.map(Into::into),
        revoked_at: key.revoked_at.map(Into::into),
        replaced_by: key.replaced_by.map(KeyId::get),
        created_by: key.created_by.map(KeyId::get),
        rate_limits: RateLimitFields {
            ingest: key.rate_limits.ingest,
            default: key.rate_limits.default,
        },
    }
}
