//! Use cases: who asks, may they, which aggregates, one unit of work, one append.

mod access;
pub mod api_keys;
pub mod catalog;
mod error;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod projects;
pub mod roles;
pub mod sessions;
mod slugs;
pub mod spaces;
pub mod teams;
pub mod usage;
pub mod users;
mod work;
pub mod workspaces;

use std::sync::Arc;

use aggregates::{
    Moment,
    api_key::SecretHash,
    authorization::{Asker, Reach},
    claim::ClaimKind,
    metadata::{Actor, Metadata},
};
use projections::{RecordedEvent, Rows};
use serde_json::json;

pub use self::{error::Error, work::UnitOfWork};
use crate::{
    ledger::{self, Appended, Guard, Idempotency, Ledger, Reply, StoredReply, Subject},
    readmodel::{Current, ReadModel, View},
    text,
};

/// How often a command is decided anew because another node was faster, before the caller gets an error.
const ATTEMPTS: u32 = 20;

/// What the caller insists on before the write (RFC 9110, 13.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// That it is there.
    Anything,
    /// That it has this version.
    Version(i64),
}

/// Who wants something written, and how.
#[derive(Debug, Clone)]
pub struct Write {
    pub asker: Asker,
    pub metadata: Metadata,
    /// The secret that authenticated it, where a key is the actor.
    pub secret: Option<SecretHash>,
    pub idempotency: Option<Idempotency>,
    pub if_match: Option<IfMatch>,
    /// Decide and render, but write nothing.
    pub dry_run: bool,
}

impl Write {
    /// A write by an asker, with nothing said about how.
    pub fn new(asker: Asker, metadata: Metadata) -> Self {
        Self { asker, metadata, secret: None, idempotency: None, if_match: None, dry_run: false }
    }

    /// What the product does by itself. The same name is the same deed: it takes effect once, whichever node does it.
    pub fn system(name: &str) -> Self {
        let idempotency = Some(Idempotency::new(Actor::System, name, "", &[]));
        Self { idempotency, ..Self::new(Asker::System, Metadata::system()) }
    }
}

impl Write {
    /// Its reply is not kept: it works once, or says nothing.
    pub fn unrepeatable(mut self) -> Self {
        self.idempotency = None;
        self
    }

    /// By the person alone, whatever their credential is bound to and whatever they are to the platform.
    pub fn as_the_person(mut self) -> Self {
        if let Asker::User { superadmin, reach, .. } = &mut self.asker {
            (*superadmin, *reach) = (false, Reach::Everywhere);
        }
        self
    }
}

/// What names the thing that a command shows.
pub type Shown<C> = <<C as Command>::View as View>::Of;

/// One use case. Deciding may happen several times, each time on newer state.
pub trait Command: Sync {
    /// What the answer shows. An If-Match is compared with what is there of it before.
    type View: View;

    /// Loads, authorizes, decides. Answers what is shown.
    fn decide(&self, work: &mut UnitOfWork<'_>) -> impl Future<Output = Result<Shown<Self>, Error>> + Send;

    /// Whether a lost claim of this kind is decided anew instead of being reported.
    fn retries(&self, _lost: ClaimKind) -> bool {
        false
    }
}

/// Runs commands.
#[derive(Clone)]
pub struct Commands {
    ledger: Ledger,
    readmodel: ReadModel,
}

impl Commands {
    pub fn new(ledger: Ledger, readmodel: ReadModel) -> Self {
        Self { ledger, readmodel }
    }

    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Decides, appends, and answers with what `present` makes of the outcome.
    ///
    /// A command that another node overtakes is decided anew. A refusal is only believed when it was decided on the
    /// latest state: another node may have written what this one has not seen yet.
    pub async fn run<C: Command>(
        &self,
        write: &Write,
        command: &C,
        present: impl Fn(&C::View) -> StoredReply + Clone + Send + Sync + 'static,
    ) -> Result<Appended, Error> {
        let _turn = match &write.idempotency {
            Some(idempotency) => {
                let turn = self.ledger.turns().take(Subject::Scope(idempotency.scope().to_owned())).await;
                if let Some(replayed) = self.ledger.replay(idempotency).await? {
                    return Ok(replayed);
                }
                Some(turn)
            }
            None => None,
        };
        let mut attempt = 1;
        loop {
            let mut work = UnitOfWork::new(&self.ledger, &self.readmodel, write);
            let decided = match work.confirm_asker().await {
                Ok(()) => command.decide(&mut work).await,
                Err(error) => Err(error),
            };
            let error = match decided {
                Ok(shown) => {
                    let shown = Arc::new(shown);
                    if let Some(if_match) = write.if_match {
                        work.guard(matching::<C::View>(Arc::clone(&shown), if_match));
                    }
                    let append = work.append(reply(shown, present.clone(), write.dry_run));
                    match self.ledger.append(append).await {
                        Ok(appended) => {
                            if !write.dry_run && !appended.replayed {
                                work.remember();
                            }
                            return Ok(appended);
                        }
                        Err(error) => Error::from(error),
                    }
                }
                Err(error) => {
                    let overtaken = error.is_decision() && !work.is_current().await?;
                    if !overtaken {
                        return self.replayed_or(write, error).await;
                    }
                    error
                }
            };
            let again = match &error {
                Error::Ledger(ledger::Error::Conflict(_) | ledger::Error::Overtaken { .. }) => true,
                Error::Ledger(ledger::Error::Taken { kind, .. }) => command.retries(*kind),
                error => error.is_decision(),
            };
            if !again || attempt >= ATTEMPTS {
                return Err(error);
            }
            work.forget();
            attempt += 1;
            metrics::counter!("tenantry_command_retries_total").increment(1);
        }
    }

