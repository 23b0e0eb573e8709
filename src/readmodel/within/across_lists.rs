//! What all spaces of an organization have together, as far as the asker may read in them.

use aggregates::{
    authorization::{Asker, Permission},
    ids::{OrganizationId, SpaceId},
};
use projections::row::One;
use uuid::Uuid;

use super::{
    Access, AcrossSpaces, Args, Conditions, Filter, Grouped, InOrganization, Listed, Parent, Selected, Shown, Within,
    lists::asked,
};
use crate::{
    database::{self, IndexedText},
    readmodel::{
        Error, ReadModel,
        organizations::{Page, Reference},
    },
};

/// A column whose values divide what a space has into lists that are in order, each with an index of its own, and the
/// values that are wanted.
pub type Divided = Option<(&'static str, Vec<&'static str>)>;

/// The rows that are wanted of all that an organization's spaces have.
#[derive(Debug, Clone)]
pub struct Cut {
    pub page: Page,
    /// How many rows are left out before the page.
    pub skip: i64,
    pub count: bool,
    pub divided: Divided,
}

/// Among which rows some are looked for.
#[derive(Debug, Clone)]
pub enum Among {
    /// Those that have a part in a text, found by its index.
    Having(IndexedText, String),
    /// All, from the newest on.
    Newest,
}

impl<V: Selected> Within<V, SpaceId> {
    /// Those of all spaces of an organization in which the asker may read them, but for archived spaces.
    ///
    /// Only spaces that have one of the newest are on a page, each with as many as it has room for: that costs what is shown
    /// and a look at each space, not what there is.
    pub async fn across(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organization: &Reference,
        filter: &impl Filter,
        cut: Cut,
    ) -> Result<Listed<V>, Error> {
        let (table, alias, id) = (self.table, self.alias, self.id);
        let spaces = AcrossSpaces::new(self.permission());
        spaces.decide(readmodel, asker, organization).await?;
        let mut args = Args::default();
        let reached = spaces.reached(asker, Some(organization), &mut args);
        let seen = format!(
            "seen AS (SELECT s.id FROM {} WHERE {} AND s.archived_at IS NULL)",
            reached.from, reached.condition
        );
        let meant = |space: &str, args: &mut Args| {
            let narrowed = Conditions::of(filter, alias, space, args);
            format!("{alias}.space_id = {space} {} {narrowed}", self.always)
        };
        let total = match cut.count {
            true => {
                let mut args = args.clone();
                let meant = meant("seen.id", &mut args);
                let sql = format!("WITH {seen} SELECT count(*) FROM seen JOIN {table} ON {meant}");
                readmodel.database.fetch_optional(&sql, args.as_slice()).await?.map(|One(total)| total)
            }
            false => None,
        };
        let (parts, part, join, equal) = match &cut.divided {
            Some((column, values)) => {
                let values: Vec<_> = values.iter().map(|value| format!("('{value}')")).collect();
                (
                    format!(", parts(part) AS (VALUES {})", values.join(", ")),
                    ", part",
                    " CROSS JOIN parts",
                    format!(" AND {alias}.{column} = part"),
                )
            }
            None => (String::new(), "", "", String::new()),
        };
        let (behind, limit) = self.cut_at(cut.page, &mut args);
        let skip = args.bind(cut.skip);
        let (of_seen, of_place) = (meant("seen.id", &mut args), meant("places.id", &mut args));
        let newest = self.nth(&format!("{of_seen}{equal} {behind}"), "0");
        let last = self.nth(&format!("{of_place}{equal} {behind}"), &format!("{limit} + {skip} - 1"));
        let sql = format!(
            "WITH {seen}{parts}, places AS (SELECT seen.id{part}, {newest} AS newest FROM seen{join} \
                 ORDER BY newest DESC LIMIT {limit} + {skip}) \
             SELECT {} FROM places JOIN spaces s ON s.id = places.id \
             JOIN {table} ON {of_place}{equal} {behind} AND {alias}.{id} >= {last} {} \
             ORDER BY {alias}.{id} DESC LIMIT {limit} OFFSET {skip}",
            self.shown(),
            V::JOINS,
        );
        let found: Vec<Shown<V>> = readmodel.database.fetch(&sql, args.as_slice()).await?;
        Ok(Listed { rows: found.into_iter().filter_map(|Shown(row)| row).collect(), total })
    }

