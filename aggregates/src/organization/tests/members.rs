//! Who belongs, with which role, and who may say so.

use super::{people::*, *};
use crate::authorization::{Permission, Permissions};

fn add(by: Standing, role: RoleKey) -> Command {
    member(by, MemberCommand::Add { user: JANE, role })
}

fn change(by: Standing, user: UserId, role: RoleKey) -> Command {
    member(by, MemberCommand::ChangeRole { user, role })
}

fn changed(user: UserId, from: RoleKey, to: RoleKey) -> Event {
    Event::MemberRoleChanged { user, from, to }
}

fn suspend(user: UserId) -> Command {
    member(owner(), MemberCommand::Suspend { user })
}

fn suspended_member(user: UserId) -> Event {
    Event::MemberSuspended { user }
}

fn reinstate(by: Standing) -> Command {
    member(by, MemberCommand::Reinstate { user: JANE })
}

#[test]
fn a_member_is_added_once_with_a_role_that_exists() {
    given([]).when(add(owner(), DEVELOPER)).then_expect_events(vec![added(JANE, DEVELOPER)]);
    given([added(JANE, VIEWER)]).when(add(owner(), DEVELOPER)).then_expect_error(Error::AlreadyMember);
    given([added(JANE, VIEWER), suspended_member(JANE)])
        .when(add(owner(), DEVELOPER))
        .then_expect_error(Error::AlreadyMember);
    let own = RoleKey::Custom(custom("own"));
    given([]).when(add(owner(), own.clone())).then_expect_error(Error::RoleNotFound(own.clone()));
    given([role_created("own", &[])]).when(add(owner(), own.clone())).then_expect_events(vec![added(JANE, own)]);
    let gone = [added(JANE, VIEWER), removed(JANE, VIEWER)];
    given(gone).when(add(owner(), DEVELOPER)).then_expect_events(vec![added(JANE, DEVELOPER)]);
}

#[test]
fn nobody_gives_more_than_they_have() {
    given([]).when(add(admin(), ADMIN)).then_expect_events(vec![added(JANE, ADMIN)]);
    given([]).when(add(admin(), RoleKey::OWNER)).then_expect_error(Error::OwnersOnly);
    let own = RoleKey::Custom(custom("own"));
    let deleter = set(&[Permission::OrganizationDelete, Permission::TeamsRead]);
    given([role_created("own", &[Permission::OrganizationDelete, Permission::TeamsRead])])
        .when(add(admin(), own.clone()))
        .then_expect_error(Error::Exceeds(set(&[Permission::OrganizationDelete])));
    // All permissions together are not ownership.
    let everything = Standing::Member { permissions: Permissions::all(), owner: false };
    given([]).when(add(everything, RoleKey::OWNER)).then_expect_error(Error::OwnersOnly);
    let inviter = Standing::Member { permissions: set(&[Permission::MembersInvite]), owner: false };
    let missing = BuiltInRole::Viewer.permissions();
    given([]).when(add(inviter, VIEWER)).then_expect_error(Error::Exceeds(missing));
    given([]).when(add(Standing::Outsider, VIEWER)).then_expect_error(Error::Exceeds(missing));
    let deleter = Standing::Member { permissions: deleter, owner: false };
    let history = [role_created("own", &[Permission::OrganizationDelete]), added(JANE, VIEWER)];
    given(history)
        .when(change(deleter, JANE, own))
        .then_expect_error(Error::Exceeds(missing.without(set(&[Permission::TeamsRead]))));
    given([]).when(add(Standing::Superadmin, RoleKey::OWNER)).then_expect_events(vec![added(JANE, RoleKey::OWNER)]);
}

