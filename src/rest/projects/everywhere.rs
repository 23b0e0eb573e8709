//! `/projects`: those of all organizations.

use super::{Project, TAG};
use crate::{
    readmodel::{StatusFilter, organizations::Reference, projects::ProjectsFilter},
    web::{
        Problem, Routes,
        extract::Listing,
        list::Filter,
        query::{Parameters, Query},
        reply::Page,
        routes,
    },
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list))
}

impl Filter for ProjectsFilter {}

impl Parameters for ProjectsFilter {
    fn read(query: &mut Query) -> Self {
        let organization =
            query.text("organization", "Id, slug or old slug of an organization whose projects are listed.");
        let status = query.word("status", "`active` when absent.");
        Self {
            status: status.unwrap_or(StatusFilter::Active),
            organization: organization.as_deref().map(Reference::parse),
        }
    }
}

/// List projects
///
/// The projects of every organization in which the caller has the permission `projects:read`; a superadmin sees all.
/// Those of deleted organizations are left out, unless a superadmin names the organization. Newest first.
#[utoipa::path(get, path = "/projects", tag = TAG, operation_id = "list_all_projects")]
async fn list(request: Listing<ProjectsFilter>) -> Result<Page<Project<'static>>, Problem> {
    let (filter, readmodel) = (&request.filter, &request.app.readmodel);
    let found = readmodel.projects_everywhere(request.asker(), filter, request.page(), request.wants_total()).await?;
    Ok(request.answer(found))
}
