//! Large ledgers, made by copying.
//!
//! One organization is made and changed through the API, and its rows are multiplied in SQL, so that what is in the
//! tables is what the server writes. A fifth of the events are creations.

use std::{path::Path, rc::Rc};

use sqlx::Row as _;
use tempfile::TempDir;

use crate::{
    Result,
    cluster::Cluster,
    process::Server,
    subject::{Subject, Work},
};

/// Of each organization: the creations of it and its workspace, and changes.
pub const EVENTS_EACH: i64 = 10;
/// Organizations that are drawn from all of the ledger.
const DRAWN: i64 = 1000;
/// Copies that one statement makes.
const STEP: i64 = 50_000;

/// A ledger that nobody serves yet.
pub struct Grown {
    pub url: String,
    pub folder: TempDir,
    /// Some of its organizations.
    pub ids: Rc<[String]>,
}

impl Grown {
    pub async fn new(cluster: &Cluster, database: &str, events: i64) -> Result<Self> {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let url = cluster.database(database).await?;
        let model = model(cluster, folder.path(), &url).await?;
        let mut connection = cluster.connect(database).await?;
        for sql in copying(&model) {
            sqlx::raw_sql(&sql).execute(&mut connection).await?;
        }
        let copies = events / EVENTS_EACH;
        for from in (1..=copies).step_by(usize::try_from(STEP)?) {
            let copy = format!("SELECT copy_organizations({from}, {})", copies.min(from + STEP - 1));
            sqlx::raw_sql(&copy).execute(&mut connection).await?;
        }
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
        let drawn = format!("SELECT id::text FROM organizations ORDER BY md5(id::text) LIMIT {DRAWN}");
        let rows = sqlx::query(&drawn).fetch_all(&mut connection).await?;
        let ids = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
        Ok(Self { url, folder, ids })
    }
}

/// The organization that is copied.
async fn model(cluster: &Cluster, folder: &Path, url: &str) -> Result<String> {
    let subject = Subject::tenantry(Server::tenantry(folder, url)?, Some(cluster.process()));
    let ids = subject.organizations(1).await?;
    // Its creation is two events.
    for _ in 2..EVENTS_EACH {
        subject.body(&Work::ChangeOf(ids.clone())).await?;
    }
    ids.first().cloned().ok_or_else(|| "no organization".into())
}

/// A function that copies the model organization under new ids and slugs, once for each number.
fn copying(id: &str) -> [String; 2] {
    // Every text of the model's ids and slug is replaced; whatever the columns are, the copy has them.
    let tables = ["organizations", "organization_counters", "memberships", "workspaces"];
    let copies: Vec<_> = tables
        .iter()
        .map(|table| {
            let key = if *table == "organizations" { "id" } else { "organization_id" };
            format!(
                "INSERT INTO {table} SELECT r.* FROM generate_series(low, high) n, {table} t, \
                 jsonb_populate_record(NULL::{table}, renamed(to_jsonb(t)::text, n)::jsonb) r WHERE t.{key} = '{id}';"
            )
        })
        .collect();
    let renamed = format!(
        "CREATE FUNCTION renamed(text, bigint) RETURNS text LANGUAGE sql AS $$ \
         SELECT replace(replace(replace($1, '{id}', md5('organization' || $2)::uuid::text), \
             (SELECT id::text FROM workspaces WHERE organization_id = '{id}'), md5('workspace' || $2)::uuid::text), \
             (SELECT slug FROM organizations WHERE id = '{id}'), 'copy-' || $2) $$"
    );
    let copy = format!(
        "CREATE FUNCTION copy_organizations(low bigint, high bigint) RETURNS void LANGUAGE plpgsql AS $$ \
         DECLARE head bigint := (SELECT max(position) FROM events); \
         BEGIN \
         INSERT INTO events SELECT head + row_number() OVER (ORDER BY n, e.position), gen_random_uuid(), \
             e.aggregate_type, renamed(e.aggregate_id, n), e.sequence, e.event_type, e.event_version, \
             renamed(e.payload::text, n)::json, e.metadata, renamed(e.organization_id::text, n)::uuid, e.recorded_at \
             FROM generate_series(low, high) n, events e WHERE e.organization_id = '{id}'; \
         {} \
         INSERT INTO claims SELECT c.kind, renamed(c.value, n), renamed(c.holder::text, n)::uuid \
             FROM generate_series(low, high) n, claims c \
             WHERE c.holder IN ('{id}', (SELECT w.id FROM workspaces w WHERE w.organization_id = '{id}')); \
         END $$",
        copies.join(" ")
    );
    [renamed, copy]
}
