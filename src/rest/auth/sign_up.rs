//! Signing up.

use aggregates::{email::Email, ids::UserId, name::parse_name};
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    Anonymous, TAG, new_session,
    tokens::{SessionTokens, reveal_tokens},
};
use crate::{
    commands::{
        sessions::{Grant, UNBOUND_SECS},
        users::{SignUp, SignedUp},
    },
    rest::{me::Profile, organizations::Organization, password, workspaces::Workspace},
    web::{
        Code, Problem, Routes,
        fields::{Fields, Secret},
        reply::{self, Made},
        routes,
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(sign_up))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    #[schema(example = "jane@example.com", max_length = 254)]
    email: String,
    /// 12 to 256 characters.
    #[schema(value_type = String, format = Password, min_length = 12, max_length = 256)]
    password: Secret,
    /// 1 to 255 characters.
    #[schema(example = "Jane Doe", min_length = 1, max_length = 255)]
    name: String,
    /// The organization that the person says they belong to; the personal organization gets this name.
    #[schema(example = "Acme Corporation", min_length = 1, max_length = 255)]
    organization: Option<String>,
}

/// What signing up created.
#[derive(Debug, Serialize, ToSchema)]
struct SignedUpAccount<'a> {
    user: Profile<'a>,
    /// The personal organization.
    organization: Organization<'a>,
    /// Its default workspace.
    workspace: Workspace<'a>,
    /// Null in a repeated reply: tokens are shown once.
    tokens: Option<SessionTokens>,
    /// Whether the tokens are included.
    secret_available: bool,
}

/// Sign up
///
/// Creates an account, its personal organization with a default workspace, and a session. Limited for each client
/// address.
#[utoipa::path(
    post, path = "/auth/signup", tag = TAG, operation_id = "sign_up", security(()),
    responses(
        (status = 409, description = "The e-mail address is taken"),
        (status = 429, description = "Too many accounts were made from this address"),
    ),
)]
async fn sign_up(Anonymous { by, body }: Anonymous<NewAccount>) -> Result<Made<SignedUpAccount<'static>>, Problem> {
    let app = &by.app;
    app.sign_ups.admit(by.client()).map_err(|too_many| Problem::limited(Code::RateLimited, &too_many))?;
    let mut fields = Fields::default();
    let email = fields.check("/email", Email::parse(&body.email));
    let name = fields.check("/name", parse_name(&body.name));
    let organization = fields.optional("/organization", body.organization, |name| parse_name(&name));
    let password = password::check(&mut fields, "/password", &body.password, &body.email);
    let (email, name, password) = fields.finish(all(email, name, password))?;

    let (user, session) = (UserId::new(Uuid::now_v7()), new_session());
    let hash = app.sign_in.passwords().hash(password).await.map_err(password::failed)?;
    let command = SignUp { user, session, email, name, organization, hash };
    let write = by.write(user);
    let asker = write.asker;
    let present = move |made: &SignedUp| {
        let account = SignedUpAccount {
            user: Profile::from(&made.user),
            organization: Organization::new(&made.organization, asker),
            workspace: Workspace::from(&made.workspace),
            tokens: None,
            secret_available: false,
        };
        reply::stored(StatusCode::CREATED, &account, None).with_header("location", "/api/v1/me")
    };
    let appended = app.commands.run(&write, &command, present).await?;
    let grant = Grant { session, user, organization: None, generation: 1, lifetime: UNBOUND_SECS };
    let tokens = reveal_tokens(app, &grant)?;
    Ok(reply::with_secret(appended, &write, |account| account.extend(tokens))?.into())
}

fn all<A, B, C>(a: Option<A>, b: Option<B>, c: Option<C>) -> Option<(A, B, C)> {
    a.zip(b).zip(c).map(|((a, b), c)| (a, b, c))
}