#[test]
fn nobody_touches_a_member_who_has_more() {
    let history = || [added(JANE, RoleKey::OWNER), added(BOB, ADMIN)];
    let developer = standing(BuiltInRole::Developer);
    let more = BuiltInRole::Admin.permissions().without(BuiltInRole::Developer.permissions());
    for command in [
        MemberCommand::ChangeRole { user: BOB, role: VIEWER },
        MemberCommand::Suspend { user: BOB },
        MemberCommand::Remove { user: BOB },
    ] {
        given(history()).when(member(developer, command.clone())).then_expect_error(Error::Exceeds(more));
        assert!(given(history()).when(member(admin(), command)).inspect_result().is_ok());
    }
    for command in [
        MemberCommand::ChangeRole { user: JANE, role: VIEWER },
        MemberCommand::Suspend { user: JANE },
        MemberCommand::Remove { user: JANE },
        MemberCommand::TransferOwnership { to: BOB, keep_owner: true },
    ] {
        given(history()).when(member(admin(), command)).then_expect_error(Error::OwnersOnly);
    }
}

#[test]
fn a_role_changes_to_another_one() {
    let history = || [added(JANE, VIEWER)];
    given(history()).when(change(owner(), JANE, ADMIN)).then_expect_events(vec![changed(JANE, VIEWER, ADMIN)]);
    given(history()).when(change(owner(), JANE, VIEWER)).then_expect_events(vec![]);
    given(history()).when(change(owner(), BOB, VIEWER)).then_expect_error(Error::MemberNotFound);
    let promoted = folded([created(), added(JANE, VIEWER), changed(JANE, VIEWER, ADMIN)]);
    assert_eq!(promoted.standing(JANE), standing(BuiltInRole::Admin));
}

#[test]
fn an_organization_keeps_an_active_owner() {
    for command in [
        MemberCommand::ChangeRole { user: OWNER, role: ADMIN },
        MemberCommand::Suspend { user: OWNER },
        MemberCommand::Remove { user: OWNER },
        MemberCommand::Leave { user: OWNER },
    ] {
        given([added(JANE, ADMIN)]).when(member(owner(), command.clone())).then_expect_error(Error::LastOwner);
        // One who is suspended does not count.
        let history = [added(JANE, RoleKey::OWNER), suspended_member(JANE)];
        given(history).when(member(Standing::Superadmin, command.clone())).then_expect_error(Error::LastOwner);
        // With another one, that one becomes the primary owner.
        let events = given([added(JANE, RoleKey::OWNER)]).when(member(owner(), command)).inspect_result();
        let events = events.expect("another owner stays");
        assert_eq!(events.first(), Some(&Event::PrimaryOwnerChanged { from: OWNER, to: JANE }));
        let after = folded([created(), added(JANE, RoleKey::OWNER)].into_iter().chain(events));
        assert_eq!(after.owner(), Some(JANE));
    }
    let other = [added(JANE, RoleKey::OWNER)];
    given(other).when(change(owner(), JANE, VIEWER)).then_expect_events(vec![changed(JANE, RoleKey::OWNER, VIEWER)]);
}

#[test]
fn a_suspended_member_may_do_nothing_and_keeps_the_seat() {
    let history = || vec![seats(2), added(JANE, VIEWER)];
    given(history()).when(suspend(JANE)).then_expect_events(vec![suspended_member(JANE)]);
    let suspended = || history().into_iter().chain([suspended_member(JANE)]);
    given(suspended()).when(suspend(JANE)).then_expect_error(Error::MemberSuspended);
    given(suspended())
        .when(member(owner(), MemberCommand::Add { user: BOB, role: VIEWER }))
        .then_expect_error(Error::SeatsTaken { limit: 2, current: 2 });
    let organization = folded(std::iter::once(created()).chain(suspended()));
    assert_eq!(organization.standing(JANE), Standing::Outsider);
    assert_eq!(organization.role(JANE), Some(&VIEWER));
    let reinstated = Event::MemberReinstated { user: JANE, role: VIEWER };
    given(suspended()).when(reinstate(owner())).then_expect_events(vec![reinstated]);
    given(history()).when(reinstate(owner())).then_expect_error(Error::NotReinstatable);
}

