//! Who the caller is, and what they may do where.

use aggregates::{
    authorization::{Asker, Denied, Reach},
    ids::{OrganizationId, SessionId, UserId},
    name::parse_name,
    organization,
};
use chrono::{DateTime, Utc};
use projections::{memberships::MembershipStatus, users::UserRow};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TAG;
use crate::{
    commands::users::UpdateUser,
    identity::Credential,
    readmodel::memberships::MembershipView,
    web::{
        Code, Problem, Routes,
        extract::{Reads, Writes},
        fields::{Fields, present},
        list::{List, Paging},
        reply::{Changed, Found, Linked, Represents},
        routes,
        time::time,
        words::{self, Named},
    },
};

pub(super) fn routes() -> Routes {
    Routes::new().routes(routes!(get, update))
}

/// A person's account, as they see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Profile<'a> {
    #[schema(value_type = Uuid)]
    pub id: UserId,
    pub email: Option<&'a str>,
    /// Null until the person has given one.
    pub name: Option<&'a str>,
    /// The organization that the person says they belong to.
    pub organization: Option<&'a str>,
    pub is_superadmin: bool,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
}

impl<'a> From<&'a UserRow> for Profile<'a> {
    fn from(row: &'a UserRow) -> Self {
        Self {
            id: row.id,
            email: row.email.as_deref(),
            name: row.name.as_deref(),
            organization: row.organization.as_deref(),
            is_superadmin: row.is_superadmin,
            created_at: row.created_at,
        }
    }
}

impl Represents for Profile<'_> {
    type View = UserRow;
    type As<'v> = Profile<'v>;
}

/// The caller: their account, their memberships, and what they are signed in with.
#[derive(Debug, Serialize, ToSchema)]
struct Me<'a> {
    #[serde(flatten)]
    profile: Profile<'a>,
    /// Oldest first, except in deleted organizations.
    memberships: Vec<Membership<'a>>,
    /// Null for a caller who sent e-mail address and password, or an API key.
    #[schema(value_type = Option<Uuid>)]
    session_id: Option<SessionId>,
    /// The organization that the access token is bound to.
    #[schema(value_type = Option<Uuid>)]
    organization_id: Option<OrganizationId>,
}

/// A membership in an organization.
#[derive(Debug, Serialize, ToSchema)]
struct Membership<'a> {
    organization: OrganizationSummary<'a>,
    role: RoleSummary<'a>,
    /// What the role allows, as far as the caller's credential allows it too.
    permissions: Vec<String>,
    #[schema(schema_with = words::schema::<MembershipStatus>)]
    status: Named<MembershipStatus>,
    #[serde(serialize_with = "time")]
    joined_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
struct OrganizationSummary<'a> {
    #[schema(value_type = Uuid)]
    id: OrganizationId,
    name: &'a str,
    slug: &'a str,
    /// Never `deleted` here.
    #[schema(schema_with = words::schema::<organization::Status>)]
    status: Named<organization::Status>,
    is_personal: bool,
}

#[derive(Debug, Serialize, ToSchema)]
struct RoleSummary<'a> {
    key: &'a str,
    name: &'a str,
}

impl<'a> From<&'a MembershipView> for Membership<'a> {
    fn from(view: &'a MembershipView) -> Self {
        let (organization, membership) = (&view.organization, &view.membership);
        let name = membership.role_name(view.role.as_ref());
        Self {
            organization: OrganizationSummary {
                id: organization.id,
                name: &organization.name,
                slug: &organization.slug,
                status: Named(organization.status),
                is_personal: organization.is_personal,
            },
            role: RoleSummary { key: membership.role.as_str(), name },
            permissions: view.permissions.into(),
            status: Named(membership.status),
            joined_at: membership.joined_at,
        }
    }
}

/// Who you are
///
/// With all memberships, or a page of them when `limit` is given.
#[utoipa::path(
    get, path = "/me", tag = TAG, operation_id = "get_me",
    responses((status = 403, description = "The caller is not a person but an organization's API key")),
)]
async fn get(request: Reads<(), Paging>) -> Result<Linked<Found<Me<'static>>>, Problem> {
    let (asker, readmodel) = (request.asker(), &request.app.readmodel);
    let user = asker.user().ok_or(Denied::PersonRequired)?;
    let row = readmodel.user(asker, user).await?.ok_or_else(|| Problem::new(Code::NotAuthenticated))?;
    let paged = request.query.is_asked_for();
    let list = List::of(&request.app, asker, "/me".to_owned(), vec![], request.query.clone())?;
    let found = readmodel.memberships_of(asker, user, paged.then(|| list.page())).await?;
    let shown = if paged { list.shown(&found) } else { &found };
    let next = list.link(shown.len() < found.len(), shown, |view| view.organization.id.uuid());
    let me = Me {
        profile: Profile::from(&row),
        memberships: shown.iter().map(Membership::from).collect(),
        session_id: match request.principal.credential {
            Credential::Session(id) => Some(id),
            Credential::Basic | Credential::ApiKey(..) | Credential::None => None,
        },
        organization_id: match asker {
            Asker::User { reach: Reach::Within(id), .. } => Some(id),
            _ => None,
        },
    };
    Ok(Linked(request.found_as(&me, row.version), next))
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ProfileChanges {
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    name: Option<Option<String>>,
    /// The organization that the person says they belong to.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 255)]
    organization: Option<Option<String>>,
}

/// Change your profile
///
/// Absent fields keep their values; null clears. Only a superadmin can change the e-mail address of an account.
#[utoipa::path(patch, path = "/me", tag = TAG, operation_id = "update_me")]
async fn update(Writes { by, body, .. }: Writes<ProfileChanges>) -> Result<Changed<Profile<'static>>, Problem> {
    let mut fields = Fields::default();
    let name = fields.nullable("/name", body.name, |name| parse_name(&name));
    let organization = fields.nullable("/organization", body.organization, |name| parse_name(&name));
    let user = by.principal.require_person()?;
    let command = fields.finish(Some(UpdateUser { user, name, organization }))?;
    Ok(by.change(&command).await?)
}
