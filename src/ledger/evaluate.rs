//! Deciding under the head lock: pure, in memory, one append after the other.

use std::collections::{BTreeMap, HashMap, HashSet};

use aggregates::{
    claim::{ClaimChange, ClaimKind, claim_changes},
    organization::Organization,
};
use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use projections::{RecordedEvent, RowKeys, Rows};
use uuid::Uuid;

use super::{
    Append, Appended, Condition, Counter, Error, Guard, Render, SideWrite, StreamId, beside::SideTables,
    secret::ClaimKey,
};

/// A claim as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct StoredClaim {
    pub kind: ClaimKind,
    pub value: String,
}

/// An append whose events are sealed and whose needs are known.
pub(super) struct Prepared {
    /// Opened; position and time are set when the append is accepted.
    pub events: Vec<RecordedEvent>,
    /// The streams of the events, in the same order.
    pub streams: Vec<StreamId>,
    /// Sealed payloads, in the same order, as JSON texts.
    pub payloads: Vec<String>,
    /// Sealed metadata, a JSON text.
    pub metadata: String,
    pub expected: Vec<(StreamId, i64)>,
    pub conditions: Vec<Condition>,
    pub guards: Vec<Guard>,
    pub releases: Vec<StoredClaim>,
    pub acquisitions: Vec<(StoredClaim, Uuid, String)>,
    pub side_writes: Vec<SideWrite>,
    /// Wrapped keys of subjects that have none in the database yet.
    pub new_keys: BTreeMap<Uuid, String>,
    pub keys: RowKeys,
    pub render: Render,
    pub dry_run: bool,
}

impl Prepared {
    pub(super) fn new(
        append: Append,
        payloads: Vec<String>,
        metadata: String,
        new_keys: BTreeMap<Uuid, String>,
        claims: &ClaimKey,
    ) -> Self {
        let mut keys = append.reply.keys;
        let mut releases = Vec::new();
        let mut acquisitions = Vec::new();
        let mut versions: HashMap<StreamId, i64> = append.expected.iter().copied().collect();
        let mut streams = Vec::with_capacity(append.events.len());
        let mut events = Vec::with_capacity(append.events.len());
        for new in append.events {
            for change in claim_changes(new.stream.id, &new.event) {
                let stored = |claim: &aggregates::claim::Claim| StoredClaim {
                    kind: claim.kind,
                    value: claims.stored_value(claim),
                };
                match change {
                    ClaimChange::Release(claim) => releases.push(stored(&claim)),
                    ClaimChange::Acquire(claim) => acquisitions.push((stored(&claim), new.stream.id, claim.value)),
                }
            }
            let sequence = versions.entry(new.stream).or_insert(0);
            *sequence += 1;
            let recorded = RecordedEvent {
                position: 0,
                event_id: Uuid::now_v7(),
                aggregate_id: new.stream.id,
                sequence: *sequence,
                organization_id: new.organization_id,
                recorded_at: DateTime::UNIX_EPOCH,
                event: new.event,
                metadata: append.metadata.clone(),
            };
            projections::keys(&recorded, &mut keys);
            streams.push(new.stream);
            events.push(recorded);
        }
        for guard in &append.guards {
            match guard {
                Guard::Below { organization, .. } => drop(keys.organization_counters.insert((*organization,))),
                Guard::Rows { keys: wanted, .. } => keys.extend(wanted),
                Guard::KeysMade { organization, user, .. } => {
                    keys.memberships.insert((*organization, *user));
                }
            }
        }
        Self {
            events,
            streams,
            payloads,
            metadata,
            expected: append.expected,
            conditions: append.conditions,
            guards: append.guards,
            releases,
            acquisitions,
            side_writes: append.side_writes,
            new_keys,
            keys,
            render: append.reply.render,
            dry_run: append.dry_run,
        }
    }

    /// Streams that this append begins.
    pub(super) fn new_streams(&self) -> impl Iterator<Item = StreamId> {
        self.expected.iter().filter(|(_, version)| *version == 0).map(|(stream, _)| *stream)
    }
}

/// What the checks of a batch look at: the state at the head, moved on by every append that was accepted.
pub(super) struct Evaluation<'a> {
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    pub rows: &'a mut Rows,
    pub versions: HashMap<StreamId, i64>,
    /// What happened in streams that are conditions, after the versions that the conditions name.
    pub happened: HashMap<StreamId, Vec<(i64, String)>>,
    pub claims: HashMap<StoredClaim, Uuid>,
    pub beside: SideTables,
    /// Claims that changed: a holder, or given up.
    pub claimed: BTreeMap<StoredClaim, Option<Uuid>>,
}

/// What became of one append. Only accepted ones are written.
pub(super) enum Verdict {
    Accepted(Appended),
    /// Answered without writing: a replay or a dry run.
    Answered(Appended),
    Refused(Error),
}

