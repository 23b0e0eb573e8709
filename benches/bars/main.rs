//! The speed bars of this project, each with its baseline in the same run: `cargo bench --bench bars`.
//!
//! Load generator, servers and database share one machine; figures are ratios, taken in turns. `docs/performance.md`
//! says how to read them.

mod answer;
mod bare;
mod cluster;
mod copies;
mod growth;
mod http;
mod keys;
mod large;
mod load;
mod machine;
mod options;
mod process;
mod profile;
mod reads;
mod rebuild;
mod report;
mod start;
mod stock;
mod subject;
mod tenants;
mod writes;

use std::process::ExitCode;

use options::{Command, Options};
use report::Report;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

fn main() -> ExitCode {
    let done = match options::read(std::env::args().skip(1)) {
        Ok(Command::Measure(options)) => measure(&options),
        Ok(Command::Baseline { kind, database_url }) => serve(&kind, &database_url),
        Ok(Command::Nothing) => Ok(()),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&*error);
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "a program for the terminal")]
fn complain(error: &(dyn std::error::Error + 'static)) {
    eprintln!("bars: {error}");
}

/// The load takes one thread; the servers have threads of their own.
#[tokio::main(flavor = "current_thread")]
async fn measure(options: &Options) -> Result<()> {
    let mut report = Report::default();
    machine::describe(&report)?;
    if options.has("writes") {
        writes::run(options, &mut report).await?;
    }
    if options.has("reads") {
        reads::run(options, &mut report).await?;
    }
    if options.has("keys") {
        keys::run(options, &mut report).await?;
    }
    if options.has("growth") {
        growth::run(options, &mut report).await?;
    }
    if options.has("large") {
        large::run(options, &mut report).await?;
    }
    if options.has("rebuild") {
        rebuild::run(options, &mut report).await?;
    }
    if options.has("start") {
        start::run(options, &mut report).await?;
    }
    report.print()
}

/// A baseline runs as a server of its own, on as many threads as the one it is compared with.
#[tokio::main]
async fn serve(kind: &str, database_url: &str) -> Result<()> {
    let router = match kind {
        "stock" => stock::router(database_url).await,
        "query" => bare::router(database_url, bare::Asker::Superadmin).await?,
        "query of a member" => bare::router(database_url, bare::Asker::Member).await?,
        bytes => bare::constant(bytes.to_owned().leak()),
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    Report::default().line(&format!("ready at http://{}", listener.local_addr()?))?;
    use axum::serve::ListenerExt as _;
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    Ok(axum::serve(listener, router).await?)
}
