//! The writer task: the only place of a node that appends.
//!
//! It takes what is waiting in the queue and commits it as one transaction. There is no timer: a batch forms while the
//! previous one commits. A request that goes away cannot cancel a transaction, because none runs in its future.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{SubsecRound, Utc};
use projections::{PROJECTION_SET, RowKeys, Rows};
use tokio::{
    sync::{mpsc, oneshot, watch},
    time::{sleep, timeout},
};

use super::{
    Appended, Error, Listeners, StreamId, cache,
    evaluate::{Evaluation, Prepared, Verdict},
    exclusive::Work,
    lock_head,
    outcome::{Outcome, Trace},
    prefetch::prefetch,
    seal::Sealer,
    session::{self, LockedHead},
};
use crate::{
    database::store::{self, Copy},
    database::{self, Connection, Fault, Location},
};

/// How many appends one transaction takes at most.
const MAX_BATCH: usize = 256;
/// How long the writer tries to find out what became of a transaction whose connection died while it committed.
const RESOLVE_LIMIT: Duration = Duration::from_secs(10);
const CONNECT_LIMIT: Duration = Duration::from_secs(3);
const RETRY_PAUSE: Duration = Duration::from_millis(100);

type Answer = Result<Appended, Error>;

pub(super) struct Job {
    append: Prepared,
    answer: oneshot::Sender<Answer>,
    queued: Instant,
}

impl Job {
    pub(super) fn new(append: Prepared, answer: oneshot::Sender<Answer>) -> Self {
        Self { append, answer, queued: Instant::now() }
    }
}

pub(super) struct Writer {
    location: Location,
    connection: Option<Connection>,
    sealer: Arc<Sealer>,
    listeners: Listeners,
    committed: watch::Sender<i64>,
    /// Rows and versions as they are at `exact_at`.
    rows: Rows,
    versions: cache::Versions,
    /// The head and generation up to which this node knows every row and version that it holds.
    exact_at: Option<(i64, i64)>,
}

/// Why a batch as a whole was not committed.
enum Failure {
    /// A statement was refused. Alone, the other appends may pass.
    Refused(database::Error),
    /// Nothing was written.
    NotWritten(database::Error),
    /// COMMIT was sent and not answered. The trace of the batch tells what became of it.
    InCommit {
        trace: Trace,
        outcome: Outcome,
        answers: Vec<Answer>,
    },
    Outdated,
}

impl From<database::Error> for Failure {
    fn from(error: database::Error) -> Self {
        match error.fault() {
            Fault::Statement => Self::Refused(error),
            Fault::Full | Fault::Away => Self::NotWritten(error),
        }
    }
}

impl Writer {
    pub(super) fn new(
        location: Location,
        connection: Connection,
        sealer: Arc<Sealer>,
        listeners: Listeners,
        committed: watch::Sender<i64>,
    ) -> Self {
        Self {
            location,
            connection: Some(connection),
            sealer,
            listeners,
            committed,
            rows: Rows::default(),
            versions: cache::Versions::default(),
            exact_at: None,
        }
    }

    /// Runs until every handle to the queue is gone and the queue is empty.
    pub(super) async fn run(mut self, mut queue: mpsc::Receiver<Job>, mut exclusive: mpsc::Receiver<Work>) {
        let mut jobs = Vec::with_capacity(MAX_BATCH);
        loop {
            tokio::select! {
                taken = queue.recv_many(&mut jobs, MAX_BATCH) => if taken == 0 { break },
                Some(work) = exclusive.recv() => {
                    self.run_exclusively(work).await;
                    continue;
                }
            }
            let begun = Instant::now();
            metrics::histogram!("tenantry_append_batch_size").record(count(jobs.len()));
            for job in &jobs {
                metrics::histogram!("tenantry_append_wait_seconds").record((begun - job.queued).as_secs_f64());
            }
            let (mut appends, askers): (Vec<_>, Vec<_>) = jobs.drain(..).map(|job| (job.append, job.answer)).unzip();
            let answers = self.commit(&mut appends).await;
            metrics::histogram!("tenantry_append_commit_seconds").record(begun.elapsed().as_secs_f64());
            for (asker, answer) in askers.into_iter().zip(answers) {
                // A requester that went away does not need the answer.
                let _ = asker.send(answer);
            }
        }
        if let Some(connection) = self.connection.take()
            && let Err(error) = connection.close().await
        {
            tracing::warn!(error = %database::chain(&error), "the writer's connection did not close cleanly");
        }
    }

    async fn run_exclusively(&mut self, work: Work) {
        // Without a connection the work is dropped, and whoever waits for it hears that.
        if let Ok(connection) = self.connected().await
            && !work(connection).await
        {
            self.reset(false).await;
        }
    }

