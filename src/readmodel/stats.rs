//! What an organization and its spaces amount to, as far as the asker may see.

use std::sync::LazyLock;

use aggregates::authorization::{Asker, Permission};
use chrono::Utc;
use projections::{catalog::scores, row::One};

use super::{
    Error, ReadModel,
    organizations::Reference,
    within::{AcrossSpaces, Args},
};

/// Numbers of an organization. What is in spaces is counted in those that the asker sees and that are not archived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    pub spaces: i64,
    /// Those that are not archived.
    pub products: i64,
    /// Active members.
    pub users: i64,
    /// How good the products are on the average, in hundredths; none where none has been checked.
    pub quality_hundredths: Option<i64>,
    /// Open or in progress.
    pub open_issues: i64,
    /// Active, and not past the end.
    pub active_contracts: i64,
}

impl Stats {
    /// From 0 to 1, with two decimals.
    pub fn quality_score(&self) -> Option<f64> {
        self.quality_hundredths
            .and_then(|hundredths| i32::try_from(hundredths).ok())
            .map(|score| f64::from(score) / 100.0)
    }
}

static SEEN: LazyLock<AcrossSpaces> = LazyLock::new(|| AcrossSpaces::new(Permission::CatalogRead));

impl ReadModel {
    /// The numbers of an organization. They cost a look at each space, however much is in it.
    pub async fn stats(&self, asker: Asker, organization: &Reference) -> Result<Stats, Error> {
        SEEN.decide(self, asker, organization).await?;
        let mut args = Args::default();
        let seen = SEEN.reached(asker, Some(organization), &mut args);
        let (now, id) = (args.bind(&Utc::now()), args.scope(organization));
        let sum = |column: &str| format!("CAST(COALESCE(sum({column}), 0) AS bigint)");
        let sql = format!(
            "WITH seen AS (SELECT s.id FROM {} WHERE {} AND s.archived_at IS NULL) \
             SELECT (SELECT users FROM organization_counters WHERE organization_id = {id}), count(*), {}, {}, {}, {}, \
                 {} - (SELECT count(*) FROM seen JOIN contracts t ON t.space_id = seen.id AND t.status = 'active' \
                     AND t.archived_at IS NULL AND t.expires_at <= {now}) \
             FROM seen JOIN space_counters c ON c.space_id = seen.id",
            seen.from,
            seen.condition,
            sum("c.products"),
            sum("c.open_issues"),
            sum("c.scored_products"),
            sum("c.score_sum"),
            sum("c.active_contracts"),
        );
        type Columns = (One<Option<i64>>, One<i64>, One<i64>, One<i64>, (One<i64>, One<i64>), One<i64>);
        let found: Option<Columns> = self.database.fetch_optional(&sql, args.as_slice()).await?;
        let (
            One(users),
            One(spaces),
            One(products),
            One(open_issues),
            (One(scored), One(scores)),
            One(active_contracts),
        ) = found.ok_or(Error::NotFound)?;
        Ok(Stats {
            spaces,
            products,
            users: users.unwrap_or_default(),
            quality_hundredths: scores::mean_in_hundredths(scores, scored),
            open_issues,
            active_contracts,
        })
    }
}
