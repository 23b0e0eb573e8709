//! Counts of use that wait to be recorded.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde_json::json;
use sqlx::Executor;
use uuid::Uuid;

use super::{Deployment, Engine, Server};

/// What a key was used for in an hour.
#[derive(Debug, Clone)]
pub struct Counted {
    pub organization: String,
    /// When the hour began.
    pub hour: DateTime<Utc>,
    pub key: Uuid,
    pub requests: i64,
    pub verifications: i64,
    /// Whether its time to be recorded has come.
    pub is_due: bool,
}

impl Counted {
    fn values(&self, engine: Engine) -> String {
        let due_at = Utc::now() + if self.is_due { TimeDelta::minutes(-1) } else { TimeDelta::days(1) };
        let time = |time: DateTime<Utc>| match engine {
            Engine::Sqlite => time.timestamp_millis().to_string(),
            Engine::Postgres => format!("'{}'", time.to_rfc3339()),
        };
        let Self { organization, hour, key, requests, verifications, .. } = self;
        let (hour, due_at) = (time(*hour), time(due_at));
        format!("('{organization}', {hour}, '{key}', {requests}, {verifications}, {due_at})")
    }
}

impl Server {
    /// Puts counts into the buffer while no server runs, and starts again.
    pub async fn count(&mut self, counted: &[Counted]) {
        self.kill();
        let Deployment { engine, database_url: url, .. } = self.deployment();
        let values: Vec<_> = counted.iter().map(|counted| counted.values(*engine)).collect();
        let columns = "organization_id, hour, api_key_id, requests, verifications, due_at";
        let sql = format!("INSERT INTO usage_buffer ({columns}) VALUES {}", values.join(", "));
        match engine {
            Engine::Sqlite => {
                let pool = sqlx::SqlitePool::connect(url).await.expect("a database");
                pool.execute(sql.as_str()).await.expect("counted");
                pool.close().await;
            }
            Engine::Postgres => {
                let pool = sqlx::PgPool::connect(url).await.expect("a database");
                pool.execute(sql.as_str()).await.expect("counted");
                pool.close().await;
            }
        }
        self.start_again();
    }

    /// Makes a key that reads in an organization and is never limited; its id, and the key itself.
    pub async fn reading_key(&self, organization: &str) -> (String, String) {
        let body = json!({
            "name": "Reader",
            "organization": organization,
            "scopes": [format!("org:{organization}:organization:read")],
            "rate_limit": { "requests": 1_000_000, "window_seconds": 1 },
        });
        let made = self.post("/api/v1/api-keys").json(body).send().await.expect(201);
        (made.id().to_owned(), made["key"].as_str().expect("a key").to_owned())
    }

    /// Requests and verifications of an organization in the last two days, recorded or not.
    pub async fn usage(&self, organization: &str) -> (i64, i64) {
        let time = |days| (Utc::now() + TimeDelta::days(days)).to_rfc3339_opts(SecondsFormat::Secs, true);
        let path = format!("/api/v1/organizations/{organization}/usage?from={}&to={}", time(-1), time(1));
        let days = self.get(&path).send().await.expect(200);
        let sum = |field: &str| {
            let days = days.json.as_array().expect("days").iter();
            days.map(|day| day[field].as_i64().expect("a number")).sum()
        };
        (sum("requests"), sum("verifications"))
    }

    /// How many hours are in the ledger, and how many rows wait in the buffer.
    pub async fn usage_rows(&self) -> (i64, i64) {
        let ledger = self.deployment().ledger().await;
        let recorded = ledger.number("SELECT count(*) FROM events WHERE event_type = 'UsageRecorded'").await;
        let buffered = ledger.number("SELECT count(*) FROM usage_buffer").await;
        ledger.close().await;
        (recorded, buffered)
    }
}
