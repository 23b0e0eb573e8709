//! Whether a large ledger is slower than a small one.
//!
//! Ledgers are grown by copying: one organization is made through the API, and its rows are multiplied in SQL, so that
//! what is in the tables is what the server writes.

use std::rc::Rc;

use sqlx::Row as _;
use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    process::Server,
    report::{Report, Series, Target},
    subject::{Subject, Work},
};

const CONNECTIONS: usize = 64;
/// Organizations that are changed, drawn from all of the ledger.
const ACTIVE: i64 = 1000;
/// Of each organization: the creations of it and its workspace, and changes.
const EVENTS_EACH: i64 = 10;
const SMALL: i64 = 10_000;
/// Copies that one statement makes.
const STEP: i64 = 50_000;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    if !options.wants("growth") {
        return Ok(());
    }
    let cluster = Cluster::start(&[]).await?;
    let small = Grown::new(&cluster, "small", SMALL).await?;
    let large = Grown::new(&cluster, "large", options.events).await?;
    let [mut smalls, mut larges] = [Series::default(), Series::default()];
    for _ in 0..options.rounds {
        for (side, series) in [(&small, &mut smalls), (&large, &mut larges)] {
            cluster.checkpoint().await?;
            let traffic = side.subject.prepare(&Work::ChangeOf(side.ids.clone())).await?;
            let sample = side.subject.measure(traffic, CONNECTIONS, options.span).await?;
            report.sample(side.name, "growth: change", &sample)?;
            series.push(sample);
        }
    }
    let slower = smalls.over(&larges);
    let events = options.events;
    let text = format!("{} ×; {} /s against {} /s", slower.text(2), larges.rates().text(0), smalls.rates().text(0));
    report.bar(
        &format!("growth: throughput at {SMALL} events over {events}"),
        "≤ 1.3",
        &Target::AtMost(1.3),
        slower.median,
        &text,
    );
    let resident = large.subject.server.resident()?;
    let organizations = options.events / EVENTS_EACH;
    let name = format!("resident at {organizations} organizations, after the load");
    report.bar(&name, "≤ 200 MiB", &Target::AtMost(200.0), resident, &format!("{resident:.0} MiB"));
    let (few, many) = (smalls.percentile(500), larges.percentile(500));
    let ratio = many.median / few.median;
    let text = format!("{ratio:.2} ×; {} ms against {} ms", many.text(2), few.text(2));
    report.bar(&format!("growth: p50 at {events} events over {SMALL}"), "≤ 1.3", &Target::AtMost(1.3), ratio, &text);
    Ok(())
}

struct Grown {
    name: &'static str,
    subject: Subject,
    ids: Rc<[String]>,
    _folder: TempDir,
}

impl Grown {
    async fn new(cluster: &Cluster, name: &'static str, events: i64) -> Result<Self> {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let url = cluster.database(name).await?;
        let first = Subject::tenantry(Server::tenantry(folder.path(), &url)?, Some(cluster.process()));
        let model = first.organizations(1).await?;
        // Its creation is two events.
        for _ in 2..EVENTS_EACH {
            first.body(&Work::ChangeOf(model.clone())).await?;
        }
        drop(first);
        let id = model.first().ok_or("no organization")?;
        let mut connection = cluster.connect(name).await?;
        for sql in copying(id) {
            sqlx::raw_sql(&sql).execute(&mut connection).await?;
        }
        let copies = events / EVENTS_EACH;
        for from in (1..=copies).step_by(usize::try_from(STEP)?) {
            let copy = format!("SELECT copy_organizations({from}, {})", copies.min(from + STEP - 1));
            sqlx::raw_sql(&copy).execute(&mut connection).await?;
        }
        sqlx::raw_sql("VACUUM ANALYZE").execute(&mut connection).await?;
        let sample = format!("SELECT id::text FROM organizations ORDER BY md5(id::text) LIMIT {ACTIVE}");
        let rows = sqlx::query(&sample).fetch_all(&mut connection).await?;
        let ids = rows.iter().map(|row| row.try_get(0)).collect::<sqlx::Result<_>>()?;
        let subject = Subject::tenantry(Server::tenantry(folder.path(), &url)?, Some(cluster.process()));
        Ok(Self { name, subject, ids, _folder: folder })
    }
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