    /// Those of all spaces of an organization in which the asker may read them, looked for among rows of all spaces there
    /// are.
    pub async fn among(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organization: &Reference,
        (filter, among): (&impl Filter, Among),
        cut: Cut,
    ) -> Result<Listed<V>, Error> {
        let (table, alias, id) = (self.table, self.alias, self.id);
        let spaces = AcrossSpaces::new(self.permission());
        spaces.decide(readmodel, asker, organization).await?;
        let mut args = Args::default();
        let reached = spaces.reached(asker, Some(organization), &mut args);
        let seen = format!("SELECT s.id FROM {} WHERE {} AND s.archived_at IS NULL", reached.from, reached.condition);
        let having = match &among {
            Among::Having(text, part) => readmodel.database().having_part(*text, part, &args.next()),
            Among::Newest => None,
        };
        // A cross join keeps its order on SQLite. There the rest of what `Newest` says lets rows come from the index of ids,
        // newest first, until the page is full; PostgreSQL sees through it.
        let (found, from, space, bound) = match having {
            Some((having, argument)) => {
                args.bind(argument);
                (
                    format!(", found AS MATERIALIZED ({having})"),
                    format!("found JOIN {table} ON {alias}.{id} = found.id JOIN spaces s ON s.id = {alias}.space_id"),
                    format!("{alias}.space_id"),
                    String::new(),
                )
            }
            None => (
                String::new(),
                format!("{table} CROSS JOIN spaces s"),
                format!("COALESCE({alias}.space_id, NULL)"),
                format!("AND {alias}.{id} <= '{}'", Uuid::max()),
            ),
        };
        let narrowed = Conditions::of(filter, alias, &format!("{alias}.space_id"), &mut args);
        let from = format!(
            "WITH seen AS ({seen}){found} {{select}} FROM {from} {} \
             WHERE s.id = {space} AND s.id IN (SELECT id FROM seen) {bound} {} {narrowed}",
            V::JOINS,
            self.always,
        );
        let total = match cut.count {
            true => {
                // From what the spaces have: what others have is much more.
                let of_seen = format!("seen JOIN {table} ON {alias}.space_id = seen.id {} {narrowed}", self.always);
                let sql = match &among {
                    Among::Having(..) => from.replace("{select}", "SELECT count(*)"),
                    Among::Newest => format!("WITH seen AS ({seen}) SELECT count(*) FROM {of_seen}"),
                };
                readmodel.database.fetch_optional(&sql, args.as_slice()).await?.map(|One(total)| total)
            }
            false => None,
        };
        let (behind, limit) = self.cut_at(cut.page, &mut args);
        let skip = args.bind(cut.skip);
        let select = from.replace("{select}", &format!("SELECT {}", self.shown()));
        let sql = format!("{select} {behind} ORDER BY {alias}.{id} DESC LIMIT {limit} OFFSET {skip}");
        let found: Vec<Shown<V>> = readmodel.database.fetch(&sql, args.as_slice()).await?;
        Ok(Listed { rows: found.into_iter().filter_map(|Shown(row)| row).collect(), total })
    }

    /// The newest of each organization's spaces, at most so many for each organization.
    pub async fn across_each(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &impl Filter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, V>, database::Error> {
        let (table, alias, id) = (self.table, self.alias, self.id);
        let mut grouped = allowed_in_each(readmodel, asker, self.permission(), organizations).await?;
        let mut args = Args::default();
        let spaces = AcrossSpaces::new(self.permission());
        let (place, condition) = spaces.place_of(asker, &mut args);
        let narrowed = Conditions::of(filter, alias, "s.id", &mut args);
        let meant = format!("{alias}.space_id = s.id {} {narrowed}", self.always);
        let (last, most) = (self.nth(&meant, &args.bind(most - 1)), args.bind(most));
        let sql = format!(
            "WITH ranked AS (\
                 SELECT o.id AS organization_id, {alias}.{id} AS row_id, \
                     row_number() OVER (PARTITION BY o.id ORDER BY {alias}.{id} DESC) AS rank \
                 FROM {{batch}} asked {} JOIN spaces s ON s.organization_id = o.id AND s.archived_at IS NULL {place} \
                 JOIN {table} ON {meant} AND {alias}.{id} >= {last} WHERE {condition}) \
             SELECT ranked.organization_id, {} FROM ranked JOIN {table} ON {alias}.{id} = ranked.row_id \
             JOIN spaces s ON s.id = {alias}.space_id {} WHERE ranked.rank <= {most} ORDER BY {alias}.{id} DESC",
            <OrganizationId as Parent>::EACH,
            self.shown(),
            V::JOINS,
        );
        let found: Vec<(One<OrganizationId>, Shown<V>)> =
            readmodel.database.fetch_batch(&sql, args.as_slice(), asked(organizations)).await?;
        for (One(organization), Shown(row)) in found {
            if let Some(Ok(rows)) = grouped.get_mut(&organization) {
                rows.extend(row);
            }
        }
        Ok(grouped)
    }
}

/// Each of these organizations that there is, with nothing yet, or why the asker may not see what its spaces have.
pub async fn allowed_in_each<V>(
    readmodel: &ReadModel,
    asker: Asker,
    permission: Permission,
    organizations: &[OrganizationId],
) -> Result<Grouped<OrganizationId, V>, database::Error> {
    let mut args = Args::default();
    let place = InOrganization::joined(&args.bind(&asker.user()));
    let (columns, each) = (InOrganization::columns(), <OrganizationId as Parent>::EACH);
    let sql = format!("SELECT o.id, {columns} FROM {{batch}} asked {each} {place}");
    let places: Vec<(One<OrganizationId>, InOrganization)> =
        readmodel.database.fetch_batch(&sql, args.as_slice(), asked(organizations)).await?;
    let allowed = |(One(id), place): (One<OrganizationId>, InOrganization)| {
        (id, place.decide(asker, permission).map(|()| Vec::new()))
    };
    Ok(places.into_iter().map(allowed).collect())
}
