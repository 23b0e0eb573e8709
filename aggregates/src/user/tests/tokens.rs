//! What works once: the links to activate an account and to set another password.

use super::*;

fn activation(hash: &str) -> Event {
    Event::ActivationIssued { token_hash: hash.into(), expires_at: token(hash).expires_at }
}

fn reset(hash: &str) -> Event {
    Event::PasswordResetIssued { token_hash: hash.into(), expires_at: token(hash).expires_at }
}

fn activate(hash: &str) -> Command {
    Command::Activate { token_hash: hash.into(), name: personal("Jane") }
}

fn use_reset(hash: &str) -> Command {
    Command::ResetPassword { token_hash: hash.into() }
}

fn activated() -> Event {
    Event::UserActivated { name: Some(personal("Jane")) }
}

#[test]
fn an_invited_person_comes_in_once() {
    given_invited([]).when(issue_activation("a")).then_expect_events(vec![activation("a")]);
    given_invited([activation("a")]).when(activate("a")).then_expect_events(vec![activated()]);
    given_invited([activation("a"), activated()]).when(activate("a")).then_expect_error(Error::TokenNotFound);
    given_invited([]).when(activate("a")).then_expect_error(Error::TokenNotFound);
    given_invited([activation("a")]).when(activate("b")).then_expect_error(Error::TokenNotFound);
}

#[test]
fn whoever_is_active_needs_no_way_in() {
    let issue = issue_activation("a");
    given([]).when(issue.clone()).then_expect_error(Error::AlreadyActive);
    given_invited([activation("a"), activated()]).when(issue).then_expect_error(Error::AlreadyActive);
}

#[test]
fn a_newer_link_replaces_the_one_before() {
    given_invited([activation("a"), activation("b")]).when(activate("a")).then_expect_error(Error::TokenNotFound);
    given_invited([activation("a"), activation("b")]).when(activate("b")).then_expect_events(vec![activated()]);
    given([reset("a"), reset("b")]).when(use_reset("a")).then_expect_error(Error::TokenNotFound);
}

#[test]
fn a_link_is_good_until_its_time_has_passed() {
    let end = token("a").expires_at;
    let just_before = end - TimeDelta::milliseconds(1);
    let invited = || [registered(Origin::Invitation), activation("a")];
    given_at(just_before, invited()).when(activate("a")).then_expect_events(vec![activated()]);
    given_at(end, invited()).when(activate("a")).then_expect_error(Error::TokenExpired);
    given_at(end, invited()).when(activate("b")).then_expect_error(Error::TokenNotFound);
    let forgetful = || [registered(Origin::Signup), reset("a")];
    let set = vec![changed(PasswordChange::Reset)];
    given_at(just_before, forgetful()).when(use_reset("a")).then_expect_events(set);
    given_at(end, forgetful()).when(use_reset("a")).then_expect_error(Error::TokenExpired);
}

#[test]
fn a_password_is_reset_once() {
    given([]).when(Command::IssuePasswordReset { token: token("a") }).then_expect_events(vec![reset("a")]);
    given([reset("a")]).when(use_reset("a")).then_expect_events(vec![changed(PasswordChange::Reset)]);
    given([reset("a"), changed(PasswordChange::Reset)]).when(use_reset("a")).then_expect_error(Error::TokenNotFound);
    given([]).when(use_reset("a")).then_expect_error(Error::TokenNotFound);
    // A person who changes their password has no use for a link that others may have seen.
    let since = [reset("a"), changed(PasswordChange::Changed)];
    given(since).when(use_reset("a")).then_expect_error(Error::TokenNotFound);
}

#[test]
fn a_link_for_one_thing_is_not_good_for_the_other() {
    given_invited([activation("a")]).when(use_reset("a")).then_expect_error(Error::TokenNotFound);
    given_invited([reset("a")]).when(activate("a")).then_expect_error(Error::TokenNotFound);
}

#[test]
fn a_reset_activates_whoever_was_only_invited() {
    let both = vec![Event::UserActivated { name: None }, changed(PasswordChange::Reset)];
    given_invited([reset("a")]).when(use_reset("a")).then_expect_events(both.clone());
    assert!(folded(both).is_activated());
}
