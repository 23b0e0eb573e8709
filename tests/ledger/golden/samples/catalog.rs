//! Of what is kept in spaces.

use aggregates::{
    catalog::{
        contract::{ContractChanges, ContractEvent},
        issue::{IssueChanges, IssueEvent, IssueStatus, Priority},
        product::{ProductChanges, ProductEvent},
        quality_check::{Counts, Measured, Outcome, QualityCheckChanges, QualityCheckEvent, Severity},
    },
    change::Change,
    ids::{CommentId, ProductId, QualityResultId, SpaceId, UserId},
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

pub fn issues() -> Vec<IssueEvent> {
    let (space, user, product) = (SpaceId::new(id(10)), UserId::new(id(2)), ProductId::new(id(11)));
    let changes = IssueChanges {
        title: Some(Change { from: "It stops".into(), to: "It halts".into() }),
        description: Some(Change { from: Some("Half-way".into()), to: None }),
        priority: Some(Change { from: Priority::High, to: Priority::Low }),
        product: Some(Change { from: Some(product), to: None }),
    };
    vec![
        IssueEvent::IssueCreated {
            space,
            title: "It stops".into(),
            description: Some("Half-way".into()),
            priority: Priority::High,
            assignee: Some(UserId::new(id(3))),
            product: Some(product),
            created_by: user,
        },
        IssueEvent::IssueUpdated { space, changes },
        IssueEvent::IssueAssigned { space, from: Some(UserId::new(id(3))), to: Some(user) },
        IssueEvent::IssueStatusChanged { space, from: IssueStatus::Open, to: IssueStatus::WontFix },
        IssueEvent::IssueCommented { space, id: CommentId::new(id(16)), author: user, body: "Seen,\ntwice".into() },
    ]
}

pub fn quality_checks() -> Vec<QualityCheckEvent> {
    let (space, product) = (SpaceId::new(id(10)), ProductId::new(id(11)));
    let counts = |number, outcome| Some(Counts { number, outcome });
    let changes = QualityCheckChanges {
        name: Some(Change { from: "Dates".into(), to: "All dates".into() }),
        description: Some(Change { from: Some("No row without a date".into()), to: None }),
        severity: Some(Change { from: Severity::Error, to: Severity::Critical }),
    };
    vec![
        QualityCheckEvent::QualityCheckCreated {
            space,
            product,
            name: "Dates".into(),
            description: Some("No row without a date".into()),
            severity: Severity::Error,
        },
        QualityCheckEvent::QualityCheckUpdated { space, product, changes },
        QualityCheckEvent::QualityResultRecorded {
            space,
            product,
            id: QualityResultId::new(id(17)),
            number: 1,
            outcome: Outcome::Warning,
            value: Some(Measured::Integer(12)),
            recorded_by: UserId::new(id(2)),
            counts: Change { from: None, to: counts(1, Outcome::Warning) },
        },
        QualityCheckEvent::QualityResultIgnored {
            space,
            product,
            number: 1,
            counts: Change { from: counts(1, Outcome::Warning), to: None },
        },
        QualityCheckEvent::QualityCheckArchived { space, product },
    ]
}
