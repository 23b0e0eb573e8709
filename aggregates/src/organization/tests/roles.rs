//! The roles that an organization makes for itself.

use super::{people::*, *};
use crate::authorization::{Permission, Permissions};

fn own() -> RoleKey {
    RoleKey::Custom(custom("own"))
}

fn create(by: Standing, permissions: &[Permission]) -> Command {
    let permissions = set(permissions);
    role(by, RoleCommand::Create { key: custom("own"), name: "Own".into(), description: None, permissions })
}

fn update(by: Standing, key: RoleKey, patch: RolePatch) -> Command {
    role(by, RoleCommand::Update { key, patch })
}

fn delete(by: Standing, remap_to: Option<RoleKey>) -> Command {
    role(by, RoleCommand::Delete { key: own(), remap_to })
}

fn permissions(to: &[Permission]) -> RolePatch {
    RolePatch { permissions: Some(set(to)), ..RolePatch::default() }
}

#[test]
fn a_role_is_made_of_what_its_maker_has() {
    use Permission::{OrganizationDelete, TeamsRead};
    given([]).when(create(admin(), &[TeamsRead])).then_expect_events(vec![role_created("own", &[TeamsRead])]);
    given([])
        .when(create(admin(), &[TeamsRead, OrganizationDelete]))
        .then_expect_error(Error::Exceeds(set(&[OrganizationDelete])));
    given([role_created("own", &[])]).when(create(owner(), &[])).then_expect_error(Error::RoleExists(own()));
    let full = (0..MAX_ROLES).map(|n| role_created(&format!("role-{n}"), &[]));
    given(full).when(create(owner(), &[])).then_expect_error(Error::TooManyRoles(MAX_ROLES));
}

#[test]
fn a_role_gives_what_it_says_until_it_says_something_else() {
    use Permission::{OrganizationRead, TeamsRead};
    let history = [created(), role_created("own", &[TeamsRead]), added(JANE, own())];
    let has = |organization: &Organization| organization.standing(JANE).permissions();
    assert_eq!(has(&folded(history.clone())), set(&[TeamsRead]));
    let changes = RoleChanges {
        permissions: Some(Change { from: set(&[TeamsRead]), to: set(&[OrganizationRead]) }),
        ..RoleChanges::default()
    };
    let updated = Event::RoleUpdated { key: custom("own"), changes };
    given(history[1..].to_vec())
        .when(update(owner(), own(), permissions(&[OrganizationRead])))
        .then_expect_events(vec![updated.clone()]);
    assert_eq!(has(&folded(history.into_iter().chain([updated]))), set(&[OrganizationRead]));
}

#[test]
fn an_update_takes_both_what_the_role_had_and_what_it_gets() {
    use Permission::{OrganizationDelete, TeamsRead};
    let missing = Error::Exceeds(set(&[OrganizationDelete]));
    given([role_created("own", &[OrganizationDelete])])
        .when(update(admin(), own(), permissions(&[TeamsRead])))
        .then_expect_error(missing.clone());
    given([role_created("own", &[TeamsRead])])
        .when(update(admin(), own(), permissions(&[OrganizationDelete])))
        .then_expect_error(missing.clone());
    given([role_created("own", &[OrganizationDelete])]).when(delete(admin(), None)).then_expect_error(missing);
}

#[test]
fn nothing_changed_is_no_event() {
    let same = RolePatch { name: Some("Own".into()), description: Some(None), permissions: Some(set(&[])) };
    for patch in [RolePatch::default(), same] {
        given([role_created("own", &[])]).when(update(owner(), own(), patch)).then_expect_events(vec![]);
    }
    given([]).when(update(owner(), own(), RolePatch::default())).then_expect_error(Error::RoleNotFound(own()));
}

#[test]
fn built_in_roles_stay() {
    for built_in in BuiltInRole::ALL.map(RoleKey::BuiltIn) {
        let error = Error::BuiltInRole(built_in.clone());
        let patch = RolePatch { name: Some("Other".into()), ..RolePatch::default() };
        given([]).when(update(owner(), built_in.clone(), patch)).then_expect_error(error.clone());
        let command = RoleCommand::Delete { key: built_in, remap_to: Some(VIEWER) };
        given([]).when(role(owner(), command)).then_expect_error(error);
    }
}

#[test]
fn a_role_in_use_is_replaced() {
    let history = || [role_created("own", &[]), added(JANE, own()), invited(own())];
    given(history()).when(delete(owner(), None)).then_expect_error(Error::RoleInUse { members: 1, invitations: 1 });
    given(history()).when(delete(owner(), Some(own()))).then_expect_error(Error::RemapToItself);
    let unknown = RoleKey::Custom(custom("unknown"));
    given(history()).when(delete(owner(), Some(unknown.clone()))).then_expect_error(Error::RoleNotFound(unknown));
    given(history()).when(delete(admin(), Some(RoleKey::OWNER))).then_expect_error(Error::OwnersOnly);
    let deleted = Event::RoleDeleted {
        key: custom("own"),
        remap_to: Some(VIEWER),
        members: vec![JANE],
        invitations: vec![OFFER],
    };
    given(history()).when(delete(owner(), Some(VIEWER))).then_expect_events(vec![deleted.clone()]);
    let after = || history().into_iter().chain([deleted.clone()]);
    assert_eq!(folded(std::iter::once(created()).chain(after())).role(JANE), Some(&VIEWER));
    // A person who accepts now gets the other role.
    let mut bob = answer("jane@example.com", "first");
    bob.user = BOB;
    let accept = invitation(Standing::Outsider, InvitationCommand::Accept { id: OFFER, answer: bob });
    let events = vec![Event::InvitationAccepted { invitation: OFFER, user: BOB }, added(BOB, VIEWER)];
    given(after()).when(accept).then_expect_events(events);
    given(after()).when(delete(owner(), None)).then_expect_error(Error::RoleNotFound(own()));
}

#[test]
fn an_unused_role_is_deleted_and_who_had_it_comes_back_only_with_another() {
    let deleted = |remap_to| Event::RoleDeleted { key: custom("own"), remap_to, members: vec![], invitations: vec![] };
    let unused = || [role_created("own", &[]), added(JANE, own()), removed(JANE, own())];
    given(unused()).when(delete(owner(), None)).then_expect_events(vec![deleted(None)]);
    let reinstate = || member(owner(), MemberCommand::Reinstate { user: JANE });
    given(unused().into_iter().chain([deleted(None)])).when(reinstate()).then_expect_error(Error::RoleNotFound(own()));
    given(unused().into_iter().chain([deleted(Some(VIEWER))]))
        .when(reinstate())
        .then_expect_events(vec![Event::MemberReinstated { user: JANE, role: VIEWER }]);
}

#[test]
fn holders_are_counted_suspended_ones_too() {
    let history = [created(), role_created("own", &[]), added(JANE, own()), added(BOB, own())];
    let organization = folded(history.into_iter().chain([Event::MemberSuspended { user: BOB }]));
    assert_eq!((organization.members_with(&own()), organization.members_with(&VIEWER)), (2, 0));
    assert_eq!(organization.permissions(&own()), Some(Permissions::default()));
}
