//! Changing one's own password.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::TAG;
use crate::{
    commands::users::ChangePassword,
    identity::SignInError,
    rest::password,
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::Input,
        fields::{FieldProblem, Fields, Secret},
        reply,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(change))
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password)]
    new_password: Secret,
}

/// Change your password
///
/// All your sessions end, this one too.
#[utoipa::path(
    post, path = "/me/password", tag = TAG, operation_id = "change_password",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "The password is changed"),
        (status = 422, body = ProblemDocument),
        (status = 429, body = ProblemDocument),
    ),
)]
async fn change(State(app): State<App>, input: Input<PasswordChange>) -> Result<Response, Problem> {
    let user = input.principal.require_person()?;
    let row = app.readmodel.user(input.write.asker, user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let email = row.email.unwrap_or_default();
    let mut fields = Fields::default();
    let new = password::check(&mut fields, "/new_password", &input.body.new_password, &email);
    let new = fields.finish(new)?;
    let client = input.client_address.as_deref();
    let verified = app.sign_in.verify(&email, input.body.current_password.expose(), client).await;
    let person = verified.map_err(|error| match error {
        SignInError::Refused => Problem::invalid(vec![FieldProblem::new("/current_password", "is not your password")]),
        error => error.into(),
    })?;
    let hash = app.sign_in.passwords().hash(new).await.map_err(password::failed)?;
    let command = ChangePassword { user, hash, epoch: person.state.epoch };
    reply::written(app.commands.run(&input.write, &command, |()| reply::no_content()).await?)
}
