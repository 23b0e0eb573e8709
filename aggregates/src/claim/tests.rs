use super::{
    ClaimChange::{Acquire, Release},
    *,
};
use crate::{
    ids::UserId,
    project::ProjectChanges,
    team::TeamChanges,
    user::{Origin, UserChanges},
    workspace::WorkspaceChanges,
};

const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const OTHER: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const JANE: UserId = UserId::new(Uuid::from_u128(3));

fn claimed(event: impl Into<Event>) -> Vec<ClaimChange> {
    claim_changes(Uuid::from_u128(9), &event.into())
}

fn team(name: &str) -> Claim {
    Claim::team_name(ACME, name)
}

fn workspace(slug: &str) -> Claim {
    Claim::workspace_slug(ACME, slug)
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn personal(text: &str) -> Personal<String> {
    Personal::new(JANE.uuid(), text.to_owned())
}

/// The address after its key was destroyed.
fn erased() -> Personal<String> {
    serde_json::from_value(serde_json::json!({ "$personal": JANE })).expect("an erased value")
}

fn renamed(from: &str, to: &str) -> TeamEvent {
    let name = Some(Change { from: from.into(), to: to.into() });
    TeamEvent::TeamUpdated { organization: ACME, changes: TeamChanges { name, description: None } }
}

#[test]
fn a_teams_name_is_claimed_in_its_organization_in_any_case() {
    assert_eq!(team("ÄRZTE Nord"), team("ärzte nord"));
    assert_ne!(team("a"), Claim::team_name(OTHER, "a"));
    let created = TeamEvent::TeamCreated { organization: ACME, name: "Engineering".into(), description: None };
    assert_eq!(claimed(created), [Acquire(team("engineering"))]);
    let deleted = TeamEvent::TeamDeleted { organization: ACME, name: "ENGINEERING".into(), members: vec![JANE] };
    assert_eq!(claimed(deleted), [Release(team("engineering"))]);
}

#[test]
fn a_renamed_team_gives_its_name_up_unless_only_the_case_changed() {
    assert_eq!(claimed(renamed("a", "B")), [Release(team("a")), Acquire(team("b"))]);
    assert_eq!(claimed(renamed("engineering", "Engineering")), []);
    let description = Some(Change { from: None, to: Some("x".into()) });
    let described = TeamEvent::TeamUpdated { organization: ACME, changes: TeamChanges { name: None, description } };
    assert_eq!(claimed(described), []);
    for event in
        [TeamEvent::TeamMemberAdded { organization: ACME, user: JANE }, TeamEvent::TeamMemberRemoved { user: JANE }]
    {
        assert_eq!(claimed(event), []);
    }
}

#[test]
fn a_workspaces_slug_is_claimed_in_its_organization() {
    assert_ne!(workspace("lab"), Claim::workspace_slug(OTHER, "lab"));
    let created = WorkspaceEvent::WorkspaceCreated {
        organization: ACME,
        name: "Lab".into(),
        slug: slug("lab"),
        description: None,
        is_default: false,
    };
    assert_eq!(claimed(created), [Acquire(workspace("lab"))]);
    let changes =
        WorkspaceChanges { slug: Some(Change { from: slug("lab"), to: slug("plant") }), ..Default::default() };
    let moved = WorkspaceEvent::WorkspaceUpdated { organization: ACME, changes };
    assert_eq!(claimed(moved), [Release(workspace("lab")), Acquire(workspace("plant"))]);
    let changes = WorkspaceChanges { name: Some(Change { from: "a".into(), to: "b".into() }), ..Default::default() };
    assert_eq!(claimed(WorkspaceEvent::WorkspaceUpdated { organization: ACME, changes }), []);
    assert_eq!(claimed(WorkspaceEvent::WorkspaceArchived { organization: ACME }), [], "an archived one keeps it");
}

#[test]
fn a_projects_slug_is_claimed_in_its_organization() {
    let project = |slug: &str| Claim::project_slug(ACME, slug);
    assert_ne!(project("site"), Claim::project_slug(OTHER, "site"));
    assert_ne!(project("site"), workspace("site"), "a workspace may have the same");
    let created = ProjectEvent::ProjectCreated {
        organization: ACME,
        name: "Site".into(),
        slug: slug("site"),
        description: None,
        workspace: None,
    };
    assert_eq!(claimed(created), [Acquire(project("site"))]);
    let changes = ProjectChanges { slug: Some(Change { from: slug("site"), to: slug("shop") }), ..Default::default() };
    let moved = ProjectEvent::ProjectUpdated { organization: ACME, changes };
    assert_eq!(claimed(moved), [Release(project("site")), Acquire(project("shop"))]);
    let changes = ProjectChanges { name: Some(Change { from: "a".into(), to: "b".into() }), ..Default::default() };
    assert_eq!(claimed(ProjectEvent::ProjectUpdated { organization: ACME, changes }), []);
    assert_eq!(claimed(ProjectEvent::ProjectArchived { organization: ACME }), [], "an archived one keeps it");
}

#[test]
fn an_address_is_claimed_in_any_case() {
    let registered =
        |email| UserEvent::UserRegistered { email, name: None, origin: Origin::Signup, organization: None };
    let jane = Claim::user_email("jane@example.com".into());
    assert_eq!(claimed(registered(personal("Jane@Example.COM"))), [Acquire(jane)]);
    assert_eq!(claimed(registered(erased())), [], "the claim went with the key");
}

#[test]
fn another_address_is_swapped_unless_only_the_case_changed() {
    let changed = |from, to| claimed(UserEvent::EmailChanged { from, to });
    let (jane, doe) = (Claim::user_email("jane@example.com".into()), Claim::user_email("doe@example.com".into()));
    let swapped = changed(personal("Jane@example.com"), personal("DOE@example.com"));
    assert_eq!(swapped, [Release(jane), Acquire(doe.clone())]);
    assert_eq!(changed(personal("Jane@example.com"), personal("jane@EXAMPLE.com")), []);
    assert_eq!(changed(erased(), personal("doe@example.com")), [Acquire(doe)]);
    assert_eq!(changed(erased(), erased()), []);
    assert_eq!(claimed(UserEvent::UserUpdated { changes: UserChanges::default() }), []);
}
