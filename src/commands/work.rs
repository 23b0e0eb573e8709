//! The unit of work: the aggregates that one command loads and changes, until they become one append.

use std::{any::Any, collections::BTreeMap, sync::Arc};

use aggregates::{
    Moment,
    api_key::{self, ApiKey},
    authorization::Asker,
    belonging::Belonging,
    event::Event,
    metadata::{Actor, Metadata},
    user::{self, User},
};
use chrono::{DateTime, Utc};
use cqrs_es::{Aggregate, event_sink::EventSink};
use uuid::Uuid;

use super::{Error, Write, moment};
use crate::{
    ledger::{
        Append, Condition, Guard, Ledger, Loaded, NewEvent, Reply, ReplyWrite, SideWrite, StreamId, Subject, Turn,
    },
    readmodel::ReadModel,
};

pub struct UnitOfWork<'a> {
    ledger: &'a Ledger,
    readmodel: &'a ReadModel,
    write: &'a Write,
    asker: Asker,
    moment: Moment,
    turns: Vec<Turn>,
    held: BTreeMap<StreamId, Box<dyn Held>>,
    events: Vec<NewEvent>,
    conditions: Vec<Condition>,
    guards: Vec<Guard>,
    side_writes: Vec<SideWrite>,
}

/// An aggregate with the version it was loaded at and how many events were added since.
struct Holding<A> {
    aggregate: A,
    version: i64,
    added: i64,
}

trait Held: Send + Sync {
    fn version(&self) -> i64;
    fn remember(self: Box<Self>, id: Uuid, ledger: &Ledger);
    fn as_any(&self) -> &dyn Any;
    fn as_any_mut(&mut self) -> &mut dyn Any;
}

impl<A: Aggregate + 'static> Held for Holding<A> {
    fn version(&self) -> i64 {
        self.version
    }

    fn remember(self: Box<Self>, id: Uuid, ledger: &Ledger) {
        ledger.remember(id, Loaded { aggregate: self.aggregate, version: self.version + self.added });
    }

    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
}

impl<'a> UnitOfWork<'a> {
    pub(super) fn new(ledger: &'a Ledger, readmodel: &'a ReadModel, write: &'a Write) -> Self {
        Self {
            ledger,
            readmodel,
            write,
            asker: write.asker,
            moment: moment(),
            turns: Vec::new(),
            held: BTreeMap::new(),
            events: Vec::new(),
            conditions: Vec::new(),
            guards: Vec::new(),
            side_writes: Vec::new(),
        }
    }

    pub fn asker(&self) -> Asker {
        self.asker
    }

    /// When this is decided.
    pub fn now(&self) -> DateTime<Utc> {
        self.moment.now
    }

