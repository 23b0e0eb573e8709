//! What handlers work with.

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::http::HeaderValue;

use super::{CursorKey, TrustedProxies};
use crate::{
    billing::PriceList,
    commands::{Commands, organizations::Creation},
    identity::{ApiKeys, PerMinute, Sessions, SignIn, Superadmins, Tokens},
    readmodel::ReadModel,
};

/// What handlers work with. A copy is a reference.
#[derive(Clone)]
pub struct App(Arc<Parts>);

pub struct Parts {
    pub commands: Commands,
    pub readmodel: ReadModel,
    pub superadmins: Superadmins,
    pub sign_in: SignIn,
    pub sign_ups: PerMinute,
    /// How often a caller may name an address that need not be a member's.
    pub addresses: PerMinute,
    pub sessions: Sessions,
    pub api_keys: ApiKeys,
    pub tokens: Tokens,
    /// Hides what is kept of requests that carry an idempotency key.
    pub fingerprint_key: [u8; 32],
    pub prices: PriceList,
    pub settings: Settings,
    pub health: Health,
    pub cursors: CursorKey,
}

impl App {
    pub fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for App {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

pub struct Settings {
    /// Origins that browsers may call from; none switches CORS off.
    pub cors_origins: Vec<HeaderValue>,
    /// Where clients reach this deployment, without a slash at the end. Used in links.
    pub public_url: String,
    pub creation: Creation,
    pub trusted_proxies: TrustedProxies,
    /// Offers GraphiQL and introspection.
    pub development: bool,
    /// Renders `/metrics`.
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
}

/// Whether this node wants requests.
#[derive(Debug, Clone, Default)]
pub struct Health {
    stopping: Arc<AtomicBool>,
}

impl Health {
    /// From here on the node is not ready, so that a balancer sends it no more requests.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }
}
