//! What is sent to create or change a contract.

use aggregates::{
    ids::{ContractId, ProductId, SpaceId},
    name::parse_name,
};
use chrono::{DateTime, SubsecRound, Utc};
use serde::Deserialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    commands::catalog::contracts::{ChangeContract, ContractChange, CreateContract},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
    },
};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContract {
    /// 1 to 255 characters.
    #[schema(example = "Daily orders")]
    pub name: String,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// The product that gives.
    #[schema(value_type = Uuid)]
    pub producer_id: String,
    /// The product that takes.
    #[schema(value_type = Uuid)]
    pub consumer_id: String,
    /// RFC 3339, in the future; never when absent.
    pub expires_at: Option<DateTime<Utc>>,
}

impl NewContract {
    pub fn check(self, space: SpaceId, now: DateTime<Utc>) -> Result<CreateContract, Problem> {
        let mut fields = Fields::default();
        let name = fields.check("/name", parse_name(&self.name));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        let producer = fields.check("/producer_id", product(&self.producer_id));
        let consumer = fields.check("/consumer_id", product(&self.consumer_id));
        let expires_at = fields.optional("/expires_at", self.expires_at, |at| in_future(at, now));
        let whole = name.zip(producer.zip(consumer)).map(|(name, (producer, consumer))| CreateContract {
            space,
            name,
            description,
            producer,
            consumer,
            expires_at,
        });
        fields.finish(whole)
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContractChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    /// RFC 3339, in the future.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    pub expires_at: Option<Option<DateTime<Utc>>>,
}

impl ContractChanges {
    pub fn check(self, contract: ContractId) -> Result<ChangeContract, Problem> {
        let mut fields = Fields::default();
        let name = fields.optional("/name", self.name, |name| parse_name(&name));
        let description = fields.nullable("/description", self.description, description);
        // Whether it is in the future is decided with what it is now: that may be sent again.
        let expires_at = self.expires_at.map(|at| at.map(|at| at.trunc_subsecs(3)));
        let change = ContractChange::Update { name, description, expires_at };
        fields.finish(Some(ChangeContract { contract, change }))
    }
}

fn product(text: &str) -> Result<ProductId, &'static str> {
    Uuid::parse_str(text).map(ProductId::new).map_err(|_| "must be a UUID")
}

fn in_future(at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, &'static str> {
    if at <= now { Err("must be in the future") } else { Ok(at.trunc_subsecs(3)) }
}
