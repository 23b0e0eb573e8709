//! The queries of the read model, counted: how many a request costs must not depend on how much it finds.

use projections::row::Columns;

use crate::database::{Arg, Batch, Database, Error};

#[derive(Debug, Clone)]
pub(super) struct Queries(pub Database);

impl Queries {
    pub async fn fetch<T: Columns>(&self, sql: &str, args: &[Arg]) -> Result<Vec<T>, Error> {
        count();
        self.0.fetch(sql, args).await
    }

    pub async fn fetch_optional<T: Columns>(&self, sql: &str, args: &[Arg]) -> Result<Option<T>, Error> {
        count();
        self.0.fetch_optional(sql, args).await
    }

    /// `{batch}` in the text stands for the rows of the batch.
    pub async fn fetch_batch<T: Columns>(&self, sql: &str, args: &[Arg], batch: Batch) -> Result<Vec<T>, Error> {
        count();
        self.0.fetch_batch(sql, args, batch).await
    }
}

fn count() {
    metrics::counter!("tenantry_readmodel_queries_total").increment(1);
}
