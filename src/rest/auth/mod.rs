//! `/auth`: signing up, in and out, and links that work once. One file for each.

pub mod jwks;
mod links;
mod login;
mod session;
mod sign_up;
pub(super) mod tokens;

use aggregates::{
    authorization::{Asker, Reach},
    ids::{SessionId, UserId},
    metadata::Actor,
};
use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use crate::{
    commands::Write,
    identity::{Credential, Principal, RequestContext},
    ledger::Idempotency,
    web::{
        App, Problem, Routes,
        describe::{Describe, Described},
        extract::{Conventions, DescribeBody, MAX_BODY, context, describe_write, parse_body, read_body},
    },
};

const TAG: &str = "authentication";

pub fn routes() -> Routes {
    Routes::new().merge(sign_up::routes()).merge(login::routes()).merge(session::routes()).merge(links::routes())
}

/// A request by a person who is not signed in yet, which wants something written.
struct Anonymous<T> {
    by: Stranger,
    body: T,
}

/// A person who is not signed in yet, and how they want something written.
struct Stranger {
    app: App,
    context: RequestContext,
    conventions: Conventions,
    idempotency: Option<Idempotency>,
}

impl<T: DeserializeOwned> FromRequest<App> for Anonymous<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, app: &App) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        let (conventions, ()) = Conventions::read(&parts)?;
        let content = read_body(body, MAX_BODY).await?;
        let context = context(&parts);
        // Before signing in, only their addresses tell the idempotency keys of clients apart.
        let conventions = conventions.within(context.client_address.as_deref().unwrap_or_default());
        let idempotency = conventions.idempotency(app, &parts, Actor::System, &content);
        let body = parse_body(&parts, &content)?;
        let by = Stranger { app: app.clone(), context, conventions, idempotency };
        Ok(Self { by, body })
    }
}

impl<T: DescribeBody> Describe for Anonymous<T> {
    fn describe(operation: &mut Described<'_>) {
        T::describe(operation);
        describe_write(operation);
    }
}

impl Stranger {
    /// The address that the request comes from.
    fn client(&self) -> Option<&str> {
        self.context.client_address.as_deref()
    }

    /// A write by a user who was just authenticated, or whose account is just being created.
    fn write(&self, user: UserId) -> Write {
        let principal = Principal {
            asker: Asker::User { id: user, superadmin: false, reach: Reach::Everywhere },
            credential: Credential::None,
        };
        let idempotency = self.idempotency.clone();
        Write { idempotency, ..self.conventions.applied(principal.write(&self.context)) }
    }
}

/// A new session's id.
fn new_session() -> SessionId {
    SessionId::new(uuid::Uuid::now_v7())
}
