//! The bars on commands.

use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    process::Server,
    profile::{self, Profile},
    report::{Report, Series, Target},
    stock,
    subject::{Subject, Work},
};

struct Bar {
    name: &'static str,
    work: Work,
    connections: usize,
    /// How many times the stock service's rate.
    times: f64,
    /// Whether p99 has to stay within 20 ms.
    prompt: bool,
}

const ORGANIZATIONS: usize = 1000;

fn bars() -> [Bar; 6] {
    let bar = |name, work, connections, times, prompt| Bar { name, work, connections, times, prompt };
    [
        bar("change, 64 connections", Work::Change(ORGANIZATIONS), 64, 4.0, true),
        bar("create, 64 connections", Work::Create, 64, 2.5, true),
        bar("create, 256 connections", Work::Create, 256, 3.5, false),
        bar("change, 1 connection", Work::Change(ORGANIZATIONS), 1, 1.0, false),
        bar("create, 1 connection", Work::Create, 1, 1.0, false),
        bar("change of one, 64 connections", Work::Change(1), 64, 3.0, false),
    ]
}

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    let settings: &[&str] = if options.profile { &profile::SETTINGS } else { &[] };
    let cluster = Cluster::start(settings).await?;
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let stock_url = cluster.database("stock").await?;
    cluster.execute("stock", stock::TABLES).await?;
    let stock = Subject::baseline("stock", Server::baseline("stock", &stock_url)?, Some(cluster.process()));
    let ours_url = cluster.database("tenantry").await?;
    let ours = Subject::tenantry(Server::tenantry(folder.path(), &ours_url)?, Some(cluster.process()));
    let embedded_folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let file = format!("sqlite://{}/tenantry.db", embedded_folder.path().display());
    let embedded = Subject::tenantry(Server::tenantry(embedded_folder.path(), &file)?, None);
    for bar in bars().iter().filter(|bar| options.wants(bar.name)) {
        let sides = [&stock, &ours, &embedded];
        let series = measure(bar, sides, &cluster, options, report).await?;
        judge(bar, &series, report);
    }
    Ok(())
}

/// In turns, so that what disturbs the machine disturbs all sides.
async fn measure(
    bar: &Bar,
    sides: [&Subject; 3],
    cluster: &Cluster,
    options: &Options,
    report: &Report,
) -> Result<[Series; 3]> {
    let mut series = [Series::default(), Series::default(), Series::default()];
    for _ in 0..options.rounds {
        for (side, series) in sides.into_iter().zip(&mut series) {
            let traffic = side.prepare(&bar.work).await?;
            cluster.checkpoint().await?;
            let profile = if options.profile { Some(Profile::begin(cluster, side).await?) } else { None };
            let sample = side.measure(traffic, bar.connections, options.span).await?;
            report.sample(side.name, bar.name, &sample)?;
            if let Some(profile) = profile {
                profile.end(cluster, side, report).await?;
            }
            series.push(sample);
        }
    }
    Ok(series)
}

fn judge(bar: &Bar, [stock, ours, embedded]: &[Series; 3], report: &mut Report) {
    let ratio = ours.over(stock);
    let figures = format!("{} ×; {} /s against {} /s", ratio.text(2), ours.rates().text(0), stock.rates().text(0));
    report.bar(bar.name, &format!("≥ {} × stock", bar.times), &Target::AtLeast(bar.times), ratio.median, &figures);
    let p99 = ours.percentile(990);
    let prompt = if bar.prompt { Target::AtMost(20.0) } else { Target::None };
    let target = if bar.prompt { "≤ 20 ms" } else { "" };
    let latency = format!("{} ms; stock {} ms", p99.text(1), stock.percentile(990).text(1));
    report.bar(&format!("{}: p99", bar.name), target, &prompt, p99.median, &latency);
    let errors = format!("{}; stock {}", ours.errors(), stock.errors());
    report.bar(
        &format!("{}: answers other than 2xx", bar.name),
        "0",
        &Target::AtMost(0.0),
        f64::from(ours.errors()),
        &errors,
    );
    let cheaper = stock.cost().median / ours.cost().median;
    let figures = format!("{cheaper:.1} ×; {} µs against {} µs", ours.cost().text(0), stock.cost().text(0));
    report.bar(
        &format!("{}: processor time a request, stock over tenantry", bar.name),
        "",
        &Target::None,
        0.0,
        &figures,
    );
    let ratio = embedded.over(ours);
    let figures = format!("{} ×; {} /s", ratio.text(2), embedded.rates().text(0));
    report.bar(&format!("{}: SQLite", bar.name), "≥ PostgreSQL", &Target::AtLeast(1.0), ratio.median, &figures);
}
