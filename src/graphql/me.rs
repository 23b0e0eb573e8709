//! `me`.

use async_graphql::{Context, ID, Object, Result, SimpleObject};
use projections::users::UserRow;

use super::error::Fallible;
use crate::rest::{App, Code, Problem, extract::Caller};

/// An account.
#[derive(Debug, SimpleObject)]
pub struct User {
    /// A UUID; as it is for `node` too.
    pub id: ID,
    /// Null once it was erased.
    email: Option<String>,
    /// Null until the person has given one.
    name: Option<String>,
    is_superadmin: bool,
}

impl From<UserRow> for User {
    fn from(row: UserRow) -> Self {
        Self { id: row.id.uuid().into(), email: row.email, name: row.name, is_superadmin: row.is_superadmin }
    }
}

#[derive(Debug, Default)]
pub struct MeQuery;

#[Object]
impl MeQuery {
    /// Who asks.
    async fn me(&self, ctx: &Context<'_>) -> Fallible<User> {
        Some(me(ctx).await)
    }
}

async fn me(ctx: &Context<'_>) -> Result<User> {
    let Caller(principal) = ctx.data::<Caller>()?;
    let found = ctx.data::<App>()?.readmodel.user(principal.user).await.map_err(Problem::from)?;
    // Whoever is authenticated has an account.
    let row = found.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    Ok(row.into())
}
