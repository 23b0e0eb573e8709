//! What surrounds a request, as those inside see it.

use std::{
    net::IpAddr,
    sync::{Arc, OnceLock},
};

use crate::identity::quota::Allowance;

/// Where the connection comes from; set by the server for each connection.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub IpAddr);

/// What the envelope knows of a request.
#[derive(Debug, Clone)]
pub struct Envelope {
    pub request_id: Arc<str>,
    /// Where the request comes from, whatever proxies are between.
    pub client: Option<IpAddr>,
    pub limits: RateLimitFields,
}

/// What a response says of the rate limits that its request counted against.
#[derive(Debug, Clone, Default)]
pub struct RateLimitFields(Arc<OnceLock<Vec<Allowance>>>);

impl RateLimitFields {
    /// Says so once: a request is authenticated once.
    pub fn set(&self, allowances: Vec<Allowance>) {
        let _ = self.0.set(allowances);
    }

    /// None where nothing was counted.
    pub fn allowances(&self) -> &[Allowance] {
        self.0.get().map(Vec::as_slice).unwrap_or_default()
    }
}
