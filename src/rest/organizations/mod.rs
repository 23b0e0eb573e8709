//! `/organizations`.

mod body;
mod life;
mod representation;
mod slug_and_limits;

use aggregates::{authorization::Asker, ids::UserId};
use secrecy::SecretString;
use uuid::Uuid;

pub(crate) use self::representation::{Organization, OrganizationSummary};
pub(super) use self::{
    body::{NewOrganization, OrganizationChanges},
    representation::{ActivationLink, NewlyCreated, SeenSpaces},
};
use crate::{
    commands::{
        members::Activation,
        organizations::{CreatedOrganization, Life, LifeCommand},
    },
    identity::one_time::OneTime,
    ledger::StoredReply,
    readmodel::{
        organizations::{OrganizationFilter, OrganizationView},
        spaces::SpaceFilter,
    },
    web::{
        App, Code, Problem, Routes,
        extract::{In, Listing, Nothing, Reads, Writes},
        list::Filter,
        query::{Parameters, Query},
        reply::{self, Changed, Created, Found, Page, Removed},
        routes,
    },
};

/// How many of an organization's spaces are shown with it.
const SHOWN_SPACES: i64 = 100;

pub(super) const TAG: &str = "organizations";

pub fn routes() -> Routes {
    Routes::new()
        .routes(routes!(list, create))
        .routes(routes!(get, update, delete))
        .merge(life::routes())
        .merge(slug_and_limits::routes())
}

/// Create an organization
///
/// With a default workspace and the built-in roles. The caller becomes the owner, unless `owner_email` names another
/// person. For an address without an account, an invited user is created, who gets in with the `activation` of the
/// answer. When no slug is sent, one is derived from the name.
#[utoipa::path(
    post, path = "/organizations", tag = TAG, operation_id = "create_organization",
    responses((status = 409, description = "The slug is taken")),
)]
async fn create(Writes { by, body, .. }: Writes<NewOrganization>) -> Result<Created<NewlyCreated<'static>>, Problem> {
    let (asker, dry_run) = (by.asker(), by.write.dry_run);
    if body.owner_email.is_some() {
        admit_address(&by.app, asker)?;
    }
    let (activation, token) = new_activation();
    let command = body.check(by.app.settings.creation, activation)?;
    let present = move |view: &CreatedOrganization| {
        let body = NewlyCreated::new(view, asker, dry_run);
        let location = format!("/api/v1/organizations/{}", body.organization.id);
        reply::created(&body, view.organization.organization.version, location)
    };
    let appended = by.run(&command, present).await?;
    Ok(reply::with_activation(&by.app, appended, &by.write, &token)?.into())
}

/// What lets a person in who has no account yet: what is kept of it, and the token.
pub(super) fn new_activation() -> (Activation, SecretString) {
    let user = UserId::new(Uuid::now_v7());
    let OneTime { token, hash: token_hash } = OneTime::new(user.uuid());
    (Activation { user, token_hash }, token)
}

/// A caller who names an address learns whether it has an account. That is limited, as it is for signing up.
pub(super) fn admit_address(app: &App, asker: Asker) -> Result<(), Problem> {
    if asker.operates() {
        return Ok(());
    }
    let user = asker.responsible().map(|user| user.to_string());
    let admitted = app.addresses.admit(user.as_deref());
    admitted.map_err(|too_many| Problem::limited(Code::RateLimited, &too_many))
}

impl Filter for OrganizationFilter {}

impl Parameters for OrganizationFilter {
    fn read(query: &mut Query) -> Self {
        Self {
            search: query.text("search", "Part of the name or slug; case is ignored."),
            status: query.word("status", "All but deleted ones when absent."),
        }
    }
}

/// List organizations
///
/// Those that the caller belongs to; a superadmin sees all. Newest first.
#[utoipa::path(get, path = "/organizations", tag = TAG, operation_id = "list_organizations")]
async fn list(request: Listing<OrganizationFilter>) -> Result<Page<Organization<'static>>, Problem> {
    let (asker, filter, readmodel) = (request.asker(), &request.filter, &request.app.readmodel);
    let views = readmodel.organizations(asker, filter, request.page()).await?;
    let total = match request.wants_total() {
        true => Some(readmodel.count_organizations(asker, filter).await?),
        false => None,
    };
    let id = |view: &OrganizationView| view.organization.id.uuid();
    let spaces = seen_spaces(&request.app, asker, &views).await?;
    Ok(request.answer_as(&views, id, |view| vec![Organization::with_spaces(view, asker, &spaces)], total))
}

/// The spaces that are shown with organizations. Those that have none are not asked for any.
async fn seen_spaces(app: &App, asker: Asker, views: &[OrganizationView]) -> Result<SeenSpaces, Problem> {
    let having = views.iter().filter(|view| view.counters.spaces > 0);
    let having: Vec<_> = having.map(|view| view.organization.id).collect();
    if having.is_empty() {
        return Ok(SeenSpaces::new());
    }
    Ok(app.readmodel.spaces_of(asker, &having, &SpaceFilter::default(), SHOWN_SPACES).await?)
}

/// Get an organization
///
/// By its id, or by today's or an old slug. Needs the permission `organization:read`, which every built-in role has. One
/// that is deleted is shown to its owners and to superadmins.
#[utoipa::path(
    get, path = "/organizations/{org}", tag = TAG, operation_id = "get_organization",
    responses((status = 404, description = "Unknown or deleted")),
)]
async fn get(request: Reads<In>) -> Result<Found<Organization<'static>>, Problem> {
    let In(organization) = &request.path;
    let view = request.app.readmodel.organization(request.asker(), organization).await?;
    let (asker, version) = (request.asker(), view.organization.version);
    let views = [view];
    let spaces = seen_spaces(&request.app, asker, &views).await?;
    let [view] = &views;
    Ok(request.found_as(&Organization::with_spaces(view, asker, &spaces), version))
}

/// Update an organization
///
/// Absent fields keep their values; null clears. `metadata` is merged pair by pair; a pair with null is removed.
#[utoipa::path(patch, path = "/organizations/{org}", tag = TAG, operation_id = "update_organization")]
async fn update(
    Writes { by, path: id, body, .. }: Writes<OrganizationChanges, In>,
) -> Result<Changed<Organization<'static>>, Problem> {
    Ok(by.run(&body.check(id)?, shown(by.asker())).await?.into())
}

/// Delete an organization
///
/// It is hidden and stops working at once, and can be restored for 30 days.
#[utoipa::path(delete, path = "/organizations/{org}", tag = TAG, operation_id = "delete_organization")]
async fn delete(Writes { by, path: id, .. }: Writes<Nothing, In>) -> Result<Removed, Problem> {
    Ok(by.remove(&LifeCommand { id, life: Life::Delete }).await?)
}

/// Shows the organization as it is after the write.
pub(super) fn shown(asker: Asker) -> impl Fn(&OrganizationView) -> StoredReply + Clone + Send + Sync + 'static {
    move |view| reply::changed(&Organization::new(view, asker), view.organization.version)
}
