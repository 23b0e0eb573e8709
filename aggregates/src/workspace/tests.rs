use chrono::DateTime;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;

#[test]
fn a_workspace_is_created_once() {
    let framework = || TestFramework::<Workspace>::with(Moment { now: DateTime::UNIX_EPOCH });
    let organization = OrganizationId::new(Uuid::from_u128(1));
    let slug = Slug::default_workspace();
    let create = WorkspaceCommand::Create {
        organization,
        name: "Default".into(),
        slug: slug.clone(),
        description: None,
        is_default: true,
    };
    let created = WorkspaceEvent::WorkspaceCreated {
        organization,
        name: "Default".into(),
        slug,
        description: None,
        is_default: true,
    };
    framework().given_no_previous_events().when(create.clone()).then_expect_events(vec![created.clone()]);
    framework().given(vec![created]).when(create).then_expect_error(WorkspaceError::AlreadyExists);
}
