//! One event of every kind, every field filled.

mod api_keys;
mod catalog;
mod people;
mod spaces;

use std::collections::BTreeMap;

use aggregates::{
    change::Change,
    event::Event,
    ids::{ApiKeyId, OrganizationId, UserId, WorkspaceId},
    organization::{LimitChanges, OrganizationEvent, Plan, ProfileChanges, Settings},
    personal::Personal,
    project::{ProjectChanges, ProjectEvent},
    slug::Slug,
    team::{TeamChanges, TeamEvent},
    usage::{KeyUse, UsageEvent},
    user::{Origin, UserEvent},
    workspace::{WorkspaceChanges, WorkspaceEvent},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// Each with the type of its aggregate.
pub fn samples() -> Vec<(&'static str, Event)> {
    fn of<E: Into<Event>>(aggregate_type: &'static str, events: Vec<E>) -> impl Iterator<Item = (&'static str, Event)> {
        events.into_iter().map(move |event| (aggregate_type, event.into()))
    }
    of("organization", organization())
        .chain(of("organization", people::organization()))
        .chain(of("user", people::user()))
        .chain(of("session", people::session()))
        .chain(of("team", team()))
        .chain(of("workspace", workspace()))
        .chain(of("project", project()))
        .chain(of("space", spaces::events()))
        .chain(of("product", catalog::products()))
        .chain(of("contract", catalog::contracts()))
        .chain(of("issue", catalog::issues()))
        .chain(of("quality_check", catalog::quality_checks()))
        .chain(of("api_key", api_keys::events()))
        .chain(of("usage", usage()))
        .collect()
}

/// Events that had fewer fields when their files were written, with all that they have today; a field that came later
/// is left out where it has no value, so that the file is still what is written. And those whose fields have another
/// form in them than in the samples.
pub fn with_later_fields() -> Vec<(&'static str, Event)> {
    let registered = UserEvent::UserRegistered {
        email: Personal::new(id(2), "jane@acme.example".to_owned()),
        name: None,
        origin: Origin::Signup,
        organization: Some("Acme Corp".into()),
    };
    let created = WorkspaceEvent::WorkspaceCreated {
        organization: OrganizationId::new(id(1)),
        name: "Lab".into(),
        slug: slug("lab"),
        description: Some("Where it is made".into()),
        is_default: false,
    };
    vec![("user", registered.into()), ("workspace", created.into()), ("api_key", api_keys::plain().into())]
}

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0000 + n)
}

pub fn time() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_800_000_000_123).expect("a time")
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn organization() -> Vec<OrganizationEvent> {
    vec![
        OrganizationEvent::OrganizationCreated {
            name: "Acme Corp".into(),
            slug: slug("acme-corp"),
            description: Some("Anvils and more".into()),
            domain: Some("acme.example".into()),
            owner: UserId::new(id(2)),
            plan: Plan::Free,
            is_personal: false,
        },
        OrganizationEvent::OrganizationUpdated { changes: Box::new(profile_changes()) },
        OrganizationEvent::PlanChanged { from: Plan::Free, to: Plan::Enterprise },
        OrganizationEvent::OrganizationSlugChanged { from: slug("acme-corp"), to: slug("acme") },
        OrganizationEvent::OrganizationSlugReleased { slug: slug("acme-corp") },
        OrganizationEvent::LimitsChanged { changes: limit_changes() },
        OrganizationEvent::OrganizationSuspended { reason: Some("Unpaid bills".into()) },
        OrganizationEvent::OrganizationReactivated {},
        OrganizationEvent::OrganizationDeleted { purge_after: time() },
        OrganizationEvent::OrganizationRestored {},
        OrganizationEvent::OrganizationPurged { slugs: vec![slug("acme"), slug("acme-corp")] },
    ]
}

