//! What is printed: a line for each measurement, and the table of bars at the end.

use std::io::Write as _;

use crate::{Result, subject::Sample};

/// The measurements of one side of a bar.
#[derive(Default)]
pub struct Series {
    samples: Vec<Sample>,
}

impl Series {
    pub fn push(&mut self, sample: Sample) {
        self.samples.push(sample);
    }

    pub fn rates(&self) -> Spread {
        self.spread(|sample| sample.outcome.rate())
    }

    /// In milliseconds.
    pub fn percentile(&self, of_thousand: usize) -> Spread {
        self.spread(|sample| sample.outcome.percentile(of_thousand))
    }

    /// Processor time of server and database for one answer, in microseconds.
    pub fn cost(&self) -> Spread {
        self.spread(|sample| {
            (sample.cpu.server + sample.cpu.database) * 1e6 / sample.outcome.rate() / sample.outcome.seconds
        })
    }

    pub fn errors(&self) -> u32 {
        self.samples.iter().flat_map(|sample| sample.outcome.errors.values()).sum()
    }

    /// This side's rate over the other's, round by round.
    pub fn over(&self, other: &Self) -> Spread {
        let pairs = self.samples.iter().zip(&other.samples);
        Spread::of(pairs.map(|(ours, theirs)| ours.outcome.rate() / theirs.outcome.rate()).collect())
    }

    fn spread(&self, value: impl Fn(&Sample) -> f64) -> Spread {
        Spread::of(self.samples.iter().map(value).collect())
    }
}

/// The median with the least and the most.
#[derive(Debug, Clone, Copy, Default)]
pub struct Spread {
    pub least: f64,
    pub median: f64,
    pub most: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_unstable_by(f64::total_cmp);
        let at = |n: usize| values.get(n).copied().unwrap_or_default();
        let last = values.len().saturating_sub(1);
        Self { least: at(0), median: f64::midpoint(at(last / 2), at(values.len() / 2)), most: at(last) }
    }

    pub fn text(self, digits: usize) -> String {
        format!("{:.digits$} ({:.digits$} to {:.digits$})", self.median, self.least, self.most)
    }
}

pub enum Target {
    AtLeast(f64),
    AtMost(f64),
    /// Shown, not judged.
    None,
}

impl Target {
    fn verdict(&self, measured: f64) -> &'static str {
        let met = match self {
            Self::AtLeast(bar) => measured >= *bar,
            Self::AtMost(bar) => measured <= *bar,
            Self::None => return "",
        };
        if met { "met" } else { "**not met**" }
    }
}

#[derive(Default)]
pub struct Report {
    rows: Vec<String>,
}

impl Report {
    /// One measurement, as it is taken.
    pub fn sample(&self, side: &str, what: &str, sample: &Sample) -> Result<()> {
        let outcome = &sample.outcome;
        let count = f64::from(u32::try_from(outcome.count().max(1))?);
        let each = |seconds: f64| seconds * 1e6 / count;
        let cpu = sample.cpu;
        let errors = if outcome.errors.is_empty() { String::new() } else { format!("  errors {:?}", outcome.errors) };
        self.line(&format!(
            "{what:<34} {side:<18} {:>8.0}/s  p50 {:>7.2}  p99 {:>7.2} ms  cpu µs a request: load {:>4.0} server {:>4.0} database {:>4.0}  others {:>4.2}{errors}",
            outcome.rate(),
            outcome.percentile(500),
            outcome.percentile(990),
            each(cpu.generator),
            each(cpu.server),
            each(cpu.database),
            sample.others(),
        ))
    }

    /// One bar with its verdict. `measured` is what the target speaks of.
    pub fn bar(&mut self, bar: &str, target: &str, rule: &Target, measured: f64, shown: &str) {
        self.rows.push(format!("| {bar} | {target} | {shown} | {} |", rule.verdict(measured)));
    }

    pub fn print(&self) -> Result<()> {
        self.line("\n| bar | target | measured: median (least to most) | |\n|---|---|---|---|")?;
        self.rows.iter().try_for_each(|row| self.line(row))
    }

    pub fn line(&self, text: &str) -> Result<()> {
        let mut output = std::io::stdout().lock();
        writeln!(output, "{text}")?;
        Ok(output.flush()?)
    }
}
