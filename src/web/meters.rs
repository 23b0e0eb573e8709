//! Counting requests. Finding a meter by its labels costs more than most answers, so each thread keeps those it has found.

use std::{cell::RefCell, collections::HashMap, time::Duration};

use axum::http::{Method, StatusCode};
use foldhash::fast::RandomState;
use metrics::{Counter, Histogram};

struct Meters {
    requests: Counter,
    duration: Histogram,
}

impl Meters {
    fn new(method: &Method, route: &str, status: StatusCode) -> Self {
        let labels =
            [("method", method.to_string()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
        Self {
            requests: metrics::counter!("tenantry_http_requests_total", &labels),
            duration: metrics::histogram!("tenantry_http_request_duration_seconds", &labels[..2]),
        }
    }

    fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.duration.record(took.as_secs_f64());
    }
}

/// By route, and then by what is cheap to compare.
type Known = HashMap<String, HashMap<(Method, StatusCode), Meters, RandomState>, RandomState>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// A request that was answered.
pub fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    // Methods can be anything; those that are not among the known ones would fill the memory.
    if !KNOWN_METHODS.contains(method) {
        return Meters::new(method, route, status).count(took);
    }
    KNOWN.with_borrow_mut(|known| {
        if !known.contains_key(route) {
            known.insert(route.to_owned(), HashMap::default());
        }
        let Some(of_route) = known.get_mut(route) else { return };
        of_route.entry((method.clone(), status)).or_insert_with(|| Meters::new(method, route, status)).count(took);
    });
}

const KNOWN_METHODS: [Method; 7] =
    [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::HEAD, Method::OPTIONS];