impl Evaluation<'_> {
    /// Decides on one append and, when it is accepted, moves the state on.
    pub(super) fn evaluate(&mut self, append: &mut Prepared) -> Verdict {
        match self.beside.answer(&append.side_writes) {
            Ok(None) => {}
            Ok(Some(answer)) => return Verdict::Answered(answer),
            Err(error) => return Verdict::Refused(error),
        }
        match self.check_and_fold(append) {
            Err(error) => Verdict::Refused(error),
            Ok(appended) if append.dry_run => {
                self.rows.rollback();
                Verdict::Answered(Appended { position: self.position, ..appended })
            }
            Ok(appended) => {
                self.accept(append, &appended);
                Verdict::Accepted(appended)
            }
        }
    }

    fn check_and_fold(&mut self, append: &mut Prepared) -> Result<Appended, Error> {
        for (stream, expected) in &append.expected {
            if self.versions.get(stream).copied().unwrap_or(0) != *expected {
                return Err(Error::Conflict(*stream));
            }
        }
        for condition in &append.conditions {
            self.check_condition(condition)?;
        }
        self.check_claims(append)?;
        for guard in &append.guards {
            self.check_guard(guard)?;
        }
        self.beside.check(&append.side_writes)?;
        for (place, event) in (1..).zip(&mut append.events) {
            event.position = self.position + place;
            event.recorded_at = self.recorded_at;
        }
        self.rows.begin();
        let folded = append
            .events
            .iter()
            .try_for_each(|event| projections::fold(event, self.rows).map_err(Error::from))
            .and_then(|()| (append.render)(self.rows, &append.events));
        match folded {
            Ok(reply) => {
                let position = append.events.last().map_or(self.position, |event| event.position);
                Ok(Appended { position, reply, replayed: false })
            }
            Err(error) => {
                self.rows.rollback();
                Err(error)
            }
        }
    }

    fn check_condition(&self, condition: &Condition) -> Result<(), Error> {
        let happened = self.happened.get(&condition.stream).into_iter().flatten();
        let overtaking = happened
            .filter(|(sequence, _)| *sequence > condition.after)
            .find(|(_, event_type)| condition.event_types.contains(&event_type.as_str()));
        match overtaking {
            Some((_, event_type)) => Err(Error::Overtaken { stream: condition.stream, event_type: event_type.clone() }),
            None => Ok(()),
        }
    }

    /// Releases come before acquisitions, so that one append can swap what it holds.
    fn check_claims(&self, append: &Prepared) -> Result<(), Error> {
        let released: HashSet<_> = append.releases.iter().collect();
        let mut acquired: HashMap<&StoredClaim, Uuid> = HashMap::new();
        for (claim, holder, value) in &append.acquisitions {
            let held = if released.contains(claim) { None } else { self.claims.get(claim).copied() };
            let held = acquired.insert(claim, *holder).or(held);
            if held.is_some_and(|held| held != *holder) {
                return Err(Error::Taken { kind: claim.kind, value: value.clone() });
            }
        }
        Ok(())
    }

    fn check_guard(&self, guard: &Guard) -> Result<(), Error> {
        match guard {
            Guard::Below { organization, counter, limit } => {
                let row = self.rows.organization_counters.get(&(*organization,)).ok_or(Error::NoRow)?;
                let current = match counter {
                    Counter::Seats => row.seats,
                    Counter::Workspaces => row.workspaces,
                    Counter::Spaces => row.spaces,
                };
                if current < *limit {
                    Ok(())
                } else {
                    Err(Error::LimitReached { counter: *counter, limit: *limit, current })
                }
            }
            Guard::KeysMade { organization, user, expected } => {
                let row = self.rows.memberships.get(&(*organization, *user)).ok_or(Error::NoRow)?;
                let stream = StreamId { aggregate_type: Organization::TYPE, id: organization.uuid() };
                // Decided anew, it takes the new key in.
                if row.api_keys == *expected { Ok(()) } else { Err(Error::Conflict(stream)) }
            }
            Guard::Rows { check, .. } => check(self.rows),
        }
    }

    fn accept(&mut self, append: &Prepared, appended: &Appended) {
        self.position = appended.position;
        for (stream, event) in append.streams.iter().zip(&append.events) {
            self.versions.insert(*stream, event.sequence);
            if let Some(happened) = self.happened.get_mut(stream) {
                happened.push((event.sequence, event.event.event_type()));
            }
        }
        for claim in &append.releases {
            self.claims.remove(claim);
            self.claimed.insert(claim.clone(), None);
        }
        for (claim, holder, _) in &append.acquisitions {
            if self.claims.insert(claim.clone(), *holder) != Some(*holder) {
                self.claimed.insert(claim.clone(), Some(*holder));
            }
        }
        self.beside.accept(&append.side_writes, appended);
    }
}
