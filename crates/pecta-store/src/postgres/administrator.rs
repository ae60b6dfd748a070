//! What the command line does to any org.

use super::connection::Work;
use super::pool::Pool;
use super::threads::Threads;
use super::{audit, deletion, events, keys, orgs};
use crate::audit::{Actor, AuditHead, AuditVerdict};
use crate::clock::now_micros;
use crate::error::StoreError;
use crate::event::{EventFilter, EventPage};
use crate::key::{KeyDetails, KeyId};
use crate::org::{OrgChange, OrgId};
use crate::retention::{ATTEMPTS, rest};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use pecta_auth::Keyring;
use std::sync::Arc;
use std::thread;

/// One connection, used from threads that may block.
pub(crate) struct Administrator {
    pub(super) threads: Threads,
    pub(super) pool: Arc<Pool>,
}

impl Administrator {
    pub(crate) fn keys(&self, org: Option<&str>) -> Result<Option<Vec<KeyDetails>>, StoreError> {
        let org = org.map(str::to_owned);
        self.run(move |connection| {
            Box::pin(async move { keys::list(connection, org.as_deref()).await })
        })
    }

    pub(crate) fn revoke_key(&self, id: KeyId) -> Result<bool, StoreError> {
        self.run(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::revoke_any(connection, id, now_micros()).await
            }))
        })
    }

    pub(crate) fn org_of_key(&self, id: KeyId) -> Result<Option<OrgId>, StoreError> {
        self.run(move |connection| Box::pin(keys::org_of(connection, id)))
    }

    pub(crate) fn reseal(&self, keyring: Arc<Keyring>) -> Result<usize, StoreError> {
        self.run(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                keys::reseal(connection, &keyring, now_micros()).await
            }))
        })
    }

    pub(crate) fn set_org(&self, org: OrgId, change: OrgChange) -> Result<(), StoreError> {
        let set = self.run(move |connection| {
            Box::pin(connection.transaction(async move |connection| {
                orgs::set(
                    connection,
                    Actor::CommandLine(org),
                    change,
                    None,
                    now_micros(),
                )
                .await
            }))
        });
        set.map(drop)
    }

    pub(crate) fn orgs(&self) -> Result<Vec<(String, OrgId)>, StoreError> {
        self.run(move |connection| Box::pin(orgs::all(connection)))
    }

    pub(crate) fn verify_audit(
        &self,
        org: OrgId,
        noted: Option<AuditHead>,
    ) -> Result<AuditVerdict, StoreError> {
        self.run(move |connection| {
            Box::pin(async move {
                let mut transaction = connection.build_transaction().repeatable_read().read_only();
                let verify =
                    async move |connection: &mut _| audit::verify(connection, org, noted).await;
                transaction.run(verify).await
            })
        })
    }

    pub(crate) fn org(&self, name: &str) -> Result<Option<OrgId>, StoreError> {
        let name = name.to_owned();
        let id = self.run(move |connection| {
            Box::pin(async move { keys::find_org(connection, &name).await })
        });
        Ok(id?.map(OrgId::from_row))
    }

    pub(crate) fn events(&self, org: OrgId, filter: &EventFilter) -> Result<EventPage, StoreError> {
        let filter = filter.clone();
        self.run(move |connection| {
            Box::pin(async move { events::list(connection, org, &filter).await })
        })
    }

    pub(crate) fn count_events(&self, org: OrgId, filter: &EventFilter) -> Result<u64, StoreError> {
        let filter = filter.clone();
        self.run(move |connection| {
            Box::pin(async move { events::count(connection, org, &filter).await })
        })
    }

    pub(crate) fn delete_agent(
        &self,
        org: OrgId,
        agent_id: &str,
    ) -> Result<Option<usize>, StoreError> {
        let mut total = 0;
        loop {
            let start = now_micros();
            let (deleted, was_there) = self.delete_part(org, agent_id, total)?;
            total += deleted;
            if let Some(was_there) = was_there {
                return Ok((was_there || total > 0).then_some(total));
            }
            thread::sleep(rest(start));
        }
    }

    /// A step is rolled back where it and a server wait for each other's locks, and taken again. One whose commit was
    /// not heard of may have been the last, so that after it there may have been an agent that is gone.
    fn delete_part(
        &self,
        org: OrgId,
        agent_id: &str,
        earlier: usize,
    ) -> Result<(usize, Option<bool>), StoreError> {
        let mut attempt = 1;
        loop {
            let agent_id = agent_id.to_owned();
            let part = self.run(move |connection| {
                Box::pin(connection.transaction(async move |connection| {
                    deletion::delete_part(connection, org, &agent_id, earlier).await
                }))
            });
            match part {
                Err(StoreError::Unavailable(cause)) if attempt < ATTEMPTS => {
                    tracing::warn!(cause, attempt, "a step of an erasure is taken again");
                    attempt += 1;
                }
                Ok((deleted, Some(false))) if attempt > 1 => return Ok((deleted, Some(true))),
                part => return part,
            }
        }
    }

    fn run<T: Send + 'static>(
        &self,
        work: impl for<'c> FnOnce(&'c mut AsyncPgConnection) -> Work<'c, T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let pool = Arc::clone(&self.pool);
        self.threads.wait(async move { pool.run(work).await })
    }
}
