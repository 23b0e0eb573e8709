//! What is sent to create or change a team.

use aggregates::{
    ids::{OrganizationId, TeamId},
    name::parse_name,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::teams::{CreateTeam, UpdateTeam},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTeam {
    /// 1 to 255 characters; unique in its organization, ignoring case.
    #[schema(example = "Engineering")]
    pub name: String,
    /// At most 2000 characters.
    #[schema(example = "Backend services")]
    pub description: Option<String>,
}

impl NewTeam {
    pub fn check(self, organization: OrganizationId) -> Result<CreateTeam, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        fields.finish(name.map(|name| CreateTeam { organization, name, description }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
}

impl TeamChanges {
    pub fn check(self, organization: OrganizationId, id: TeamId) -> Result<UpdateTeam, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let description = fields.nullable("/description", self.description, description);
        fields.finish(Some(UpdateTeam { organization, id, name, description }))
    }
}
