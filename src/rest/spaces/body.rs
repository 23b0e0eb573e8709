//! What is sent to create or change a space, and who is in it.

use aggregates::{
    authorization::SpaceRole,
    ids::{OrganizationId, SpaceId, UserId},
    name::parse_name,
    slug::Slug,
};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    commands::spaces::{AttachSpace, ChangeSpace, CreateSpace, SetSpaceMember, SpaceChange},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
        words,
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSpace {
    /// 1 to 255 characters.
    #[schema(example = "Analytics")]
    pub name: String,
    /// Unique in the whole deployment. Derived from the name when absent.
    #[schema(example = "analytics")]
    pub slug: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// Id or slug of the organization that it belongs to; its members' own when absent.
    #[schema(example = "acme")]
    pub organization: Option<String>,
}

impl NewSpace {
    pub fn check(self, organization: Option<OrganizationId>) -> Result<CreateSpace, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        fields.finish(name.map(|name| CreateSpace { organization, name, slug, description }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpaceChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    /// The previous slug is free again at once.
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub slug: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

impl SpaceChanges {
    pub fn check(self, space: SpaceId) -> Result<ChangeSpace, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.nullable("/description", self.description, description);
        let change = SpaceChange::Update { name, slug, description };
        fields.finish(Some(ChangeSpace { space, change }))
    }
}

/// A space that is given to an organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GivenSpace {
    #[schema(value_type = Uuid)]
    pub space_id: String,
}

impl GivenSpace {
    pub fn check(self, organization: OrganizationId) -> Result<AttachSpace, Problem> {
        let mut fields = Fields::default();
        let space = fields.check("/space_id", Uuid::parse_str(&self.space_id).map_err(|_| "must be a UUID"));
        fields.finish(space.map(|space| AttachSpace { organization, space: SpaceId::new(space) }))
    }
}

/// What a person is in a space.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SpaceMembership {
    #[schema(schema_with = words::schema::<SpaceRole>)]
    pub role: String,
}

impl SpaceMembership {
    pub fn check(self, space: SpaceId, user: UserId) -> Result<SetSpaceMember, Problem> {
        let mut fields = Fields::default();
        let role = fields.check("/role", words::parse(&self.role));
        fields.finish(role.map(|role| SetSpaceMember { space, user, role }))
    }
}
