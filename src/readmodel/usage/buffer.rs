//! What is counted and not recorded yet.

use aggregates::{
    ids::{ApiKeyId, OrganizationId},
    usage::KeyUse,
};
use chrono::{DateTime, Utc};
use projections::row::One;

use crate::{
    database::{self, Arg},
    readmodel::ReadModel,
};

impl ReadModel {
    /// Hours that are to be recorded by now, those that wait longest first.
    pub async fn usage_due(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, DateTime<Utc>)>, database::Error> {
        let sql = "SELECT organization_id, hour FROM usage_buffer WHERE due_at <= $1 \
                   GROUP BY organization_id, hour, due_at ORDER BY due_at, organization_id, hour LIMIT $2";
        let found: Vec<(One<OrganizationId>, One<DateTime<Utc>>)> =
            self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|(One(organization), One(hour))| (organization, hour)).collect())
    }

    /// What is counted of an hour and not recorded yet.
    pub async fn buffered_usage(
        &self,
        organization: OrganizationId,
        hour: DateTime<Utc>,
    ) -> Result<Vec<KeyUse>, database::Error> {
        let sql = "SELECT api_key_id, requests, verifications FROM usage_buffer \
                   WHERE organization_id = $1 AND hour = $2 ORDER BY api_key_id";
        let found: Vec<(One<ApiKeyId>, One<i64>, One<i64>)> =
            self.database.fetch(sql, &[Arg::from(&organization), Arg::from(&hour)]).await?;
        let used = |(One(key), One(requests), One(verifications))| KeyUse { key, requests, verifications };
        Ok(found.into_iter().map(used).collect())
    }
}