    /// One answer for each append, in order.
    async fn commit(&mut self, appends: &mut [Prepared]) -> Vec<Answer> {
        if let Some(answers) = self.commit_together(appends).await {
            return answers;
        }
        let mut answers = Vec::with_capacity(appends.len());
        for append in appends {
            match self.commit_together(std::slice::from_mut(append)).await {
                Some(answer) => answers.extend(answer),
                None => answers.push(Err(Error::OutcomeUnknown)),
            }
        }
        answers
    }

    /// None when the database refused a statement and the appends have to run one by one; a single append is answered.
    async fn commit_together(&mut self, appends: &mut [Prepared]) -> Option<Vec<Answer>> {
        // A connection that died while it was idle shows at its next statement. Nothing was written, so a second try is safe.
        let mut first_try = true;
        // Streams that are said to begin are believed first: the unique index refuses a second beginning.
        let mut trust_new = true;
        loop {
            let failure = match self.try_commit(appends, trust_new).await {
                Ok(answers) => return Some(answers),
                Err(failure) => failure,
            };
            match failure {
                Failure::NotWritten(error) => {
                    self.reset(true).await;
                    if !first_try || error.fault() == Fault::Full {
                        tracing::error!(error = %database::chain(&error), appends = appends.len(), "appends failed; nothing was written");
                        return Some(fail(appends, error));
                    }
                }
                Failure::Refused(_) if appends.len() == 1 && trust_new => {
                    self.reset(false).await;
                    trust_new = false;
                    continue;
                }
                Failure::Refused(error) if appends.len() == 1 => {
                    self.reset(false).await;
                    return Some(vec![Err(self.refusal(&appends[0], error).await)]);
                }
                Failure::Refused(error) => {
                    tracing::warn!(error = %database::chain(&error), appends = appends.len(), "a batch was refused; its appends run one by one");
                    self.reset(false).await;
                    return None;
                }
                Failure::InCommit { trace, outcome, answers } => {
                    self.reset(true).await;
                    match self.resolve(&trace).await {
                        Some(true) => {
                            self.tell(outcome);
                            return Some(answers);
                        }
                        Some(false) if first_try => {}
                        Some(false) => return Some(fail(appends, gone())),
                        None => return Some(appends.iter().map(|_| Err(Error::OutcomeUnknown)).collect()),
                    }
                }
                Failure::Outdated => {
                    self.reset(false).await;
                    return Some(appends.iter().map(|_| Err(Error::Outdated)).collect());
                }
            }
            first_try = false;
        }
    }

    /// What a refused statement means for the only append of its batch: a stream that it took for new was not, which
    /// only the unique index could tell, or something unexpected.
    async fn refusal(&mut self, append: &Prepared, error: database::Error) -> Error {
        self.sealer.forget(append.new_keys.keys().copied());
        let streams: Vec<_> = append.new_streams().collect();
        if let Ok(connection) = self.connected().await
            && let Ok(versions) = session::versions(connection, streams).await
            && let Some((stream, _)) = versions.into_iter().find(|(_, version)| *version > 0)
        {
            return Error::Conflict(stream);
        }
        // Another node made a key for the same subject at the same moment. Decided anew, the append is sealed with that.
        let subjects = append.new_keys.keys().copied().collect();
        if let (Some((stream, _)), Ok(connection)) = (append.expected.first(), self.connected().await)
            && session::has_keys(connection, subjects).await.unwrap_or(false)
        {
            return Error::Conflict(*stream);
        }
        tracing::error!(error = %database::chain(&error), "an append was refused by the database");
        Error::Database(error)
    }

    async fn try_commit(&mut self, appends: &mut [Prepared], trust_new: bool) -> Result<Vec<Answer>, Failure> {
        let locked = {
            let connection = self.connected().await?;
            lock_head(connection).await?
        };
        if locked.projection_set > PROJECTION_SET {
            return Err(Failure::Outdated);
        }
        if self.exact_at != Some((locked.head.position, locked.generation)) {
            self.forget();
        }
        let recorded_at = Utc::now().trunc_subsecs(3).max(locked.head.recorded_at);
        let Self { connection, rows, versions, .. } = self;
        let connection = connection.as_mut().ok_or_else(|| Failure::NotWritten(gone()))?;
        let mut evaluation = prefetch(connection, rows, versions, appends, locked, recorded_at, trust_new).await?;

        let mut answers: Vec<Answer> = Vec::with_capacity(appends.len());
        let mut accepted: Vec<&mut Prepared> = Vec::with_capacity(appends.len());
        let mut supposed = RowKeys::default();
        for append in appends {
            let verdict = evaluation.evaluate(append);
            if !matches!(verdict, Verdict::Accepted(_)) && append.new_streams().next().is_some() {
                supposed.extend(&append.keys);
            }
            match verdict {
                Verdict::Accepted(appended) => {
                    accepted.push(append);
                    answers.push(Ok(appended));
                }
                Verdict::Answered(appended) => answers.push(Ok(appended)),
                Verdict::Refused(error) => answers.push(Err(error)),
            }
        }
        let Evaluation { position, versions: known, claimed, beside, .. } = evaluation;
        let writes = accepted.iter().any(|append| !append.events.is_empty() || !append.side_writes.is_empty());
        if !writes {
            connection.execute("ROLLBACK", &[]).await?;
            self.settle(locked, position, known, &supposed);
            return Ok(answers);
        }
        session::insert(connection, &mut accepted).await?;
        beside.store(connection, recorded_at).await?;
        session::store_claims(connection, claimed.into_iter()).await?;
        store::store(connection, Copy::Served, rows).await?;
        let mut outcome = Outcome::of(&accepted, position);
        if let Err(error) = connection.execute("COMMIT", &[]).await {
            return Err(match (error.fault(), outcome.trace.take()) {
                (Fault::Away, Some(trace)) => Failure::InCommit { trace, outcome, answers },
                _ => error.into(),
            });
        }
        self.settle(locked, position, known, &supposed);
        self.tell(outcome);
        Ok(answers)
    }

