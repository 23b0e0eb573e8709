//! `/spaces`.

mod body;
mod members;
mod organization;
mod representation;

use aggregates::ids::SpaceId;

pub use self::representation::SpaceSummary;
use self::{
    body::{NewSpace, SpaceChanges},
    representation::Space,
};
use crate::{
    commands::spaces::{ChangeSpace, SpaceChange},
    readmodel::{
        StatusFilter,
        organizations::Reference,
        spaces::{SpaceFilter, SpaceView},
    },
    web::{
        Code, Problem, Routes,
        extract::{In, Listing, Nothing, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{Changed, Created, Found, Page},
        routes,
    },
};

const TAG: &str = "spaces";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update))
        .routes(routes!(archive))
        .merge(members::routes())
        .merge(organization::routes())
}

/// Create a space
///
/// You become its admin. In an organization it needs the permission `spaces:write` there; without one the space is its
/// members' own, and the credential must carry all that you are. When no slug is sent, one is derived from the name.
#[utoipa::path(
    post, path = "/spaces", tag = TAG, operation_id = "create_space",
    responses(
        (status = 404, description = "There is no such organization"),
        (status = 409, description = "The slug is taken, or the limit is reached"),
    ),
)]
async fn create(Writes { by, body, .. }: Writes<NewSpace>) -> Result<Created<Space<'static>>, Problem> {
    let organization = match &body.organization {
        Some(organization) => {
            let found = by.app.readmodel.organization_id(&Reference::parse(organization)).await?;
            Some(found.ok_or_else(|| Problem::new(Code::OrganizationNotFound))?)
        }
        None => None,
    };
    let location = |view: &SpaceView| format!("/api/v1/spaces/{}", view.space.id);
    Ok(by.create(&body.check(organization)?, location).await?)
}

/// Which spaces of all that the caller can see a list shows.
#[derive(Debug, Clone, Default)]
struct SpacesFilter {
    organization: Option<Reference>,
    spaces: SpaceFilter,
}

impl Filter for SpaceFilter {}

impl Parameters for SpaceFilter {
    fn read(query: &mut Query) -> Self {
        let status = query.word("status", "`active` when absent.");
        Self { status: status.unwrap_or(StatusFilter::Active) }
    }
}

impl Filter for SpacesFilter {}

impl Parameters for SpacesFilter {
    fn read(query: &mut Query) -> Self {
        let meaning = "Id, slug or old slug of the organization whose spaces are listed.";
        let organization = query.text("organization", meaning);
        Self { organization: organization.as_deref().map(Reference::parse), spaces: SpaceFilter::read(query) }
    }
}

/// List spaces
///
/// Those that you are a member of, and all spaces of the organizations in which you have the permission `spaces:write`.
/// Newest first.
#[utoipa::path(
    get, path = "/spaces", tag = TAG, operation_id = "list_all_spaces",
    responses(
        (status = 403, description = "Not authorized for the organization"),
        (status = 404, description = "There is no such organization"),
    ),
)]
async fn list(request: Listing<SpacesFilter>) -> Result<Page<Space<'static>>, Problem> {
    let SpacesFilter { organization, spaces } = &request.filter;
    let readmodel = &request.app.readmodel;
    let (asker, page, count) = (request.asker(), request.page(), request.wants_total());
    Ok(request.answer(readmodel.spaces(asker, organization.as_ref(), spaces, page, count).await?))
}

/// Get a space
///
/// One that the caller can see. Needs the permission `spaces:read`, which everybody in it has.
#[utoipa::path(get, path = "/spaces/{space}", tag = TAG, operation_id = "get_space")]
async fn get(request: Reads<In<SpaceId>>) -> Result<Found<Space<'static>>, Problem> {
    let In(space) = &request.path;
    Ok(request.found(&request.app.readmodel.space(request.asker(), space).await?))
}

/// Update a space
///
/// Absent fields keep their values; null clears. Needs the permission `spaces:write`, which the admins of a space have.
#[utoipa::path(
    patch, path = "/spaces/{space}", tag = TAG, operation_id = "update_space",
    responses((status = 409, description = "The slug is taken, or the space is archived")),
)]
async fn update(
    Writes { by, path: space, body, .. }: Writes<SpaceChanges, In<SpaceId>>,
) -> Result<Changed<Space<'static>>, Problem> {
    Ok(by.change(&body.check(space)?).await?)
}

/// Archive a space
///
/// What is in it stays, and is not changed any more. It keeps its slug. Needs the permission `spaces:write`.
#[utoipa::path(
    post, path = "/spaces/{space}/archive", tag = TAG, operation_id = "archive_space",
    responses((status = 409, description = "Archived already")),
)]
async fn archive(
    Writes { by, path: space, .. }: Writes<Nothing, In<SpaceId>>,
) -> Result<Changed<Space<'static>>, Problem> {
    Ok(by.change(&ChangeSpace { space, change: SpaceChange::Archive }).await?)
}
