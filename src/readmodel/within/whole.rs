//! What is read whole of one organization or of many: sums, and what has no pages.

use aggregates::{
    authorization::{Asker, Permission},
    ids::OrganizationId,
};
use projections::row::{Columns, One};

use super::{
    Grouped, Parent,
    access::{Access, InOrganization, decided},
    lists::{asked, grouped},
    statement::Args,
};
use crate::{
    database,
    readmodel::{Error, ReadModel, organizations::Reference},
};

/// A table that is made for the statement, beside organizations `o`.
#[derive(Debug)]
pub struct Whole {
    pub permission: Permission,
    pub alias: &'static str,
    pub columns: &'static str,
    pub order: &'static str,
}

impl Whole {
    /// `table` makes the table, with a column `organization_id`, from what follows such a column in a condition.
    pub async fn one<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organization: &Reference,
        table: impl FnOnce(&str, &mut Args) -> String,
    ) -> Result<Vec<T>, Error> {
        let mut args = Args::default();
        let user = args.bind(&asker.user());
        let id = args.scope(organization);
        let table = table(&format!("= {id}"), &mut args);
        let from = self.from("organizations o", &user, &table);
        let sql =
            format!("SELECT {}, {} {from} WHERE o.id = {id} {}", InOrganization::columns(), self.columns, self.order());
        decided::<OrganizationId, _>(asker, self.permission, readmodel.database.fetch(&sql, args.as_slice()).await?)
    }

    /// What belongs to each of several organizations, in one statement.
    pub async fn of_each<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organizations: &[OrganizationId],
        table: impl FnOnce(&str, &mut Args) -> String,
    ) -> Result<Grouped<OrganizationId, T>, database::Error> {
        let mut args = Args::default();
        let user = args.bind(&asker.user());
        let table = table("IN (SELECT id FROM {batch} asked)", &mut args);
        let from = self.from(&format!("{{batch}} asked {}", OrganizationId::EACH), &user, &table);
        let sql = format!("SELECT {}, o.id, {} {from} {}", InOrganization::columns(), self.columns, self.order());
        let found: Vec<(InOrganization, One<OrganizationId>, T)> =
            readmodel.database.fetch_batch(&sql, args.as_slice(), asked(organizations)).await?;
        Ok(grouped(asker, self.permission, found.into_iter().map(|(access, One(id), row)| (access, id, Some(row)))))
    }

    fn from(&self, organizations: &str, user: &str, table: &str) -> String {
        let alias = self.alias;
        let place = InOrganization::joined(user);
        format!("FROM {organizations} {place} LEFT JOIN {table} {alias} ON {alias}.organization_id = o.id")
    }

    fn order(&self) -> String {
        format!("ORDER BY {}", self.order)
    }
}
