//! API keys, and how many were made that end with a member.

use aggregates::{
    api_key::{ApiKeyChanges, ApiKeyEvent as Event, Details, OnCreatorLeave, Owner, RateLimit, Revocation, Secret},
    authorization::{RoleKey, Scope, Scopes},
    change::Change,
    ids::{ApiKeyId, OrganizationId, UserId},
    organization::{OrganizationEvent, Removal},
};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{ID, OWNER, Tables, at, created, folded, slug};
use crate::{
    api_keys::{ApiKeyRow, KeyStatus},
    memberships::MembershipRow,
    row::Json,
};

const KEY: ApiKeyId = ApiKeyId::new(Uuid::from_u128(5));
const OTHER: OrganizationId = OrganizationId::new(Uuid::from_u128(6));
const JOE: UserId = UserId::new(Uuid::from_u128(7));

fn scopes(organizations: &[OrganizationId]) -> Scopes {
    let scope = |organization: &OrganizationId| Scope { organization: *organization, grant: "*".parse().expect("all") };
    Scopes::Within(organizations.iter().map(scope).collect())
}

fn secret(n: u8) -> Secret {
    Secret { hash: format!("{n:064}"), ending: format!("{n:06}") }
}

fn made(owner: Owner, scopes: Scopes, on_creator_leave: OnCreatorLeave) -> Event {
    Event::ApiKeyCreated {
        handle: "abcd1234".into(),
        secret: secret(1),
        owner,
        created_by: OWNER,
        expires_at: Some(at(100)),
        details: Details {
            name: "CI".into(),
            description: Some("Deploys".into()),
            scopes,
            ip_allowlist: vec![],
            rate_limit: Some(RateLimit { requests: 10, window_seconds: 60 }),
            on_creator_leave,
        },
    }
}

fn hers(scopes: Scopes) -> Event {
    made(Owner::User(OWNER), scopes, OnCreatorLeave::Keep)
}

fn updated(owner: Owner, changes: ApiKeyChanges) -> Event {
    Event::ApiKeyUpdated { owner, created_by: OWNER, changes: Box::new(changes) }
}

/// The tables of an organization in which this happened to a key, from position 2 on.
fn after(events: impl IntoIterator<Item = Event>) -> Tables {
    let first = [(ID.uuid(), created().into())];
    folded(first.into_iter().chain(events.into_iter().map(|event| (KEY.uuid(), event.into()))))
}

fn key(tables: &Tables) -> ApiKeyRow {
    tables.row(&(KEY,)).expect("a key")
}

/// How many keys end when this member goes.
fn held(tables: &Tables, organization: OrganizationId, user: UserId) -> Option<i64> {
    tables.row::<MembershipRow>(&(organization, user)).map(|row| row.api_keys)
}

#[test]
fn a_key_is_what_was_said_of_it() {
    let expected = ApiKeyRow {
        id: KEY,
        handle: "abcd1234".into(),
        ending: "000001".into(),
        hash: secret(1).hash,
        previous_hash: None,
        grace_until: None,
        owner_id: OWNER.uuid(),
        owned_by_organization: false,
        created_by: OWNER,
        name: "CI".into(),
        description: Some("Deploys".into()),
        scopes: Json(scopes(&[ID])),
        ip_allowlist: Json(vec![]),
        rate_limit: Some(Json(RateLimit { requests: 10, window_seconds: 60 })),
        on_creator_leave: OnCreatorLeave::Keep,
        expires_at: Some(at(100)),
        expiry_recorded: false,
        disabled: false,
        revocation: None,
        revoked_at: None,
        version: 1,
        created_at: at(2),
        updated_at: at(2),
    };
    assert_eq!(key(&after([hers(scopes(&[ID]))])), expected);

    let network = "192.0.2.0/24".parse().expect("a network");
    let changes = ApiKeyChanges {
        name: Some(Change { from: "CI".into(), to: "CD".into() }),
        description: Some(Change { from: Some("Deploys".into()), to: None }),
        scopes: Some(Change { from: scopes(&[ID]), to: Scopes::Everything }),
        ip_allowlist: Some(Change { from: vec![], to: vec![network] }),
        rate_limit: Some(Change { from: Some(RateLimit { requests: 10, window_seconds: 60 }), to: None }),
        on_creator_leave: Some(Change { from: OnCreatorLeave::Keep, to: OnCreatorLeave::Revoke }),
    };
    let changed = ApiKeyRow {
        name: "CD".into(),
        description: None,
        scopes: Json(Scopes::Everything),
        ip_allowlist: Json(vec![network]),
        rate_limit: None,
        on_creator_leave: OnCreatorLeave::Revoke,
        version: 2,
        updated_at: at(3),
        ..expected
    };
    let tables = after([hers(scopes(&[ID])), updated(Owner::User(OWNER), changes)]);
    assert_eq!(key(&tables), changed);
    let tables = after([made(Owner::Organization(ID), Scopes::Everything, OnCreatorLeave::Keep)]);
    assert_eq!((key(&tables).owner_id, key(&tables).owned_by_organization), (ID.uuid(), true));
}

