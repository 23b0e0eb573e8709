//! Searching the products of an organization's spaces.

use aggregates::authorization::{Asker, Permission};
use projections::row::One;

use super::products::{PRODUCTS, ProductFilter, ProductView};
use crate::{
    database::IndexedText,
    readmodel::{
        Cut, Error, Listed, ReadModel,
        organizations::{Reference, without_nul},
        within::{AcrossSpaces, Among, Args},
    },
};

const TEXT: IndexedText = IndexedText { table: "products", column: "search_text", index: "products_text" };

/// How many products are looked at one by one, without an index.
const FEW: i64 = 5000;
/// How many products have a part that is rare: they are found by the index, and put in order.
const RARE: i64 = 2000;

impl ReadModel {
    /// The products that have a part in their name or slug.
    ///
    /// Of few products each is looked at. A rare part is found by its index. One that many products have is found soon when
    /// they are looked at from the newest on, which an index of texts does not know.
    pub(super) async fn products_having(
        &self,
        asker: Asker,
        organization: &Reference,
        (filter, part): (&ProductFilter, &str),
        cut: Cut,
    ) -> Result<Listed<ProductView>, Error> {
        let part = without_nul(&part.to_lowercase());
        let mut args = Args::default();
        let seen = AcrossSpaces::new(Permission::CatalogRead).reached(asker, Some(organization), &mut args);
        let indexed = self.database().having_part(TEXT, &part, &args.next());
        let having = indexed.map(|(having, argument)| {
            args.bind(argument);
            format!("(SELECT count(*) FROM ({having} LIMIT {RARE} + 1) h)")
        });
        let sql = format!(
            "SELECT own, CASE WHEN own > {FEW} THEN {} END FROM (\
                 SELECT CAST(COALESCE(sum(c.products), 0) AS bigint) AS own \
                 FROM {} JOIN space_counters c ON c.space_id = s.id WHERE {} AND s.archived_at IS NULL) o",
            having.as_deref().unwrap_or("CAST(NULL AS bigint)"),
            seen.from,
            seen.condition,
        );
        let found: Option<(One<i64>, One<Option<i64>>)> = self.database.fetch_optional(&sql, args.as_slice()).await?;
        let (One(own), One(having)) = found.unwrap_or((One(0), One(None)));
        let among = match having {
            _ if own <= FEW => return PRODUCTS.across(self, asker, organization, filter, cut).await,
            Some(having) if having <= RARE => Among::Having(TEXT, part),
            _ => Among::Newest,
        };
        PRODUCTS.among(self, asker, organization, (filter, among), cut).await
    }
}
