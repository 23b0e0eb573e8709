//! Of spaces.

use aggregates::{
    authorization::SpaceRole,
    change::Change,
    ids::{OrganizationId, UserId},
    space::{SpaceChanges, SpaceEvent},
};

use super::{id, slug};

pub fn events() -> Vec<SpaceEvent> {
    let organization = OrganizationId::new(id(1));
    let user = UserId::new(id(3));
    let changes = SpaceChanges {
        name: Some(Change { from: "Analytics".into(), to: "Facts".into() }),
        slug: Some(Change { from: slug("analytics"), to: slug("facts") }),
        description: Some(Change { from: Some("Numbers".into()), to: None }),
    };
    vec![
        SpaceEvent::SpaceCreated {
            organization: Some(organization),
            name: "Analytics".into(),
            slug: slug("analytics"),
            description: Some("Numbers".into()),
            admin: UserId::new(id(2)),
        },
        SpaceEvent::SpaceUpdated { changes },
        SpaceEvent::SpaceAttached { organization, archived: false },
        SpaceEvent::SpaceDetached { organization, archived: false },
        SpaceEvent::SpaceMemberAdded { user, role: SpaceRole::Editor },
        SpaceEvent::SpaceMemberRoleChanged { user, from: SpaceRole::Editor, to: SpaceRole::Viewer },
        SpaceEvent::SpaceMemberRemoved { user },
        SpaceEvent::SpaceArchived { organization: Some(organization) },
        SpaceEvent::SpacePurged { organization, slug: slug("analytics") },
    ]
}
