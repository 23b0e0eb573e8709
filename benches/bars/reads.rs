//! The bars on queries.

use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    process::Server,
    report::{Report, Series, Target},
    subject::{Subject, Work},
};

const ORGANIZATIONS: usize = 1000;
const CONNECTIONS: usize = 64;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    let cluster = Cluster::start(&[]).await?;
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let url = cluster.database("tenantry").await?;
    let ours = Subject::tenantry(Server::tenantry(folder.path(), &url)?, Some(cluster.process()));
    let ids = ours.organizations(ORGANIZATIONS).await?;
    cluster.execute("tenantry", "VACUUM ANALYZE").await?;
    let query = Subject::baseline("axum and query", Server::baseline("query", &url)?, Some(cluster.process()));
    for (name, work) in [("get one", Work::Get(ids)), ("list of 20", Work::List)] {
        beside_its_query(name, &work, &query, &ours, options, report).await?;
    }
    // By a member: the token is verified, and their membership in the organization decides.
    let ours = ours.signed_up().await?;
    let ids = ours.organizations(ORGANIZATIONS).await?;
    cluster.execute("tenantry", "VACUUM ANALYZE").await?;
    let query = Server::baseline("query of a member", &url)?;
    let query = Subject::baseline("axum and query", query, Some(cluster.process()));
    for (name, work) in [("get one, by a member", Work::Get(ids)), ("list of 20, by a member", Work::List)] {
        beside_its_query(name, &work, &query, &ours, options, report).await?;
    }
    Ok(())
}

async fn beside_its_query(
    name: &str,
    work: &Work,
    query: &Subject,
    ours: &Subject,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    if options.wants(name) {
        let answer = same_answer(ours, query, work).await?;
        let bytes = Subject::baseline("axum, same bytes", Server::baseline("bytes", &answer)?, None);
        compare(name, work, [query, &bytes, ours], options, report).await?;
    }
    Ok(())
}

/// A baseline that answers less would not be a baseline.
async fn same_answer(ours: &Subject, query: &Subject, work: &Work) -> Result<String> {
    let work = match work {
        Work::Get(ids) => Work::Get(ids.first().cloned().into_iter().collect()),
        other => other.clone(),
    };
    let answer = ours.body(&work).await?;
    let theirs: serde_json::Value = serde_json::from_str(&query.body(&work).await?)?;
    if theirs == serde_json::from_str::<serde_json::Value>(&answer)? {
        Ok(answer)
    } else {
        Err(format!("the baseline answers differently:\n{theirs}\n{answer}").into())
    }
}

async fn compare(name: &str, work: &Work, sides: [&Subject; 3], options: &Options, report: &mut Report) -> Result<()> {
    let mut series = [Series::default(), Series::default(), Series::default()];
    for _ in 0..options.rounds {
        for (side, series) in sides.into_iter().zip(&mut series) {
            let sample = side.measure(side.prepare(work).await?, CONNECTIONS, options.span).await?;
            report.sample(side.name, name, &sample)?;
            series.push(sample);
        }
    }
    let [query, bytes, ours] = &series;
    let ratio = ours.over(query);
    let figures = format!("{} ×; {} /s against {} /s", ratio.text(2), ours.rates().text(0), query.rates().text(0));
    report.bar(name, "≥ 0.7 × axum with the query", &Target::AtLeast(0.7), ratio.median, &figures);
    let figures = format!("{} ×; {} /s", ours.over(bytes).text(2), bytes.rates().text(0));
    report.bar(&format!("{name}: axum with the same bytes"), "", &Target::None, 0.0, &figures);
    Ok(())
}
