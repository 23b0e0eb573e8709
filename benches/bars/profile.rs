//! With `--profile`: where the time of a measurement went. What it costs is in the figures, so these are not bars.

use std::collections::BTreeMap;

use sqlx::Row as _;

use crate::{
    Result,
    cluster::Cluster,
    http::{HttpConnection, request},
    report::Report,
    subject::Subject,
};

/// Settings that let PostgreSQL count.
pub const SETTINGS: [&str; 4] = [
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track_planning=on",
    "track_io_timing=on",
    "track_wal_io_timing=on",
];

const HISTOGRAMS: [&str; 3] =
    ["tenantry_append_batch_size", "tenantry_append_wait_seconds", "tenantry_append_commit_seconds"];

pub struct Profile {
    before: BTreeMap<String, f64>,
}

impl Profile {
    pub async fn begin(cluster: &Cluster, subject: &Subject) -> Result<Self> {
        cluster.execute("postgres", "CREATE EXTENSION IF NOT EXISTS pg_stat_statements; SELECT pg_stat_statements_reset(), pg_stat_reset_shared('wal')").await?;
        Ok(Self { before: metrics(subject).await? })
    }

    pub async fn end(self, cluster: &Cluster, subject: &Subject, report: &Report) -> Result<()> {
        let mut connection = cluster.connect("postgres").await?;
        let sql = "SELECT calls, total_exec_time, total_plan_time, rows, wal_bytes::bigint, \
            left(regexp_replace(query, '\\s+', ' ', 'g'), 110) \
            FROM pg_stat_statements WHERE calls > 0 ORDER BY total_exec_time + total_plan_time DESC LIMIT 16";
        let statements = sqlx::query(sql).fetch_all(&mut connection).await?;
        report.line("   calls  exec ms/call  plan ms/call  rows/call  WAL bytes/call   statement")?;
        for row in statements {
            let calls: i64 = row.try_get(0)?;
            let each = |total: f64| total / f64::from(u32::try_from(calls).unwrap_or(u32::MAX));
            report.line(&format!(
                "{calls:>8}  {:>12.3}  {:>12.3}  {:>9.1}  {:>14.0}   {}",
                each(row.try_get(1)?),
                each(row.try_get(2)?),
                each(number(row.try_get(3)?)),
                each(number(row.try_get(4)?)),
                row.try_get::<String, _>(5)?
            ))?;
        }
        let wal = "SELECT wal_records, wal_fpi, wal_bytes::bigint, wal_sync, wal_sync_time FROM pg_stat_wal";
        let row = sqlx::query(wal).fetch_one(&mut connection).await?;
        report.line(&format!(
            "WAL: {} records, {} full pages, {} bytes, {} syncs in {:.0} ms",
            row.try_get::<i64, _>(0)?,
            row.try_get::<i64, _>(1)?,
            row.try_get::<i64, _>(2)?,
            row.try_get::<i64, _>(3)?,
            row.try_get::<f64, _>(4)?
        ))?;
        self.histograms(&metrics(subject).await?, report)
    }

    fn histograms(&self, after: &BTreeMap<String, f64>, report: &Report) -> Result<()> {
        let since = |name: &str| after.get(name).unwrap_or(&0.0) - self.before.get(name).unwrap_or(&0.0);
        for name in HISTOGRAMS {
            let (sum, count) = (since(&format!("{name}_sum")), since(&format!("{name}_count")));
            if count == 0.0 {
                continue;
            }
            let mut buckets: Vec<(f64, f64)> = after
                .keys()
                .filter_map(|key| {
                    let bound = key.strip_prefix(name)?.strip_prefix("_bucket{le=\"")?.strip_suffix("\"}")?;
                    Some((bound.parse().unwrap_or(f64::INFINITY), since(key)))
                })
                .collect();
            buckets.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
            let buckets: Vec<_> = buckets.iter().map(|(bound, count)| format!("≤{bound}: {count}")).collect();
            report.line(&format!("{name}: {count} times, mean {:.6}; {}", sum / count, buckets.join(", ")))?;
        }
        Ok(())
    }
}

fn number(count: i64) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// Every line of `/metrics` by its name and labels.
async fn metrics(subject: &Subject) -> Result<BTreeMap<String, f64>> {
    let mut connection = HttpConnection::open(subject.server.address).await?;
    let response = connection.send(&request("GET", "/metrics", None, "")).await?;
    let text = std::str::from_utf8(response.body)?;
    let lines = text.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.rsplit_once(' '));
    Ok(lines.filter_map(|(name, value)| Some((name.to_owned(), value.parse().ok()?))).collect())
}
