//! Offers of membership: made, sent again, answered, and over.

use super::{people::*, *};
use crate::authorization::Permission;

const SECOND: InvitationId = InvitationId::new(Uuid::from_u128(101));

fn invite(by: Standing, address: &str, role: RoleKey) -> Command {
    let email = email(address);
    let offer = offer("second", 8);
    let command =
        InvitationCommand::Invite { id: SECOND, email, invitee: None, role, workspace: None, offer, invited_by: BOB };
    invitation(by, command)
}

fn made(address: &str, role: RoleKey) -> Event {
    Event::MemberInvited {
        invitation: SECOND,
        email: email(address),
        role,
        workspace: None,
        token_hash: "second".into(),
        expires_at: in_days(8),
        invited_by: BOB,
    }
}

fn expired() -> Event {
    Event::InvitationExpired { invitation: OFFER }
}

fn resend(by: Standing) -> Command {
    invitation(by, InvitationCommand::Resend { id: OFFER, offer: offer("third", 9) })
}

fn resent() -> Event {
    Event::InvitationResent { invitation: OFFER, token_hash: "third".into(), expires_at: in_days(9) }
}

fn accept(answer: Answer) -> Command {
    invitation(Standing::Outsider, InvitationCommand::Accept { id: OFFER, answer })
}

fn decline(answer: Answer) -> Command {
    invitation(Standing::Outsider, InvitationCommand::Decline { id: OFFER, answer })
}

fn jane() -> Answer {
    answer("jane@example.com", "first")
}

fn accepted() -> Vec<Event> {
    vec![Event::InvitationAccepted { invitation: OFFER, user: JANE }, added(JANE, VIEWER)]
}

#[test]
fn an_address_is_invited_once_at_a_time() {
    given([])
        .when(invite(owner(), "jane@example.com", VIEWER))
        .then_expect_events(vec![made("jane@example.com", VIEWER)]);
    for spelling in ["jane@example.com", "JANE@example.COM"] {
        given([invited(VIEWER)]).when(invite(owner(), spelling, VIEWER)).then_expect_error(Error::InvitationExists);
    }
    let other = "bob@example.com";
    given([invited(VIEWER)]).when(invite(owner(), other, VIEWER)).then_expect_events(vec![made(other, VIEWER)]);
    // What is over stands in nobody's way.
    for over in [
        Event::InvitationRevoked { invitation: OFFER },
        Event::InvitationDeclined { invitation: OFFER },
        Event::InvitationAccepted { invitation: OFFER, user: BOB },
        expired(),
    ] {
        given([invited(VIEWER), over])
            .when(invite(owner(), "jane@example.com", VIEWER))
            .then_expect_events(vec![made("jane@example.com", VIEWER)]);
    }
    // That one has expired is recorded on the way.
    given_at(in_days(7), [invited(VIEWER)])
        .when(invite(owner(), "jane@example.com", VIEWER))
        .then_expect_events(vec![expired(), made("jane@example.com", VIEWER)]);
}

#[test]
fn a_member_is_not_invited() {
    let command = InvitationCommand::Invite {
        id: SECOND,
        email: email("jane@example.com"),
        invitee: Some(JANE),
        role: VIEWER,
        workspace: None,
        offer: offer("second", 8),
        invited_by: OWNER,
    };
    given([added(JANE, VIEWER)]).when(invitation(owner(), command.clone())).then_expect_error(Error::AlreadyMember);
    assert!(given([]).when(invitation(owner(), command)).inspect_result().is_ok());
}

#[test]
fn nobody_offers_more_than_they_have() {
    given([]).when(invite(admin(), "a@example.com", RoleKey::OWNER)).then_expect_error(Error::OwnersOnly);
    let developer = standing(BuiltInRole::Developer);
    let missing = BuiltInRole::Admin.permissions().without(BuiltInRole::Developer.permissions());
    given([]).when(invite(developer, "a@example.com", ADMIN)).then_expect_error(Error::Exceeds(missing));
    given([invited(ADMIN)]).when(resend(developer)).then_expect_error(Error::Exceeds(missing));
    let own = RoleKey::Custom(custom("own"));
    given([]).when(invite(owner(), "a@example.com", own.clone())).then_expect_error(Error::RoleNotFound(own.clone()));
    given([role_created("own", &[Permission::TeamsRead])])
        .when(invite(owner(), "a@example.com", own.clone()))
        .then_expect_events(vec![made("a@example.com", own)]);
}

#[test]
fn an_invitation_takes_a_seat() {
    let full = || [seats(2), invited(VIEWER)];
    given(full())
        .when(invite(owner(), "bob@example.com", VIEWER))
        .then_expect_error(Error::SeatsTaken { limit: 2, current: 2 });
    given_at(in_days(7), full())
        .when(invite(owner(), "bob@example.com", VIEWER))
        .then_expect_events(vec![expired(), made("bob@example.com", VIEWER)]);
    // A pending one has its seat already, one that has expired needs one again.
    given(full()).when(resend(owner())).then_expect_events(vec![resent()]);
    let taken = full().into_iter().chain([expired(), added(BOB, VIEWER)]);
    given(taken).when(resend(owner())).then_expect_error(Error::SeatsTaken { limit: 2, current: 2 });
}

