//! A request for a page of a list.

use aggregates::authorization::Asker;
use axum::extract::{FromRequest, FromRequestParts, Request};
use uuid::Uuid;

use super::{Caller, Place, caller, path::place};
use crate::{
    identity::Principal,
    readmodel::{Listed, Paged, organizations},
    web::{
        App, Problem,
        describe::{Describe, Described},
        list::{Filter, List, paging},
        query::Query,
        reply::{Page, Represents},
    },
};

/// A request for a page of a list: by whom, of what its path names, and which rows.
pub struct Listing<F = (), P = ()> {
    pub app: App,
    pub principal: Principal,
    pub path: P,
    pub filter: F,
    pub list: List,
}

impl<F: Filter, P: Place> FromRequest<App> for Listing<F, P> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, _) = request.into_parts();
        let Caller(principal) = Caller::from_request_parts(&mut parts, app).await?;
        let path = place(&mut parts).await?;
        let at = parts.uri.path();
        // Cursors are the same at each name of the API.
        let at = at.strip_prefix("/api").unwrap_or(at).strip_prefix("/v1").unwrap_or(at);
        let (filter, list) = List::read(app, principal.asker, at.to_owned(), Query::of(&parts)?)?;
        Ok(Self { app: app.clone(), principal, path, filter, list })
    }
}

impl<F, P> Listing<F, P> {
    pub fn asker(&self) -> Asker {
        self.principal.asker
    }

    /// The rows to ask for.
    pub fn page(&self) -> organizations::Page {
        self.list.page()
    }

    pub fn wants_total(&self) -> bool {
        self.list.wants_total()
    }

    /// The page, with the link to the next one if there is one.
    pub fn answer<T: Represents>(&self, found: Listed<T::View>) -> Page<T>
    where
        T::View: Paged,
    {
        let each = |view| vec![T::As::from(view)];
        self.list.answer(&found.rows, Paged::id, each, found.total)
    }

    /// The same for rows that are represented in a way of their own.
    pub fn answer_as<'r, T, R, S: serde::Serialize>(
        &self,
        rows: &'r [R],
        id: impl Fn(&R) -> Uuid,
        each: impl Fn(&'r R) -> Vec<S>,
        total: Option<i64>,
    ) -> Page<T> {
        self.list.answer(rows, id, each, total)
    }
}

impl<F: Filter, P: Place> Describe for Listing<F, P> {
    fn describe(operation: &mut Described<'_>) {
        caller::describe(operation);
        P::describe(operation);
        Query::describe(operation, |query| {
            F::read(query);
            paging(query, F::COUNTED, F::NUMBERED);
        });
    }
}
