//! Doing deeds again and again, each in a task of its own.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use thiserror::Error;
use tokio::task::JoinSet;

use crate::{commands, database::chain};

/// Something that is done again and again.
pub struct Deed {
    /// As the log and the metrics have it.
    pub name: &'static str,
    /// How long it waits before it looks again for something to do.
    pub pause: Duration,
    pub run: Box<dyn Fn() -> BoxFuture<'static, Result<Left, Error>> + Send + Sync>,
}

/// What a run has left to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    Nothing,
    /// More than one run takes: the next follows at once.
    More,
}

#[derive(Debug, Error)]
pub enum Error {
    #[error(transparent)]
    Run(#[from] commands::Error),
    #[error("{failed} of {due} could not be done, the first is {first}")]
    Some { failed: usize, due: usize, panicked: bool, first: String, source: Failure },
}

impl Error {
    fn outcome(&self) -> &'static str {
        if matches!(self, Self::Some { panicked: true, .. }) { "panicked" } else { "failed" }
    }
}

/// Why one thing was not done.
#[derive(Debug, Error)]
pub enum Failure {
    #[error(transparent)]
    Error(#[from] commands::Error),
    #[error("it panicked")]
    Panic,
}

/// Starts the deeds. They stop when what is returned is dropped.
pub fn start(deeds: impl IntoIterator<Item = Deed>) -> JoinSet<()> {
    deeds.into_iter().map(repeat).collect()
}

async fn repeat(deed: Deed) {
    let name = deed.name;
    loop {
        let (outcome, left) = match AssertUnwindSafe(async { (deed.run)().await }).catch_unwind().await {
            Ok(Ok(left)) => ("done", left),
            Ok(Err(error)) => {
                tracing::warn!(deed = name, error = %chain(&error), "a deed failed");
                (error.outcome(), Left::Nothing)
            }
            Err(_) => {
                tracing::error!(deed = name, "a deed panicked");
                ("panicked", Left::Nothing)
            }
        };
        metrics::counter!("tenantry_schedule_runs_total", "deed" => name, "outcome" => outcome).increment(1);
        if left == Left::Nothing {
            tokio::time::sleep(deed.pause).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        sync::atomic::{AtomicU32, Ordering},
    };

    use metrics_exporter_prometheus::PrometheusBuilder;
    use tokio::{
        sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        time::{Instant, timeout_at},
    };

    use super::*;

    type Run = fn(u32) -> BoxFuture<'static, Result<Left, Error>>;

    /// A deed that tells whenever it is run, and is told how often it was run before.
    fn deed(told: &UnboundedSender<&'static str>, name: &'static str, pause: Duration, run: Run) -> Deed {
        let (told, runs) = (told.clone(), AtomicU32::new(0));
        let run = move || {
            told.send(name).expect("a listener");
            run(runs.fetch_add(1, Ordering::Relaxed))
        };
        Deed { name, pause, run: Box::new(run) }
    }

    async fn run_until(heard: &mut UnboundedReceiver<&'static str>, often: u32, names: &[&str]) {
        let deadline = Instant::now() + Duration::from_secs(10);
        let mut runs: HashMap<&str, u32> = HashMap::new();
        while names.iter().any(|name| runs.get(name).is_none_or(|runs| *runs < often)) {
            let next = timeout_at(deadline, heard.recv()).await;
            let name = next.ok().flatten().unwrap_or_else(|| panic!("not all of {names:?} go on: {runs:?}"));
            *runs.entry(name).or_default() += 1;
        }
    }

    #[tokio::test]
    async fn a_deed_that_panics_ends_neither_itself_nor_the_others() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let _local = metrics::set_default_local_recorder(&recorder);
        let (told, mut heard) = unbounded_channel();
        let soon = Duration::from_millis(1);
        let deeds = start([
            deed(&told, "panics", soon, |_| async { panic!("on purpose") }.boxed()),
            deed(&told, "panics before", soon, |_| panic!("on purpose")),
            deed(&told, "fails", soon, |_| async { Err(commands::Error::SignedOut.into()) }.boxed()),
            deed(&told, "works", soon, |_| async { Ok(Left::Nothing) }.boxed()),
        ]);
        run_until(&mut heard, 3, &["panics", "panics before", "fails", "works"]).await;
        let metrics = recorder.handle().render();
        for (name, outcome) in
            [("panics", "panicked"), ("panics before", "panicked"), ("fails", "failed"), ("works", "done")]
        {
            let series = format!("tenantry_schedule_runs_total{{deed=\"{name}\",outcome=\"{outcome}\"}}");
            assert!(metrics.contains(&series), "{series} is not in {metrics}");
        }
        // Nobody tells anything any more.
        drop((deeds, told));
        while heard.recv().await.is_some() {}
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn a_deed_that_takes_its_thread_leaves_the_others_theirs() {
        let (told, mut heard) = unbounded_channel();
        let soon = Duration::from_millis(1);
        let (open, gate) = std::sync::mpsc::channel::<()>();
        let gate = std::sync::Mutex::new(Some(gate));
        let waits = {
            let told = told.clone();
            let run = move || {
                told.send("waits").expect("a listener");
                let gate = gate.lock().expect("the gate").take();
                async move {
                    gate.map(|gate| gate.recv());
                    Ok(Left::Nothing)
                }
                .boxed()
            };
            Deed { name: "waits", pause: soon, run: Box::new(run) }
        };
        let _deeds = start([waits, deed(&told, "works", soon, |_| async { Ok(Left::Nothing) }.boxed())]);
        run_until(&mut heard, 1, &["waits"]).await;
        run_until(&mut heard, 3, &["works"]).await;
        drop(open);
        run_until(&mut heard, 1, &["waits"]).await;
    }

    #[tokio::test]
    async fn what_is_left_is_done_at_once() {
        let (told, mut heard) = unbounded_channel();
        let run = |before| async move { Ok(if before < 2 { Left::More } else { Left::Nothing }) }.boxed();
        let _deeds = start([deed(&told, "much", Duration::from_secs(86_400), run)]);
        run_until(&mut heard, 3, &["much"]).await;
    }
}
