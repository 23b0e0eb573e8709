//! Changing one's own password.

use serde::Deserialize;
use utoipa::ToSchema;

use super::TAG;
use crate::{
    commands::users::ChangePassword,
    identity::SignInError,
    rest::password,
    web::{
        Code, Problem, Routes,
        extract::Writes,
        fields::{FieldProblem, Fields, Secret},
        reply::Done,
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(change))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    #[schema(value_type = String, format = Password)]
    current_password: Secret,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    new_password: Secret,
}

/// Change your password
///
/// All your sessions end, this one too.
#[utoipa::path(
    post, path = "/me/password", tag = TAG, operation_id = "change_password",
    responses((
        status = 429,
        description = "Too many wrong passwords for this account or from this address, or too many requests with an API key",
    )),
)]
async fn change(Writes { by, body, .. }: Writes<PasswordChange>) -> Result<Done, Problem> {
    let (app, user) = (&by.app, by.principal.require_person()?);
    let row = app.readmodel.user(by.asker(), user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let email = row.email.unwrap_or_default();
    let mut fields = Fields::default();
    let new = password::check(&mut fields, "/new_password", &body.new_password, &email);
    let new = fields.finish(new)?;
    let verified = app.sign_in.verify(&email, body.current_password.expose(), by.client_address.as_deref()).await;
    let person = verified.map_err(|error| match error {
        SignInError::Refused => Problem::invalid(vec![FieldProblem::new("/current_password", "is not your password")]),
        error => error.into(),
    })?;
    let hash = app.sign_in.passwords().hash(new).await.map_err(password::failed)?;
    Ok(by.remove(&ChangePassword { user, hash, epoch: person.state.epoch }).await?)
}
