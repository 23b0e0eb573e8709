//! `/organizations/{org}/users`: members under another name, and the way to add one without asking him.

use aggregates::ids::UserId;
use axum::{
    extract::{Path, State},
    response::Response,
};
use secrecy::ExposeSecret;
use serde_json::Value;
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    Member, TAG,
    body::{NewUser, RoleChange},
    change_role, remove_member,
    representation::NewMember,
    resolve, role_at,
};
use crate::{
    commands::members::{Activation, AddedMember},
    identity::one_time::OneTime,
    rest::{
        App, Problem,
        extract::{Input, Nothing},
        problem::ProblemDocument,
        reply,
    },
};

pub(super) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(add)).routes(routes!(update, remove))
}

/// Add a user
///
/// An account with this address is a member at once. Where there is none, one is made; its person gets in with the
/// activation that this answer has, and with nothing else.
#[utoipa::path(
    post, path = "/organizations/{org}/users", tag = TAG, operation_id = "add_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug")),
    request_body = NewUser,
    responses((status = 201, body = NewMember, headers(("Location" = String))), (status = 409, body = ProblemDocument)),
)]
async fn add(State(app): State<App>, Path(org): Path<String>, input: Input<NewUser>) -> Result<Response, Problem> {
    let organization = resolve(&app, &org).await?;
    let user = UserId::new(Uuid::now_v7());
    let OneTime { token, hash: token_hash } = OneTime::new(user.uuid());
    let command = input.body.check(organization, Activation { user, token_hash })?;
    let present = move |view: &AddedMember| {
        let body = NewMember::new(view);
        let location = format!("/api/v1/organizations/{organization}/members/{}", body.user.id);
        reply::created(&body, view.member.membership.version, location)
    };
    let appended = app.commands.run(&input.write, &command, present).await.map_err(role_at("/role"))?;
    let url = format!("{}/activate/{}", app.settings.public_url, token.expose_secret());
    reply::written(reply::with_secret(appended, &input.write, |body| {
        if let Some(Value::Object(activation)) = body.get_mut("activation") {
            reply::reveal(activation, &token, url);
        }
    })?)
}

/// Change a user's role
///
/// The same as for a member.
#[utoipa::path(
    patch, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "update_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    request_body = RoleChange,
    responses((status = 200, body = Member), (status = 409, body = ProblemDocument)),
)]
async fn update(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<RoleChange>,
) -> Result<Response, Problem> {
    change_role(&app, &org, &user_id, input).await
}

/// Remove a user
///
/// The same as for a member.
#[utoipa::path(
    delete, path = "/organizations/{org}/users/{user_id}", tag = TAG, operation_id = "remove_organization_user",
    params(("org" = String, Path, description = "Id, slug or old slug"), ("user_id" = String, Path)),
    responses((status = 204, description = "Removed"), (status = 409, body = ProblemDocument)),
)]
async fn remove(
    State(app): State<App>,
    Path((org, user_id)): Path<(String, String)>,
    input: Input<Nothing>,
) -> Result<Response, Problem> {
    remove_member(&app, &org, &user_id, &input.write).await
}
