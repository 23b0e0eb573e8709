use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{ApiKeyCommand as Command, ApiKeyError as Error, ApiKeyEvent as Event, *};
use crate::authorization::Scope;

const NOW: DateTime<Utc> = DateTime::from_timestamp(1_700_000_000, 0).expect("a time");
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(1));
const BETA: OrganizationId = OrganizationId::new(Uuid::from_u128(2));
const JANE: UserId = UserId::new(Uuid::from_u128(3));

fn scopes(organizations: &[OrganizationId]) -> Scopes {
    let scope = |organization: &OrganizationId| Scope { organization: *organization, grant: "*".parse().expect("all") };
    Scopes::Within(organizations.iter().map(scope).collect())
}

fn details(scopes: Scopes) -> Details {
    Details {
        name: "CI".into(),
        description: None,
        scopes,
        ip_allowlist: vec![],
        rate_limit: None,
        on_creator_leave: OnCreatorLeave::Keep,
    }
}

fn secret(n: u8) -> Secret {
    Secret { hash: format!("{n:064}"), ending: format!("{n:06}") }
}

fn at(seconds: i64) -> DateTime<Utc> {
    NOW + TimeDelta::seconds(seconds)
}

fn created_by(owner: Owner, scopes: Scopes, expires_at: Option<DateTime<Utc>>) -> Event {
    let (handle, secret) = ("abcd1234".to_owned(), secret(1));
    Event::ApiKeyCreated { handle, secret, owner, created_by: JANE, expires_at, details: details(scopes) }
}

fn created(expires_at: Option<DateTime<Utc>>) -> Event {
    created_by(Owner::User(JANE), scopes(&[ACME]), expires_at)
}

fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<ApiKey> {
    TestFramework::with(Moment { now: NOW }).given(events.into_iter().collect())
}

fn rotate(grace: i64, expires_at: Option<Option<DateTime<Utc>>>) -> Command {
    Command::Rotate { secret: secret(2), grace: TimeDelta::seconds(grace), expires_at }
}

fn rotated(expires_at: Option<DateTime<Utc>>, grace_until: Option<DateTime<Utc>>) -> Event {
    Event::ApiKeyRotated { secret: secret(2), expires_at, grace_until }
}

#[test]
fn a_key_never_begins_expired() {
    for (expires_at, possible) in [(None, true), (Some(at(1)), true), (Some(NOW), false), (Some(at(-1)), false)] {
        let Event::ApiKeyCreated { handle, secret, owner, created_by, expires_at, details } = created(expires_at)
        else {
            panic!("a creation")
        };
        let create = Command::Create { handle, secret, owner, created_by, expires_at, details };
        let result = given([]).when(create);
        if possible {
            result.then_expect_events(vec![created(expires_at)])
        } else {
            result.then_expect_error(Error::ExpiryInPast)
        }
    }
}

#[test]
fn what_is_over_cannot_be_changed() {
    let update = || Command::Update(Box::new(DetailsPatch { name: Some("Other".into()), ..DetailsPatch::default() }));
    for command in [update(), rotate(0, None), rotate(0, Some(None)), Command::Disable, Command::Enable] {
        given([created(Some(NOW))]).when(command.clone()).then_expect_error(Error::Expired);
        let revoked = Event::ApiKeyRevoked { reason: Revocation::KeyCompromise };
        given([created(None), revoked]).when(command).then_expect_error(Error::Revoked);
    }
}

#[test]
fn a_key_can_be_disabled_and_enabled() {
    given([created(None)]).when(Command::Disable).then_expect_events(vec![Event::ApiKeyDisabled {}]);
    given([created(None), Event::ApiKeyDisabled {}]).when(Command::Disable).then_expect_error(Error::Disabled);
    given([created(None), Event::ApiKeyDisabled {}])
        .when(Command::Enable)
        .then_expect_events(vec![Event::ApiKeyEnabled {}]);
    given([created(None)]).when(Command::Enable).then_expect_error(Error::NotDisabled);
}

#[test]
fn revoking_twice_is_revoking_once() {
    let revoke = || Command::Revoke { reason: Revocation::Superseded };
    let revoked = || Event::ApiKeyRevoked { reason: Revocation::Superseded };
    given([created(Some(NOW))]).when(revoke()).then_expect_events(vec![revoked()]);
    given([created(None), revoked()]).when(revoke()).then_expect_events(vec![]);
    given([created(None), revoked()]).when(Command::Withdraw { organization: ACME }).then_expect_events(vec![]);
}

#[test]
fn grace_ends_before_the_old_secret_does() {
    given([created(None)]).when(rotate(60, None)).then_expect_events(vec![rotated(None, Some(at(60)))]);
    given([created(None)]).when(rotate(0, None)).then_expect_events(vec![rotated(None, None)]);
    given([created(Some(at(60)))]).when(rotate(60, None)).then_expect_events(vec![rotated(Some(at(60)), Some(at(60)))]);
    given([created(Some(at(60)))]).when(rotate(61, Some(None))).then_expect_error(Error::GraceTooLong { most: 60 });
    given([created(Some(at(60)))])
        .when(rotate(30, Some(Some(at(900)))))
        .then_expect_events(vec![rotated(Some(at(900)), Some(at(30)))]);
    given([created(None)]).when(rotate(0, Some(Some(NOW)))).then_expect_error(Error::ExpiryInPast);
}

