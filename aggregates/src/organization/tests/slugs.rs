//! Changing the slug: old ones are kept until they are given up.

use super::*;

fn change(to: &str, release: &[&str]) -> Command {
    Command::ChangeSlug { slug: slug(to), release: release.iter().map(|text| slug(text)).collect() }
}

fn changed(from: &str, to: &str) -> Event {
    Event::OrganizationSlugChanged { from: slug(from), to: slug(to) }
}

fn released(text: &str) -> Event {
    Event::OrganizationSlugReleased { slug: slug(text) }
}

#[test]
fn a_new_slug_is_taken() {
    given([]).when(change("zenith", &[])).then_expect_events(vec![changed("acme", "zenith")]);
    given([suspended()]).when(change("zenith", &[])).then_expect_events(vec![changed("acme", "zenith")]);
    given([]).when(change("acme", &[])).then_expect_events(vec![]);
}

#[test]
fn an_old_slug_can_be_taken_again() {
    given([changed("acme", "zenith")]).when(change("acme", &[])).then_expect_events(vec![changed("zenith", "acme")]);
    given([changed("acme", "zenith"), changed("zenith", "acme")])
        .when(change("acme", &["acme"]))
        .then_expect_error(Error::NotAnOldSlug("acme".into()));
}

#[test]
fn old_slugs_are_released_by_name() {
    let both = vec![changed("acme", "zenith"), released("acme")];
    given([]).when(change("zenith", &["acme"])).then_expect_events(both.clone());
    given([changed("acme", "zenith")]).when(change("zenith", &["acme"])).then_expect_events(vec![released("acme")]);
    given(both).when(change("zenith", &["acme"])).then_expect_error(Error::NotAnOldSlug("acme".into()));
    given([]).when(change("zenith", &["acme", "acme"])).then_expect_error(Error::NotAnOldSlug("acme".into()));
}

#[test]
fn the_slug_in_use_and_those_of_others_cannot_be_released() {
    given([]).when(change("acme", &["acme"])).then_expect_error(Error::NotAnOldSlug("acme".into()));
    given([]).when(change("zenith", &["zenith"])).then_expect_error(Error::NotAnOldSlug("zenith".into()));
    given([]).when(change("acme", &["foreign"])).then_expect_error(Error::NotAnOldSlug("foreign".into()));
}

#[test]
fn twenty_old_slugs_are_kept() {
    let names: Vec<_> =
        std::iter::once("acme".to_owned()).chain((1..=MAX_OLD_SLUGS).map(|n| format!("s-{n}"))).collect();
    let history: Vec<_> = names.windows(2).map(|pair| changed(&pair[0], &pair[1])).collect();
    let last = names.last().expect("a slug");
    let too_many = Error::TooManySlugs(MAX_OLD_SLUGS);
    given(history.clone()).when(change("another", &[])).then_expect_error(too_many);
    given(history.clone())
        .when(change("another", &["acme"]))
        .then_expect_events(vec![changed(last, "another"), released("acme")]);
    given(history).when(change("s-1", &[])).then_expect_events(vec![changed(last, "s-1")]);
}
