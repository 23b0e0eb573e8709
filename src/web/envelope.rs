//! What surrounds every request: its id, its log line and metrics, its deadline, and the rendering of problems.

use std::{
    panic::AssertUnwindSafe,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use tracing::{Instrument, field};
use uuid::Uuid;

use super::{
    App, Problem,
    context::{ClientAddress, Envelope, RateLimitFields},
    meters,
    problem::Code,
};
use crate::identity::quota::Allowance;

/// How long a request may take.
const DEADLINE: Duration = Duration::from_secs(30);
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

pub async fn envelope(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let request_id = request_id(&request);
    let client = request.extensions().get::<ClientAddress>();
    let client = client.map(|address| app.settings.trusted_proxies.client(address.0, request.headers()));
    let envelope = Envelope { request_id: Arc::clone(&request_id), client, limits: RateLimitFields::default() };
    let limits = envelope.limits.clone();
    request.extensions_mut().insert(envelope);
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let span = tracing::info_span!("request", request_id = &*request_id, organization = field::Empty);
    // An answer to a signed-in caller, or one that signs a person in, is for nobody else.
    let is_private = request.headers().contains_key(header::AUTHORIZATION) || method != Method::GET;

    let answered = AssertUnwindSafe(next.run(request)).catch_unwind();
    let outcome = tokio::time::timeout(DEADLINE, answered).instrument(span.clone()).await;
    let response = match outcome {
        Ok(Ok(response)) => response,
        Ok(Err(_)) => {
            span.in_scope(|| tracing::error!("a handler panicked"));
            Problem::new(Code::Internal).into_response()
        }
        Err(_) => Problem::new(Code::Timeout).into_response(),
    };
    let mut response = render(response, &app.settings.public_url, &request_id);
    if let Ok(value) = HeaderValue::try_from(&*request_id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    rate_limit_fields(&mut response, limits.allowances());
    if is_private {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }

    let status = response.status();
    let took = begun.elapsed();
    let route = route.as_ref().map_or("none", MatchedPath::as_str);
    meters::count(&method, route, status, took);
    span.in_scope(|| {
        let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        if status.is_server_error() {
            tracing::warn!(%method, route, status = status.as_u16(), took_ms, "answered");
        } else {
            tracing::debug!(%method, route, status = status.as_u16(), took_ms, "answered");
        }
    });
    response
}

/// What is left of the limits that the request counted against (draft-ietf-httpapi-ratelimit-headers); a refusal has said
/// so itself.
fn rate_limit_fields(response: &mut Response, allowances: &[Allowance]) {
    const FIELDS: [HeaderName; 2] = [HeaderName::from_static("ratelimit-policy"), HeaderName::from_static("ratelimit")];
    let [policy, limit] = FIELDS;
    for allowance in allowances {
        for (name, item) in [(&policy, allowance.quota.to_string()), (&limit, allowance.to_string())] {
            if let Ok(value) = HeaderValue::try_from(item) {
                response.headers_mut().append(name, value);
            }
        }
    }
}

/// The caller's own id where it is visible ASCII of at most 128 characters, or a new one.
fn request_id(request: &Request) -> Arc<str> {
    let given = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    match given {
        Some(id) if (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic()) => id.into(),
        _ => Arc::from(&*Uuid::now_v7().hyphenated().encode_lower(&mut Uuid::encode_buffer())),
    }
}

/// Makes a problem document of every error, also of those that the router or a layer answered by itself.
fn render(mut response: Response, public_url: &str, request_id: &str) -> Response {
    let status = response.status();
    let problem = match response.extensions_mut().remove::<Problem>() {
        Some(problem) => problem,
        None if status.is_client_error() || status.is_server_error() => {
            if response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"application/")) {
                return response;
            }
            Problem::of_status(status)
        }
        None => return response,
    };
    let body = serde_json::to_vec(&problem.document(public_url, request_id)).unwrap_or_default();
    *response.status_mut() = problem.code.status();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    *response.body_mut() = Body::from(body);
    response
}
