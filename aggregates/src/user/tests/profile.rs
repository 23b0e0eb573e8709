//! Name, address, and what a person belongs to.

use super::*;

fn update(name: Option<Option<&str>>, organization: Option<Option<&str>>) -> Command {
    let organization = organization.map(|text| text.map(str::to_owned));
    Command::Update { name: name.map(|text| text.map(personal)), organization }
}

#[test]
fn an_update_names_what_it_changed() {
    let named = Event::UserUpdated {
        changes: UserChanges { name: Some(Change { from: None, to: Some(personal("Jane")) }), organization: None },
    };
    given([]).when(update(Some(Some("Jane")), None)).then_expect_events(vec![named.clone()]);
    given([named.clone()]).when(update(Some(Some("Jane")), Some(None))).then_expect_events(vec![]);
    let cleared = Event::UserUpdated {
        changes: UserChanges { name: Some(Change { from: Some(personal("Jane")), to: None }), organization: None },
    };
    given([named]).when(update(Some(None), None)).then_expect_events(vec![cleared]);
    let belongs = Event::UserUpdated {
        changes: UserChanges { name: None, organization: Some(Change { from: None, to: Some("Acme".into()) }) },
    };
    given([]).when(update(None, Some(Some("Acme")))).then_expect_events(vec![belongs.clone()]);
    given([]).when(update(None, None)).then_expect_events(vec![]);
    assert_eq!(folded([belongs]).organization(), Some("Acme"));
}

#[test]
fn the_address_changes_to_what_was_written() {
    let from = personal("jane@example.com");
    let change = |to: &str| Command::ChangeEmail { email: personal(to) };
    for to in ["other@example.com", "Jane@Example.com"] {
        let moved = Event::EmailChanged { from: from.clone(), to: personal(to) };
        given([]).when(change(to)).then_expect_events(vec![moved.clone()]);
        assert_eq!(folded([moved]).email(), Some(to));
    }
    given([]).when(change("jane@example.com")).then_expect_events(vec![]);
}

#[test]
fn one_organization_is_the_primary_one() {
    let id = |n| OrganizationId::new(Uuid::from_u128(n));
    let choose = |n| Command::ChoosePrimaryOrganization { organization: id(n) };
    let chosen = |n| Event::PrimaryOrganizationChosen { organization: id(n) };
    given([]).when(choose(7)).then_expect_events(vec![chosen(7)]);
    given([chosen(7)]).when(choose(7)).then_expect_events(vec![]);
    given([chosen(7)]).when(choose(8)).then_expect_events(vec![chosen(8)]);
}

#[test]
fn a_name_is_given_with_the_activation_and_kept_without_one() {
    let named = Event::UserActivated { name: Some(personal("Jane")) };
    given_invited([named.clone()]).when(update(Some(Some("Jane")), None)).then_expect_events(vec![]);
    let again = Event::UserActivated { name: None };
    given_invited([named, again]).when(update(Some(Some("Jane")), None)).then_expect_events(vec![]);
}
