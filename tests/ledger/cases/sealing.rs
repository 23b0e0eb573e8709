//! Personal data: readable through the ledger, nowhere else, and gone with its key.

use std::collections::BTreeSet;

use aggregates::{
    change::Change,
    claim::Claim,
    event::Event,
    ids::{OrganizationId, UserId},
    metadata::{Actor, Metadata},
    organization::{Organization, OrganizationEvent, ProfileChanges},
    personal::Personal,
    user::{Origin, User, UserEvent},
};
use projections::RecordedEvent;
use tenantry::ledger::{Append, NewEvent, StreamId};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{Node, append, change, created, fold, in_parallel, of_organization, stream, touch},
};

const EMAIL: &str = "Canary.Person@mail.example";
const NAME: &str = "Canary Zwitscher";
const BILLING: &str = "canary-billing@mail.example";
const ADDRESS: &str = "198.51.100.77";
const AGENT: &str = "CanaryBrowser/7.1 (X11)";

struct Written {
    user: Uuid,
    organization: OrganizationId,
}

/// A user, registered by that user, and their organization with an address for bills.
async fn write(node: &Node) -> Written {
    let user = Uuid::now_v7();
    let organization = OrganizationId::new(Uuid::now_v7());
    let metadata = Metadata {
        actor: Actor::User(UserId::new(user)),
        client_address: Some(Personal::new(user, ADDRESS.to_owned())),
        user_agent: Some(Personal::new(user, AGENT.to_owned())),
        ..Metadata::system()
    };
    let account = StreamId { aggregate_type: "user", id: user };
    let registered = UserEvent::UserRegistered {
        email: Personal::new(user, EMAIL.to_owned()),
        name: Some(Personal::new(user, NAME.to_owned())),
        origin: Origin::Bootstrap,
        organization: None,
    };
    let first = Append {
        metadata: metadata.clone(),
        events: vec![
            NewEvent { stream: account, organization_id: None, event: registered.into() },
            of_organization(organization, created("acme")),
        ],
        expected: vec![(account, 0), (stream(organization), 0)],
        ..append()
    };
    node.append(first).await.expect("registered");
    let billing_email = Change { from: None, to: Some(Personal::new(organization.uuid(), BILLING.to_owned())) };
    let changes = Box::new(ProfileChanges { billing_email: Some(billing_email), ..ProfileChanges::default() });
    let second = Append { metadata, ..change(organization, 1, [OrganizationEvent::OrganizationUpdated { changes }]) };
    node.append(second).await.expect("updated");
    Written { user, organization }
}

/// Every personal value in the events, in order; none where it is erased.
fn personal(events: &[RecordedEvent]) -> Vec<Option<&str>> {
    let mut values = Vec::new();
    for event in events {
        match &event.event {
            Event::User(UserEvent::UserRegistered { email, name, .. }) => values.extend([Some(email), name.as_ref()]),
            Event::Organization(OrganizationEvent::OrganizationUpdated { changes }) => {
                values.push(changes.billing_email.as_ref().and_then(|change| change.to.as_ref()));
            }
            _ => {}
        }
        values.extend([event.metadata.client_address.as_ref(), event.metadata.user_agent.as_ref()]);
    }
    values.into_iter().map(|value| value.and_then(Personal::get).map(String::as_str)).collect()
}

pub async fn personal_data_is_not_readable(store: Store) {
    let node = store.node().await;
    let written = write(&node).await;
    for table in ["events", "claims", "subject_keys", "idempotency_records"] {
        let dump = store.dump(table).await.to_lowercase();
        for canary in [EMAIL, NAME, BILLING, ADDRESS, AGENT, "canary"] {
            assert!(!dump.contains(&canary.to_lowercase()), "{canary} stands in {table}");
        }
    }
    let of_user = [Some(ADDRESS), Some(AGENT)];
    let expected = [&[Some(EMAIL), Some(NAME)], &of_user, &of_user, &[Some(BILLING)][..], &of_user].concat();
    assert_eq!(personal(&node.events().await), expected);
    let claim = Claim::user_email(EMAIL.to_lowercase());
    assert_eq!(node.ledger.holder(&claim).await.expect("an answer"), Some(written.user));

    node.close().await;
    let node = store.node().await;
    assert_eq!(personal(&node.events().await), expected, "another process opens it with the same secret");
    assert_eq!(node.ledger.load::<User>(written.user).await.expect("loaded").version, 1);
    let loaded = node.ledger.load::<Organization>(written.organization.uuid()).await.expect("loaded");
    let state = serde_json::to_value(&loaded.aggregate).expect("a state");
    assert_eq!(state["profile"]["billing_email"]["v"], BILLING);
}

pub async fn without_its_key_personal_data_is_erased(store: Store) {
    let node = store.node().await;
    let Written { user, organization } = write(&node).await;
    node.close().await;
    let erased =
        store.execute("UPDATE subject_keys SET wrapped_key = NULL WHERE subject = $1", &[(&user).into()]).await;
    assert_eq!(erased.expect("erased"), 1);

    let node = store.node().await;
    let events = node.events().await;
    let expected = [&[None; 6], &[Some(BILLING)][..], &[None; 2]].concat();
    assert_eq!(personal(&events), expected, "the user's data is gone and nobody else's");
    let rows = fold(&events).expect("still projectable");
    let row = rows.users.get(&(UserId::new(user),)).expect("the user's row");
    assert_eq!((&row.email, &row.name), (&None, &None));
    let row = rows.organizations.get(&(organization,)).expect("the organization's row");
    assert_eq!(row.billing_email.as_deref(), Some(BILLING));

    assert_eq!(node.ledger.load::<User>(user).await.expect("loaded").version, 1);
    node.append(touch(organization, 2)).await.expect("the ledger goes on");
    let metadata = Metadata { user_agent: Some(Personal::new(user, AGENT.to_owned())), ..Metadata::system() };
    node.append(Append { metadata, ..touch(organization, 3) }).await.expect("appended");
    assert!(!personal(&node.events().await).contains(&Some(AGENT)), "who was erased stays erased");
    assert_eq!(store.count("subject_keys").await, 2);
}

pub async fn one_subject_in_parallel_appends_has_one_key(store: Store) {
    let node = store.node().await;
    let subject = Uuid::now_v7();
    let metadata = Metadata { user_agent: Some(Personal::new(subject, AGENT.to_owned())), ..Metadata::system() };
    let appends = (0..20).map(|n| {
        let id = OrganizationId::new(Uuid::now_v7());
        Append { metadata: metadata.clone(), ..change(id, 0, [created(&format!("o-{n}"))]) }
    });
    let nodes = [node];
    let answers = in_parallel(&nodes, appends.collect()).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(store.count("subject_keys").await, 1);
    let [node] = nodes;
    node.close().await;
    let node = store.node().await;
    let events = node.events().await;
    let agents: BTreeSet<_> = events.iter().filter_map(|event| event.metadata.user_agent.as_ref()?.get()).collect();
    assert_eq!((events.len(), agents), (20, BTreeSet::from([&AGENT.to_owned()])));
}
