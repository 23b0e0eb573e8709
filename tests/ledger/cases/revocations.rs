//! What takes a right away while it is being used, on the very stream that the use writes.

use std::sync::{Mutex, PoisonError};

use aggregates::{
    api_key::{ApiKeyEvent, Details, OnCreatorLeave, Owner, Secret, SecretHash},
    authorization::{Asker, Denied, Reach, Scopes},
    event::Event,
    ids::{ApiKeyId, UserId},
    metadata::{Actor, Metadata},
    personal::Personal,
    user::{Origin, UserEvent},
};
use chrono::TimeDelta;
use tenantry::{
    commands::{
        Command, Commands, Error, Shown, UnitOfWork, Write,
        api_keys::{ChangeApiKeyStatus, RevokeSelf, RotateApiKey, StatusChange},
        users::{Administer, Administration},
    },
    ledger::{Append, Appended, Ledger, NewEvent, StoredReply, StreamId},
    readmodel::ReadModel,
};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{Node, append, within},
};

const FIRST: [u8; 32] = [0x11; 32];
const SECOND: [u8; 32] = [0x22; 32];

/// A command, and what another node writes after its asker was confirmed and before it loads what it changes.
struct Overtaken<C> {
    command: C,
    ledger: Ledger,
    by: Mutex<Option<Append>>,
}

impl<C: Command> Command for Overtaken<C> {
    type View = C::View;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<C>, Error> {
        let by = self.by.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(by) = by {
            let streams: Vec<_> = by.expected.iter().map(|(stream, _)| *stream).collect();
            self.ledger.append(by).await.expect("the other node was faster");
            streams.into_iter().for_each(|stream| self.ledger.evict(stream));
        }
        self.command.decide(work).await
    }
}

async fn overtaken<C: Command>(node: &Node, write: &Write, command: C, by: Append) -> Result<Appended, Error> {
    let commands = Commands::new(node.ledger.clone(), ReadModel::new(node.reader.clone()));
    let command = Overtaken { command, ledger: node.ledger.clone(), by: Mutex::new(Some(by)) };
    let nothing = |_: &C::View| StoredReply { status: 204, headers: vec![], body: None };
    within("the command is answered", commands.run(write, &command, nothing)).await
}

fn events(stream: StreamId, version: i64, events: impl IntoIterator<Item = Event>) -> Append {
    let events = events.into_iter().map(|event| NewEvent { stream, organization_id: None, event });
    Append { events: events.collect(), expected: vec![(stream, version)], ..append() }
}

fn account(user: UserId) -> StreamId {
    StreamId { aggregate_type: "user", id: user.uuid() }
}

/// A superadmin, at version 2.
async fn superadmin(node: &Node) -> UserId {
    let user = UserId::new(Uuid::now_v7());
    let email = Personal::new(user.uuid(), "root@example.com".to_owned());
    let registered = UserEvent::UserRegistered { email, name: None, origin: Origin::Bootstrap, organization: None };
    let both = [registered.into(), UserEvent::SuperadminGranted {}.into()];
    node.append(events(account(user), 0, both)).await.expect("registered");
    user
}

fn key_stream(key: ApiKeyId) -> StreamId {
    StreamId { aggregate_type: "api_key", id: key.uuid() }
}

fn secret(sha256: [u8; 32]) -> Secret {
    Secret { hash: sha256.iter().map(|byte| format!("{byte:02x}")).collect(), ending: "xyz789".to_owned() }
}

/// A key that carries all that its owner may do, at version 1.
async fn key_of(node: &Node, owner: UserId) -> ApiKeyId {
    let key = ApiKeyId::new(Uuid::now_v7());
    let created = ApiKeyEvent::ApiKeyCreated {
        handle: "abcd1234".to_owned(),
        secret: secret(FIRST),
        owner: Owner::User(owner),
        created_by: owner,
        expires_at: None,
        details: Details {
            name: "CI".to_owned(),
            description: None,
            scopes: Scopes::Everything,
            ip_allowlist: vec![],
            rate_limit: None,
            on_creator_leave: OnCreatorLeave::Keep,
        },
    };
    node.append(events(key_stream(key), 0, [created.into()])).await.expect("made");
    key
}

fn by_person(user: UserId) -> Write {
    let asker = Asker::User { id: user, superadmin: true, reach: Reach::Everywhere };
    Write::new(asker, Metadata { actor: Actor::User(user), ..Metadata::system() })
}

