//! Disabling, superadmins, and what ends all sessions.

use super::*;

#[test]
fn an_account_is_disabled_and_enabled() {
    given([]).when(Command::Disable).then_expect_events(vec![disabled()]);
    given([disabled()]).when(Command::Disable).then_expect_error(Error::Disabled);
    given([disabled()]).when(Command::Enable).then_expect_events(vec![Event::UserEnabled {}]);
    given([]).when(Command::Enable).then_expect_error(Error::NotDisabled);
    given([disabled(), Event::UserEnabled {}]).when(Command::Enable).then_expect_error(Error::NotDisabled);
    assert!(folded([]).is_enabled());
    assert!(!folded([disabled()]).is_enabled());
    assert!(folded([disabled(), Event::UserEnabled {}]).is_enabled());
}

#[test]
fn a_disabled_account_has_no_way_in() {
    let activation = Event::ActivationIssued { token_hash: "a".into(), expires_at: token("a").expires_at };
    let reset = Event::PasswordResetIssued { token_hash: "a".into(), expires_at: token("a").expires_at };
    for command in [Command::IssuePasswordReset { token: token("b") }, Command::ChangePassword] {
        given_invited([disabled()]).when(command).then_expect_error(Error::Disabled);
    }
    // Links that were given out before do not let anyone in either, not even when the account is enabled again.
    for command in [
        Command::Activate { token_hash: "a".into(), name: personal("Jane") },
        Command::ResetPassword { token_hash: "a".into() },
    ] {
        for after in [vec![], vec![Event::UserEnabled {}]] {
            let history = [activation.clone(), reset.clone(), disabled()].into_iter().chain(after);
            given_invited(history).when(command.clone()).then_expect_error(Error::TokenNotFound);
        }
    }
}

#[test]
fn only_an_account_becomes_superadmin_and_only_once() {
    let (granted, revoked) = (Event::SuperadminGranted {}, Event::SuperadminRevoked {});
    given([]).when(Command::GrantSuperadmin).then_expect_events(vec![granted.clone()]);
    given([granted.clone()]).when(Command::GrantSuperadmin).then_expect_events(vec![]);
    given([granted.clone()]).when(Command::RevokeSuperadmin).then_expect_events(vec![revoked.clone()]);
    given([]).when(Command::RevokeSuperadmin).then_expect_events(vec![]);
    assert!(folded([granted.clone()]).is_superadmin());
    assert!(!folded([granted.clone(), revoked]).is_superadmin());
    assert!(!folded([granted.clone(), disabled()]).is_superadmin(), "a disabled one can do nothing");
    assert!(folded([granted, disabled(), Event::UserEnabled {}]).is_superadmin());
}

#[test]
fn the_epoch_goes_up_whenever_all_sessions_end() {
    assert_eq!(folded([]).epoch(), 0);
    assert_eq!(folded([changed(PasswordChange::Changed)]).epoch(), 1);
    assert_eq!(folded([changed(PasswordChange::Reset), disabled()]).epoch(), 2);
    assert_eq!(folded([disabled(), Event::UserEnabled {}, disabled()]).epoch(), 2, "enabling brings none back");
    for ends_none in [Event::SuperadminRevoked {}, Event::UserActivated { name: None }] {
        assert_eq!(folded([ends_none]).epoch(), 0);
    }
    assert!(SIGN_OUTS.iter().all(|name| {
        let event = [disabled(), changed(PasswordChange::Reset)].into_iter();
        event.map(|event| cqrs_es::DomainEvent::event_type(&event)).any(|of| of == *name)
    }));
}
