//! What is sent to create or change a workspace.

use aggregates::{
    ids::OrganizationId,
    name::parse_name,
    slug::{Slug, SlugError},
    workspace::WorkspaceError,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::{
        self,
        workspaces::{CreateWorkspace, UpdateWorkspace},
    },
    readmodel::{IdOrSlug, workspaces::WorkspaceReference},
    web::{
        Problem,
        fields::{FieldProblem, Fields, description, not_null, present},
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewWorkspace {
    /// 1 to 255 characters.
    #[schema(example = "Production")]
    pub name: String,
    /// Unique in its organization. Derived from the name when absent.
    #[schema(example = "production")]
    pub slug: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
}

impl NewWorkspace {
    pub fn check(self, organization: OrganizationId) -> Result<CreateWorkspace, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let slug = fields.optional("/slug", self.slug, slug);
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        fields.finish(name.map(|name| CreateWorkspace { organization, name, slug, description }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WorkspaceChanges {
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

impl WorkspaceChanges {
    pub fn check(
        self,
        organization: OrganizationId,
        workspace: WorkspaceReference,
    ) -> Result<UpdateWorkspace, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let slug = fields.optional("/slug", self.slug, slug);
        let description = fields.nullable("/description", self.description, description);
        fields.finish(Some(UpdateWorkspace { organization, workspace, name, slug, description }))
    }
}

/// A workspace that a body names.
pub fn workspace_named(text: String) -> Result<WorkspaceReference, &'static str> {
    match WorkspaceReference::parse(&text) {
        IdOrSlug::Slug(text) => match slug(text) {
            Ok(slug) => Ok(IdOrSlug::Slug(slug.as_str().to_owned())),
            Err(_) => Err("must be the id or slug of a workspace"),
        },
        id => Ok(id),
    }
}

/// One that does not exist or is archived is a field that is not valid; their own codes are for paths.
pub fn workspace_at(pointer: &'static str) -> impl Fn(commands::Error) -> Problem {
    move |error| match error.refusal::<WorkspaceError>() {
        Some(refusal) => Problem::invalid(vec![FieldProblem::new(pointer, refusal)]),
        None => error.into(),
    }
}

/// The slug that every organization's first workspace gets is a slug like others here: it is taken, not malformed.
fn slug(text: String) -> Result<Slug, SlugError> {
    let default = Slug::default_workspace();
    if text == default.as_str() { Ok(default) } else { Slug::parse(&text) }
}
