//! The representation of a contract.

use aggregates::{catalog::contract::ContractStatus, ids::ContractId};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::catalog::contracts::ContractView,
    rest::{catalog::products::ProductSummary, spaces::SpaceSummary},
    web::{
        time::{optional_time, time},
        words::{self, Named},
    },
};

/// An agreement between two products of a space.
#[derive(Debug, Serialize, ToSchema)]
pub struct Contract<'a> {
    #[schema(value_type = Uuid)]
    pub id: ContractId,
    pub space: SpaceSummary<'a>,
    pub name: &'a str,
    pub description: Option<&'a str>,
    /// The product that gives.
    pub producer: ProductSummary<'a>,
    /// The product that takes.
    pub consumer: ProductSummary<'a>,
    #[schema(schema_with = words::schema::<ContractStatus>)]
    pub status: Named<ContractStatus>,
    /// Null when it never expires.
    #[serde(serialize_with = "optional_time")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Null while it is not archived.
    #[serde(serialize_with = "optional_time")]
    pub archived_at: Option<DateTime<Utc>>,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> Contract<'a> {
    pub fn new(ContractView { space, contract, producer, consumer }: &'a ContractView, now: DateTime<Utc>) -> Self {
        Self {
            id: contract.id,
            space: space.into(),
            name: &contract.name,
            description: contract.description.as_deref(),
            producer: producer.into(),
            consumer: consumer.into(),
            status: Named(contract.status_at(now)),
            expires_at: contract.expires_at,
            archived_at: contract.archived_at,
            created_at: contract.created_at,
            updated_at: contract.updated_at,
        }
    }
}
