//! The bars on API keys: what is answered from memory, beside a handler that has nothing to do.

use std::rc::Rc;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    Options, Result,
    cluster::Cluster,
    http::request,
    load,
    process::Server,
    report::{Report, Series, Target},
    subject::{BASIC, Subject},
};

const CONNECTIONS: usize = 64;

pub async fn run(options: &Options, report: &mut Report) -> Result<()> {
    let cluster = Cluster::start(&[]).await?;
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let url = cluster.database("tenantry").await?;
    let mut command = Server::command(folder.path(), &url)?;
    // What is measured is how fast it is, not how well it refuses.
    command.env("TENANTRY_KEY_REQUESTS_PER_MINUTE", "0").env("TENANTRY_ORGANIZATION_REQUESTS_PER_MINUTE", "0");
    let ours = Subject::tenantry(Server::start(command)?, Some(cluster.process()));
    let organization = post(&ours, "/api/v1/organizations", BASIC, &json!({ "name": "Acme" })).await?;
    let id = organization["id"].as_str().ok_or("no id")?;
    let made = json!({ "name": "bench", "organization": id, "scopes": [format!("org:{id}:*")] });
    let made = post(&ours, "/api/v1/api-keys", BASIC, &made).await?;
    let key = made["key"].as_str().ok_or("no key")?;
    let bearer = format!("Bearer {key}");
    cluster.execute("tenantry", "VACUUM ANALYZE").await?;

    let question = json!({ "key": key, "permission": "projects:read", "organization": id }).to_string();
    let measured = [
        ("verify a key", Target::AtLeast(0.6), request("POST", "/api/v1/api-keys/verify", Some(&bearer), &question)),
        ("get with a key", Target::AtLeast(0.6), request("GET", "/api/v1/api-keys/self", Some(&bearer), "")),
        // It asks the database, which the handler beside it does not.
        (
            "get one organization, with a key",
            Target::None,
            request("GET", &format!("/api/v1/organizations/{id}"), Some(&bearer), ""),
        ),
    ];
    for (name, target, bytes) in measured {
        if options.wants(name) {
            beside_the_same_bytes(name, &target, bytes, &ours, options, report).await?;
        }
    }
    Ok(())
}

async fn post(subject: &Subject, path: &str, authorization: &str, body: &Value) -> Result<Value> {
    let bytes = request("POST", path, Some(authorization), &body.to_string());
    Ok(serde_json::from_str(&answer(subject, bytes).await?)?)
}

async fn answer(subject: &Subject, bytes: Vec<u8>) -> Result<String> {
    let mut answers = load::collect(subject.server.address, 1, 1, Rc::new(move |_, _| bytes.clone())).await?;
    answers.pop().ok_or_else(|| "no answer".into())
}

async fn beside_the_same_bytes(
    name: &str,
    target: &Target,
    bytes: Vec<u8>,
    ours: &Subject,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let body = answer(ours, bytes.clone()).await?;
    let bare = Subject::baseline("axum, same bytes", Server::baseline("bytes", &body)?, None);
    let mut series = [Series::default(), Series::default()];
    for _ in 0..options.rounds {
        for (side, series) in [&bare, ours].into_iter().zip(&mut series) {
            let bytes = bytes.clone();
            let sample = side.measure(Rc::new(move |_, _| bytes.clone()), CONNECTIONS, options.span).await?;
            report.sample(side.name, name, &sample)?;
            series.push(sample);
        }
    }
    let [bare, ours] = &series;
    let ratio = ours.over(bare);
    let figures = format!("{} ×; {} /s against {} /s", ratio.text(2), ours.rates().text(0), bare.rates().text(0));
    report.bar(name, "≥ 0.6 × axum with the same bytes", target, ratio.median, &figures);
    Ok(())
}
