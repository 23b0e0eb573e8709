//! What is unique across streams.

use aggregates::{claim::Claim, ids::OrganizationId, organization::OrganizationEvent};
use tenantry::ledger::{Append, Error};
use uuid::Uuid;

use crate::{
    database::Store,
    support::{
        Node, append, change, created, creation, new_id, of_organization, slug, slug_change, slug_release, stream,
    },
};

async fn holder(node: &Node, slug: &str) -> Option<Uuid> {
    node.ledger.holder(&Claim::organization_slug(slug)).await.expect("an answer")
}

/// Both in one append, each event as the other organization's.
fn swap(a: OrganizationId, b: OrganizationId, version: i64, (of_a, of_b): (&str, &str)) -> Append {
    Append {
        events: vec![
            of_organization(a, slug_change(of_a, of_b)),
            of_organization(a, slug_release(of_a)),
            of_organization(b, slug_change(of_b, of_a)),
            of_organization(b, slug_release(of_b)),
        ],
        expected: vec![(stream(a), version), (stream(b), version)],
        ..append()
    }
}

pub async fn organizations_swap_their_slugs_in_one_append(store: Store) {
    let node = store.node().await;
    let (a, b) = (node.organization("left").await, node.organization("right").await);
    node.append(swap(a, b, 1, ("left", "right"))).await.expect("swapped");
    assert_eq!((holder(&node, "left").await, holder(&node, "right").await), (Some(b.uuid()), Some(a.uuid())));
    node.append(swap(a, b, 3, ("right", "left"))).await.expect("swapped back");
    assert_eq!((holder(&node, "left").await, holder(&node, "right").await), (Some(a.uuid()), Some(b.uuid())));
    assert_eq!(store.count("claims").await, 2);
}

pub async fn a_released_slug_is_reused_in_the_same_append(store: Store) {
    let node = store.node().await;
    let (old, new) = (node.organization("acme").await, new_id());
    let reuse = Append {
        events: vec![
            // The newcomer comes first: releases count before acquisitions, whatever the order of events.
            of_organization(new, created("acme")),
            of_organization(old, slug_change("acme", "acme-old")),
            of_organization(old, slug_release("acme")),
        ],
        expected: vec![(stream(old), 1), (stream(new), 0)],
        ..append()
    };
    node.append(reuse).await.expect("appended");
    assert_eq!((holder(&node, "acme").await, holder(&node, "acme-old").await), (Some(new.uuid()), Some(old.uuid())));
}

pub async fn an_old_slug_stays_claimed_until_released(store: Store) {
    let node = store.node().await;
    let id = node.organization("first").await;
    node.append(change(id, 1, [slug_change("first", "second")])).await.expect("changed");
    let taken = node.append(creation(new_id(), "first")).await;
    assert!(matches!(&taken, Err(Error::Taken { value, .. }) if value == "first"), "{taken:?}");
    // Going back to what one holds already takes nothing.
    node.append(change(id, 2, [slug_change("second", "first")])).await.expect("changed back");
    node.append(change(id, 3, [slug_release("second")])).await.expect("released");
    let other = node.organization("second").await;
    assert_eq!((holder(&node, "first").await, holder(&node, "second").await), (Some(id.uuid()), Some(other.uuid())));

    let purge = OrganizationEvent::OrganizationPurged { slugs: vec![slug("first")] };
    node.append(change(id, 4, [purge])).await.expect("purged");
    assert_eq!(holder(&node, "first").await, None);
    node.organization("first").await;
}
