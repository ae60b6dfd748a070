//! What the command line does to any org. A server's requests never get this far.

use crate::audit::{Actor, AuditHead, AuditVerdict};
use crate::clock::now_micros;
use crate::error::{BackupError, OpenError, StoreError};
use crate::event::{EventFilter, EventPage};
use crate::key::{KeyDetails, KeyId};
use crate::org::{OrgChange, OrgId};
use crate::postgres::{self, Administrator, Target};
use crate::sqlite::agent_events::{self, AgentEvent};
use crate::sqlite::{self, audit, backup, deletion, events, keys, orgs};
use diesel::{Connection as _, SqliteConnection};
use pecta_auth::Keyring;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Makes the database that `url` names, unless there is one, and brings its schema up to date; names
/// the migrations that ran.
///
/// # Errors
/// When the URL is not understood, or the database cannot be brought up to date.
pub fn migrate(url: &str) -> Result<Vec<String>, OpenError> {
    match Target::parse(url) {
        Some(target) => postgres::migrate(target.map_err(OpenError::WrongUrl)?),
        None => sqlite::migrate(url),
    }
}

/// The folder that the database which `url` names is in; `None` for one on a server.
///
/// # Errors
/// When the URL is not understood, or there is no such folder.
pub fn folder(url: &str) -> Result<Option<PathBuf>, OpenError> {
    match Target::parse(url) {
        Some(target) => target.map(|_| None).map_err(OpenError::WrongUrl),
        None => sqlite::folder(url).map(Some),
    }
}

/// A database that is administered, also while a server runs on it. It takes no master key, so that a
/// key can be revoked when the master key is lost.
#[expect(
    missing_debug_implementations,
    reason = "a connection has nothing to show"
)]
pub struct Administration {
    database: Database,
    unfiled: Option<Unfiled>,
}

/// Events of an agent that its index may lack while a server runs.
struct Unfiled {
    org: OrgId,
    agent_id: String,
    events: Vec<AgentEvent>,
}

enum Database {
    Sqlite(SqliteConnection),
    Postgres(Administrator),
}

impl Administration {
    /// Opens the database that `url` names, which must be there.
    ///
    /// # Errors
    /// When the URL is not understood, or there is no database that fits.
    pub fn open(url: &str) -> Result<Self, OpenError> {
        let database = match Target::parse(url) {
            Some(target) => {
                let target = target.map_err(OpenError::WrongUrl)?;
                Database::Postgres(postgres::administer(target)?)
            }
            None => Database::Sqlite(sqlite::administer(url)?),
        };
        Ok(Self {
            database,
            unfiled: None,
        })
    }

