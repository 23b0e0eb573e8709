//! `/livez`, `/readyz` and `/metrics`.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use utoipa_axum::routes;

use super::web::{App, Code, Problem, ProblemDocument, Routes};

const TAG: &str = "operations";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(livez)).routes(routes!(readyz)).routes(routes!(metrics))
}

/// Whether the process is alive
///
/// It says nothing about the database; `/readyz` does.
#[utoipa::path(get, path = "/livez", tag = TAG, security(()), responses((status = 200, description = "The process is alive")))]
async fn livez() -> &'static str {
    "ok\n"
}

/// Whether the node can serve
///
/// It cannot while it is stopping, or while its database or its ledger's writer is unavailable.
#[utoipa::path(
    get, path = "/readyz", tag = TAG, security(()),
    responses((status = 200, description = "The node can serve"), (status = 503, body = ProblemDocument)),
)]
async fn readyz(State(app): State<App>) -> Result<&'static str, Problem> {
    if app.health.is_stopping() {
        return Err(Problem::with_detail(Code::Unavailable, "This node is stopping"));
    }
    if !app.commands.ledger().is_open() {
        return Err(Problem::with_detail(Code::Unavailable, "The ledger's writer has stopped"));
    }
    app.readmodel.ping().await?;
    Ok("ok\n")
}

/// Metrics in the text format of Prometheus
///
/// They need no credentials: keep them away from the public.
#[utoipa::path(get, path = "/metrics", tag = TAG, security(()), responses((status = 200, description = "The metrics")))]
async fn metrics(State(app): State<App>) -> Response {
    let Some(handle) = &app.settings.metrics else { return StatusCode::NOT_FOUND.into_response() };
    let (waiting, most) = app.commands.ledger().queue();
    let (open, idle) = app.readmodel.database().use_of_pool();
    let gauge = |name: &'static str, value: usize| {
        metrics::gauge!(name).set(f64::from(u32::try_from(value).unwrap_or(u32::MAX)))
    };
    gauge("tenantry_append_queue_depth", waiting);
    gauge("tenantry_append_queue_capacity", most);
    gauge("tenantry_pool_connections", usize::try_from(open).unwrap_or(usize::MAX));
    gauge("tenantry_pool_idle_connections", idle);
    metrics::gauge!("tenantry_authorization_age_seconds").set(app.commands.ledger().freshness().age().as_secs_f64());
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], handle.render()).into_response()
}
