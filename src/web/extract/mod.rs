//! What handlers take from a request.

mod body;
mod caller;
mod listing;
mod path;
mod reads;
mod writes;

use std::{convert::Infallible, net::IpAddr};

use axum::{
    extract::FromRequestParts,
    http::{header, request::Parts},
};

pub(crate) use self::body::{parse_body, read_body};
pub use self::{
    caller::{Caller, Uncounted, sent_key},
    listing::Listing,
    path::{At, In, Member, Of, One, Place, ResultNumber, Segment, Under},
    reads::Reads,
    writes::{Conventions, DescribeBody, Nothing, Writer, Writes, describe as describe_write},
};
use super::{
    App,
    context::Envelope,
    describe::{Describe, Described},
};
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

impl Describe for RequestContext {
    fn describe(_: &mut Described<'_>) {}
}
