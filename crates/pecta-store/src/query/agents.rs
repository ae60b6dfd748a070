//! Where a listing of agents goes on.

use crate::agent::AgentPosition;
use crate::schema::agents;
use diesel::backend::Backend;
use diesel::expression::{AppearsOnTable, Expression, ValidGrouping, is_aggregate};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Text};

/// The condition for agents behind a place in the listing, entered through `agents_by_last_seen`.
#[derive(Debug, Clone, QueryId)]
pub(crate) struct Behind(pub(crate) AgentPosition);

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
