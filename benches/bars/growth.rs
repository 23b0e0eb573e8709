//! Whether a large ledger is slower than a small one.

use crate::{
    Options, Result,
    cluster::Cluster,
    copies::{EVENTS_EACH, Grown},
    process::Server,
    report::{Report, Series, Target},
    subject::{Subject, Work},
};

const CONNECTIONS: usize = 64;
const SMALL: i64 = 10_000;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    if !options.wants("growth") {
        return Ok(());
    }
    let cluster = Cluster::start(&[]).await?;
    let small = Side::new(&cluster, "small", SMALL).await?;
    let large = Side::new(&cluster, "large", options.events).await?;
    let [mut smalls, mut larges] = [Series::default(), Series::default()];
    for _ in 0..options.rounds {
        for (side, series) in [(&small, &mut smalls), (&large, &mut larges)] {
            cluster.checkpoint().await?;
            let traffic = side.subject.prepare(&Work::ChangeOf(side.ledger.ids.clone())).await?;
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

struct Side {
    name: &'static str,
    subject: Subject,
    ledger: Grown,
}

impl Side {
    async fn new(cluster: &Cluster, name: &'static str, events: i64) -> Result<Self> {
        let ledger = Grown::new(cluster, name, events).await?;
        let server = Server::tenantry(ledger.folder.path(), &ledger.url)?;
        Ok(Self { name, subject: Subject::tenantry(server, Some(cluster.process())), ledger })
    }
}
