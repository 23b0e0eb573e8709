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
    fn new(method: &'static str, route: &str, status: StatusCode) -> Self {
        let labels =
            [("method", method.to_owned()), ("route", route.to_owned()), ("status", status.as_u16().to_string())];
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
type Known = HashMap<String, HashMap<(&'static str, StatusCode), Meters, RandomState>, RandomState>;

thread_local! {
    static KNOWN: RefCell<Known> = RefCell::default();
}

/// A request that was answered.
pub fn count(method: &Method, route: &str, status: StatusCode, took: Duration) {
    let method = label(method);
    KNOWN.with_borrow_mut(|known| {
        if !known.contains_key(route) {
            known.insert(route.to_owned(), HashMap::default());
        }
        let Some(of_route) = known.get_mut(route) else { return };
        of_route.entry((method, status)).or_insert_with(|| Meters::new(method, route, status)).count(took);
    });
}

/// Clients can invent methods, and every label is kept for as long as the process runs.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}
