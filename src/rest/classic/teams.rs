//! `/api/organizations/{id}/teams`: the same commands and queries as `/api/v1`, in the fields of the classic documents.

use aggregates::{
    ids::{OrganizationId, TeamId},
    organization::Status,
};
use axum::{
    extract::{Path, State},
    response::Response,
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    TAG,
    organizations::gone,
    whole::{ListParams, Whole},
};
use crate::{
    readmodel::{self, organizations::Reference, teams::TeamView},
    rest::{
        organizations::resolve,
        teams::{NewTeam, location},
    },
    web::{
        App, Code, Problem, ProblemDocument, Routes,
        extract::{Caller, Input, Query},
        reply, streamed,
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

/// List teams
#[utoipa::path(
    get, path = "/organizations/{id}/teams", tag = TAG, operation_id = "classic_list_teams",
    params(("id" = String, Path, description = "Id, slug or old slug"), ListParams),
    responses((status = 200, body = ClassicTeams), (status = 404, body = ProblemDocument)),
)]
async fn list(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    tracing::Span::current().record("organization", &id);
    let (asker, organization) = (caller.asker(), Reference::parse(&id));
    let found = app.readmodel.find_organization(asker, &organization).await?;
    // The classic fields cannot say that an organization is deleted: here it is gone for everybody.
    if found.is_none_or(|view| view.organization.status == Status::Deleted) {
        return Err(Problem::new(Code::OrganizationNotFound));
    }
    let whole = Whole::new(&params)?;
    let read = move |page| {
        let (readmodel, organization) = (app.readmodel.clone(), organization.clone());
        async move { Ok::<_, readmodel::Error>(readmodel.teams(asker, &organization, page, false).await?.rows) }
    };
    let first = read(whole.page()).await?;
    let rest = whole.rest(&first, |view| view.team.id.uuid(), read);
    let show = |view: &TeamView| serde_json::to_vec(&ClassicTeamSummary::from(view));
    Ok(streamed::list((r#"{"teams":["#, "]}"), first, rest, show))
}

/// Create a team
#[utoipa::path(
    post, path = "/organizations/{id}/teams", tag = TAG, operation_id = "classic_create_team",
    params(("id" = String, Path, description = "Id, slug or old slug")),
    request_body = NewTeam,
    responses((status = 201, body = ClassicTeam), (status = 409, body = ProblemDocument), (status = 422, body = ProblemDocument)),
)]
async fn create(State(app): State<App>, Path(id): Path<String>, input: Input<NewTeam>) -> Result<Response, Problem> {
    let command = input.body.check(resolve(&app, &id).await?)?;
    let present = |view: &TeamView| reply::created(&ClassicTeam::from(view), view.team.version, location(view));
    reply::written(app.commands.run(&input.write, &command, present).await.map_err(gone)?)
}
