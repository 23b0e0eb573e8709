use aggregates::{
    ids::{ApiKeyId, OrganizationId, UserId},
    metadata::Metadata,
    organization::{LimitChanges, OrganizationEvent, Plan as Tariff},
    slug::Slug,
    usage::{KeyUse, UsageEvent},
};
use chrono::{DateTime, Utc};
use projections::organizations::OrganizationRow;

use super::*;
use crate::{
    database::{
        Location,
        copies::{Plan, Purpose},
    },
    ledger::{Options, open},
    replay::table_names,
};

const ID: Uuid = Uuid::from_u128(7);

fn recorded(position: i64, sequence: i64, event: Event) -> RecordedEvent {
    RecordedEvent {
        position,
        event_id: Uuid::now_v7(),
        aggregate_id: ID,
        sequence,
        organization_id: Some(OrganizationId::new(ID)),
        recorded_at: DateTime::UNIX_EPOCH,
        event,
        metadata: Metadata::system(),
    }
}

fn created() -> Event {
    OrganizationEvent::OrganizationCreated {
        name: "Acme".to_owned(),
        slug: Slug::parse("acme").expect("a slug"),
        description: None,
        domain: None,
        owner: UserId::new(Uuid::from_u128(1)),
        plan: Tariff::Free,
        is_personal: false,
    }
    .into()
}

fn used(hour: DateTime<Utc>) -> Event {
    let organization = OrganizationId::new(ID);
    let keys = vec![KeyUse { key: ApiKeyId::new(Uuid::from_u128(2)), requests: 5, verifications: 0 }];
    UsageEvent::UsageRecorded { organization, hour, keys, requests: 5, verifications: 0 }.into()
}

/// Its use begins a stream under the organization's id, and says nothing about whether the organization has rows.
#[tokio::test]
async fn the_first_use_of_an_organization_does_not_hide_its_rows() {
    let folder = tempfile::tempdir().expect("a folder");
    let location: Location =
        format!("sqlite://{}", folder.path().join("ledger.db").display()).parse().expect("a location");
    let options = Options { location: location.clone(), secret_file: folder.path().join("secret.key") };
    let opened = open(&options).await.expect("a ledger");
    let mut served = location.worker().await.expect("a session");
    let plan = Plan::read(&mut served, &table_names(), Purpose::Comparison).await.expect("a plan");
    let mut hand = Hand::for_comparison(&location).await.expect("a session");
    hand.run(plan.create).await.expect("a copy");

    let mut fold = Fold::new(plan.prefix, opened.ledger.claim_key(), Memory::default());
    fold.page(hand.reading(), &[recorded(1, 1, created())]).await.expect("folded");
    fold.write(&mut hand).await.expect("written");
    // As after so many others that its rows have left memory.
    fold.rows.clear();
    let limits = OrganizationEvent::LimitsChanged { changes: LimitChanges::default() };
    let page = [recorded(2, 1, used(DateTime::UNIX_EPOCH)), recorded(3, 2, limits.into())];
    fold.page(hand.reading(), &page).await.expect("the organization is found");
    fold.write(&mut hand).await.expect("written");
    fold.rows.clear();
    let mut keys = RowKeys::default();
    keys.organizations.insert((OrganizationId::new(ID),));
    store::load(hand.reading(), fold.copy, &mut fold.rows, &keys, |_| false).await.expect("loaded");
    let found: Option<&OrganizationRow> = fold.rows.organizations.get(&(OrganizationId::new(ID),));
    assert_eq!(found.map(|row| (row.name.as_str(), row.version)), Some(("Acme", 2)));
}
