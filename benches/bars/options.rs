//! The command line.

use std::time::Duration;

use crate::{Result, load::Span};

pub const GROUPS: [&str; 7] = ["writes", "reads", "keys", "growth", "large", "rebuild", "start"];
const USAGE: &str = "usage: cargo bench --bench bars -- [writes] [reads] [keys] [growth] [large] [rebuild] [start] [--quick] [--profile] [--only <text>] \
    [--rounds <n>] [--seconds <n>] [--events <n>]";

pub enum Command {
    Measure(Options),
    /// Serve as one of the baselines.
    Baseline {
        kind: String,
        database_url: String,
    },
    /// Run as a test there is nothing to do.
    Nothing,
}

pub struct Options {
    groups: Vec<String>,
    only: Option<String>,
    pub rounds: usize,
    pub span: Span,
    /// How many events the large ledger of the growth bar has.
    pub events: i64,
    /// Shows where the time goes.
    pub profile: bool,
}

impl Options {
    pub fn has(&self, group: &str) -> bool {
        self.groups.is_empty() || self.groups.iter().any(|wanted| wanted == group)
    }

    /// Whether a bar of this name is wanted.
    pub fn wants(&self, bar: &str) -> bool {
        self.only.as_ref().is_none_or(|text| bar.contains(text))
    }
}

pub fn read(mut arguments: impl Iterator<Item = String>) -> Result<Command> {
    let span =
        |warm_up, measured| Span { warm_up: Duration::from_secs(warm_up), measured: Duration::from_secs(measured) };
    let mut options =
        Options { groups: vec![], only: None, rounds: 5, span: span(2, 8), events: 1_000_000, profile: false };
    // Cargo says so when it benches and not when it tests.
    let mut benching = false;
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(USAGE);
        match argument.as_str() {
            "--bench" => benching = true,
            "--baseline" => return Ok(Command::Baseline { kind: value()?, database_url: value()? }),
            "--quick" => {
                options.rounds = 3;
                options.span = span(1, 3);
                options.events = 100_000;
            }
            "--profile" => options.profile = true,
            "--only" => options.only = Some(value()?),
            "--rounds" => options.rounds = value()?.parse()?,
            "--seconds" => options.span.measured = Duration::from_secs(value()?.parse()?),
            "--events" => options.events = value()?.parse()?,
            group if GROUPS.contains(&group) => options.groups.push(argument),
            _ => return Err(USAGE.into()),
        }
    }
    Ok(if benching { Command::Measure(options) } else { Command::Nothing })
}