    /// What this node remembers and a committed batch makes untrue is gone before anybody is answered.
    fn tell(&self, outcome: Outcome) {
        let Outcome { position, headers, subjects, .. } = outcome;
        self.sealer.stored(subjects.into_iter());
        headers.iter().for_each(|header| self.listeners.hear(header));
        self.committed.send_if_modified(|head| position > std::mem::replace(head, position.max(*head)));
        metrics::gauge!("tenantry_head_position").set(count_i64(position));
    }

    /// What is in memory is what is in the database, up to this position. That a stream which was not written is new was
    /// only supposed: no index confirmed it.
    fn settle(&mut self, locked: LockedHead, position: i64, known: HashMap<StreamId, i64>, supposed: &RowKeys) {
        self.rows.settle();
        self.rows.forget_absent(supposed);
        self.versions.extend(known);
        self.exact_at = Some((position, locked.generation));
    }

    fn forget(&mut self) {
        self.rows.clear();
        self.versions = cache::Versions::default();
        self.exact_at = None;
    }

    /// Ends a failed transaction and forgets what may not be true.
    async fn reset(&mut self, drop_connection: bool) {
        self.forget();
        if drop_connection {
            self.connection = None;
        } else if let Some(connection) = &mut self.connection
            && let Err(error) = connection.execute("ROLLBACK", &[]).await
        {
            tracing::debug!(error = %database::chain(&error), "the transaction was over already");
            self.connection = None;
        }
    }

    async fn connected(&mut self) -> Result<&mut Connection, database::Error> {
        if self.connection.is_none() {
            let connection = timeout(CONNECT_LIMIT, self.location.writer()).await.map_err(|_| gone())??;
            self.connection = Some(connection);
        }
        self.connection.as_mut().ok_or_else(gone)
    }

    /// Whether a batch was committed although its COMMIT was not answered. Taking the head lock waits until the lost
    /// session is over; then its events are there, or never will be. None while the database cannot be asked.
    async fn resolve(&mut self, trace: &Trace) -> Option<bool> {
        let begun = Instant::now();
        while begun.elapsed() < RESOLVE_LIMIT {
            match self.look_up(trace).await {
                Ok(committed) => {
                    tracing::warn!(
                        ?trace,
                        committed,
                        "the connection was lost during a commit; its outcome was looked up"
                    );
                    return Some(committed);
                }
                Err(error) => {
                    tracing::warn!(error = %database::chain(&error), ?trace, "the outcome of a commit cannot be looked up yet");
                    self.connection = None;
                    sleep(RETRY_PAUSE).await;
                }
            }
        }
        None
    }

    async fn look_up(&mut self, trace: &Trace) -> Result<bool, database::Error> {
        let connection = self.connected().await?;
        lock_head(connection).await?;
        let committed = trace.is_there(connection).await?;
        connection.execute("ROLLBACK", &[]).await?;
        Ok(committed)
    }
}

fn fail(appends: &[Prepared], error: database::Error) -> Vec<Answer> {
    let full = error.fault() == Fault::Full;
    let error = Arc::new(error);
    let each = |_| {
        let error = database::Error::Shared(Arc::clone(&error));
        Err(if full { Error::Full(error) } else { Error::Away(error) })
    };
    appends.iter().map(each).collect()
}

fn gone() -> database::Error {
    database::Error::Locked("the database cannot be reached".to_owned())
}

fn count(n: usize) -> f64 {
    u32::try_from(n).map_or(f64::MAX, f64::from)
}

/// Exact up to 2⁵³, which is more than a gauge needs.
#[expect(clippy::as_conversions, reason = "a gauge is a float; the ledger keeps the exact number")]
fn count_i64(n: i64) -> f64 {
    n as f64
}
