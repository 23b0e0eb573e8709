//! `/api/organizations/{id}/teams`: the same commands and queries as `/api/v1`, in the fields of the classic documents.

use aggregates::{
    ids::{OrganizationId, TeamId},
    organization::Status,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    TAG,
    organizations::gone,
    whole::{Most, Whole},
};
use crate::{
    readmodel::{self, teams::TeamView},
    rest::teams::{NewTeam, location},
    web::{
        Code, Problem, Routes,
        extract::{In, Reads, Writes},
        reply::{Created, Plain, Represents},
        routes, streamed,
        time::time,
    },
};

pub fn routes() -> Routes {
    Routes::new().routes(routes!(list, create))
}

/// The five fields of a team that was made.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicTeam<'a> {
    #[schema(value_type = Uuid)]
    id: TeamId,
    name: &'a str,
    description: Option<&'a str>,
    #[schema(value_type = Uuid)]
    organization_id: OrganizationId,
    #[serde(serialize_with = "time")]
    created_at: DateTime<Utc>,
}

/// The three fields of a team in a list.
#[derive(Debug, Serialize, ToSchema)]
struct ClassicTeamSummary<'a> {
    #[schema(value_type = Uuid)]
    id: TeamId,
    name: &'a str,
    description: Option<&'a str>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ClassicTeams<'a> {
    teams: Vec<ClassicTeamSummary<'a>>,
}

impl<'a> From<&'a TeamView> for ClassicTeam<'a> {
    fn from(TeamView { team, .. }: &'a TeamView) -> Self {
        Self {
            id: team.id,
            name: &team.name,
            description: team.description.as_deref(),
            organization_id: team.organization_id,
            created_at: team.created_at,
        }
    }
}

impl<'a> From<&'a TeamView> for ClassicTeamSummary<'a> {
    fn from(TeamView { team, .. }: &'a TeamView) -> Self {
        Self { id: team.id, name: &team.name, description: team.description.as_deref() }
    }
}

impl Represents for ClassicTeam<'_> {
    type View = TeamView;
    type As<'v> = ClassicTeam<'v>;
}

/// List teams
///
/// Newest first. Needs the permission `teams:read`.
#[utoipa::path(get, path = "/organizations/{id}/teams", tag = TAG, operation_id = "classic_list_teams")]
async fn list(request: Reads<In, Most>) -> Result<Plain<ClassicTeams<'static>>, Problem> {
    let (asker, In(organization), readmodel) = (request.asker(), &request.path, &request.app.readmodel);
    let found = readmodel.find_organization(asker, organization).await?;
    // Nothing in the classic fields says that an organization is deleted: here it is gone for everybody.
    if found.is_none_or(|view| view.organization.status == Status::Deleted) {
        return Err(Problem::new(Code::OrganizationNotFound));
    }
    let whole = Whole::new(&request.query);
    let (readmodel, organization) = (readmodel.clone(), organization.clone());
    let read = move |page| {
        let (readmodel, organization) = (readmodel.clone(), organization.clone());
        async move { Ok::<_, readmodel::Error>(readmodel.teams(asker, &organization, page, false).await?.rows) }
    };
    let first = read(whole.page()).await?;
    let rest = whole.rest(&first, |view| view.team.id.uuid(), read);
    let show = |view: &TeamView| serde_json::to_vec(&ClassicTeamSummary::from(view));
    Ok(streamed::list((r#"{"teams":["#, "]}"), first, rest, show).into())
}

/// Create a team
///
/// Needs the permission `teams:write`.
#[utoipa::path(
    post, path = "/organizations/{id}/teams", tag = TAG, operation_id = "classic_create_team",
    responses((status = 409, description = "The name is taken")),
)]
async fn create(
    Writes { by, path: organization, body, .. }: Writes<NewTeam, In>,
) -> Result<Created<ClassicTeam<'static>>, Problem> {
    by.create(&body.check(organization)?, location).await.map_err(gone)
}
