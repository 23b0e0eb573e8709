//! The command line.

mod admin;
mod control;
mod log;
mod progress;
mod projections;
mod serve;

use clap::{Parser, Subcommand};

use crate::{
    config::{self, Settings},
    database::chain,
};

/// The organizations backend of a multi-tenant product
#[derive(Debug, Parser)]
#[command(name = "tenantry", version, about)]
pub struct Cli {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

impl AsRef<Settings> for Cli {
    fn as_ref(&self) -> &Settings {
        &self.settings
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serves the API; the default without a command
    Serve,
    /// Brings the database's schema up to date and exits
    Migrate,
    /// Checks and rebuilds the read model
    #[command(subcommand)]
    Projections(projections::Projections),
    /// Prints the effective settings and where each came from
    Config,
    /// Prints the description of the API, OpenAPI 3.1
    Openapi,
    /// Prints the GraphQL schema
    Schema,
}

/// Runs the command line and returns the exit code of the process.
#[expect(clippy::print_stdout, clippy::print_stderr, reason = "this is where the program talks to its user")]
pub async fn run() -> std::process::ExitCode {
    let effective = match config::read::<Cli>(std::env::args_os()) {
        Ok(effective) => effective,
        Err(error) => {
            eprintln!("tenantry: {}", chain(&error));
            return std::process::ExitCode::FAILURE;
        }
    };
    let settings = &effective.cli.settings;
    log::init(settings);
    let done: Result<(), Box<dyn std::error::Error + Send + Sync>> =
        match effective.cli.command.as_ref().unwrap_or(&Command::Serve) {
            Command::Serve => serve::serve(settings).await.map_err(Into::into),
            Command::Migrate => serve::migrate(settings).await.map_err(Into::into),
            Command::Projections(command) => projections::run(settings, command).await.map_err(Into::into),
            Command::Config => {
                effective.lines().iter().for_each(|line| println!("{line}"));
                Ok(())
            }
            Command::Openapi => {
                crate::router::openapi().to_pretty_json().map(|json| println!("{json}")).map_err(Into::into)
            }
            Command::Schema => {
                print!("{}", crate::graphql::sdl());
                Ok(())
            }
        };
    match done {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("tenantry: {}", chain(error.as_ref()));
            std::process::ExitCode::FAILURE
        }
    }
}
