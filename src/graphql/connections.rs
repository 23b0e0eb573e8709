//! Connections: pages of what belongs to something, with the cursors of REST.

use async_graphql::{
    Context, OutputType, Result,
    connection::{
        Connection, ConnectionNameType, DefaultConnectionName, DefaultEdgeName, DisableNodesField, Edge, EdgeNameType,
        EmptyFields,
    },
};
use uuid::Uuid;

use super::organizations::asked;
use crate::web::{
    Code, Problem,
    list::{Filter, List},
    query::Query,
};

/// Rows of a list where the query does not say.
pub const DEFAULT_FIRST: i32 = 20;
const MAX_FIRST: i32 = 100;

/// A page of nodes.
pub type Nodes<N> =
    Connection<String, N, EmptyFields, EmptyFields, DefaultConnectionName, DefaultEdgeName, DisableNodesField>;

/// The nodes of a page, of which one row more than are shown was read.
pub fn nodes<'r, V, N>(list: &List, rows: &'r [V], id: impl Fn(&V) -> Uuid, node: impl Fn(&'r V) -> N) -> Nodes<N>
where
    N: OutputType,
    DefaultConnectionName: ConnectionNameType,
    DefaultEdgeName: EdgeNameType,
{
    let mut connection = Connection::new(list.goes_on(), rows.len() > list.most());
    let edge = |row: &'r V| Edge::new(list.cursor(id(row)), node(row));
    connection.edges.extend(rows.iter().take(list.most()).map(edge));
    connection
}

/// A list of REST with its filters, asked for in the words of REST: pages and cursors are the same there.
pub fn list<F: Filter>(
    ctx: &Context<'_>,
    path: String,
    filters: impl IntoIterator<Item = (&'static str, Option<String>)>,
    (first, after): (i32, Option<String>),
) -> Result<(F, List)> {
    let (app, asker) = asked(ctx)?;
    let limit = checked(first)?.to_string();
    let asking = filters.into_iter().chain([("limit", Some(limit)), ("cursor", after)]);
    Ok(List::read(app, asker, path, Query::asking(asking))?)
}

/// How many rows are wanted, if so many may be.
pub fn checked(first: i32) -> Result<i32, Problem> {
    if (1..=MAX_FIRST).contains(&first) {
        Ok(first)
    } else {
        Err(Problem::with_detail(Code::Invalid, "first must be between 1 and 100"))
    }
}

/// What a list costs: each of its fields once for every row. More rows than are allowed are refused anyway.
pub fn cost(first: i32, of_a_row: usize) -> usize {
    cost_of(usize::try_from(first.clamp(0, MAX_FIRST)).unwrap_or(0), of_a_row)
}

/// What a list costs whose length follows from something else.
pub fn cost_of(rows: usize, of_a_row: usize) -> usize {
    rows.saturating_mul(of_a_row).saturating_add(1)
}
