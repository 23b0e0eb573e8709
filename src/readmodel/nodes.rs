//! What has an id of its own.

use aggregates::{
    api_key::ApiKey,
    catalog::{contract::Contract, issue::Issue, product::Product, quality_check::QualityCheck},
    ids::{ApiKeyId, ContractId, IssueId, OrganizationId, ProductId, ProjectId, QualityCheckId, SpaceId, UserId},
    organization::Organization,
    project::Project,
    space::Space,
    user::User,
};
use cqrs_es::Aggregate;
use projections::row::One;
use uuid::Uuid;

use super::ReadModel;
use crate::database::{Arg, Error};

/// An id with what it is the id of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeId {
    Organization(OrganizationId),
    User(UserId),
    Project(ProjectId),
    Space(SpaceId),
    Product(ProductId),
    Contract(ContractId),
    Issue(IssueId),
    QualityCheck(QualityCheckId),
    ApiKey(ApiKeyId),
}

type Stream = (&'static str, fn(Uuid) -> NodeId);

/// The types of streams that are found by their ids alone.
const STREAMS: [Stream; 9] = [
    (Organization::TYPE, |id| NodeId::Organization(OrganizationId::new(id))),
    (User::TYPE, |id| NodeId::User(UserId::new(id))),
    (Project::TYPE, |id| NodeId::Project(ProjectId::new(id))),
    (Space::TYPE, |id| NodeId::Space(SpaceId::new(id))),
    (Product::TYPE, |id| NodeId::Product(ProductId::new(id))),
    (Contract::TYPE, |id| NodeId::Contract(ContractId::new(id))),
    (Issue::TYPE, |id| NodeId::Issue(IssueId::new(id))),
    (QualityCheck::TYPE, |id| NodeId::QualityCheck(QualityCheckId::new(id))),
    (ApiKey::TYPE, |id| NodeId::ApiKey(ApiKeyId::new(id))),
];

impl ReadModel {
    /// What stream has this id, whoever asks. For deciding, not for showing.
    pub async fn node(&self, id: Uuid) -> Result<Option<NodeId>, Error> {
        let types = STREAMS.map(|(name, _)| format!("'{name}'")).join(", ");
        let sql = format!(
            "SELECT aggregate_type FROM events \
             WHERE aggregate_type IN ({types}) AND aggregate_id = $1 AND sequence = 1"
        );
        let found = self.database.fetch_optional(&sql, &[Arg::from(id.to_string().as_str())]).await?;
        let node = |One(found): One<String>| STREAMS.into_iter().find(|(name, _)| *name == found);
        Ok(found.and_then(node).map(|(_, node)| node(id)))
    }
}
