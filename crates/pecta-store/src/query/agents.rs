//! An agent's row, and where a listing of agents goes on.

use crate::agent::AgentPosition;
use crate::org::OrgId;
use crate::schema::agents;
use diesel::backend::{Backend, DieselReserveSpecialization};
use diesel::dsl::auto_type;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::query_dsl::methods::BoxedDsl;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, HasSqlType, Text};

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
            agents::verified_window,
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

/// A page of the agents of an org, newest last seen first, and one more.
pub(crate) fn page<'q, DB>(
    org: OrgId,
    after: Option<AgentPosition>,
    limit: u32,
) -> agents::BoxedQuery<'q, DB>
where
    DB: Backend + DieselReserveSpecialization + HasSqlType<Text> + HasSqlType<BigInt> + 'q,
    agents::table: BoxedDsl<'q, DB, Output = agents::BoxedQuery<'q, DB>>,
    str: ToSql<Text, DB>,
    i64: ToSql<BigInt, DB>,
{
    let query = agents::table
        .into_boxed::<DB>()
        .filter(agents::org_id.eq(org.get()))
        .order((agents::last_seen.desc(), agents::agent_id.desc()))
        .limit(i64::from(limit) + 1);
    match after {
        Some(place) => query.filter(Behind(place)),
        None => query,
    }
}

/// The condition for agents behind a place in the listing, entered through `agents_by_last_seen`.
#[derive(Debug, Clone, QueryId)]
struct Behind(AgentPosition);

impl<DB> QueryFragment<DB> for Behind
where
    DB: Backend,
    i64: ToSql<BigInt, DB>,
    str: ToSql<Text, DB>,
{
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        out.push_sql("(last_seen, agent_id) < (");
        out.push_bind_param::<BigInt, _>(&self.0.last_seen_us)?;
        out.push_sql(", ");
        out.push_bind_param::<Text, _>(self.0.agent_id.as_str())?;
        out.push_sql(")");
        Ok(())
    }
}

impl Expression for Behind {
    type SqlType = Bool;
}

impl AppearsOnTable<agents::table> for Behind {}

impl ValidGrouping<()> for Behind {
    type IsAggregate = is_aggregate::No;
}
