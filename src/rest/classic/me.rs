//! `/api/me`: the caller in the five fields of the classic document.

use aggregates::{
    authorization::{BuiltInRole, RoleKey},
    ids::UserId,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::TAG;
use crate::web::{
    Code, Problem, Routes,
    extract::Reads,
    reply::Found,
    routes,
    words::{self, Named, Word},
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(get))
}

/// The two roles of the classic documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClassicRole {
    Admin,
    User,
}

impl Word for ClassicRole {
    const ALL: &'static [Self] = &[Self::Admin, Self::User];

    fn word(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::User => "user",
        }
    }
}

/// The five fields of a person.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicUser<'a> {
    #[schema(value_type = Uuid)]
    id: UserId,
    email: Option<&'a str>,
    name: Option<&'a str>,
    /// The name of the primary organization.
    organization: Option<&'a str>,
    /// `admin` for superadmins and for owners and admins of the primary organization, else `user`.
    #[schema(schema_with = words::schema::<ClassicRole>)]
    role: Named<ClassicRole>,
}

/// Who you are
///
/// A person's account in five fields. `organization` and `role` are those of their primary organization, or of the one
/// that they have been in longest when they left it.
#[utoipa::path(
    get, path = "/me", tag = TAG, operation_id = "classic_get_me",
    responses((status = 403, description = "The caller is not a person but an API key with scopes")),
)]
async fn get(request: Reads) -> Result<Found<ClassicUser<'static>>, Problem> {
    let (app, user) = (&request.app, request.principal.require_person()?);
    let row = app.readmodel.user(request.asker(), user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let memberships = app.readmodel.memberships_of(request.asker(), user, None).await?;
    // A person who left it belongs first to the organization that they have been in longest.
    let chosen = memberships.iter().find(|view| Some(view.organization.id) == row.primary_organization_id);
    let primary = chosen.or(memberships.first());
    let manages = |role: &RoleKey| matches!(role, RoleKey::BuiltIn(BuiltInRole::Owner | BuiltInRole::Admin));
    let is_admin = row.is_superadmin || primary.is_some_and(|view| manages(&view.membership.role));
    let user = ClassicUser {
        id: row.id,
        email: row.email.as_deref(),
        name: row.name.as_deref(),
        organization: primary.map(|view| view.organization.name.as_str()),
        role: Named(if is_admin { ClassicRole::Admin } else { ClassicRole::User }),
    };
    Ok(request.found_as(&user, row.version))
}