    pub fn metadata(&self) -> &'a Metadata {
        &self.write.metadata
    }

    /// What the asker is as a person is a condition too: their credential was checked against what this node knew, and
    /// another node may know better. A user without a stream is just being registered.
    pub(super) async fn confirm_asker(&mut self) -> Result<(), Error> {
        self.confirm_key().await?;
        let Asker::User { id, superadmin, reach } = self.asker else { return Ok(()) };
        let user = self.watch::<User>(id.uuid(), user::REVOCATIONS).await?;
        if user.version == 0 {
            return Ok(());
        }
        if !user.aggregate.is_enabled() {
            return Err(Error::SignedOut);
        }
        self.asker = Asker::User { id, superadmin: superadmin && user.aggregate.is_superadmin(), reach };
        Ok(())
    }

    /// Makes the state of the key that asks a condition: it may have been revoked or given less
    /// meanwhile, and its secret replaced.
    async fn confirm_key(&mut self) -> Result<(), Error> {
        let Actor::ApiKey(id) = self.write.metadata.actor else { return Ok(()) };
        let key = self.watch::<ApiKey>(id.uuid(), api_key::REVOCATIONS).await?;
        let now = self.moment.now;
        if !self.write.secret.is_some_and(|secret| key.aggregate.accepts(&secret, now)) {
            return Err(Error::SignedOut);
        }
        if self.asker == Asker::System {
            // It ends itself, for which it need not be usable.
            return Ok(());
        }
        let scopes = key.aggregate.scopes().filter(|_| key.aggregate.is_usable(now)).ok_or(Error::SignedOut)?;
        match &mut self.asker {
            Asker::User { reach, .. } => *reach = scopes.reach(),
            Asker::Organization { id, permissions, .. } => *permissions = scopes.permissions(*id),
            Asker::System => {}
        }
        Ok(())
    }

    /// Loads an aggregate that is only read to decide. Events of these types in the meantime refuse the append.
    pub async fn watch<A: Aggregate + Clone + 'static>(
        &mut self,
        id: Uuid,
        event_types: &'static [&'static str],
    ) -> Result<Arc<Loaded<A>>, Error> {
        let loaded = self.ledger.load::<A>(id).await?;
        let stream = StreamId { aggregate_type: A::TYPE, id };
        self.conditions.push(Condition { stream, after: loaded.version, event_types });
        Ok(loaded)
    }

    pub fn ledger(&self) -> &'a Ledger {
        self.ledger
    }

    pub fn readmodel(&self) -> &'a ReadModel {
        self.readmodel
    }

    /// Loads an aggregate to be changed, when it is its turn. Taking turns on several streams is done in one call for
    /// all of them or in the order of their ids.
    pub async fn load<A: Aggregate + Clone + 'static>(&mut self, id: Uuid) -> Result<&A, Error> {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        if !self.held.contains_key(&stream) {
            self.turns.push(self.ledger.turns().take(Subject::Stream(stream)).await);
            let loaded = self.ledger.load::<A>(id).await?;
            self.hold(stream, Arc::unwrap_or_clone(loaded));
        }
        self.get(stream)
    }

    /// Loads an aggregate that keeps nothing of its events, to be changed.
    pub async fn load_stateless<A: Aggregate + Clone + 'static>(&mut self, id: Uuid) -> Result<(), Error> {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        if !self.held.contains_key(&stream) {
            self.turns.push(self.ledger.turns().take(Subject::Stream(stream)).await);
            let loaded = self.ledger.load_stateless::<A>(id).await?;
            self.hold(stream, Arc::unwrap_or_clone(loaded));
        }
        Ok(())
    }

    /// Begins a stream under a new id.
    pub fn begin<A: Aggregate + 'static>(&mut self, id: Uuid) {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        self.hold(stream, Loaded { aggregate: A::default(), version: 0 });
    }

    fn hold<A: Aggregate + 'static>(&mut self, stream: StreamId, loaded: Loaded<A>) {
        let holding = Holding { aggregate: loaded.aggregate, version: loaded.version, added: 0 };
        self.held.insert(stream, Box::new(holding));
    }

    fn get<A: Aggregate + 'static>(&self, stream: StreamId) -> Result<&A, Error> {
        let held = self.held.get(&stream).and_then(|held| held.as_any().downcast_ref::<Holding<A>>());
        held.map(|holding| &holding.aggregate).ok_or_else(|| not_held(stream))
    }

    /// Lets a held aggregate decide. Its events carry the organization that it says they belong to.
    pub async fn handle<A>(&mut self, id: Uuid, command: A::Command) -> Result<(), Error>
    where
        A: Belonging<Services = Moment> + 'static,
        A::Command: Send,
        A::Event: Into<Event>,
        Error: From<A::Error>,
    {
        let stream = StreamId { aggregate_type: A::TYPE, id };
        let held = self.held.get_mut(&stream).and_then(|held| held.as_any_mut().downcast_mut::<Holding<A>>());
        let holding = held.ok_or_else(|| not_held(stream))?;
        let organization_id = holding.aggregate.belongs_to(id, &command);
        let sink = EventSink::default();
        holding.aggregate.handle(command, &self.moment, &sink).await?;
        for event in sink.collect().await {
            holding.added += 1;
            self.events.push(NewEvent { stream, organization_id, event: event.into() });
        }
        Ok(())
    }

    pub fn guard(&mut self, guard: Guard) {
        self.guards.push(guard);
    }

    pub fn write_beside(&mut self, write: impl Into<SideWrite>) {
        self.side_writes.push(write.into());
    }

    pub(super) fn append(&mut self, reply: Reply) -> Append {
        if let Some(idempotency) = &self.write.idempotency {
            self.write_beside(ReplyWrite::Keep(idempotency.clone()));
        }
        Append {
            metadata: self.write.metadata.clone(),
            events: std::mem::take(&mut self.events),
            expected: self.held.iter().map(|(stream, held)| (*stream, held.version())).collect(),
            conditions: self.conditions(),
            guards: std::mem::take(&mut self.guards),
            side_writes: std::mem::take(&mut self.side_writes),
            reply,
            dry_run: self.write.dry_run,
        }
    }

    /// Whether what was loaded is still the latest. A refusal on anything older is not reported.
    pub(super) async fn is_current(&self) -> Result<bool, Error> {
        let held = self.held.iter().map(|(stream, held)| (*stream, held.version()));
        let read = self.conditions.iter().map(|condition| (condition.stream, condition.after));
        let streams: Vec<_> = held.chain(read).filter(|(_, version)| *version > 0).collect();
        Ok(self.ledger.are_current(&streams).await?)
    }

    /// Keeps the changed aggregates for the next command.
    pub(super) fn remember(self) {
        for (stream, held) in self.held {
            held.remember(stream.id, self.ledger);
        }
    }

    /// Drops what was loaded from memory, for a new decision on what is stored.
    pub(super) fn forget(&self) {
        self.held.keys().for_each(|stream| self.ledger.evict(*stream));
        self.conditions.iter().for_each(|condition| self.ledger.evict(condition.stream));
    }

    /// Streams that are written too may have been loaded later than they were read, so their conditions stay. Where both
    /// saw the same version, the version says it all.
    fn conditions(&self) -> Vec<Condition> {
        let implied = |condition: &Condition| {
            self.held.get(&condition.stream).is_some_and(|held| held.version() <= condition.after)
        };
        // They stay here too: when one of them does not hold, what it was loaded from has to be forgotten.
        self.conditions.iter().filter(|condition| !implied(condition)).cloned().collect()
    }
}

fn not_held(stream: StreamId) -> Error {
    Error::Ledger(crate::ledger::Error::Broken(format!("{stream} was not loaded by this command")))
}
