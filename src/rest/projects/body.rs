//! What is sent to create or change a project.

use aggregates::{ids::OrganizationId, name::parse_name, slug::Slug};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::projects::{CreateProject, UpdateProject},
    readmodel::projects::ProjectReference,
    rest::workspaces::workspace_named,
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// 1 to 255 characters.
    #[schema(example = "Website")]
    pub name: String,
    /// Unique in its organization. Derived from the name when absent.
    #[schema(example = "website")]
    pub slug: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// Id or slug of the workspace that it is in.
    #[schema(example = "default")]
    pub workspace: Option<String>,
}

impl NewProject {
    pub fn check(self, organization: OrganizationId) -> Result<CreateProject, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        let workspace = fields.optional("/workspace", self.workspace, workspace_named);
        fields.finish(name.map(|name| CreateProject { organization, name, slug, description, workspace }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectChanges {
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
    /// Id or slug of the workspace that it is in.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub workspace: Option<Option<String>>,
}

impl ProjectChanges {
    pub fn check(self, organization: OrganizationId, project: ProjectReference) -> Result<UpdateProject, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let slug = fields.optional("/slug", self.slug, |slug| Slug::parse(&slug));
        let description = fields.nullable("/description", self.description, description);
        let workspace = fields.nullable("/workspace", self.workspace, workspace_named);
        fields.finish(Some(UpdateProject { organization, project, name, slug, description, workspace }))
    }
}
