//! Queries that both backends run, each through its own connection.

use crate::event::EventFilter;
use crate::org::OrgId;
use crate::schema::{agents, api_keys, events, orgs};
use chrono::{DateTime, Utc};
use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::dsl::auto_type;
use diesel::prelude::*;
use diesel::query_dsl::methods::BoxedDsl;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, HasSqlType, Text};
use pecta_auth::KeyHash;

/// The columns behind an agent's state.
#[auto_type(no_type_alias)]
pub(crate) fn agent<'q>(org: OrgId, agent_id: &'q str) -> _ {
    let org: i64 = org.get();
    agents::table
        .filter(agents::org_id.eq(org))
        .filter(agents::agent_id.eq(agent_id))
        .select((
            agents::first_seen,
            agents::last_seen,
            agents::eval_count,
            agents::window,
        ))
}

/// The agents of an org, newest last seen first.
#[auto_type(no_type_alias)]
pub(crate) fn agents(org: OrgId, limit: u32) -> _ {
    let org: i64 = org.get();
    let limit: i64 = limit.into();
    agents::table
        .filter(agents::org_id.eq(org))
        .order((agents::last_seen.desc(), agents::agent_id.desc()))
        .limit(limit)
        .select((
            agents::agent_id,
            agents::first_seen,
            agents::last_seen,
            agents::eval_count,
        ))
}

/// The row of an agent that is registered.
#[derive(Insertable)]
#[diesel(table_name = agents)]
pub(crate) struct Registration<'r> {
    org_id: i64,
    agent_id: &'r str,
    first_seen: i64,
    last_seen: i64,
    eval_count: i64,
    window_sequence: i64,
}

impl<'r> Registration<'r> {
    /// Times are shown in milliseconds, so they are kept so.
    pub(crate) fn of(org: OrgId, agent_id: &'r str, now: i64) -> Self {
        let now = now - now.rem_euclid(1000);
        Self {
            org_id: org.get(),
            agent_id,
            first_seen: now,
            last_seen: now,
            eval_count: 0,
            window_sequence: 0,
        }
    }
}

/// The event that was recorded under an idempotency key.
#[auto_type(no_type_alias)]
pub(crate) fn event_of_key<'q>(org: OrgId, key: &'q str) -> _ {
    let org: i64 = org.get();
    events::table
        .filter(events::org_id.eq(org))
        .filter(events::idempotency_key.eq(key))
}

/// The key with this hash.
#[auto_type(no_type_alias)]
pub(crate) fn key<'q>(hash: &'q KeyHash) -> _ {
    let hash: &'q [u8] = hash.as_bytes();
    api_keys::table.filter(api_keys::hash.eq(hash))
}

/// The keys of an org that sign now.
#[auto_type(no_type_alias)]
pub(crate) fn signing_keys(org: OrgId, now: i64) -> _ {
    let org: i64 = org.get();
    let is_alive = api_keys::expires_at
        .is_null()
        .or(api_keys::expires_at.gt(now));
    api_keys::table
        .filter(api_keys::org_id.eq(org))
        .filter(api_keys::sealed.is_not_null())
        .filter(api_keys::revoked_at.is_null())
        .filter(is_alive)
}

/// The org of a name.
#[auto_type(no_type_alias)]
pub(crate) fn org_named<'q>(name: &'q str) -> _ {
    orgs::table.filter(orgs::name.eq(name)).select(orgs::id)
}

/// The events of an org that match a filter, newest first.
pub(crate) fn events<'q, DB>(org: OrgId, filter: &'q EventFilter) -> Events<'q, DB>
where
    DB: Backend + DieselReserveSpecialization + HasSqlType<Text> + HasSqlType<BigInt> + 'q,
    events::table: BoxedDsl<'q, DB, Output = Events<'q, DB>>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    let mut query = events::table
        .into_boxed::<DB>()
        .filter(events::org_id.eq(org.get()))
        .order((events::created_at.desc(), events::id.desc()))
        .limit(filter.limit.into())
        .offset(filter.offset.into());
    if let Some(agent_id) = &filter.agent_id {
        query = query.filter(events::agent_id.eq(agent_id.as_str()));
    }
    // Written as the partial index has it, which a bound parameter would not match.
    query = match filter.passed {
        Some(true) => query.filter(events::passed),
        Some(false) => query.filter(diesel::dsl::not(events::passed)),
        None => query,
    };
    if let Some(from) = filter.from {
        query = query.filter(events::created_at.ge(micros_rounded_up(from)));
    }
    if let Some(to) = filter.to {
        query = query.filter(events::created_at.le(to.timestamp_micros()));
    }
    query
}

/// A query on events whose conditions are known at run time only.
type Events<'q, DB> = events::BoxedQuery<'q, DB>;

/// The first whole microsecond that is not before a time.
fn micros_rounded_up(time: DateTime<Utc>) -> i64 {
    let is_whole = time.timestamp_subsec_nanos().is_multiple_of(1000);
    time.timestamp_micros() + i64::from(!is_whole)
}