    /// Another node may have committed this request after this one looked; then that reply counts.
    async fn replayed_or(&self, write: &Write, error: Error) -> Result<Appended, Error> {
        if let Some(idempotency) = &write.idempotency
            && let Some(replayed) = self.ledger.replay(idempotency).await?
        {
            return Ok(replayed);
        }
        Err(error)
    }
}

fn reply<V: View>(
    shown: Arc<V::Of>,
    present: impl Fn(&V) -> StoredReply + Send + Sync + 'static,
    dry_run: bool,
) -> Reply {
    let keys = V::rows(&shown);
    let render = move |rows: &Rows, events: &[RecordedEvent]| {
        let missing = || ledger::Error::Unrenderable("a row of the reply is missing".to_owned());
        let reply = present(&V::read(rows, &shown).ok_or_else(missing)?);
        if dry_run { dry_run_reply(reply, events) } else { Ok(reply) }
    };
    Reply { keys, render: Box::new(render) }
}

/// Holds the caller to what they insist on. An If-Match that can be compared with nothing must not look as if it had
/// been.
fn matching<V: View>(shown: Arc<V::Of>, if_match: IfMatch) -> Guard {
    let keys = Box::new(V::rows(&shown));
    let check = move |rows: &Rows| match (V::current(rows, &shown), if_match) {
        (Current::Absent, _) => Err(ledger::Error::NothingToMatch),
        (Current::Unversioned, IfMatch::Version(_)) => Err(ledger::Error::Unversioned),
        (Current::Version(current), IfMatch::Version(expected)) if current != expected => {
            Err(ledger::Error::VersionMismatch { expected, current })
        }
        _ => Ok(()),
    };
    Guard::Rows { keys, check: Box::new(check) }
}

/// What would be appended, and what would be answered.
fn dry_run_reply(reply: StoredReply, events: &[RecordedEvent]) -> Result<StoredReply, ledger::Error> {
    let unrenderable = |error: serde_json::Error| ledger::Error::Unrenderable(error.to_string());
    let mut shown = Vec::with_capacity(events.len());
    for recorded in events {
        let encoded = recorded.event.encode().map_err(unrenderable)?;
        let data = encoded.as_object().and_then(|object| object.values().next()).cloned().unwrap_or_default();
        shown.push(json!({
            "type": recorded.event.event_type(),
            "stream_id": recorded.aggregate_id,
            "sequence": recorded.sequence,
            "data": text::open_personal(data),
        }));
    }
    let result: serde_json::Value = match &reply.body {
        Some(body) => serde_json::from_str(body).map_err(unrenderable)?,
        None => serde_json::Value::Null,
    };
    let body = json!({ "events": shown, "status": reply.status, "result": result }).to_string();
    let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    Ok(StoredReply { status: 200, headers, body: Some(body) })
}

/// The time at which a command is decided, in whole milliseconds, as the ledger keeps it.
fn moment() -> Moment {
    use chrono::SubsecRound;
    Moment { now: chrono::Utc::now().trunc_subsecs(3) }
}
