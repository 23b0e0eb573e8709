//! The JSON answer that the baselines give: the fields of `/api/v1/organizations/{org}`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize, Serializer};
use uuid::Uuid;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Organization {
    pub id: Uuid,
    pub name: String,
    pub slug: String,
    pub description: Option<String>,
    pub domain: Option<String>,
    pub billing_email: Option<String>,
    pub status: String,
    pub plan: String,
    pub is_personal: bool,
    pub owner: Person,
    pub is_owner: bool,
    pub role: Option<String>,
    pub user_count: i64,
    pub workspace_count: i64,
    pub project_count: i64,
    pub space_count: i64,
    pub spaces: Vec<String>,
    pub limits: Limits,
    pub usage: Usage,
    pub jwt_expiry_secs: i64,
    pub settings: Settings,
    pub metadata: serde_json::Value,
    pub purge_after: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Person {
    pub id: Uuid,
    pub email: Option<String>,
    pub name: Option<String>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Limits {
    pub max_concurrent_agents: i64,
    pub max_runtime_hours: f64,
    pub max_workspaces: i64,
    pub max_members: i64,
    pub max_spaces: i64,
}

impl Limits {
    /// What the free plan allows.
    pub const FREE: Self =
        Self { max_concurrent_agents: 5, max_runtime_hours: 100.0, max_workspaces: 5, max_members: 25, max_spaces: 10 };
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Usage {
    pub running_agents: i64,
    pub runtime_hours: f64,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Settings {
    pub timezone: Option<String>,
    pub locale: Option<String>,
    pub logo_url: Option<String>,
}

fn time<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::Millis, true))
}
