//! Changing the profile: partial, and an event only for what changed.

use super::*;
use crate::email::Email;

const ID: OrganizationId = OrganizationId::new(Uuid::from_u128(9));

fn update(patch: ProfilePatch) -> Command {
    Command::Update { id: ID, patch }
}

fn updated(changes: ProfileChanges) -> Event {
    Event::OrganizationUpdated { changes: Box::new(changes) }
}

fn pairs(pairs: impl IntoIterator<Item = usize>) -> BTreeMap<String, String> {
    pairs.into_iter().map(|n| (format!("key-{n:02}"), "value".to_owned())).collect()
}

fn with_metadata(count: usize) -> Event {
    let metadata = Some(Change { from: BTreeMap::new(), to: pairs(0..count) });
    updated(ProfileChanges { metadata, ..ProfileChanges::default() })
}

fn set_pairs(pairs: BTreeMap<String, String>) -> BTreeMap<String, Option<String>> {
    pairs.into_iter().map(|(key, value)| (key, Some(value))).collect()
}

#[test]
fn only_what_changed_is_in_the_event() {
    let patch = ProfilePatch {
        name: Some("Zenith".into()),
        description: Some(Some("Tools".into())),
        domain: Some(None),
        jwt_expiry_secs: Some(DEFAULT_JWT_EXPIRY_SECS),
        ..ProfilePatch::default()
    };
    let changes = ProfileChanges {
        name: Some(Change { from: "Acme".into(), to: "Zenith".into() }),
        description: Some(Change { from: None, to: Some("Tools".into()) }),
        ..ProfileChanges::default()
    };
    given([]).when(update(patch.clone())).then_expect_events(vec![updated(changes.clone())]);
    given([updated(changes)]).when(update(patch)).then_expect_events(vec![]);
    given([]).when(update(ProfilePatch::default())).then_expect_events(vec![]);
}

#[test]
fn a_suspended_organization_can_be_changed() {
    let patch = ProfilePatch { jwt_expiry_secs: Some(60), ..ProfilePatch::default() };
    let changes = ProfileChanges { jwt_expiry_secs: Some(Change { from: 3600, to: 60 }), ..ProfileChanges::default() };
    given([suspended()]).when(update(patch)).then_expect_events(vec![updated(changes)]);
}

#[test]
fn what_was_set_can_be_cleared() {
    let set = ProfileChanges {
        domain: Some(Change { from: None, to: Some("acme.example".into()) }),
        ..ProfileChanges::default()
    };
    let cleared = ProfileChanges {
        domain: Some(Change { from: Some("acme.example".into()), to: None }),
        ..ProfileChanges::default()
    };
    let patch = ProfilePatch { domain: Some(None), ..ProfilePatch::default() };
    given([updated(set)]).when(update(patch)).then_expect_events(vec![updated(cleared)]);
}

#[test]
fn the_billing_address_is_personal_data_of_the_organization() {
    let email = Email::parse("billing@acme.example").expect("an address");
    let patch = ProfilePatch { billing_email: Some(Some(email)), ..ProfilePatch::default() };
    let personal = Personal::new(ID.uuid(), "billing@acme.example".to_owned());
    let changes =
        ProfileChanges { billing_email: Some(Change { from: None, to: Some(personal) }), ..ProfileChanges::default() };
    given([]).when(update(patch.clone())).then_expect_events(vec![updated(changes.clone())]);
    given([updated(changes)]).when(update(patch)).then_expect_events(vec![]);
}

#[test]
fn settings_change_one_by_one() {
    let berlin = Settings { timezone: Some("Europe/Berlin".into()), ..Settings::default() };
    let both = Settings { locale: Some("en-GB".into()), ..berlin.clone() };
    let changed = |from: &Settings, to: &Settings| {
        let settings = Some(Change { from: from.clone(), to: to.clone() });
        updated(ProfileChanges { settings, ..ProfileChanges::default() })
    };
    let settings = SettingsPatch { locale: Some(Some("en-GB".into())), ..SettingsPatch::default() };
    let patch = ProfilePatch { settings, ..ProfilePatch::default() };
    let before = changed(&Settings::default(), &berlin);
    given([before]).when(update(patch)).then_expect_events(vec![changed(&berlin, &both)]);
}

#[test]
fn metadata_is_merged_pair_by_pair() {
    let patch = ProfilePatch {
        metadata: Some(BTreeMap::from([
            ("key-00".to_owned(), None),
            ("key-01".to_owned(), Some("other".to_owned())),
            ("new".to_owned(), Some("value".to_owned())),
            ("never-there".to_owned(), None),
        ])),
        ..ProfilePatch::default()
    };
    let mut to = pairs(1..3);
    to.insert("key-01".into(), "other".into());
    to.insert("new".into(), "value".into());
    let changes = ProfileChanges { metadata: Some(Change { from: pairs(0..3), to }), ..ProfileChanges::default() };
    given([with_metadata(3)]).when(update(patch)).then_expect_events(vec![updated(changes)]);
}

#[test]
fn metadata_has_at_most_fifty_pairs() {
    let patch = |metadata| update(ProfilePatch { metadata: Some(metadata), ..ProfilePatch::default() });
    let full = with_metadata(MAX_METADATA);
    given([]).when(patch(set_pairs(pairs(0..MAX_METADATA)))).then_expect_events(vec![full.clone()]);
    given([]).when(patch(set_pairs(pairs(0..=MAX_METADATA)))).then_expect_error(Error::TooMuchMetadata(MAX_METADATA));
    let one_more = set_pairs(pairs([MAX_METADATA]));
    given([full.clone()]).when(patch(one_more.clone())).then_expect_error(Error::TooMuchMetadata(MAX_METADATA));
    let mut exchange = one_more;
    exchange.insert("key-00".into(), None);
    let to = pairs(1..=MAX_METADATA);
    let metadata = Some(Change { from: pairs(0..MAX_METADATA), to });
    let exchanged = updated(ProfileChanges { metadata, ..ProfileChanges::default() });
    given([full]).when(patch(exchange)).then_expect_events(vec![exchanged]);
}
