//! What handlers take from a request.

mod body;
mod caller;
mod input;

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};
use serde::de::DeserializeOwned;

pub(crate) use self::body::{parse_body, read_body};
pub use self::{
    caller::{Caller, Uncounted, sent_key},
    input::{Conventions, Input, Nothing},
};
use super::{App, Problem, context::Envelope, fields::FieldProblem, problem::Code};
use crate::identity::RequestContext;

/// The largest request body, in bytes.
pub const MAX_BODY: usize = 1024 * 1024;
/// How much of a body that is too large is read before the connection is given up, in bytes.
const MAX_DISCARDED: usize = 16 * 1024 * 1024;

/// How much of a user agent is remembered, in characters.
const MAX_USER_AGENT: usize = 256;

/// The parts of a request that its events remember.
pub fn context(parts: &Parts) -> RequestContext {
    let user_agent = parts.headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let envelope = parts.extensions.get::<Envelope>();
    RequestContext {
        request_id: envelope.map(|envelope| envelope.request_id.to_string()).unwrap_or_default(),
        client_address: client(parts).map(|address| address.to_string()),
        user_agent: user_agent.map(|text| text.chars().take(MAX_USER_AGENT).collect()),
    }
}

/// Where a request comes from.
pub fn client(parts: &Parts) -> Option<IpAddr> {
    parts.extensions.get::<Envelope>()?.client
}

impl FromRequestParts<App> for RequestContext {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Infallible> {
        Ok(context(parts))
    }
}

/// A query whose parameters are all known. `as_of` and `dry_run` belong to the conventions and are taken out before.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<App> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        let pairs: Vec<(String, String)> = serde_urlencoded::from_str(query)
            .map_err(|error| Problem::with_detail(Code::BadRequest, error.to_string()))?;
        if pairs.iter().any(|(name, _)| name == "as_of") {
            return Err(Problem::with_detail(Code::NotSupported, "as_of is not offered here"));
        }
        let rest: Vec<_> = pairs.into_iter().filter(|(name, _)| name != "dry_run").collect();
        parse_query(&rest).map(Self)
    }
}

fn parse_query<T: DeserializeOwned>(pairs: &[(String, String)]) -> Result<T, Problem> {
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let parsed =
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(form_urlencoded::parse(query.as_bytes())));
    parsed.map_err(|error| {
        let path = error.path().to_string();
        let pointer = if path == "." { "?".to_owned() } else { format!("?{path}") };
        Problem::invalid(vec![FieldProblem::new(pointer, error.inner())])
    })
}
