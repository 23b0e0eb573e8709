//! What a start costs, and whether a database without statistics slows the first minute.

use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    process::Server,
    report::{Report, Series, Spread, Target},
    subject::{Subject, Work},
};

const CONNECTIONS: usize = 64;
const ORGANIZATIONS: usize = 1000;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    if options.wants("start") {
        embedded(options, report)?;
    }
    if options.wants("cold") {
        cold(options, report).await?;
    }
    Ok(())
}

/// From the start of the process to its line, with the folder, the tables, the secret and the first account to make.
fn embedded(options: &Options, report: &mut Report) -> Result<()> {
    let mut started = Vec::new();
    let mut resident = Vec::new();
    for _ in 0..options.rounds.max(5) {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let server = Server::tenantry(folder.path(), "sqlite://data/tenantry.db")?;
        started.push(server.started_in.as_secs_f64() * 1000.0);
        resident.push(server.resident()?);
    }
    let (started, resident) = (Spread::of(started), Spread::of(resident));
    let text = format!("{} ms", started.text(0));
    report.bar("start to ready, empty SQLite", "≤ 300 ms", &Target::AtMost(300.0), started.median, &text);
    let text = format!("{} MiB", resident.text(1));
    report.bar("resident after the start", "≤ 60 MiB", &Target::AtMost(60.0), resident.median, &text);
    Ok(())
}

/// Commands on a database that has never been analyzed, against the same on one that has.
async fn cold(options: &Options, report: &mut Report) -> Result<()> {
    let cluster = Cluster::start(&[]).await?;
    let mut colds = Series::default();
    let mut warms = Series::default();
    for round in 0..options.rounds {
        let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
        let name = format!("cold_{round}");
        let url = cluster.database(&name).await?;
        let subject = Subject::tenantry(Server::tenantry(folder.path(), &url)?, Some(cluster.process()));
        let what = "change, from empty";
        let traffic = subject.prepare(&Work::Change(ORGANIZATIONS)).await?;
        let sample = subject.measure(traffic, CONNECTIONS, options.span).await?;
        report.sample("no statistics", what, &sample)?;
        colds.push(sample);
        cluster.execute(&name, "VACUUM ANALYZE").await?;
        // A process of its own: plans that were made before would stay.
        drop(subject);
        let subject = Subject::tenantry(Server::tenantry(folder.path(), &url)?, Some(cluster.process()));
        let traffic = subject.prepare(&Work::Change(ORGANIZATIONS)).await?;
        let sample = subject.measure(traffic, CONNECTIONS, options.span).await?;
        report.sample("analyzed", what, &sample)?;
        warms.push(sample);
    }
    let ratio = colds.over(&warms);
    let text = format!("{} ×; {} /s", ratio.text(2), colds.rates().text(0));
    report.bar("cold start from an empty database", "≥ 0.8 × analyzed", &Target::AtLeast(0.8), ratio.median, &text);
    Ok(())
}
