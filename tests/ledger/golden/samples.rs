//! One event of every kind, every field filled.

use std::collections::BTreeMap;

use aggregates::{
    event::Event,
    ids::{OrganizationId, UserId},
    organization::{Change, LimitChanges, OrganizationEvent, Plan, ProfileChanges, Settings},
    personal::Personal,
    slug::Slug,
    user::{Origin, UserEvent},
    workspace::WorkspaceEvent,
};
use chrono::DateTime;
use uuid::Uuid;

/// Each with the type of its aggregate.
pub fn samples() -> Vec<(&'static str, Event)> {
    let organizations = organization().into_iter().map(|event| ("organization", event.into()));
    let users = user().into_iter().map(|event| ("user", event.into()));
    let workspaces = workspace().into_iter().map(|event| ("workspace", event.into()));
    organizations.chain(users).chain(workspaces).collect()
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0190_163d_8694_739b_aea5_0000_0000_0000 + n)
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
        OrganizationEvent::OrganizationDeleted {
            purge_after: DateTime::from_timestamp_millis(1_800_000_000_123).expect("a time"),
        },
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

fn user() -> Vec<UserEvent> {
    let personal = |text: &str| Personal::new(id(2), text.to_owned());
    vec![
        UserEvent::UserRegistered {
            email: personal("Jane@acme.example"),
            name: Some(personal("Jane Doe")),
            origin: Origin::Invitation,
        },
        UserEvent::SuperadminGranted {},
    ]
}

fn workspace() -> Vec<WorkspaceEvent> {
    vec![WorkspaceEvent::WorkspaceCreated {
        organization: OrganizationId::new(id(1)),
        name: "Default".into(),
        slug: Slug::default_workspace(),
        is_default: true,
    }]
}
