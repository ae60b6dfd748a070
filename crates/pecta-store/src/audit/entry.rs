//! One entry, as it is stored and as it is read.

use super::chain::AuditHead;
use super::{Act, Actor};
use crate::error::StoreError;
use crate::event::time;
use crate::key::KeyId;
use crate::schema::audit_entries;
use chrono::{DateTime, Utc};
use diesel::prelude::*;
use pecta_auth::ChainHash;

/// What was done, by whom and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    /// 1, 2, 3 ... per org.
    pub sequence: i64,
    /// When.
    pub created_at: DateTime<Utc>,
    /// `key`, `cli` or `server`.
    pub actor: String,
    /// The key that acted.
    pub key: Option<KeyId>,
    /// The address of its client.
    pub address: Option<String>,
    /// What was done, such as `key.revoke`.
    pub act: String,
    /// The id or name of what it was done to.
    pub subject: String,
    /// What is so from then on, by name.
    pub changes: Vec<(String, String)>,
    /// The hash of this entry and all before it.
    pub hash: ChainHash,
}

/// A page of entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditEntry>,
    /// The sequence of the last of them, when there are more behind it.
    pub next: Option<i64>,
}

impl AuditPage {
    /// From one row more than was asked for, if there is one.
    pub(crate) fn of(mut rows: Vec<AuditRow>, limit: u32) -> Result<Self, StoreError> {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let last = rows.last().map(|row| row.sequence);
        let entries = rows.into_iter().map(AuditEntry::try_from);
        Ok(Self {
            entries: entries.collect::<Result<_, _>>()?,
            next: last.filter(|_| has_more),
        })
    }
}

/// A row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_entries)]
pub(crate) struct AuditRow {
    org_id: i64,
    pub(super) sequence: i64,
    created_at: i64,
    actor: String,
    key_id: Option<i64>,
    address: Option<String>,
    act: String,
    subject: String,
    changes: String,
    pub(super) hash: Vec<u8>,
}

impl AuditRow {
    /// The entry behind the last one.
    pub(crate) fn behind(head: &AuditHead, actor: Actor, act: Act, now: i64) -> Self {
        let origin = match actor {
            Actor::Key(origin) => Some(origin),
            Actor::CommandLine(_) | Actor::Server(_) => None,
        };
        let changes = act
            .changes
            .iter()
            .map(|(name, value)| format!("{name}={}\n", escaped(value)));
        let row = Self {
            org_id: actor.org().get(),
            sequence: head.count + 1,
            created_at: now,
            actor: actor.as_str().to_owned(),
            key_id: actor.key().map(KeyId::get),
            address: origin.and_then(|origin| Some(origin.client?.to_string())),
            act: act.name.to_owned(),
            subject: act.subject,
            changes: changes.collect(),
            hash: Vec::new(),
        };
        Self {
            hash: row.hash_behind(&head.hash).as_bytes().to_vec(),
            ..row
        }
    }

    /// The head that the log has with this entry.
    pub(crate) fn head(&self) -> (i64, &[u8]) {
        (self.sequence, &self.hash)
    }

    /// What its hash must be behind an entry with this one.
    pub(super) fn hash_behind(&self, previous: &ChainHash) -> ChainHash {
        let numbers =
            [self.org_id, self.sequence, self.created_at].map(|number| number.to_string());
        let key = self.key_id.map(|id| id.to_string());
        let texts = [&self.act, &self.subject, &self.changes];
        let fields = numbers
            .iter()
            .chain([&self.actor])
            .map(|text| Some(text.as_str()));
        let fields = fields.chain([key.as_deref(), self.address.as_deref()]);
        previous.followed_by(fields.chain(texts.map(|text| Some(text.as_str()))))
    }
}

impl TryFrom<AuditRow> for AuditEntry {
    type Error = StoreError;

    fn try_from(row: AuditRow) -> Result<Self, StoreError> {
        let hash = ChainHash::from_bytes(&row.hash);
        let changes = row.changes.lines().filter_map(|line| line.split_once('='));
        let changes = changes.map(|(name, value)| (name.to_owned(), unescaped(value)));
        Ok(Self {
            sequence: row.sequence,
            created_at: time(row.created_at)?,
            key: row.key_id.map(KeyId::new),
            changes: changes.collect(),
            hash: hash.ok_or_else(|| StoreError::corrupt("the hash of an audit entry"))?,
            actor: row.actor,
            address: row.address,
            act: row.act,
            subject: row.subject,
        })
    }
}

/// A value on one line.
fn escaped(value: &str) -> String {
    value
        .replace('\\', "\\\\")
        .replace('\n', "\\n")
        .replace('\r', "\\r")
}

fn unescaped(line: &str) -> String {
    let mut value = String::with_capacity(line.len());
    let mut rest = line.chars();
    while let Some(character) = rest.next() {
        value.push(match character {
            '\\' => match rest.next() {
                Some('n') => '\n',
                Some('r') => '\r',
                other => other.unwrap_or('\\'),
            },
            other => other,
        });
    }
    value
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::org::OrgId;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn values_are_read_back(value in "[a\\\\\n\r=n]{0,12}") {
            let actor = Actor::CommandLine(OrgId::from_row(1));
            let act = Act::on("x", "key.create").with("name", &value).with("kind", "pk");
            let row = AuditRow::behind(&AuditHead::NONE, actor, act, 0);
            let entry = AuditEntry::try_from(row).unwrap();
            let changes = [("name".to_owned(), value), ("kind".to_owned(), "pk".to_owned())];
            prop_assert_eq!(entry.changes, changes);
        }
    }
}