#[test]
fn the_secret_before_is_kept_for_its_grace() {
    let rotated = |n, expires_at, grace_until| Event::ApiKeyRotated { secret: secret(n), expires_at, grace_until };
    let first = || hers(Scopes::Everything);
    let row = key(&after([first(), rotated(2, None, Some(at(50)))]));
    let kept = (row.hash, row.ending.as_str(), row.previous_hash, row.grace_until, row.expires_at);
    assert_eq!(kept, (secret(2).hash, "000002", Some(secret(1).hash), Some(at(50)), None));
    let row = key(&after([first(), rotated(2, None, Some(at(50))), rotated(3, Some(at(9)), None)]));
    let kept = (row.hash, row.previous_hash, row.grace_until, row.expires_at);
    assert_eq!(kept, (secret(3).hash, None, None, Some(at(9))), "nothing is left of the two before");
    let row = key(&after([first(), Event::ApiKeyExpired {}, rotated(2, Some(at(200)), None)]));
    assert!(!row.expiry_recorded, "it has another time to pass");
}

#[test]
fn a_status_is_of_a_moment() {
    let status = |events: &[Event], now: DateTime<Utc>| {
        key(&after([hers(Scopes::Everything)].into_iter().chain(events.iter().cloned()))).status(now)
    };
    let (disabled, enabled) = (Event::ApiKeyDisabled {}, Event::ApiKeyEnabled {});
    let revoked = Event::ApiKeyRevoked { reason: Revocation::Superseded };
    assert_eq!(status(&[], at(99)), KeyStatus::Active);
    assert_eq!(status(&[], at(100)), KeyStatus::Expired);
    assert_eq!(status(&[Event::ApiKeyExpired {}], at(100)), KeyStatus::Expired);
    assert_eq!(status(std::slice::from_ref(&disabled), at(99)), KeyStatus::Disabled);
    assert_eq!(status(std::slice::from_ref(&disabled), at(100)), KeyStatus::Expired);
    assert_eq!(status(&[disabled.clone(), enabled], at(99)), KeyStatus::Active);
    assert_eq!(status(&[disabled, revoked.clone()], at(100)), KeyStatus::Revoked);
    let row = key(&after([hers(Scopes::Everything), revoked]));
    assert_eq!((row.revocation, row.revoked_at), (Some(Revocation::Superseded), Some(at(3))));
}

#[test]
fn keys_that_end_with_a_member_are_counted() {
    let count = |events: &[Event]| held(&after(events.iter().cloned()), ID, OWNER).expect("a member");
    let organization = Owner::Organization(ID);
    assert_eq!(count(&[hers(scopes(&[ID]))]), 1);
    assert_eq!(count(&[hers(scopes(&[OTHER, ID]))]), 1);
    assert_eq!(count(&[hers(scopes(&[OTHER]))]), 0);
    assert_eq!(count(&[hers(Scopes::Everything)]), 0, "it is less as soon as she is");
    assert_eq!(count(&[made(organization, scopes(&[ID]), OnCreatorLeave::Keep)]), 0);
    assert_eq!(count(&[made(organization, scopes(&[ID]), OnCreatorLeave::Revoke)]), 1);
    // What comes to end with her later counts as well; what ends is never taken off.
    let rescoped = ApiKeyChanges {
        scopes: Some(Change { from: scopes(&[OTHER]), to: scopes(&[ID, OTHER]) }),
        ..ApiKeyChanges::default()
    };
    assert_eq!(count(&[hers(scopes(&[OTHER])), updated(Owner::User(OWNER), rescoped)]), 1);
    let leave = Change { from: OnCreatorLeave::Keep, to: OnCreatorLeave::Revoke };
    let leaving = ApiKeyChanges { on_creator_leave: Some(leave), ..ApiKeyChanges::default() };
    let stays = made(organization, scopes(&[ID]), OnCreatorLeave::Keep);
    assert_eq!(count(&[stays, updated(organization, leaving)]), 1);
    assert_eq!(count(&[hers(scopes(&[ID])), Event::ApiKeyRevoked { reason: Revocation::default() }]), 1);
}

#[test]
fn whoever_comes_back_begins_anew() {
    let member = |event: OrganizationEvent| (ID.uuid(), event.into());
    let role = || "developer".parse::<RoleKey>().expect("a role");
    let added = || member(OrganizationEvent::MemberAdded { user: JOE, role: role() });
    let personal = made(Owner::User(JOE), scopes(&[ID]), OnCreatorLeave::Keep);
    let (reason, reinstatable_until) = (Removal::Left, at(1000));
    let removed = member(OrganizationEvent::MemberRemoved { user: JOE, role: role(), reason, reinstatable_until });
    let first = [member(created()), added(), (KEY.uuid(), personal.into())];
    assert_eq!(held(&folded(first.clone()), ID, JOE), Some(1));
    let gone = first.clone().into_iter().chain([removed.clone()]);
    assert_eq!(held(&folded(gone.clone()), ID, JOE), None);
    assert_eq!(held(&folded(gone.chain([added()])), ID, JOE), Some(0));
}

#[test]
fn a_purge_takes_the_organization_s_keys_along() {
    let purged = OrganizationEvent::OrganizationPurged { slugs: vec![slug("acme")] };
    let after = |made: Event| {
        folded([(ID.uuid(), created().into()), (KEY.uuid(), made.into()), (ID.uuid(), purged.clone().into())])
    };
    let tables = after(made(Owner::Organization(ID), scopes(&[ID]), OnCreatorLeave::Keep));
    assert!(tables.row::<ApiKeyRow>(&(KEY,)).is_none());
    let tables = after(hers(scopes(&[ID])));
    assert!(tables.row::<ApiKeyRow>(&(KEY,)).is_some(), "hers stays hers");
}