fn profile_changes() -> ProfileChanges {
    let personal = |text: &str| Some(Personal::new(id(1), text.to_owned()));
    ProfileChanges {
        name: Some(Change { from: "Acme Corp".into(), to: "Acme \"Ünited\"".into() }),
        description: Some(Change { from: Some("Anvils and more".into()), to: None }),
        domain: Some(Change { from: None, to: Some("acme.example".into()) }),
        billing_email: Some(Change { from: personal("old@acme.example"), to: personal("billing@acme.example") }),
        settings: Some(Change {
            from: Settings::default(),
            to: Settings {
                timezone: Some("Europe/Berlin".into()),
                locale: Some("en-GB".into()),
                logo_url: Some("https://acme.example/logo.png".into()),
            },
        }),
        metadata: Some(Change {
            from: BTreeMap::new(),
            to: BTreeMap::from([("cost-centre".into(), "42".into()), ("tier".into(), "gold".into())]),
        }),
        jwt_expiry_secs: Some(Change { from: 3600, to: 600 }),
    }
}

fn limit_changes() -> LimitChanges {
    let change = |from, to| Some(Change { from, to });
    LimitChanges {
        max_concurrent_agents: change(None, Some(3)),
        max_runtime_seconds: change(Some(360_000), Some(36_000)),
        max_workspaces: change(Some(4), None),
        max_members: change(None, Some(20)),
        max_spaces: change(None, Some(0)),
    }
}

fn team() -> Vec<TeamEvent> {
    let (organization, user) = (OrganizationId::new(id(1)), UserId::new(id(2)));
    let name = Some(Change { from: "Engineering".into(), to: "Platform".into() });
    let description = Some(Change { from: Some("Backend services".into()), to: None });
    vec![
        TeamEvent::TeamCreated {
            organization,
            name: "Engineering".into(),
            description: Some("Backend services".into()),
        },
        TeamEvent::TeamUpdated { organization, changes: TeamChanges { name, description } },
        TeamEvent::TeamDeleted { organization, name: "Platform".into(), members: vec![user] },
        TeamEvent::TeamMemberAdded { organization, user },
        TeamEvent::TeamMemberRemoved { user },
    ]
}

fn usage() -> Vec<UsageEvent> {
    vec![UsageEvent::UsageRecorded {
        organization: OrganizationId::new(id(1)),
        hour: DateTime::from_timestamp(1_800_000_000, 0).expect("a time"),
        keys: vec![KeyUse { key: ApiKeyId::new(id(7)), requests: 1200, verifications: 34 }],
        requests: 1200,
        verifications: 34,
    }]
}

fn workspace() -> Vec<WorkspaceEvent> {
    let organization = OrganizationId::new(id(1));
    let changes = WorkspaceChanges {
        name: Some(Change { from: "Lab".into(), to: "Plant".into() }),
        slug: Some(Change { from: slug("lab"), to: slug("plant") }),
        description: Some(Change { from: None, to: Some("Where it is made".into()) }),
    };
    vec![
        WorkspaceEvent::WorkspaceCreated {
            organization,
            name: "Default".into(),
            slug: Slug::default_workspace(),
            description: None,
            is_default: true,
        },
        WorkspaceEvent::WorkspaceUpdated { organization, changes },
        WorkspaceEvent::WorkspaceArchived { organization },
    ]
}

fn project() -> Vec<ProjectEvent> {
    let organization = OrganizationId::new(id(1));
    let changes = ProjectChanges {
        name: Some(Change { from: "Site".into(), to: "Shop".into() }),
        slug: Some(Change { from: slug("site"), to: slug("shop") }),
        description: Some(Change { from: None, to: Some("Where it is sold".into()) }),
        workspace: Some(Change { from: Some(WorkspaceId::new(id(6))), to: None }),
    };
    vec![
        ProjectEvent::ProjectCreated {
            organization,
            name: "Site".into(),
            slug: slug("site"),
            description: Some("What everybody sees".into()),
            workspace: Some(WorkspaceId::new(id(6))),
        },
        ProjectEvent::ProjectUpdated { organization, changes },
        ProjectEvent::ProjectArchived { organization },
    ]
}
