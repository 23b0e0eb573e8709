//! Actions on an organization's life: suspend, reactivate, restore, purge.

use aggregates::{
    authorization::Asker,
    name::{Lines, parse_text},
};
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::Response,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{Organization, TAG, resolve};
use crate::{
    commands::{
        Write,
        organizations::{Life, LifeCommand},
    },
    readmodel::organizations::OrganizationView,
    web::{
        App, Problem, Routes,
        extract::{Input, Nothing},
        fields::Fields,
        problem::ProblemDocument,
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(suspend)).routes(routes!(reactivate)).routes(routes!(restore)).routes(routes!(purge))
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Suspension {
    /// Why, for the audit log; at most 500 characters.
    reason: Option<String>,
}

/// Suspend an organization
///
/// Its keys and tokens are refused until it is reactivated. For superadmins.
#[utoipa::path(
    post, path = "/organizations/{org}/suspend", tag = TAG, operation_id = "suspend_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = Suspension,
    responses((status = 200, body = Organization), (status = 409, body = ProblemDocument)),
)]
async fn suspend(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<Suspension>,
) -> Result<Response, Problem> {
    let mut fields = Fields::default();
    let reason = fields.optional("/reason", input.body.reason, |reason| parse_text(&reason, 500, Lines::Many));
    let life = fields.finish(Some(Life::Suspend { reason }))?;
    run(&app, &org, &input.write, life).await
}

/// Reactivate a suspended organization
#[utoipa::path(
    post, path = "/organizations/{org}/reactivate", tag = TAG, operation_id = "reactivate_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 200, body = Organization), (status = 409, body = ProblemDocument)),
)]
async fn reactivate(
    State(app): State<App>,
    Path(org): Path<String>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    run(&app, &org, &input.write, Life::Reactivate).await
}

/// Restore a deleted organization
///
/// Within 30 days of its deletion, by one of its owners or a superadmin.
#[utoipa::path(
    post, path = "/organizations/{org}/restore", tag = TAG, operation_id = "restore_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 200, body = Organization), (status = 409, body = ProblemDocument), (status = 410, body = ProblemDocument)),
)]
async fn restore(State(app): State<App>, Path(org): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    run(&app, &org, &input.write, Life::Restore).await
}

/// Purge a deleted organization
///
/// At once and permanently, by a superadmin. Its slugs are free again.
#[utoipa::path(
    post, path = "/organizations/{org}/purge", tag = TAG, operation_id = "purge_organization",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    responses((status = 204, description = "Purged"), (status = 409, body = ProblemDocument)),
)]
async fn purge(State(app): State<App>, Path(org): Path<String>, input: Input<Nothing>) -> Result<Response, Problem> {
    run(&app, &org, &input.write, Life::Purge).await
}

async fn run(app: &App, org: &str, write: &Write, life: Life) -> Result<Response, Problem> {
    let id = resolve(app, org).await?;
    let asker: Asker = write.asker;
    let present = move |view: &Option<OrganizationView>| match view {
        Some(view) => reply::stored(StatusCode::OK, &Organization::new(view, asker), Some(view.organization.version)),
        None => reply::no_content(),
    };
    reply::written(app.commands.run(write, &LifeCommand { id, life }, present).await?)
}