    /// All keys, or those of the org of a name; `None` when there is no such org.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub fn keys(&mut self, org: Option<&str>) -> Result<Option<Vec<KeyDetails>>, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => keys::list(connection, org),
            Database::Postgres(administrator) => administrator.keys(org),
        }
    }

    /// The org of a key.
    ///
    /// # Errors
    /// When storage is down.
    pub fn org_of_key(&mut self, id: KeyId) -> Result<Option<OrgId>, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => keys::org_of(connection, id),
            Database::Postgres(administrator) => administrator.org_of_key(id),
        }
    }

    /// Revokes a key; `false` when there is none of that id. A key that is revoked already stays
    /// revoked since then. The last one of an org goes, too: another is made on the command line.
    ///
    /// # Errors
    /// When storage is down.
    pub fn revoke_key(&mut self, id: KeyId) -> Result<bool, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => connection
                .immediate_transaction(|connection| keys::revoke_any(connection, id, now_micros())),
            Database::Postgres(administrator) => administrator.revoke_key(id),
        }
    }

    /// The org of a name.
    ///
    /// # Errors
    /// When storage is down.
    pub fn org(&mut self, name: &str) -> Result<Option<OrgId>, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => keys::org(connection, name),
            Database::Postgres(administrator) => administrator.org(name),
        }
    }

    /// Seals every secret key under the current master key that is not yet, all of them or none; says how many.
    /// Servers go on meanwhile, as long as they know both keys.
    ///
    /// # Errors
    /// [`StoreError::Sealed`] when a key opens under neither. When storage is down or there is no randomness.
    pub fn reseal(&mut self, keyring: Keyring) -> Result<usize, StoreError> {
        let keyring = Arc::new(keyring);
        match &mut self.database {
            Database::Sqlite(connection) => connection.immediate_transaction(|connection| {
                keys::reseal(connection, &keyring, now_micros())
            }),
            Database::Postgres(administrator) => administrator.reseal(keyring),
        }
    }

    /// Sets what is given for an org.
    ///
    /// # Errors
    /// When storage is down.
    pub fn set_org(&mut self, org: OrgId, change: OrgChange) -> Result<(), StoreError> {
        let actor = Actor::CommandLine(org);
        match &mut self.database {
            Database::Sqlite(connection) => {
                let set = connection.immediate_transaction(|connection| {
                    orgs::set(connection, actor, change, None, now_micros())
                });
                set.map(drop)
            }
            Database::Postgres(administrator) => administrator.set_org(org, change),
        }
    }

    /// The names of all orgs, oldest first.
    ///
    /// # Errors
    /// When storage is down.
    pub fn orgs(&mut self) -> Result<Vec<(String, OrgId)>, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => orgs::all(connection),
            Database::Postgres(administrator) => administrator.orgs(),
        }
    }

    /// Looks whether the audit log of an org is as it was written, at one moment, from its first entry to the one that
    /// the org names as its last. `noted` is an earlier head, which must be in it.
    ///
    /// # Errors
    /// When storage is down.
    pub fn verify_audit(
        &mut self,
        org: OrgId,
        noted: Option<AuditHead>,
    ) -> Result<AuditVerdict, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => {
                connection.transaction(|connection| audit::verify(connection, org, noted))
            }
            Database::Postgres(administrator) => administrator.verify_audit(org, noted),
        }
    }

    /// A page of the events of an org that match a filter.
    ///
    /// # Errors
    /// When storage is down or stored data is corrupt.
    pub fn events(&mut self, org: OrgId, filter: &EventFilter) -> Result<EventPage, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => {
                let unfiled = unfiled(&mut self.unfiled, connection, org, filter)?;
                events::list(connection, org, filter, unfiled)
            }
            Database::Postgres(administrator) => administrator.events(org, filter),
        }
    }

    /// How many events of an org match a filter, its limit and offset aside. Counts them one by one.
    ///
    /// # Errors
    /// When storage is down.
    pub fn count_events(&mut self, org: OrgId, filter: &EventFilter) -> Result<u64, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => {
                let unfiled = unfiled(&mut self.unfiled, connection, org, filter)?;
                events::count(connection, org, filter, unfiled)
            }
            Database::Postgres(administrator) => administrator.count_events(org, filter),
        }
    }

    /// Deletes an agent of an org and everything that was recorded of it, in steps between which a
    /// server goes on writing; says how many events, or `None` when there is no such agent. What is
    /// recorded of it afterwards begins a new agent.
    ///
    /// # Errors
    /// When storage is down. What was deleted before that stays deleted; the rest goes with a repeat.
    pub fn delete_agent(
        &mut self,
        org: OrgId,
        agent_id: &str,
    ) -> Result<Option<usize>, StoreError> {
        match &mut self.database {
            Database::Sqlite(connection) => deletion::delete_agent(connection, org, agent_id),
            Database::Postgres(administrator) => administrator.delete_agent(org, agent_id),
        }
    }

    /// Writes a copy of the database, as it is at one moment, into a new file that only its owner can
    /// read, also while a server goes on writing.
    ///
    /// # Errors
    /// When there is a file of that name, or the copy cannot be written; there is no file then. Always for
    /// a database on a server.
    pub fn backup(&mut self, file: &Path) -> Result<(), BackupError> {
        match &mut self.database {
            Database::Sqlite(connection) => backup::write(connection, file),
            Database::Postgres(_) => Err(BackupError::Server),
        }
    }
}

/// What the index of a filter's agent may lack; the same for all pages of a listing.
fn unfiled<'u>(
    known: &'u mut Option<Unfiled>,
    connection: &mut SqliteConnection,
    org: OrgId,
    filter: &EventFilter,
) -> Result<&'u [AgentEvent], StoreError> {
    let Some(agent_id) = &filter.agent_id else {
        return Ok(&[]);
    };
    let of_it = known
        .take()
        .filter(|known| filter.after.is_some() && known.org == org && known.agent_id == *agent_id);
    let unfiled = match of_it {
        Some(unfiled) => unfiled,
        None => Unfiled {
            org,
            agent_id: agent_id.clone(),
            events: agent_events::unfiled(connection, org, agent_id)?,
        },
    };
    Ok(&known.insert(unfiled).events)
}
