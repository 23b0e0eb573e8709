use chrono::DateTime;
use cqrs_es::test::{AggregateTestExecutor, TestFramework};
use uuid::Uuid;

use super::{ProductError as Error, ProductEvent as Event, *};

const SPACE: SpaceId = SpaceId::new(Uuid::from_u128(1));
const ACME: OrganizationId = OrganizationId::new(Uuid::from_u128(2));

fn slug(text: &str) -> Slug {
    Slug::parse(text).expect("a slug")
}

fn created() -> Event {
    Event::ProductCreated { space: SPACE, name: "Orders".into(), slug: slug("orders"), description: None }
}

fn archived() -> Event {
    Event::ProductArchived { space: SPACE }
}

fn command(command: ProductCommand) -> CatalogCommand<ProductCommand> {
    CatalogCommand { organization: Some(ACME), command }
}

fn create() -> CatalogCommand<ProductCommand> {
    let (name, slug) = ("Orders".into(), slug("orders"));
    command(ProductCommand::Create { space: SPACE, name, slug, description: None })
}

fn rename(name: &str) -> CatalogCommand<ProductCommand> {
    command(ProductCommand::Update { name: Some(name.into()), slug: None, description: None })
}

fn archive() -> CatalogCommand<ProductCommand> {
    command(ProductCommand::Archive)
}

/// A product to which this happened.
fn given(events: impl IntoIterator<Item = Event>) -> AggregateTestExecutor<Product> {
    TestFramework::with(Moment { now: DateTime::UNIX_EPOCH }).given(events.into_iter().collect())
}

fn folded(events: impl IntoIterator<Item = Event>) -> Product {
    let mut product = Product::default();
    events.into_iter().for_each(|event| product.apply(event));
    product
}

#[test]
fn a_product_is_created_once_and_never_again() {
    given([]).when(create()).then_expect_events(vec![created()]);
    given([created()]).when(create()).then_expect_error(Error::AlreadyExists);
    given([created(), archived()]).when(create()).then_expect_error(Error::AlreadyExists);
    assert_eq!((folded([]).space(), folded([created()]).space()), (None, Some(SPACE)));
}

#[test]
fn what_does_not_exist_cannot_be_changed() {
    for command in [rename("Shop"), archive()] {
        given([]).when(command).then_expect_error(Error::NotFound);
    }
}

#[test]
fn an_update_names_what_it_changed() {
    let all = command(ProductCommand::Update {
        name: Some("Sales".into()),
        slug: Some(slug("sales")),
        description: Some(Some("What was sold".into())),
    });
    let changes = ProductChanges {
        name: Some(Change { from: "Orders".into(), to: "Sales".into() }),
        slug: Some(Change { from: slug("orders"), to: slug("sales") }),
        description: Some(Change { from: None, to: Some("What was sold".into()) }),
    };
    let updated = Event::ProductUpdated { space: SPACE, changes };
    given([created()]).when(all.clone()).then_expect_events(vec![updated.clone()]);
    given([created(), updated]).when(all).then_expect_events(vec![]);
}

#[test]
fn an_update_to_what_it_is_already_changes_nothing() {
    given([created()]).when(rename("Orders")).then_expect_events(vec![]);
    let nothing = ProductCommand::Update { name: None, slug: None, description: Some(None) };
    given([created()]).when(command(nothing)).then_expect_events(vec![]);
}

#[test]
fn an_archived_product_stays_as_it_is() {
    given([created()]).when(archive()).then_expect_events(vec![archived()]);
    for command in [rename("Sales"), archive()] {
        given([created(), archived()]).when(command).then_expect_error(Error::Archived);
    }
    assert!(!folded([created()]).is_archived() && folded([created(), archived()]).is_archived());
}

#[test]
fn events_belong_to_the_organization_that_has_the_space_at_the_time() {
    let product = folded([created()]);
    for organization in [Some(ACME), None] {
        let command = CatalogCommand { organization, command: ProductCommand::Archive };
        assert_eq!(product.belongs_to(Uuid::nil(), &command), organization);
    }
}
