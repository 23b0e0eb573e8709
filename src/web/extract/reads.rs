//! A request that reads.

use aggregates::authorization::Asker;
use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, HeaderValue, header},
};
use serde::Serialize;

use super::{Caller, Place, caller, path::place};
use crate::{
    identity::Principal,
    readmodel::Versioned,
    web::{
        App, Problem,
        describe::{Describe, Described},
        query::{Parameters, Query},
        reply::{Found, Represents},
    },
};

/// A request that reads: by whom, what its path names, and its parameters.
pub struct Reads<P = (), Q = ()> {
    pub app: App,
    pub principal: Principal,
    pub path: P,
    pub query: Q,
    headers: HeaderMap,
}

impl<P: Place, Q: Parameters> FromRequest<App> for Reads<P, Q> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (mut parts, _) = request.into_parts();
        let Caller(principal) = Caller::from_request_parts(&mut parts, app).await?;
        let path = place(&mut parts).await?;
        let mut asked = Query::of(&parts)?;
        let query = Q::read(&mut asked);
        asked.finish()?;
        Ok(Self { app: app.clone(), principal, path, query, headers: parts.headers })
    }
}

impl<P, Q> Reads<P, Q> {
    pub fn asker(&self) -> Asker {
        self.principal.asker
    }

    /// What was found, or that the caller has it already.
    pub fn found<T: Represents>(&self, view: &T::View) -> Found<T> {
        self.found_as(&T::As::from(view), view.version())
    }

    /// The same for what is represented in a way of its own.
    pub fn found_as<T>(&self, body: &impl Serialize, version: i64) -> Found<T> {
        Found::new(self.headers.get_all(header::IF_NONE_MATCH).iter().filter_map(text), body, version)
    }
}

fn text(value: &HeaderValue) -> Option<&str> {
    value.to_str().ok()
}

impl<P: Place, Q: Parameters> Describe for Reads<P, Q> {
    fn describe(operation: &mut Described<'_>) {
        caller::describe(operation);
        P::describe(operation);
        Query::describe(operation, Q::read);
    }
}