#[test]
fn sending_again_replaces_the_token() {
    let history = || [invited(VIEWER), resent()];
    given([invited(VIEWER)]).when(resend(owner())).then_expect_events(vec![resent()]);
    given_at(in_days(8), [invited(VIEWER)]).when(resend(owner())).then_expect_events(vec![expired(), resent()]);
    given(history()).when(accept(jane())).then_expect_error(Error::InvitationNotFound);
    given(history()).when(accept(answer("jane@example.com", "third"))).then_expect_events(accepted());
    // Its time begins anew.
    given_at(in_days(8), history()).when(accept(answer("jane@example.com", "third"))).then_expect_events(accepted());
    given([]).when(resend(owner())).then_expect_error(Error::InvitationNotFound);
    let others = [invited(VIEWER), expired(), made("jane@example.com", VIEWER)];
    given(others).when(resend(owner())).then_expect_error(Error::InvitationExists);
}

#[test]
fn accepting_makes_a_member_once() {
    given([invited(VIEWER)]).when(accept(jane())).then_expect_events(accepted());
    let after = std::iter::once(invited(VIEWER)).chain(accepted());
    given(after).when(accept(jane())).then_expect_error(Error::InvitationNotFound);
    given([invited(VIEWER), added(JANE, ADMIN)]).when(accept(jane())).then_expect_error(Error::AlreadyMember);
}

#[test]
fn only_the_invitee_answers_and_only_in_time() {
    let moment = in_days(7) - TimeDelta::milliseconds(1);
    given_at(moment, [invited(VIEWER)]).when(accept(jane())).then_expect_events(accepted());
    for answer_with in [accept, decline] {
        given([]).when(answer_with(jane())).then_expect_error(Error::InvitationNotFound);
        let wrong = answer("jane@example.com", "wrong");
        given([invited(VIEWER)]).when(answer_with(wrong)).then_expect_error(Error::InvitationNotFound);
        let another = answer("bob@example.com", "first");
        given([invited(VIEWER)]).when(answer_with(another)).then_expect_error(Error::NotTheInvitee);
        given_at(in_days(7), [invited(VIEWER)]).when(answer_with(jane())).then_expect_error(Error::InvitationExpired);
        given([invited(VIEWER), expired()]).when(answer_with(jane())).then_expect_error(Error::InvitationExpired);
        // The holder of a wrong token does not learn that there was a right one.
        given_at(in_days(7), [invited(VIEWER)])
            .when(answer_with(answer("jane@example.com", "wrong")))
            .then_expect_error(Error::InvitationNotFound);
    }
}

#[test]
fn what_is_declined_or_revoked_is_over() {
    let declined = Event::InvitationDeclined { invitation: OFFER };
    given([invited(VIEWER)]).when(decline(jane())).then_expect_events(vec![declined.clone()]);
    let revoke = || invitation(owner(), InvitationCommand::Revoke { id: OFFER });
    let revoked = Event::InvitationRevoked { invitation: OFFER };
    given([invited(VIEWER)]).when(revoke()).then_expect_events(vec![revoked.clone()]);
    given([invited(VIEWER), expired()]).when(revoke()).then_expect_events(vec![revoked.clone()]);
    for over in [declined, revoked] {
        for command in [accept(jane()), decline(jane()), revoke(), resend(owner())] {
            given([invited(VIEWER), over.clone()]).when(command).then_expect_error(Error::InvitationNotFound);
        }
    }
}

#[test]
fn the_clock_is_recorded_once() {
    let expire = || invitation(Standing::Superadmin, InvitationCommand::Expire);
    given([invited(VIEWER)]).when(expire()).then_expect_events(vec![]);
    given_at(in_days(7), [invited(VIEWER)]).when(expire()).then_expect_events(vec![expired()]);
    given_at(in_days(7), [invited(VIEWER), expired()]).when(expire()).then_expect_events(vec![]);
    let both = [invited(VIEWER), made("bob@example.com", VIEWER)];
    let second = Event::InvitationExpired { invitation: SECOND };
    given_at(in_days(8), both).when(expire()).then_expect_events(vec![expired(), second]);
}

#[test]
fn the_open_invitations_of_an_address_are_found() {
    let organization = folded([created(), invited(VIEWER)]);
    assert_eq!(organization.open_invitations_for("jane@example.com"), [OFFER]);
    assert_eq!(organization.open_invitations_for("bob@example.com"), []);
    // One that has expired can be sent again.
    let organization = folded([created(), invited(VIEWER), expired()]);
    assert_eq!(organization.open_invitations_for("jane@example.com"), [OFFER]);
}
