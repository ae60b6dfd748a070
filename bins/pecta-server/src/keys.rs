//! The commands that manage keys. They work on the database directly, also while a server runs on it.

mod action;

pub(crate) use action::{Action, command};

use crate::clock::now;
use crate::database;
use crate::failure::Failure;
use crate::settings::Settings;
use actix_web::rt::System;
use chrono::TimeDelta;
use pecta_store::{Actor, AgentPatterns, KeyDetails, KeyId, KeyKind, NewKey, Scope, Scopes};
use std::fmt::Write as _;
use std::io::Write as _;

/// Does what the command line asks for.
pub(crate) fn run(settings: &Settings, action: Action) -> Result<(), Failure> {
    match action {
        Action::Create { org, key } => create(settings, &org, key),
        Action::List { org, json } => list(settings, org, json),
        Action::Rotate { id, overlap } => rotate(settings, id, overlap),
        Action::Revoke(id) => revoke(settings, id),
    }
}

/// Makes a key; stdout gets the key and nothing else.
fn create(settings: &Settings, org: &str, key: NewKey) -> Result<(), Failure> {
    if key.expires_at.is_some_and(|end| end <= now()) {
        return Err(Failure::usage("--expires-at must be in the future"));
    }
    let store = database::open_for_keys(settings)?;
    let key = System::new()
        .block_on(store.create_key(org, key))
        .map_err(Failure::failed)?;
    print(&format!("{}\n", key.expose()))
}

/// Lists keys, without the keys themselves.
fn list(settings: &Settings, org: Option<String>, json: bool) -> Result<(), Failure> {
    let mut database = database::administer(settings)?;
    let keys = database.keys(org.as_deref()).map_err(Failure::failed)?;
    let keys = keys.ok_or_else(|| database::unknown_org(&org.unwrap_or_default()))?;
    print(&if json {
        as_json(&keys)
    } else {
        as_table(&keys)
    })
}

/// Rotates a key; stdout gets the new one and nothing else.
fn rotate(settings: &Settings, id: KeyId, overlap: TimeDelta) -> Result<(), Failure> {
    let org = database::administer(settings)?.org_of_key(id);
    let org = org.map_err(Failure::failed)?.ok_or_else(|| unknown(id))?;
    let store = database::open_for_keys(settings)?;
    let all = Scopes::default_for(KeyKind::Secret);
    let rotated = System::new()
        .block_on(store.rotate_key(Actor::CommandLine(org), id, all, overlap))
        .map_err(Failure::failed)?
        .ok_or_else(|| unknown(id))?;
    print(&format!("{}\n", rotated.made.key.expose()))
}

/// Revokes a key.
fn revoke(settings: &Settings, id: KeyId) -> Result<(), Failure> {
    let mut database = database::administer(settings)?;
    let is_known = database.revoke_key(id).map_err(Failure::failed)?;
    if is_known {
        return Ok(());
    }
    Err(unknown(id))
}

fn unknown(id: KeyId) -> Failure {
    Failure::failed(format!("there is no key with the id {}", id.get()))
}

fn print(text: &str) -> Result<(), Failure> {
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(Failure::failed)
}

const COLUMNS: usize = 15;

/// The columns of a listing, in order.
fn columns(key: &KeyDetails) -> [(&'static str, Option<String>); COLUMNS] {
    let time = |time: &Option<chrono::DateTime<chrono::Utc>>| {
        time.map(|time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
    };
    let limit = |limit: Option<u32>| limit.map(|limit| limit.to_string());
    [
        ("id", Some(key.id.get().to_string())),
        ("org", Some(key.org.clone())),
        ("kind", Some(key.kind.as_str().to_owned())),
        ("name", key.name.clone()),
        ("last_four", Some(key.last_four.clone())),
        ("scopes", Some(key.scopes.to_string())),
        ("agents", key.agents.as_ref().map(one_line)),
        ("created_at", time(&Some(key.created_at))),
        ("last_used_at", time(&key.last_used_at)),
        ("expires_at", time(&key.expires_at)),
        ("revoked_at", time(&key.revoked_at)),
        (
            "replaced_by",
            key.replaced_by.map(|id| id.get().to_string()),
        ),
        ("created_by", key.created_by.map(|id| id.get().to_string())),
        ("rate_limit_ingest", limit(key.rate_limits.ingest)),
        ("rate_limit_default", limit(key.rate_limits.default)),
    ]
}

fn one_line(agents: &AgentPatterns) -> String {
    agents.iter().collect::<Vec<_>>().join(" ")
}

fn as_json(keys: &[KeyDetails]) -> String {
    let item = |key: &KeyDetails| {
        let mut item = serde_json::Map::new();
        for (name, value) in columns(key) {
            item.insert(name.to_owned(), value.into());
        }
        item.insert("id".to_owned(), key.id.get().into());
        let scopes: Vec<_> = key.scopes.iter().map(Scope::as_str).collect();
        item.insert("scopes".to_owned(), scopes.into());
        let agents = key.agents.as_ref();
        let agents = agents.map(|agents| agents.iter().collect::<Vec<_>>());
        item.insert("agents".to_owned(), agents.into());
        let replaced_by = key.replaced_by.map(KeyId::get);
        item.insert("replaced_by".to_owned(), replaced_by.into());
        let created_by = key.created_by.map(KeyId::get);
        item.insert("created_by".to_owned(), created_by.into());
        for (name, limit) in [
            ("rate_limit_ingest", key.rate_limits.ingest),
            ("rate_limit_default", key.rate_limits.default),
        ] {
            item.insert(name.to_owned(), limit.into());
        }
        item
    };
    let items: Vec<_> = keys.iter().map(item).collect();
    format!("{}\n", serde_json::json!(items))
}

fn as_table(keys: &[KeyDetails]) -> String {
    let head = [
        "ID",
        "ORG",
        "KIND",
        "NAME",
        "LAST FOUR",
        "SCOPES",
        "AGENTS",
        "CREATED",
        "LAST USED",
        "EXPIRES",
        "REVOKED",
        "REPLACED BY",
        "CREATED BY",
        "INGEST LIMIT",
        "DEFAULT LIMIT",
    ]
    .map(str::to_owned);
    let row = |key| columns(key).map(|(_, value)| value.unwrap_or_else(|| "-".to_owned()));
    let rows: Vec<_> = std::iter::once(head).chain(keys.iter().map(row)).collect();
    let mut widths = [0; COLUMNS];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut table = String::new();
    for row in &rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(widths) {
            // Writing to a string cannot fail.
            let _ = write!(line, "{cell:width$}  ");
        }
        table.push_str(line.trim_end());
        table.push('\n');
    }
    table
}
