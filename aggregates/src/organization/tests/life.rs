//! Suspension, deletion, restoration and purge; the plan.

use super::*;

#[test]
fn suspension_and_back() {
    let suspend = Command::Suspend { reason: Some("unpaid".into()) };
    let event = Event::OrganizationSuspended { reason: Some("unpaid".into()) };
    given([]).when(suspend.clone()).then_expect_events(vec![event]);
    given([suspended()]).when(suspend).then_expect_error(Error::Suspended);
    given([suspended()]).when(Command::Reactivate).then_expect_events(vec![Event::OrganizationReactivated {}]);
    given([]).when(Command::Reactivate).then_expect_error(Error::NotSuspended);
    let reactivated = Event::OrganizationReactivated {};
    given([suspended(), reactivated]).when(Command::Reactivate).then_expect_error(Error::NotSuspended);
}

#[test]
fn the_status_follows() {
    let reactivated = Event::OrganizationReactivated {};
    let restored = Event::OrganizationRestored {};
    let status = |events: &[Event]| folded(std::iter::once(created()).chain(events.to_vec())).status();
    assert_eq!(status(&[suspended()]), Some(Status::Suspended));
    assert_eq!(status(&[suspended(), reactivated]), Some(Status::Active));
    assert_eq!(status(&[suspended(), deleted()]), Some(Status::Deleted));
    assert_eq!(status(&[suspended(), deleted(), restored.clone()]), Some(Status::Suspended), "as it was before");
    assert_eq!(status(&[deleted(), restored]), Some(Status::Active));
}

#[test]
fn deletion_says_until_when_it_can_be_taken_back() {
    let event = Event::OrganizationDeleted { purge_after: now() + TimeDelta::days(30) };
    given([]).when(Command::Delete).then_expect_events(vec![event.clone()]);
    given([suspended()]).when(Command::Delete).then_expect_events(vec![event]);
    given([deleted()]).when(Command::Delete).then_expect_error(Error::Deleted);
}

#[test]
fn restoring_is_possible_within_the_window() {
    let end = now() + TimeDelta::days(RESTORE_DAYS);
    let restored = Event::OrganizationRestored {};
    given_at(end - TimeDelta::milliseconds(1), [deleted()])
        .when(Command::Restore)
        .then_expect_events(vec![restored.clone()]);
    given_at(end, [deleted()]).when(Command::Restore).then_expect_error(Error::RestoreWindowPassed);
    given([]).when(Command::Restore).then_expect_error(Error::NotDeleted);
    given([deleted(), restored]).when(Command::Restore).then_expect_error(Error::NotDeleted);
}

#[test]
fn purging_waits_for_the_window_unless_early() {
    let end = now() + TimeDelta::days(RESTORE_DAYS);
    given([]).when(Command::Purge { early: true }).then_expect_error(Error::NotDeleted);
    given_at(end - TimeDelta::milliseconds(1), [deleted()])
        .when(Command::Purge { early: false })
        .then_expect_error(Error::StillRestorable);
    given_at(end, [deleted()]).when(Command::Purge { early: false }).then_expect_events(vec![purged()]);
    given([deleted()]).when(Command::Purge { early: true }).then_expect_events(vec![purged()]);
}

#[test]
fn a_purge_gives_up_every_slug_and_every_member() {
    let moved = Event::OrganizationSlugChanged { from: slug("acme"), to: slug("zenith") };
    let purge = Event::OrganizationPurged { slugs: vec![slug("zenith"), slug("acme")] };
    given([moved, deleted()]).when(Command::Purge { early: true }).then_expect_events(vec![purge.clone()]);
    assert_eq!(folded([created(), deleted(), purge]).standing(OWNER), Standing::Outsider);
}

#[test]
fn a_plan_changes_the_limits_that_are_not_the_organizations_own() {
    let to_pro = Event::PlanChanged { from: Plan::Free, to: Plan::Pro };
    given([]).when(Command::ChangePlan { plan: Plan::Pro }).then_expect_events(vec![to_pro.clone()]);
    given([]).when(Command::ChangePlan { plan: Plan::Free }).then_expect_events(vec![]);
    let back = Event::PlanChanged { from: Plan::Pro, to: Plan::Free };
    given([to_pro.clone()]).when(Command::ChangePlan { plan: Plan::Free }).then_expect_events(vec![back]);
    let own = LimitChanges { max_spaces: Some(Change { from: None, to: Some(1) }), ..LimitChanges::default() };
    let organization = folded([created(), Event::LimitsChanged { changes: own }, to_pro]);
    assert_eq!(organization.limits(), Some(Limits { max_spaces: 1, ..Plan::Pro.limits() }));
}
