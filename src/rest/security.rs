//! `/security`: what weakens the security of what the caller is responsible for.

use aggregates::ids::{ApiKeyId, OrganizationId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    identity::masked,
    readmodel::security::{Check, SuspectKey, score},
    web::{
        Problem, Routes,
        extract::{Listing, Reads},
        list::Filter,
        query::{Parameters, Query},
        reply::{Page, Plain},
        routes,
        words::{self, Named, Word},
    },
};

const TAG: &str = "security";

pub fn routes() -> Routes {
    Routes::new().routes(routes!(findings)).routes(routes!(security_score))
}

/// Something that a check found.
#[derive(Debug, Serialize, ToSchema)]
struct SecurityFinding<'a> {
    /// The stable name of the check.
    #[schema(schema_with = words::schema::<Check>)]
    check: Named<Check>,
    title: &'static str,
    /// What to do about it.
    advice: &'static str,
    /// How much it lowers the score, until the findings of its check reach the most that they can take together.
    weight: i64,
    /// The organization whose key it is about; null for your own.
    #[schema(value_type = Option<Uuid>)]
    organization_id: Option<OrganizationId>,
    resource: SecurityFindingResource<'a>,
}

/// The kinds of things that findings are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ResourceType {
    ApiKey,
}

impl Word for ResourceType {
    const ALL: &'static [Self] = &[Self::ApiKey];

    fn word(self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
        }
    }
}

/// What a finding is about.
#[derive(Debug, Serialize, ToSchema)]
struct SecurityFindingResource<'a> {
    #[serde(rename = "type")]
    #[schema(schema_with = words::schema::<ResourceType>)]
    kind: Named<ResourceType>,
    #[schema(value_type = Uuid)]
    id: ApiKeyId,
    name: &'a str,
    masked_key: String,
}

impl<'a> SecurityFinding<'a> {
    fn of(check: Check, SuspectKey { key, .. }: &'a SuspectKey) -> Self {
        Self {
            check: Named(check),
            title: check.title(),
            advice: check.advice(),
            weight: check.weight(),
            organization_id: key.owner().organization(),
            resource: SecurityFindingResource {
                kind: Named(ResourceType::ApiKey),
                id: key.id,
                name: &key.name,
                masked_key: masked(&key.handle, &key.ending),
            },
        }
    }
}

/// All of them, uncounted.
struct EveryFinding;

impl Parameters for EveryFinding {
    fn read(_: &mut Query) -> Self {
        Self
    }
}

impl Filter for EveryFinding {
    const COUNTED: bool = false;
}

/// List security findings
///
/// About your own API keys and those of organizations in which you have the permission `api_keys:read`; a superadmin
/// sees all. Newest key first. A row of a page is a key, which has a finding for each check that it fails.
#[utoipa::path(get, path = "/security/findings", tag = TAG, operation_id = "list_security_findings")]
async fn findings(request: Listing<EveryFinding>) -> Result<Page<SecurityFinding<'static>>, Problem> {
    let suspects = request.app.readmodel.suspect_keys(request.asker(), request.page()).await?;
    Ok(request.answer_as(&suspects, |suspect| suspect.key.id.uuid(), findings_about, None))
}

fn findings_about(suspect: &SuspectKey) -> Vec<SecurityFinding<'_>> {
    suspect.checks.iter().map(|check| SecurityFinding::of(*check, suspect)).collect()
}

/// The findings as one number.
#[derive(Debug, Serialize, ToSchema)]
struct SecurityScore {
    /// 0 to 100: 100 minus what the findings take.
    #[schema(minimum = 0, maximum = 100)]
    score: i64,
    checks: Vec<SecurityCheckResult>,
}

/// What one check takes from the score.
#[derive(Debug, Serialize, ToSchema)]
struct SecurityCheckResult {
    #[schema(schema_with = words::schema::<Check>)]
    check: Named<Check>,
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
#[utoipa::path(get, path = "/security/score", tag = TAG, operation_id = "get_security_score")]
async fn security_score(request: Reads) -> Result<Plain<SecurityScore>, Problem> {
    let counts = request.app.readmodel.count_findings(request.asker()).await?;
    let result = |(check, findings): (Check, i64)| SecurityCheckResult {
        check: Named(check),
        title: check.title(),
        findings,
        weight: check.weight(),
        most: check.most(),
    };
    Ok(Plain::new(&SecurityScore { score: score(&counts), checks: counts.into_iter().map(result).collect() }))
}
