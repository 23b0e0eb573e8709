//! How fast the read model is folded again: `cargo bench --bench rebuild [-- <events>]`.
//!
//! Into a private PostgreSQL cluster it puts a ledger of one creation (organization and default workspace, two events)
//! to four changes of a random organization, then runs `tenantry projections rebuild` and `verify` on it. Both
//! processes share the machine with the database.
#![expect(clippy::expect_used, clippy::print_stdout, reason = "a program that is run by hand")]

#[path = "../tests/projections/postgres.rs"]
mod postgres;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use postgres::Cluster;

const EVENTS: u64 = 300_000;
/// Two events of a creation, four of changes.
const GROUP: u64 = 6;

const LEDGER: &str = r#"
INSERT INTO events
WITH step AS (
    SELECT p AS position, (p - 1) / 6 + 1 AS newest, (p - 1) % 6 AS part,
        1 + floor(random() * ((p - 1) / 6 + 1))::bigint AS any_of_them
    FROM generate_series(1, {events}) AS p
), named AS (
    SELECT *, '018f0000-0000-7000-8000-' || lpad(to_hex(CASE WHEN part < 2 THEN newest ELSE any_of_them END), 12, '0') AS org,
        '018f0000-0001-7000-8000-' || lpad(to_hex(newest), 12, '0') AS workspace
    FROM step
)
SELECT position, gen_random_uuid(),
    CASE part WHEN 1 THEN 'workspace' ELSE 'organization' END,
    CASE part WHEN 1 THEN workspace ELSE org END,
    CASE part WHEN 1 THEN 1 ELSE row_number() OVER (PARTITION BY part = 1, org ORDER BY position) END,
    CASE part WHEN 0 THEN 'OrganizationCreated' WHEN 1 THEN 'WorkspaceCreated' ELSE 'OrganizationUpdated' END,
    '1.0.0',
    CASE part
        WHEN 0 THEN json_build_object('OrganizationCreated', json_build_object('name', 'Organization ' || newest,
            'slug', 'organization-' || newest, 'description', NULL, 'domain', 'example.org',
            'owner', '018f0000-0002-7000-8000-' || lpad(to_hex(newest / 3), 12, '0'), 'plan', 'free', 'is_personal', false))
        WHEN 1 THEN json_build_object('WorkspaceCreated', json_build_object('organization', org,
            'name', 'Default', 'slug', 'default', 'is_default', true))
        ELSE json_build_object('OrganizationUpdated', json_build_object('changes', json_build_object(
            'name', json_build_object('from', 'Organization', 'to', 'Organization ' || any_of_them || ' at ' || position),
            'description', json_build_object('from', NULL, 'to', md5(position::text)))))
    END,
    '{"actor_type":"user","actor_id":"018f0000-0002-7000-8000-000000000001","request_id":"018f0000-0003-7000-8000-000000000001"}',
    org::uuid, timestamptz '2026-01-01' + position * interval '1 millisecond'
FROM named ORDER BY position
"#;

fn main() {
    let events = std::env::args().filter_map(|arg| arg.parse().ok()).next_back().unwrap_or(EVENTS);
    let folder = tempfile::tempdir().expect("a folder");
    let cluster = Cluster::start();
    // On the empty ledger: makes schema and secret.
    run(folder.path(), &cluster.url(), "rebuild");
    cluster.sql(&LEDGER.replace("{events}", &events.to_string()));
    cluster.sql("VACUUM ANALYZE events");
    cluster.sql("CHECKPOINT");
    println!("{events} events over {} organizations", events.div_ceil(GROUP));
    println!("{:<10} {:>10} {:>12} {:>14}", "command", "seconds", "events/s", "peak MiB");
    for command in ["rebuild", "rebuild", "verify"] {
        let (time, peak) = run(folder.path(), &cluster.url(), command);
        let seconds = time.as_secs_f64();
        let rate = f64::from(u32::try_from(events).expect("fewer events")) / seconds;
        println!("{command:<10} {seconds:>10.2} {rate:>12.0} {:>14}", peak / 1024);
    }
}

/// Runs a command and returns how long it took and the most memory it held, in KiB.
fn run(folder: &Path, url: &str, command: &str) -> (Duration, u64) {
    let begun = Instant::now();
    let mut process = Command::new(env!("CARGO_BIN_EXE_tenantry"))
        .args(["projections", command])
        .current_dir(folder)
        .env("TENANTRY_DATABASE_URL", url)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the command");
    let mut peak = 0;
    let status = loop {
        if let Some(status) = process.try_wait().expect("its state") {
            break status;
        }
        peak = resident(process.id()).unwrap_or(peak).max(peak);
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(status.success(), "{command} failed");
    (begun.elapsed(), peak)
}

fn resident(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.trim().parse().ok()
}
