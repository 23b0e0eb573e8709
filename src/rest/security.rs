//! `/security`: what weakens the security of what the caller is responsible for.

use aggregates::ids::{ApiKeyId, OrganizationId};
use axum::{extract::State, response::Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::organizations::NoParams;
use crate::{
    identity::masked,
    readmodel::security::{Check, SuspectKey, score},
    web::{
        App, Problem, Routes,
        extract::{Caller, Query},
        fields::Fields,
        list::{List, Paging},
        problem::ProblemDocument,
        reply,
    },
};

const TAG: &str = "security";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(findings)).routes(routes!(security_score))
}

/// Something that a check found.
#[derive(Debug, Serialize, ToSchema)]
struct Finding<'a> {
    /// The stable name of the check.
    check: &'static str,
    title: &'static str,
    /// What to do about it.
    advice: &'static str,
    /// How much it lowers the score, until the findings of its check reach the most that they can take together.
    weight: i64,
    /// The organization whose key it is about; null for your own.
    #[schema(value_type = Option<Uuid>)]
    organization_id: Option<OrganizationId>,
    resource: FoundResource<'a>,
}

/// What a finding is about.
#[derive(Debug, Serialize, ToSchema)]
struct FoundResource<'a> {
    /// `api_key`.
    #[serde(rename = "type")]
    kind: &'static str,
    #[schema(value_type = Uuid)]
    id: ApiKeyId,
    name: &'a str,
    masked_key: String,
}

impl<'a> Finding<'a> {
    fn of(check: Check, SuspectKey { key, .. }: &'a SuspectKey) -> Self {
        Self {
            check: check.as_str(),
            title: check.title(),
            advice: check.advice(),
            weight: check.weight(),
            organization_id: key.owner().organization(),
            resource: FoundResource {
                kind: "api_key",
                id: key.id,
                name: &key.name,
                masked_key: masked(&key.handle, &key.ending),
            },
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// Resources on a page, 1 to 100; 50 when absent. A resource has a finding for each check that it fails.
    limit: Option<i64>,
    /// From the link to the next page.
    cursor: Option<String>,
}

/// List security findings
///
/// About your own API keys and those of organizations in which you have the permission `api_keys:read`; a superadmin
/// sees all. Newest key first.
#[utoipa::path(
    get, path = "/security/findings", tag = TAG, operation_id = "list_security_findings",
    params(ListParams),
    responses((status = 200, body = Vec<Finding>, headers(("Link" = String))), (status = 401, body = ProblemDocument)),
)]
async fn findings(
    State(app): State<App>,
    caller: Caller,
    Query(ListParams { limit, cursor }): Query<ListParams>,
) -> Result<Response, Problem> {
    let paging = Paging { limit, cursor, include: None };
    let path = "/security/findings".to_owned();
    let list = List::check(&app, caller.asker(), path, vec![], paging, Fields::default())?;
    let suspects = app.readmodel.suspect_keys(caller.asker(), list.page()).await?;
    list.answer_each(&suspects, |suspect| suspect.key.id.uuid(), list_of, None)
}

fn list_of(suspect: &SuspectKey) -> Vec<Finding<'_>> {
    suspect.checks.iter().map(|check| Finding::of(*check, suspect)).collect()
}

/// The findings as one number.
#[derive(Debug, Serialize, ToSchema)]
struct SecurityScore {
    /// 0 to 100: 100 minus what the findings take.
    score: i64,
    checks: Vec<CheckResult>,
}

/// What one check takes from the score.
#[derive(Debug, Serialize, ToSchema)]
struct CheckResult {
    check: &'static str,
    title: &'static str,
    findings: i64,
    /// How much one finding takes.
    weight: i64,
    /// How much all of them take at most.
    most: i64,
}

/// Get the security score
///
/// It covers all the keys that the list of findings covers.
#[utoipa::path(
    get, path = "/security/score", tag = TAG, operation_id = "get_security_score",
    responses((status = 200, body = SecurityScore), (status = 401, body = ProblemDocument)),
)]
async fn security_score(
    State(app): State<App>,
    caller: Caller,
    Query(NoParams {}): Query<NoParams>,
) -> Result<Response, Problem> {
    let counts = app.readmodel.count_findings(caller.asker()).await?;
    let result = |(check, findings): (Check, i64)| CheckResult {
        check: check.as_str(),
        title: check.title(),
        findings,
        weight: check.weight(),
        most: check.most(),
    };
    Ok(reply::plain(&SecurityScore { score: score(&counts), checks: counts.into_iter().map(result).collect() }))
}
