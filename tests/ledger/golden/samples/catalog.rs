//! Of what is kept in spaces.

use aggregates::{
    catalog::{
        contract::{ContractChanges, ContractEvent},
        product::{ProductChanges, ProductEvent},
    },
    change::Change,
    ids::{ProductId, SpaceId},
};

use super::{id, slug, time};

pub fn products() -> Vec<ProductEvent> {
    let space = SpaceId::new(id(10));
    let changes = ProductChanges {
        name: Some(Change { from: "Orders".into(), to: "Sales".into() }),
        slug: Some(Change { from: slug("orders"), to: slug("sales") }),
        description: Some(Change { from: Some("What was sold".into()), to: None }),
    };
    vec![
        ProductEvent::ProductCreated {
            space,
            name: "Orders".into(),
            slug: slug("orders"),
            description: Some("What was sold".into()),
        },
        ProductEvent::ProductUpdated { space, changes },
        ProductEvent::ProductArchived { space },
    ]
}

pub fn contracts() -> Vec<ContractEvent> {
    let space = SpaceId::new(id(10));
    let changes = ContractChanges {
        name: Some(Change { from: "Daily orders".into(), to: "Orders".into() }),
        description: Some(Change { from: Some("Once a day".into()), to: None }),
        expires_at: Some(Change { from: Some(time()), to: None }),
    };
    vec![
        ContractEvent::ContractCreated {
            space,
            name: "Daily orders".into(),
            description: Some("Once a day".into()),
            producer: ProductId::new(id(11)),
            consumer: ProductId::new(id(12)),
            expires_at: Some(time()),
        },
        ContractEvent::ContractUpdated { space, changes },
        ContractEvent::ContractActivated { space },
        ContractEvent::ContractDeprecated { space },
        ContractEvent::ContractExpired { space },
        ContractEvent::ContractArchived { space, active: true },
    ]
}