#[test]
fn a_removed_member_can_come_back_for_ninety_days() {
    let history = || [added(JANE, ADMIN), removed(JANE, ADMIN)];
    given([added(JANE, ADMIN)])
        .when(member(owner(), MemberCommand::Remove { user: JANE }))
        .then_expect_events(vec![removed(JANE, ADMIN)]);
    let back = Event::MemberReinstated { user: JANE, role: ADMIN };
    let moment = in_days(REINSTATE_DAYS) - TimeDelta::milliseconds(1);
    given_at(moment, history()).when(reinstate(owner())).then_expect_events(vec![back]);
    given_at(in_days(REINSTATE_DAYS), history()).when(reinstate(owner())).then_expect_error(Error::NotReinstatable);
    // Their former role is given again, so it takes as much as giving it.
    let lacking = BuiltInRole::Admin.permissions().without(BuiltInRole::Developer.permissions());
    given(history()).when(reinstate(standing(BuiltInRole::Developer))).then_expect_error(Error::Exceeds(lacking));
    given(history().into_iter().chain([seats(1)]))
        .when(reinstate(owner()))
        .then_expect_error(Error::SeatsTaken { limit: 1, current: 1 });
    given([]).when(reinstate(owner())).then_expect_error(Error::NotReinstatable);
}

#[test]
fn a_member_leaves() {
    let leave = |user| member(standing(BuiltInRole::Viewer), MemberCommand::Leave { user });
    let reinstatable_until = in_days(REINSTATE_DAYS);
    let left = Event::MemberRemoved { user: JANE, role: ADMIN, reason: Removal::Left, reinstatable_until };
    given([added(JANE, ADMIN)]).when(leave(JANE)).then_expect_events(vec![left]);
    given([]).when(leave(JANE)).then_expect_error(Error::MemberNotFound);
}

#[test]
fn ownership_goes_to_an_active_member() {
    let transfer = |to, keep_owner| member(owner(), MemberCommand::TransferOwnership { to, keep_owner });
    for keep_owner in [false, true] {
        let transferred = Event::OwnershipTransferred { from: OWNER, to: JANE, keep_owner };
        given([added(JANE, VIEWER)]).when(transfer(JANE, keep_owner)).then_expect_events(vec![transferred.clone()]);
        let after = folded([created(), added(JANE, VIEWER), transferred]);
        assert_eq!((after.owner(), after.role(JANE)), (Some(JANE), Some(&RoleKey::OWNER)));
        let former = if keep_owner { RoleKey::OWNER } else { ADMIN };
        assert_eq!(after.role(OWNER), Some(&former));
    }
    given([]).when(transfer(OWNER, false)).then_expect_events(vec![]);
    given([]).when(transfer(JANE, false)).then_expect_error(Error::MemberNotFound);
    given([added(JANE, VIEWER), suspended_member(JANE)])
        .when(transfer(JANE, false))
        .then_expect_error(Error::MemberSuspended);
}

#[test]
fn seats_are_members_and_live_invitations() {
    let add = || add(owner(), VIEWER);
    given([seats(1)]).when(add()).then_expect_error(Error::SeatsTaken { limit: 1, current: 1 });
    given([seats(2)]).when(add()).then_expect_events(vec![added(JANE, VIEWER)]);
    let other = Event::MemberInvited {
        invitation: OFFER,
        email: email("bob@example.com"),
        role: VIEWER,
        workspace: None,
        token_hash: "first".into(),
        expires_at: in_days(7),
        invited_by: OWNER,
    };
    let full = || [seats(2), other.clone()];
    given(full()).when(add()).then_expect_error(Error::SeatsTaken { limit: 2, current: 2 });
    // An invitation that has expired has none, recorded or not.
    given_at(in_days(7), full()).when(add()).then_expect_events(vec![added(JANE, VIEWER)]);
}