#[test]
fn a_leaving_member_takes_what_their_keys_may_do_there() {
    let withdraw = || Command::Withdraw { organization: ACME };
    let revoked = || vec![Event::ApiKeyRevoked { reason: Revocation::AffiliationChanged }];
    given([created(None)]).when(withdraw()).then_expect_events(revoked());
    let both = || created_by(Owner::User(JANE), scopes(&[ACME, BETA]), None);
    given([both()]).when(withdraw()).then_expect_events(vec![Event::ApiKeyWithdrawn { organization: ACME }]);
    let withdrawn = Event::ApiKeyWithdrawn { organization: ACME };
    given([both(), withdrawn]).when(Command::Withdraw { organization: BETA }).then_expect_events(revoked());
    given([created_by(Owner::User(JANE), Scopes::Everything, None)]).when(withdraw()).then_expect_events(vec![]);
    given([created_by(Owner::Organization(ACME), Scopes::Everything, None)])
        .when(withdraw())
        .then_expect_events(revoked());
}

#[test]
fn that_time_has_passed_is_recorded_once() {
    given([created(Some(NOW))]).when(Command::Expire).then_expect_events(vec![Event::ApiKeyExpired {}]);
    given([created(Some(NOW)), Event::ApiKeyExpired {}]).when(Command::Expire).then_expect_events(vec![]);
    given([created(Some(at(1)))]).when(Command::Expire).then_expect_events(vec![]);
    given([created(None)]).when(Command::Expire).then_expect_events(vec![]);
}

#[test]
fn a_key_makes_none_that_is_bound_less() {
    let network = |text: &str| text.parse::<Network>().expect("a network");
    let mut bound = details(scopes(&[ACME]));
    bound.ip_allowlist = vec![network("192.0.2.0/24")];
    let mut key = ApiKey::default();
    key.apply(Event::ApiKeyCreated {
        handle: "abcd1234".into(),
        secret: secret(1),
        owner: Owner::User(JANE),
        created_by: JANE,
        expires_at: Some(at(60)),
        details: bound,
    });
    let inside = [network("192.0.2.7"), network("192.0.2.128/25")];
    assert_eq!(key.binds(Some(at(60)), &inside), Ok(()));
    for later in [Some(at(61)), None] {
        assert_eq!(key.binds(later, &inside), Err(Error::OutlivesMaker));
    }
    for wider in [vec![], vec![network("192.0.0.0/16")], vec![inside[0], network("198.51.100.1")]] {
        assert_eq!(key.binds(Some(at(1)), &wider), Err(Error::BeyondMaker));
    }
    let mut free = ApiKey::default();
    free.apply(created(None));
    assert_eq!((free.binds(None, &[]), free.binds(Some(at(1)), &inside)), (Ok(()), Ok(())));
}

#[test]
fn a_secret_is_accepted_until_it_is_replaced_or_its_grace_is_over() {
    // In hexadecimal digits these are the samples' hashes.
    let hash = |n: u8| {
        let mut bytes = [0; 32];
        bytes[31] = n;
        SecretHash::new(bytes)
    };
    let mut key = ApiKey::default();
    assert!(!key.accepts(&hash(1), NOW));
    key.apply(created(None));
    assert!(key.accepts(&hash(1), NOW) && !key.accepts(&hash(2), NOW));
    key.apply(rotated(None, Some(at(10))));
    for (seconds, good) in [(0, true), (9, true), (10, false)] {
        assert_eq!(key.accepts(&hash(1), at(seconds)), good, "{seconds}");
        assert!(key.accepts(&hash(2), at(seconds)));
    }
    key.apply(Event::ApiKeyRotated { secret: secret(3), expires_at: None, grace_until: None });
    assert!(!key.accepts(&hash(1), NOW) && !key.accepts(&hash(2), NOW) && key.accepts(&hash(3), NOW));
    assert_eq!(format!("{:?}", hash(3)), "SecretHash(..)");
}

#[test]
fn events_go_with_the_only_organization_that_a_key_is_good_for() {
    let key = |owner, organizations: &[OrganizationId]| {
        let mut key = ApiKey::default();
        key.apply(created_by(owner, scopes(organizations), None));
        key
    };
    let update = |wanted: Option<&[OrganizationId]>| {
        Command::Update(Box::new(DetailsPatch { scopes: wanted.map(scopes), ..DetailsPatch::default() }))
    };
    let (jane, acme) = (Owner::User(JANE), Owner::Organization(ACME));
    for (key, command, home) in [
        (key(jane, &[ACME]), update(None), Some(ACME)),
        (key(jane, &[ACME]), update(Some(&[ACME])), Some(ACME)),
        // Neither is to know of the other.
        (key(jane, &[ACME]), update(Some(&[BETA])), None),
        (key(jane, &[ACME]), update(Some(&[ACME, BETA])), None),
        (key(jane, &[ACME, BETA]), update(Some(&[ACME])), None),
        (key(jane, &[ACME]), rotate(0, None), Some(ACME)),
        (key(jane, &[ACME, BETA]), Command::Disable, None),
        (key(jane, &[ACME, BETA]), Command::Withdraw { organization: BETA }, Some(BETA)),
        (key(acme, &[ACME]), Command::Withdraw { organization: ACME }, Some(ACME)),
        (key(acme, &[]), update(None), Some(ACME)),
    ] {
        assert_eq!(key.belongs_to(Uuid::nil(), &command), home, "{key:?} {command:?}");
    }
    for (owner, organizations, home) in
        [(jane, [ACME].as_slice(), Some(ACME)), (jane, &[ACME, BETA], None), (acme, &[], Some(ACME))]
    {
        let Event::ApiKeyCreated { handle, secret, owner, created_by, expires_at, details } =
            created_by(owner, scopes(organizations), None)
        else {
            panic!("a creation")
        };
        let create = Command::Create { handle, secret, owner, created_by, expires_at, details };
        assert_eq!(ApiKey::default().belongs_to(Uuid::nil(), &create), home);
    }
}
