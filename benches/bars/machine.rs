//! The machine of a run: what its figures depend on.

use std::{fs, io::Write as _, time::Instant};

use tempfile::NamedTempFile;

use crate::{
    Result,
    cluster::Cluster,
    report::{Report, Spread},
};

const SYNCS: usize = 200;

pub fn describe(report: &Report) -> Result<()> {
    let cores = std::thread::available_parallelism()?;
    let memory = fs::read_to_string("/proc/meminfo")?;
    let memory: f64 = memory.split_whitespace().nth(1).ok_or("a broken /proc/meminfo")?.parse()?;
    let model = fs::read_to_string("/proc/cpuinfo")?;
    let model = model.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("unknown");
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let load = fs::read_to_string("/proc/loadavg")?;
    report.line(&format!(
        "{cores} cores ({}), {:.0} GiB memory, Linux {}, {}",
        model.trim_start_matches([' ', '\t', ':']),
        memory / 1024.0 / 1024.0,
        kernel.trim(),
        Cluster::version()?
    ))?;
    report.line(&format!("write of 8 KiB to the disk and fdatasync: {} µs", syncs()?.text(0)))?;
    report.line(&format!("load average before the run: {}\n", load.trim()))
}

/// What a commit cannot be faster than.
fn syncs() -> Result<Spread> {
    let mut file = NamedTempFile::new_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut micros = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        file.write_all(&[7; 8192])?;
        let begun = Instant::now();
        file.as_file().sync_data()?;
        micros.push(begun.elapsed().as_secs_f64() * 1e6);
    }
    Ok(Spread::of(micros))
}
