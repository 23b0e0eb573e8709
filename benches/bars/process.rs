//! Servers as child processes, and what the kernel says they cost.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use crate::Result;

/// A server that listens on a port of its own choice and says where on its standard output.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the process to that line.
    pub started_in: Duration,
}

impl Server {
    /// The server under test.
    pub fn tenantry(folder: &Path, database_url: &str) -> Result<Self> {
        Self::start(Self::command(folder, database_url)?)
    }

    /// Its program, with the settings a developer has who sets none but the database's.
    pub fn command(folder: &Path, database_url: &str) -> Result<Command> {
        let log = fs::File::options().create(true).append(true).open(folder.join("tenantry.log"))?;
        let mut command = Command::new(env!("CARGO_BIN_EXE_tenantry"));
        command
            .current_dir(folder)
            .env_clear()
            .env("TENANTRY_LISTEN", "127.0.0.1:0")
            .env("TENANTRY_DATABASE_URL", database_url)
            .env("TENANTRY_SECRET_FILE", folder.join("secret.key"))
            .stderr(log);
        Ok(command)
    }

    /// This program again, as one of the services it compares with.
    pub fn baseline(kind: &str, database_url: &str) -> Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--baseline", kind, database_url]).stderr(Stdio::inherit());
        Self::start(command)
    }

    pub fn start(mut command: Command) -> Result<Self> {
        let begun = Instant::now();
        let mut child = command.stdout(Stdio::piped()).spawn()?;
        let output = child.stdout.take().ok_or("no standard output")?;
        let mut lines = BufReader::new(output).lines();
        let address = loop {
            let Some(line) = lines.next() else {
                let _ = child.kill();
                return Err(format!("the server ended before it was ready: {}", child.wait()?).into());
            };
            if let Some((_, address)) = line?.split_once("ready at http://") {
                break address.parse()?;
            }
        };
        let started_in = begun.elapsed();
        // Nobody reads on, but a full pipe must not stop the server.
        std::thread::spawn(move || lines.for_each(drop));
        Ok(Self { child, address, started_in })
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Resident memory in MiB.
    pub fn resident(&self) -> Result<f64> {
        memory(self.child.id(), "VmRSS:").ok_or_else(|| "the server has no memory".into())
    }
}

/// A line of `/proc/<process>/status`, in MiB.
pub fn memory(process: u32, line: &str) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let kibibytes: u32 =
        status.lines().find_map(|l| l.strip_prefix(line))?.trim().trim_end_matches(" kB").parse().ok()?;
    Some(f64::from(kibibytes) / 1024.0)
}

impl Drop for Server {
    fn drop(&mut self) {
        // Killed, not asked: what it acknowledged is durable anyway.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Seconds of processor time since the start.
#[derive(Debug, Clone, Copy, Default)]
pub struct Cpu {
    pub generator: f64,
    pub server: f64,
    pub database: f64,
    /// Of the whole machine, others' work included.
    pub machine: f64,
}

impl Cpu {
    pub fn now(server: u32, postmaster: Option<u32>) -> Self {
        let database = postmaster.map_or(0.0, family);
        Self { generator: of(std::process::id()), server: of(server), database, machine: machine() }
    }

    pub fn since(self, earlier: Self) -> Self {
        Self {
            generator: self.generator - earlier.generator,
            server: self.server - earlier.server,
            database: self.database - earlier.database,
            machine: self.machine - earlier.machine,
        }
    }

    /// What other programs took meanwhile: the reason to repeat a measurement.
    pub fn others(self) -> f64 {
        (self.machine - self.generator - self.server - self.database).max(0.0)
    }
}

/// Linux counts in hundredths of a second wherever this runs.
const TICKS: f64 = 100.0;

fn of(process: u32) -> f64 {
    stat(process).map_or(0.0, |(_, own, _)| own)
}

/// A process with its living and its ended children.
fn family(parent: u32) -> f64 {
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let children = processes
        .filter_map(|entry| stat(entry.file_name().to_str()?.parse().ok()?))
        .filter(|(of, ..)| *of == parent)
        .map(|(_, own, _)| own)
        .sum::<f64>();
    stat(parent).map_or(0.0, |(_, own, ended)| own + ended) + children
}

/// (parent, own time, time of ended children)
fn stat(process: u32) -> Option<(u32, f64, f64)> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in parentheses and may contain anything.
    let fields: Vec<_> = text.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |n: usize| -> Option<f64> { fields.get(n)?.parse().ok() };
    Some((fields.get(1)?.parse().ok()?, (ticks(11)? + ticks(12)?) / TICKS, (ticks(13)? + ticks(14)?) / TICKS))
}

fn machine() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let numbers: Vec<f64> =
        text.lines().next().unwrap_or_default().split_whitespace().filter_map(|word| word.parse().ok()).collect();
    // user, nice, system, (idle, iowait,) irq, softirq
    [0, 1, 2, 5, 6].iter().filter_map(|n| numbers.get(*n)).sum::<f64>() / TICKS
}
