//! The representations of a space, and of who is in it.

use aggregates::{authorization::SpaceRole, ids::SpaceId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::{
        Lifecycle,
        spaces::{self, SpaceMemberView, SpaceView},
    },
    rest::organizations::OrganizationSummary,
    web::{
        Person,
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// What products, contracts, issues and quality checks are kept in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Space<'a> {
    #[schema(value_type = Uuid)]
    pub id: SpaceId,
    /// The organization that it belongs to; null for one that is its members' own.
    pub organization: Option<OrganizationSummary<'a>>,
    pub name: &'a str,
    pub slug: &'a str,
    pub description: Option<&'a str>,
    /// What the caller is in it; null for callers who see it because of what they are in the organization.
    #[schema(schema_with = words::nullable::<SpaceRole>)]
    pub role: Option<Named<SpaceRole>>,
    #[schema(schema_with = words::schema::<Lifecycle>)]
    pub status: Named<Lifecycle>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a SpaceView> for Space<'a> {
    fn from(SpaceView { space, organization, role }: &'a SpaceView) -> Self {
        Self {
            id: space.id,
            organization: organization.as_ref().map(Into::into),
            name: &space.name,
            slug: &space.slug,
            description: space.description.as_deref(),
            role: role.map(Named),
            status: Named(Lifecycle::of(space.archived_at)),
            created_at: space.created_at,
            updated_at: space.updated_at,
        }
    }
}

impl Represents for Space<'_> {
    type View = SpaceView;
    type As<'v> = Space<'v>;
}

/// What names a space.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpaceSummary<'a> {
    #[schema(value_type = Uuid)]
    pub id: SpaceId,
    pub name: &'a str,
    pub slug: &'a str,
}

impl<'a> From<&'a spaces::SpaceSummary> for SpaceSummary<'a> {
    fn from(summary: &'a spaces::SpaceSummary) -> Self {
        Self { id: summary.id, name: &summary.name, slug: &summary.slug }
    }
}

/// A member of a space.
#[derive(Debug, Serialize, ToSchema)]
pub struct SpaceMember<'a> {
    pub user: Person<'a>,
    #[schema(schema_with = words::schema::<SpaceRole>)]
    pub role: Named<SpaceRole>,
    #[serde(serialize_with = "time")]
    pub added_at: DateTime<Utc>,
}

impl<'a> From<&'a SpaceMemberView> for SpaceMember<'a> {
    fn from(SpaceMemberView { member, user, .. }: &'a SpaceMemberView) -> Self {
        let user = user.as_ref();
        let person = Person {
            id: member.user_id.uuid(),
            email: user.and_then(|user| user.email.as_deref()),
            name: user.and_then(|user| user.name.as_deref()),
        };
        Self { user: person, role: Named(member.role), added_at: member.added_at }
    }
}

impl Represents for SpaceMember<'_> {
    type View = SpaceMemberView;
    type As<'v> = SpaceMember<'v>;
}
