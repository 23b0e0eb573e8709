//! The baseline of the write bars: organizations as one builds them with cqrs-es and postgres-es by their guides. One
//! aggregate, one `GenericQuery` view, the default pool, the standard tables, axum in front. It does not authenticate
//! its callers.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{patch, post},
};
use chrono::{DateTime, Utc};
use cqrs_es::{
    Aggregate, AggregateError, DomainEvent, EventEnvelope, View, event_sink::EventSink, persist::GenericQuery,
};
use postgres_es::{PostgresCqrs, PostgresViewRepository, default_postgress_pool, postgres_cqrs};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::answer::{self, Limits, Person};

/// The tables that postgres-es ships, its view under our name.
pub const TABLES: &str = "
    CREATE TABLE events (
        aggregate_type text NOT NULL,
        aggregate_id text NOT NULL,
        sequence bigint CHECK (sequence >= 0) NOT NULL,
        event_type text NOT NULL,
        event_version text NOT NULL,
        payload json NOT NULL,
        metadata json NOT NULL,
        PRIMARY KEY (aggregate_type, aggregate_id, sequence)
    );
    CREATE TABLE organization_view (
        view_id text NOT NULL,
        version bigint CHECK (version >= 0) NOT NULL,
        payload json NOT NULL,
        PRIMARY KEY (view_id)
    );";

#[derive(Debug, Default, Serialize, Deserialize)]
struct Organization {
    exists: bool,
    name: String,
}

enum OrganizationCommand {
    Create { name: String, slug: String, at: DateTime<Utc> },
    Rename { name: String, at: DateTime<Utc> },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum OrganizationEvent {
    Created { name: String, slug: String, at: DateTime<Utc> },
    Renamed { from: String, to: String, at: DateTime<Utc> },
}

impl DomainEvent for OrganizationEvent {
    fn event_type(&self) -> String {
        match self {
            Self::Created { .. } => "Created".to_owned(),
            Self::Renamed { .. } => "Renamed".to_owned(),
        }
    }

    fn event_version(&self) -> String {
        "1.0".to_owned()
    }
}

#[derive(Debug, thiserror::Error)]
enum OrganizationError {
    #[error("exists already")]
    Exists,
    #[error("not found")]
    NotFound,
}

impl Aggregate for Organization {
    const TYPE: &'static str = "organization";
    type Command = OrganizationCommand;
    type Event = OrganizationEvent;
    type Error = OrganizationError;
    type Services = ();

    async fn handle(
        &mut self,
        command: OrganizationCommand,
        (): &(),
        sink: &EventSink<Self>,
    ) -> Result<(), OrganizationError> {
        let event = match command {
            OrganizationCommand::Create { .. } if self.exists => return Err(OrganizationError::Exists),
            OrganizationCommand::Create { name, slug, at } => OrganizationEvent::Created { name, slug, at },
            OrganizationCommand::Rename { .. } if !self.exists => return Err(OrganizationError::NotFound),
            OrganizationCommand::Rename { name, at } => {
                OrganizationEvent::Renamed { from: self.name.clone(), to: name, at }
            }
        };
        sink.write(event, self).await;
        Ok(())
    }

    fn apply(&mut self, event: OrganizationEvent) {
        match event {
            OrganizationEvent::Created { name, .. } => *self = Self { exists: true, name },
            OrganizationEvent::Renamed { to, .. } => self.name = to,
        }
    }
}

/// The view is the answer itself.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
struct OrganizationView(answer::Organization);

impl View<Organization> for OrganizationView {
    fn update(&mut self, event: &EventEnvelope<Organization>) {
        match &event.payload {
            OrganizationEvent::Created { name, slug, at } => {
                self.0 = answer::Organization {
                    id: event.aggregate_id.parse().unwrap_or_default(),
                    name: name.clone(),
                    slug: slug.clone(),
                    status: "active".to_owned(),
                    plan: "free".to_owned(),
                    owner: Person { email: Some("admin@example.com".to_owned()), ..Person::default() },
                    is_owner: true,
                    role: Some("owner".to_owned()),
                    user_count: 1,
                    workspace_count: 1,
                    limits: Limits::FREE,
                    jwt_expiry_secs: 3600,
                    metadata: serde_json::Value::Object(serde_json::Map::new()),
                    created_at: *at,
                    updated_at: *at,
                    ..answer::Organization::default()
                };
            }
            OrganizationEvent::Renamed { to, at, .. } => {
                self.0.name.clone_from(to);
                self.0.updated_at = *at;
            }
        }
    }
}

type Views = PostgresViewRepository<OrganizationView, Organization>;
type Organizations = GenericQuery<Views, OrganizationView, Organization>;

#[derive(Clone)]
struct Service {
    cqrs: Arc<PostgresCqrs<Organization>>,
    organizations: Arc<Organizations>,
}

pub async fn router(database_url: &str) -> Router {
    let pool = default_postgress_pool(database_url).await;
    let views = Arc::new(Views::new("organization_view", pool.clone()));
    let cqrs = Arc::new(postgres_cqrs(pool, vec![Box::new(Organizations::new(views.clone()))], ()));
    let organizations = Arc::new(Organizations::new(views));
    Router::new()
        .route("/organizations", post(create))
        .route("/organizations/{id}", patch(rename))
        .with_state(Service { cqrs, organizations })
}

#[derive(Deserialize)]
struct NewOrganization {
    name: String,
    slug: String,
}

#[derive(Deserialize)]
struct Changes {
    name: String,
}

async fn create(State(service): State<Service>, Json(body): Json<NewOrganization>) -> Response {
    let id = Uuid::now_v7().to_string();
    let command = OrganizationCommand::Create { name: body.name, slug: body.slug, at: Utc::now() };
    service.execute(&id, command, StatusCode::CREATED).await
}

async fn rename(State(service): State<Service>, Path(id): Path<String>, Json(body): Json<Changes>) -> Response {
    service.execute(&id, OrganizationCommand::Rename { name: body.name, at: Utc::now() }, StatusCode::OK).await
}

impl Service {
    async fn execute(&self, id: &str, command: OrganizationCommand, done: StatusCode) -> Response {
        match self.cqrs.execute(id, command).await {
            Ok(()) => match self.organizations.load(id).await {
                Some(view) => (done, Json(view)).into_response(),
                None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            },
            Err(AggregateError::UserError(error)) => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
            Err(AggregateError::AggregateConflict) => StatusCode::CONFLICT.into_response(),
            Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
        }
    }
}
