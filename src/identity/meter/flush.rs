//! Bringing counts from memory to the database.
//!
//! A chunk is sent under its number until it is acknowledged, whatever the error was: the ledger adds it once. What is
//! counted meanwhile waits for the next one.

use std::{collections::VecDeque, sync::Arc, time::Duration};

use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep, timeout},
};
use uuid::Uuid;

use super::{Counted, Meter};
use crate::{
    database::chain,
    ledger::{Ledger, UsageChunk},
};

/// How long counts wait in memory.
const PAUSE: Duration = Duration::from_millis(500);
/// How many rows one chunk has at most, so that none holds the head for long.
const CHUNK: usize = 2000;
/// How long the last counts may take to be written when the server stops.
const LAST_LIMIT: Duration = Duration::from_millis(700);

/// The task that flushes.
pub struct Flushing {
    task: JoinHandle<()>,
    stop: oneshot::Sender<()>,
}

/// Starts to write what is counted, about every half second.
pub fn start(meter: Meter, ledger: Ledger) -> Flushing {
    let (stop, stopped) = oneshot::channel();
    let flusher =
        Flusher { meter, ledger, node: Uuid::now_v7(), last: 0, waiting: VecDeque::new(), behind_since: None };
    Flushing { task: tokio::spawn(flusher.run(stopped)), stop }
}

impl Flushing {
    /// Writes what is left, if that can be done in a moment.
    pub async fn stop(self) {
        let Self { mut task, stop } = self;
        // It ended before only if it panicked.
        let _ = stop.send(());
        if timeout(LAST_LIMIT, &mut task).await.is_err() {
            tracing::warn!("the last counts of use could not be written in time");
            task.abort();
        }
    }
}

struct Flusher {
    meter: Meter,
    ledger: Ledger,
    /// This start of the process.
    node: Uuid,
    /// The number of the last chunk that was made.
    last: i64,
    /// Chunks that are not acknowledged, in order.
    waiting: VecDeque<Arc<UsageChunk>>,
    /// Since when chunks wait that should be written.
    behind_since: Option<Instant>,
}

impl Flusher {
    async fn run(mut self, mut stopped: oneshot::Receiver<()>) {
        loop {
            let stops = tokio::select! {
                () = sleep(PAUSE) => false,
                _ = &mut stopped => true,
            };
            self.flush().await;
            if stops {
                // What was counted while an older chunk was on its way.
                return self.flush().await;
            }
        }
    }

    async fn flush(&mut self) {
        if self.waiting.is_empty() {
            self.fill();
        }
        while let Some(chunk) = self.waiting.front() {
            if let Err(error) = self.ledger.add_usage(chunk).await {
                metrics::counter!("tenantry_usage_flush_failures_total").increment(1);
                if self.behind_since.is_none() {
                    tracing::warn!(error = %chain(&error), "counts of use wait until they can be written");
                }
                let since = *self.behind_since.get_or_insert_with(Instant::now);
                return metrics::gauge!("tenantry_usage_behind_seconds").set(since.elapsed().as_secs_f64());
            }
            metrics::counter!("tenantry_usage_counted_total").increment(sum(chunk));
            self.waiting.pop_front();
        }
        if self.behind_since.take().is_some() {
            metrics::gauge!("tenantry_usage_behind_seconds").set(0.0);
        }
    }

    /// Makes chunks of what was counted.
    fn fill(&mut self) {
        let Counted { counts, uses } = self.meter.take();
        let (mut counts, mut uses) = (counts.as_slice(), uses.as_slice());
        while !counts.is_empty() || !uses.is_empty() {
            let (some_counts, more_counts) = counts.split_at(counts.len().min(CHUNK));
            let (some_uses, more_uses) = uses.split_at(uses.len().min(CHUNK));
            (counts, uses) = (more_counts, more_uses);
            self.last += 1;
            self.waiting.push_back(Arc::new(UsageChunk {
                node: self.node,
                chunk: self.last,
                counts: some_counts.to_vec(),
                uses: some_uses.to_vec(),
            }));
        }
    }
}

/// Uses in a chunk.
fn sum(chunk: &UsageChunk) -> u64 {
    let uses: i64 = chunk.counts.iter().map(|count| count.requests + count.verifications).sum();
    u64::try_from(uses).unwrap_or_default()
}
