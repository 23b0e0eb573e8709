//! Accounts and their sessions.

use aggregates::{
    change::Change,
    event::Event,
    ids::SessionId,
    personal::Personal,
    session::{Ending, Method, SessionEvent},
    user::{Origin, PasswordChange, UserChanges, UserEvent},
};
use uuid::Uuid;

use super::{ID, OWNER, at, folded};
use crate::{sessions::SessionRow, users::UserRow};

const SESSION: SessionId = SessionId::new(Uuid::from_u128(8));

fn personal(text: &str) -> Personal<String> {
    Personal::new(OWNER.uuid(), text.to_owned())
}

fn user(origin: Origin, events: impl IntoIterator<Item = UserEvent>) -> UserRow {
    let organization = Some("Acme".to_owned());
    let registered =
        UserEvent::UserRegistered { email: personal("Jane@Example.com"), name: None, origin, organization };
    let events = std::iter::once(registered).chain(events).map(|event| (OWNER.uuid(), Event::from(event)));
    folded(events).row(&(OWNER,)).expect("a user")
}

#[test]
fn an_account_is_what_was_said_of_it() {
    let expected = UserRow {
        id: OWNER,
        email: Some("Jane@Example.com".into()),
        name: None,
        activated: true,
        is_superadmin: false,
        disabled: false,
        epoch: 0,
        organization: Some("Acme".into()),
        primary_organization_id: None,
        search_text: "jane@example.com".into(),
        version: 1,
        created_at: at(1),
        updated_at: at(1),
    };
    assert_eq!(user(Origin::Signup, []), expected);
    assert!(!user(Origin::Invitation, []).activated);
    let changes = UserChanges {
        name: Some(Change { from: None, to: Some(personal("Jane Doe")) }),
        organization: Some(Change { from: Some("Acme".into()), to: None }),
    };
    let moved = UserEvent::EmailChanged { from: personal("Jane@Example.com"), to: personal("doe@example.com") };
    let row = user(
        Origin::Signup,
        [
            UserEvent::UserUpdated { changes },
            moved,
            UserEvent::PrimaryOrganizationChosen { organization: ID },
            UserEvent::SuperadminGranted {},
        ],
    );
    let changed = UserRow {
        email: Some("doe@example.com".into()),
        name: Some("Jane Doe".into()),
        is_superadmin: true,
        organization: None,
        primary_organization_id: Some(ID),
        search_text: "jane doe doe@example.com".into(),
        version: 5,
        updated_at: at(5),
        ..expected
    };
    assert_eq!(row, changed);
    assert!(!user(Origin::Signup, [UserEvent::SuperadminGranted {}, UserEvent::SuperadminRevoked {}]).is_superadmin);
}

#[test]
fn an_invited_account_is_activated_with_or_without_a_name() {
    let named = user(Origin::Invitation, [UserEvent::UserActivated { name: Some(personal("Jane")) }]);
    assert_eq!((named.activated, named.name.as_deref()), (true, Some("Jane")));
    assert_eq!(named.search_text, "jane jane@example.com");
    let nameless = user(Origin::Invitation, [UserEvent::UserActivated { name: None }]);
    assert_eq!((nameless.activated, nameless.name), (true, None));
}

#[test]
fn the_epoch_goes_up_as_in_the_write_model() {
    let changed = UserEvent::PasswordChanged { reason: PasswordChange::Changed };
    let row = user(Origin::Signup, [changed, UserEvent::UserDisabled {}]);
    assert_eq!((row.epoch, row.disabled), (2, true));
    let row = user(Origin::Signup, [UserEvent::UserDisabled {}, UserEvent::UserEnabled {}]);
    assert_eq!((row.epoch, row.disabled), (1, false));
}

#[test]
fn what_is_good_for_one_use_is_not_in_the_row() {
    let issued = |event: fn(String) -> UserEvent| user(Origin::Invitation, [event("secret".into())]);
    let activation = issued(|token_hash| UserEvent::ActivationIssued { token_hash, expires_at: at(99) });
    let reset = issued(|token_hash| UserEvent::PasswordResetIssued { token_hash, expires_at: at(99) });
    for row in [activation, reset] {
        assert_eq!(row.version, 2);
        assert!(!format!("{row:?}").contains("secret"), "{row:?}");
    }
}

#[test]
fn a_session_is_a_row_until_it_ends() {
    let started = SessionEvent::SessionStarted {
        user: OWNER,
        method: Method::Signup,
        organization: None,
        epoch: 4,
        client_address: Some(personal("192.0.2.7")),
        user_agent: Some(personal("curl/8")),
    };
    let after = |events: Vec<SessionEvent>| {
        let events = std::iter::once(started.clone()).chain(events);
        folded(events.map(|event| (SESSION.uuid(), Event::from(event)))).row::<SessionRow>(&(SESSION,))
    };
    let expected = SessionRow {
        id: SESSION,
        user_id: OWNER,
        organization_id: None,
        method: Method::Signup,
        epoch: 4,
        client_address: Some("192.0.2.7".into()),
        user_agent: Some("curl/8".into()),
        started_at: at(1),
    };
    assert_eq!(after(vec![]), Some(expected.clone()));
    let switched = SessionEvent::SessionSwitched { organization: ID };
    assert_eq!(after(vec![switched.clone()]), Some(SessionRow { organization_id: Some(ID), ..expected }));
    assert_eq!(after(vec![switched, SessionEvent::SessionEnded { reason: Ending::Logout }]), None);
}
