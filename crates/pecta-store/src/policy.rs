//! The policies of an org: texts that are kept as they came, in numbered versions.

use crate::audit::{Act, sha256};
use crate::error::StoreError;
use crate::event::time;
use crate::record::Origin;
use crate::schema::policies;
use chrono::{DateTime, Utc};
use diesel::prelude::*;

/// How many versions of a policy are kept.
pub(crate) const VERSIONS: i64 = 100;

/// What a policy does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyRole {
    /// It judges.
    Live,
    /// It runs beside the one that judges.
    Candidate,
}

impl PolicyRole {
    /// The stored text.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Candidate => "candidate",
        }
    }
}

/// A version of a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyRecord {
    /// 1, 2, 3 ... per org and role.
    pub version: i64,
    /// The text; none when from then on there was no policy.
    pub document: Option<String>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// What must hold of the newest version for another one to follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing.
    None,
    /// There is a policy.
    Exists,
    /// There is no policy.
    Absent,
    /// There is a policy, and its version is one of these.
    OneOf(Vec<i64>),
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PolicyChange {
    /// It is this version now.
    Saved(PolicyRecord),
    /// The precondition does not hold; nothing was changed. This version does, if there is a policy.
    Refused(Option<i64>),
    /// There is no policy that could be taken away.
    Missing,
}

impl Precondition {
    /// `version` is that of the policy that there is.
    fn holds(&self, version: Option<i64>) -> bool {
        match (self, version) {
            (Self::None, _) | (Self::Exists, Some(_)) | (Self::Absent, None) => true,
            (Self::OneOf(versions), Some(version)) => versions.contains(&version),
            (Self::Exists | Self::OneOf(_), None) | (Self::Absent, Some(_)) => false,
        }
    }
}

/// The columns behind a [`PolicyRecord`].
#[derive(Queryable, Selectable)]
#[diesel(table_name = policies)]
pub(crate) struct PolicyRow {
    version: i64,
    document: Option<String>,
    created_at: i64,
}

impl TryFrom<PolicyRow> for PolicyRecord {
    type Error = StoreError;

    fn try_from(row: PolicyRow) -> Result<Self, StoreError> {
        Ok(Self {
            version: row.version,
            document: row.document,
            created_at: time(row.created_at)?,
        })
    }
}

/// The row of a version to be saved.
#[derive(Insertable)]
#[diesel(table_name = policies)]
pub(crate) struct NewPolicyRow {
    org_id: i64,
    role: &'static str,
    pub(crate) version: i64,
    document: Option<String>,
    created_at: i64,
    key_id: i64,
}

impl NewPolicyRow {
    /// The version that follows the newest one, or why there is none.
    pub(crate) fn behind(
        newest: Option<PolicyRecord>,
        (origin, role): (Origin, PolicyRole),
        document: Option<String>,
        precondition: &Precondition,
        now: i64,
    ) -> Result<Self, PolicyChange> {
        let there = newest
            .as_ref()
            .filter(|newest| newest.document.is_some())
            .map(|newest| newest.version);
        if !precondition.holds(there) {
            return Err(PolicyChange::Refused(there));
        }
        if document.is_none() && there.is_none() {
            return Err(PolicyChange::Missing);
        }
        Ok(Self {
            org_id: origin.org.get(),
            role: role.as_str(),
            version: newest.map_or(0, |newest| newest.version) + 1,
            document,
            created_at: now,
            key_id: origin.key.get(),
        })
    }

    /// How the audit log tells it.
    pub(crate) fn act(&self) -> Act {
        let name = match self.document {
            Some(_) => "policy.put",
            None => "policy.delete",
        };
        Act::on(self.role, name)
            .with("version", self.version)
            .with_any("sha256", self.document.as_deref().map(sha256))
    }

    pub(crate) fn saved(self) -> Result<PolicyChange, StoreError> {
        Ok(PolicyChange::Saved(PolicyRecord {
            version: self.version,
            document: self.document,
            created_at: time(self.created_at)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::KeyId;
    use crate::org::OrgId;

    #[test]
    fn preconditions_are_about_what_is_there() {
        let record = |document: Option<&str>| PolicyRecord {
            version: 3,
            document: document.map(str::to_owned),
            created_at: DateTime::UNIX_EPOCH,
        };
        let origin = Origin {
            org: OrgId::from_row(1),
            key: KeyId::new(1),
            client: None,
        };
        for (newest, holds) in [
            (Some(record(Some("{}"))), Some(3)),
            (Some(record(None)), None),
            (None, None),
        ] {
            for (precondition, if_there, if_absent) in [
                (Precondition::None, true, true),
                (Precondition::Exists, true, false),
                (Precondition::Absent, false, true),
                (Precondition::OneOf(vec![1, 3]), true, false),
                (Precondition::OneOf(vec![2]), false, false),
                (Precondition::OneOf(vec![]), false, false),
            ] {
                let of = (origin, PolicyRole::Live);
                let next =
                    NewPolicyRow::behind(newest.clone(), of, Some("{}".into()), &precondition, 0);
                let is_taken = if holds.is_some() { if_there } else { if_absent };
                let refused = (!is_taken).then_some(PolicyChange::Refused(holds));
                assert_eq!(next.err(), refused, "{precondition:?}");
            }
        }
    }
}
