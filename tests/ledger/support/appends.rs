//! Appends to try, and rows to plant past the ledger.

use aggregates::{
    api_key::{ApiKeyEvent, Details, OnCreatorLeave, Owner, Secret},
    authorization::Scopes,
    event::Event,
    ids::{ApiKeyId, OrganizationId, UserId},
    metadata::Metadata,
    organization::{LimitChanges, OrganizationEvent, Plan},
    slug::Slug,
    workspace::WorkspaceEvent,
};
use projections::{RecordedEvent, RowKeys};
use tenantry::ledger::{Append, Idempotency, NewEvent, Reply, ReplyWrite, StoredReply, StreamId};
use uuid::Uuid;

use crate::database::Store;

pub fn new_id() -> OrganizationId {
    OrganizationId::new(Uuid::now_v7())
}

pub fn stream(id: OrganizationId) -> StreamId {
    StreamId { aggregate_type: "organization", id: id.uuid() }
}

pub fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

/// Nothing yet, by the system, answered with the id of its first event.
pub fn append() -> Append {
    Append {
        metadata: Metadata::system(),
        events: vec![],
        expected: vec![],
        conditions: vec![],
        guards: vec![],
        side_writes: vec![],
        reply: Reply { keys: RowKeys::default(), render: Box::new(|_, events| Ok(reply_to(events))) },
        dry_run: false,
    }
}

fn reply_to(events: &[RecordedEvent]) -> StoredReply {
    let body = events.first().map(|event| event.event_id.to_string());
    StoredReply { status: 200, headers: vec![("x-test".into(), "1".into())], body }
}

/// Events of one organization after a version of it.
pub fn change(id: OrganizationId, version: i64, events: impl IntoIterator<Item = OrganizationEvent>) -> Append {
    Append {
        events: events.into_iter().map(|event| of_organization(id, event)).collect(),
        expected: vec![(stream(id), version)],
        ..append()
    }
}

pub fn of_organization(id: OrganizationId, event: OrganizationEvent) -> NewEvent {
    NewEvent { stream: stream(id), organization_id: Some(id), event: event.into() }
}

pub fn creation(id: OrganizationId, slug: &str) -> Append {
    change(id, 0, [created(slug)])
}

pub fn created(text: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationCreated {
        name: format!("Organization {text}"),
        slug: slug(text),
        description: None,
        domain: None,
        owner: UserId::new(Uuid::now_v7()),
        plan: Plan::Free,
        is_personal: false,
    }
}

/// A change that is always possible.
pub fn touch(id: OrganizationId, version: i64) -> Append {
    change(id, version, [OrganizationEvent::LimitsChanged { changes: LimitChanges::default() }])
}

pub fn suspension(id: OrganizationId, version: i64) -> Append {
    change(id, version, [OrganizationEvent::OrganizationSuspended { reason: None }])
}

pub fn slug_change(from: &str, to: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationSlugChanged { from: slug(from), to: slug(to) }
}

pub fn slug_release(text: &str) -> OrganizationEvent {
    OrganizationEvent::OrganizationSlugReleased { slug: slug(text) }
}

pub fn workspace(organization: OrganizationId, text: &str) -> Append {
    let stream = StreamId { aggregate_type: "workspace", id: Uuid::now_v7() };
    let event = WorkspaceEvent::WorkspaceCreated {
        organization,
        name: text.to_owned(),
        slug: slug(text),
        description: None,
        is_default: false,
    };
    Append {
        events: vec![NewEvent { stream, organization_id: Some(organization), event: event.into() }],
        expected: vec![(stream, 0)],
        ..append()
    }
}

/// An API key of an organization.
pub fn api_key(organization: OrganizationId, id: ApiKeyId) -> Append {
    let stream = StreamId { aggregate_type: "api_key", id: id.uuid() };
    let event = ApiKeyEvent::ApiKeyCreated {
        handle: id.uuid().simple().to_string(),
        secret: Secret { hash: "0".repeat(64), ending: "xyz789".to_owned() },
        owner: Owner::Organization(organization),
        created_by: UserId::new(Uuid::now_v7()),
        expires_at: None,
        details: Details {
            name: "CI".to_owned(),
            description: None,
            scopes: Scopes::Everything,
            ip_allowlist: vec![],
            rate_limit: None,
            on_creator_leave: OnCreatorLeave::Keep,
        },
    };
    Append {
        events: vec![NewEvent { stream, organization_id: Some(organization), event: event.into() }],
        expected: vec![(stream, 0)],
        ..append()
    }
}

pub fn with_key(append: Append, key: &str, content: &str) -> Append {
    Append { side_writes: vec![ReplyWrite::Keep(idempotency(key, content)).into()], ..append }
}

pub fn idempotency(key: &str, content: &str) -> Idempotency {
    Idempotency::new(aggregates::metadata::Actor::System, "POST /things", key, &[content.as_bytes()])
}

/// What one event would be in the table.
pub struct Seed<'a> {
    pub position: i64,
    pub stream: StreamId,
    pub sequence: i64,
    pub event_type: &'a str,
    pub payload: serde_json::Value,
    pub recorded_at: chrono::DateTime<chrono::Utc>,
}

impl Seed<'_> {
    /// A suspension of an organization, now.
    pub fn suspension(position: i64, id: OrganizationId, sequence: i64) -> Self {
        let event = Event::from(OrganizationEvent::OrganizationSuspended { reason: None });
        Self {
            position,
            stream: stream(id),
            sequence,
            event_type: "OrganizationSuspended",
            payload: event.encode().expect("a payload"),
            recorded_at: chrono::Utc::now(),
        }
    }

    /// Writes it past the ledger.
    pub async fn plant(self, store: &Store) {
        let sql = "INSERT INTO events (position, event_id, aggregate_type, aggregate_id, sequence, event_type, \
                   event_version, payload, metadata, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, '1.0.0', $7, '{}', $8)";
        let id = self.stream.id.to_string();
        let args = [
            self.position.into(),
            (&Uuid::now_v7()).into(),
            self.stream.aggregate_type.into(),
            id.as_str().into(),
            self.sequence.into(),
            self.event_type.into(),
            (&projections::row::Json(self.payload)).into(),
            (&self.recorded_at).into(),
        ];
        assert_eq!(store.execute(sql, &args).await.expect("planted"), 1);
    }
}
