use chrono::DateTime;
use cqrs_es::test::TestFramework;
use uuid::Uuid;

use super::*;

fn framework() -> TestFramework<User> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH })
}

fn registered() -> UserEvent {
    UserEvent::UserRegistered {
        email: Personal::new(Uuid::from_u128(1), "jane@example.com".into()),
        name: None,
        origin: Origin::Invitation,
        organization: None,
    }
}

#[test]
fn an_account_is_registered_once() {
    let UserEvent::UserRegistered { email, name, origin, organization } = registered() else { unreachable!() };
    let register = UserCommand::Register { email, name, origin, organization };
    framework().given_no_previous_events().when(register.clone()).then_expect_events(vec![registered()]);
    framework().given(vec![registered()]).when(register).then_expect_error(UserError::AlreadyExists);
}

#[test]
fn only_an_account_becomes_superadmin_and_only_once() {
    framework().given_no_previous_events().when(UserCommand::GrantSuperadmin).then_expect_error(UserError::NotFound);
    let granted = UserEvent::SuperadminGranted {};
    framework().given(vec![registered()]).when(UserCommand::GrantSuperadmin).then_expect_events(vec![granted.clone()]);
    framework().given(vec![registered(), granted]).when(UserCommand::GrantSuperadmin).then_expect_events(vec![]);
}
