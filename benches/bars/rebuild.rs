//! How fast the read model is folded again.

use std::{
    process::Stdio,
    time::{Duration, Instant},
};

use crate::{
    Options, Result,
    cluster::Cluster,
    copies::{EVENTS_EACH, Grown},
    process::{self, Server},
    report::{Report, Spread, Target},
};

const ORGANIZATIONS: i64 = 50_000;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    if !options.wants("rebuild") {
        return Ok(());
    }
    let cluster = Cluster::start(&[]).await?;
    let events = ORGANIZATIONS * EVENTS_EACH;
    let ledger = Grown::new(&cluster, "rebuilt", events).await?;
    let mut rates = Vec::new();
    let mut peaks = Vec::new();
    for _ in 0..options.rounds.min(3) {
        cluster.checkpoint().await?;
        let (seconds, peak) = command(&ledger, "rebuild").await?;
        report.line(&format!("rebuild of {events} events: {seconds:.2} s, at most {peak:.0} MiB"))?;
        rates.push(f64::from(u32::try_from(events)?) / seconds);
        peaks.push(peak);
    }
    // It fails when one row differs: then the copied ledger is not one that the server could have written.
    let (seconds, _) = command(&ledger, "verify").await?;
    report.line(&format!("verify: {seconds:.2} s"))?;
    let (rate, peak) = (Spread::of(rates), Spread::of(peaks));
    let text = format!("{} events/s", rate.text(0));
    report.bar("rebuild into PostgreSQL", "≥ 50000 events/s", &Target::AtLeast(50_000.0), rate.median, &text);
    report.bar("rebuild: resident at most", "", &Target::None, 0.0, &format!("{} MiB", peak.text(0)));
    Ok(())
}

/// Runs `tenantry projections <what>` and gives its seconds and the most memory it had, in MiB.
async fn command(ledger: &Grown, what: &str) -> Result<(f64, f64)> {
    let mut command = Server::command(ledger.folder.path(), &ledger.url)?;
    let begun = Instant::now();
    let mut child = command.args(["projections", what]).stdout(Stdio::null()).spawn()?;
    let mut peak = 0.0;
    loop {
        if let Some(status) = child.try_wait()? {
            let seconds = begun.elapsed().as_secs_f64();
            return if status.success() { Ok((seconds, peak)) } else { Err(format!("{what}: {status}").into()) };
        }
        peak = process::memory(child.id(), "VmHWM:").unwrap_or(peak);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