/// A request that a key authenticated with its first secret.
fn by_key(owner: UserId, key: ApiKeyId) -> Write {
    let asker = Asker::User { id: owner, superadmin: false, reach: Reach::Everywhere };
    let metadata = Metadata { actor: Actor::ApiKey(key), ..Metadata::system() };
    Write { secret: Some(SecretHash::new(FIRST)), ..Write::new(asker, metadata) }
}

fn rotation(key: ApiKeyId) -> RotateApiKey {
    RotateApiKey { id: key, secret: secret([0x33; 32]), grace: TimeDelta::zero(), expires_at: None }
}

fn rotated(grace: Option<TimeDelta>) -> ApiKeyEvent {
    let grace_until = grace.map(|grace| chrono::Utc::now() + grace);
    ApiKeyEvent::ApiKeyRotated { secret: secret(SECOND), expires_at: None, grace_until }
}

/// The types of the events from this position on.
async fn types_after(node: &Node, position: usize) -> Vec<String> {
    node.events().await.iter().skip(position).map(|recorded| recorded.event.event_type()).collect()
}

pub async fn nobody_grants_back_what_was_just_taken_from_them(store: Store) {
    let node = store.node().await;
    let user = superadmin(&node).await;
    let grant = Administer { user, administration: Administration::GrantSuperadmin };
    let revoked = events(account(user), 2, [UserEvent::SuperadminRevoked {}.into()]);
    let answer = overtaken(&node, &by_person(user), grant, revoked).await;
    assert!(answer.is_err_and(|error| error.refusal() == Some(&Denied::SuperadminOnly)));
    assert_eq!(types_after(&node, 2).await, ["SuperadminRevoked"]);
}

pub async fn a_key_does_not_undo_that_it_was_disabled(store: Store) {
    let node = store.node().await;
    let user = superadmin(&node).await;
    let key = key_of(&node, user).await;
    let enable = ChangeApiKeyStatus { id: key, change: StatusChange::Enable };
    let disabled = events(key_stream(key), 1, [ApiKeyEvent::ApiKeyDisabled {}.into()]);
    let answer = overtaken(&node, &by_key(user, key), enable, disabled).await;
    assert!(matches!(answer, Err(Error::SignedOut)), "{answer:?}");
    assert_eq!(types_after(&node, 3).await, ["ApiKeyDisabled"]);
}

pub async fn a_secret_that_was_replaced_rotates_nothing(store: Store) {
    let node = store.node().await;
    let user = superadmin(&node).await;
    let key = key_of(&node, user).await;
    let by = events(key_stream(key), 1, [rotated(None).into()]);
    let answer = overtaken(&node, &by_key(user, key), rotation(key), by).await;
    assert!(matches!(answer, Err(Error::SignedOut)), "{answer:?}");
    // Nor does it write anything else, or end the key, wherever it was authenticated.
    let commands = Commands::new(node.ledger.clone(), ReadModel::new(node.reader.clone()));
    let nothing = |_: &_| StoredReply { status: 204, headers: vec![], body: None };
    let disable = ChangeApiKeyStatus { id: key, change: StatusChange::Disable };
    let answer = commands.run(&by_key(user, key), &disable, nothing).await;
    assert!(matches!(answer, Err(Error::SignedOut)), "{answer:?}");
    let possession = Write { asker: Asker::System, ..by_key(user, key) };
    let end = RevokeSelf { id: key, reason: Default::default() };
    let answer = commands.run(&possession, &end, |()| StoredReply { status: 204, headers: vec![], body: None }).await;
    assert!(matches!(answer, Err(Error::SignedOut)), "{answer:?}");
    assert_eq!(types_after(&node, 3).await, ["ApiKeyRotated"]);
}

/// In its grace a secret is as good as the one after it.
pub async fn a_secret_in_its_grace_still_writes(store: Store) {
    let node = store.node().await;
    let user = superadmin(&node).await;
    let key = key_of(&node, user).await;
    let by = events(key_stream(key), 1, [rotated(Some(TimeDelta::hours(1))).into()]);
    overtaken(&node, &by_key(user, key), rotation(key), by).await.expect("rotated");
    assert_eq!(types_after(&node, 3).await, ["ApiKeyRotated", "ApiKeyRotated"]);
}
