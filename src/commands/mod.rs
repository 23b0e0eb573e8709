//! Use cases: who asks, may they, which aggregates, one unit of work, one append.

pub mod api_keys;
mod error;
pub mod invitations;
pub mod members;
pub mod organizations;
pub mod projects;
pub mod roles;
pub mod sessions;
mod slugs;
pub mod teams;
pub mod usage;
pub mod users;
mod work;
pub mod workspaces;

use aggregates::{
    Moment,
    api_key::SecretHash,
    authorization::{Asker, Reach},
    claim::ClaimKind,
    metadata::{Actor, Metadata},
};
use projections::{RecordedEvent, RowKeys, Rows};
use serde_json::json;

pub use self::{error::Error, work::UnitOfWork};
use crate::{
    ledger::{self, Appended, Idempotency, Ledger, Reply, StoredReply, Subject},
    readmodel::ReadModel,
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

/// What a command leaves to be shown, read from the folded rows.
pub struct Shown<V> {
    /// The rows that `view` needs.
    pub keys: RowKeys,
    pub view: View<V>,
}

impl Shown<()> {
    pub fn nothing() -> Self {
        Self { keys: RowKeys::default(), view: Box::new(|_| Some(())) }
    }
}

/// Reads what is shown; none when a row is missing.
pub type View<V> = Box<dyn Fn(&Rows) -> Option<V> + Send + Sync>;

/// One use case. Deciding may happen several times, each time on newer state.
pub trait Command: Sync {
    /// What the answer shows.
    type View: 'static;

    /// Loads, authorizes, decides.
    fn decide(&self, work: &mut UnitOfWork<'_>) -> impl Future<Output = Result<Shown<Self::View>, Error>> + Send;

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
                    let append = work.append(reply(shown, present.clone(), work.unguarded(), write.dry_run));
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

fn reply<V: 'static>(
    shown: Shown<V>,
    present: impl Fn(&V) -> StoredReply + Send + Sync + 'static,
    unguarded: Option<IfMatch>,
    dry_run: bool,
) -> Reply {
    let Shown { keys, view } = shown;
    let render = move |rows: &Rows, events: &[RecordedEvent]| {
        let missing = || ledger::Error::Unrenderable("a row of the reply is missing".to_owned());
        let reply = present(&view(rows).ok_or_else(missing)?);
        refuse_unguarded(unguarded, reply.status)?;
        if dry_run { dry_run_reply(reply, events) } else { Ok(reply) }
    };
    Reply { keys, render: Box::new(render) }
}

/// An If-Match that was compared with nothing must not look as if it had been.
fn refuse_unguarded(if_match: Option<IfMatch>, status: u16) -> Result<(), ledger::Error> {
    match (if_match, status) {
        (None, _) => Ok(()),
        (Some(_), 201) => Err(ledger::Error::NothingToMatch),
        (Some(IfMatch::Version(_)), _) => Err(ledger::Error::Unversioned),
        (Some(IfMatch::Anything), _) => Ok(()),
    }
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
