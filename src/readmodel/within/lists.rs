//! A page, the newest of each of many, and those of all organizations.

use std::{collections::BTreeSet, hash::Hash};

use aggregates::authorization::{Asker, Permission};
use projections::row::{Kind, One};
use uuid::Uuid;

use super::{
    Access, AccessOf, Args, Conditions, Filter, Grouped, Listed, Parent, Reached, Scope, Selected, Shown, Within,
    access::decided,
};
use crate::{
    database::{self, Batch},
    readmodel::{
        Error, IdOrSlug, ReadModel,
        organizations::{Page, Reference},
    },
};

/// Before every id.
const FIRST: Uuid = Uuid::nil();

/// Where a page is cut from: from what an organization has, or something inside it.
struct Place<'a, S, P> {
    scope: &'a IdOrSlug<S>,
    inside: Option<P>,
}

impl<V: Selected, S: Scope + Parent<Scope = S>> Within<V, S> {
    /// Those of an organization or a space.
    pub async fn page(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        scope: &IdOrSlug<S>,
        filter: &impl Filter,
        page: Page,
        count: bool,
    ) -> Result<Listed<V>, Error> {
        let place = Place { scope, inside: None };
        Ok(self.cut(readmodel, asker, place, filter, page, count).await?.1)
    }
}

impl<V: Selected> Within<V> {
    /// Those of all organizations in which the asker may read them, or of one of these. One that is deleted has to be
    /// named.
    pub async fn everywhere(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        only: Option<&Reference>,
        filter: &impl Filter,
        page: Page,
        count: bool,
    ) -> Result<Listed<V>, database::Error> {
        let Self { table, alias, id, .. } = self;
        let mut args = Args::default();
        let Reached { place, condition, .. } = self.across.reached(asker, &mut args);
        let named = only.map(|organization| format!("o.id = {}", args.scope(organization)));
        let condition = format!("{condition} AND {}", named.as_deref().unwrap_or("o.status <> 'deleted'"));
        let meant = self.meant(filter, "o.id", "o.id", &mut args);
        let total = match count {
            true => {
                let sql =
                    format!("SELECT count(*) FROM {table} JOIN organizations o ON {meant} {place} WHERE {condition}");
                readmodel.database.fetch_optional(&sql, args.as_slice()).await?.map(|One(total)| total)
            }
            false => None,
        };
        let (behind, limit) = self.cut_at(page, &mut args);
        let nth = |offset: &str| self.nth(&format!("{meant} {behind}"), offset);
        // Above all organizations, the newest of all are the first in their index. What others belong to is little of all
        // and much for one page: only organizations that have one of the newest are on it, with as many as it has room for.
        let (places, from) = if asker.operates() && only.is_none() {
            (
                String::new(),
                format!("{table} JOIN organizations o ON {meant} {behind} {place} {} WHERE {condition}", V::JOINS),
            )
        } else {
            let places = format!(
                "WITH places AS (SELECT o.id, {} AS newest FROM organizations o {place} WHERE {condition} \
                 ORDER BY newest DESC LIMIT {limit}) ",
                nth("0")
            );
            let from = format!(
                "places JOIN organizations o ON o.id = places.id \
                 JOIN {table} ON {meant} {behind} AND {alias}.{id} >= {} {}",
                nth(&format!("{limit} - 1")),
                V::JOINS
            );
            (places, from)
        };
        let sql = format!("{places}SELECT {} FROM {from} ORDER BY {alias}.{id} DESC LIMIT {limit}", self.shown());
        let found: Vec<Shown<V>> = readmodel.database.fetch(&sql, args.as_slice()).await?;
        Ok(Listed { rows: found.into_iter().filter_map(|Shown(row)| row).collect(), total })
    }
}

impl<V: Selected, P: Parent> Within<V, P> {
    /// Those of something inside an organization or a space, if that has it.
    pub async fn page_inside(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        (scope, inside): (&IdOrSlug<P::Scope>, P),
        filter: &impl Filter,
        page: Page,
        count: bool,
    ) -> Result<Option<Listed<V>>, Error> {
        let place = Place { scope, inside: Some(inside) };
        let (found, listed) = self.cut(readmodel, asker, place, filter, page, count).await?;
        Ok(found.map(|_| listed))
    }

    /// A page, and what it is cut from, if there is that.
    async fn cut(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        Place { scope, inside }: Place<'_, P::Scope, P>,
        filter: &impl Filter,
        page: Page,
        count: bool,
    ) -> Result<(Option<P>, Listed<V>), Error> {
        let Self { table, alias, parent, id, .. } = self;
        let mut args = Args::default();
        let place = AccessOf::<P>::joined(&args.bind(&asker.user()));
        let scope = args.scope(scope);
        let of = inside.map_or_else(|| scope.clone(), |inside| args.bind(&inside));
        let inside = P::INSIDE.replace("{parent}", &of);
        let meant = self.meant(filter, &of, &scope, &mut args);
        let total = match count {
            true => format!("(SELECT count(*) FROM {table} WHERE {meant})"),
            false => "CAST(NULL AS bigint)".to_owned(),
        };
        let (behind, limit) = self.cut_at(page, &mut args);
        let sql = format!(
            "SELECT {}, {}, {total}, {} FROM {} {place} {inside} \
             LEFT JOIN (SELECT {alias}.* FROM {table} WHERE {meant} {behind} ORDER BY {alias}.{id} DESC LIMIT {limit}) \
                 {alias} ON {alias}.{parent} = {} {} \
             WHERE {} = {scope} ORDER BY {alias}.{id} DESC",
            AccessOf::<P>::columns(),
            P::ID,
            self.shown(),
            P::Scope::FROM,
            P::ID,
            V::JOINS,
            P::Scope::ID,
        );
        type Found<V, P> = (AccessOf<P>, (One<Option<P>>, One<Option<i64>>, Shown<V>));
        let found: Vec<Found<V, P>> = readmodel.database.fetch(&sql, args.as_slice()).await?;
        let found = decided::<P::Scope, _>(asker, self.permission(), found)?;
        let (of, total) = found.first().map_or((None, None), |(One(of), One(total), _)| (*of, *total));
        let rows = found.into_iter().filter_map(|(_, _, Shown(row))| row).collect();
        Ok((of, Listed { rows, total }))
    }

    /// The condition that leaves what a filter leaves of what belongs to `of`, both as they stand in the text.
    fn meant(&self, filter: &impl Filter, of: &str, scope: &str, args: &mut Args) -> String {
        let Self { alias, parent, always, .. } = self;
        format!("{alias}.{parent} = {of} {always} {}", Conditions::of(filter, alias, scope, args))
    }

    /// What the page before leaves of it, as a condition that follows another one, and how many are wanted.
    pub(super) fn cut_at(&self, page: Page, args: &mut Args) -> (String, String) {
        let Self { alias, id, .. } = self;
        let behind = page.after.map(|after| format!("AND {alias}.{id} < {}", args.bind(&after)));
        (behind.unwrap_or_default(), args.bind(page.limit))
    }

    /// The id of the newest that is meant, after so many others; what is before all ids where there are not so many.
    pub(super) fn nth(&self, meant: &str, others: &str) -> String {
        let Self { table, alias, id, .. } = self;
        let one = format!(
            "SELECT {alias}.{id} FROM {table} WHERE {meant} ORDER BY {alias}.{id} DESC LIMIT 1 OFFSET {others}"
        );
        format!("COALESCE(({one}), '{FIRST}')")
    }

    /// The newest of each of these, at most so many.
    ///
    /// The last one that is shown of each is looked up by itself, and from there on they are read: that costs what is shown
    /// and not what there is, and both databases understand it.
    pub async fn of_each(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[P],
        filter: &impl Filter,
        most: i64,
    ) -> Result<Grouped<P, V>, database::Error> {
        let Self { table, alias, id, .. } = self;
        let mut args = Args::default();
        let place = AccessOf::<P>::joined(&args.bind(&asker.user()));
        let meant = self.meant(filter, P::ID, P::Scope::ID, &mut args);
        let last = self.nth(&meant, &args.bind(most - 1));
        let sql = format!(
            "SELECT {}, {}, {} FROM {{batch}} asked {} {place} \
             LEFT JOIN {table} ON {meant} AND {alias}.{id} >= {last} {} ORDER BY {alias}.{id} DESC",
            AccessOf::<P>::columns(),
            P::ID,
            self.shown(),
            P::EACH,
            V::JOINS,
        );
        let found: Vec<(AccessOf<P>, One<P>, Shown<V>)> =
            readmodel.database.fetch_batch(&sql, args.as_slice(), asked(of)).await?;
        let found = found.into_iter().map(|(access, One(of), Shown(row))| (access, of, row));
        Ok(grouped(asker, self.permission(), found))
    }
}

/// Ids, each once.
pub fn asked<P: Parent>(of: &[P]) -> Batch {
    let distinct: BTreeSet<_> = of.iter().copied().collect();
    Batch::new(&[("id", Kind::Uuid)], distinct.iter().map(|id| vec![id.to_value()]).collect())
}

/// The rows of an outer join over several things at once, as the asker may see them.
pub(super) fn grouped<A: Access, K: Eq + Hash, T>(
    asker: Asker,
    permission: Permission,
    found: impl IntoIterator<Item = (A, K, Option<T>)>,
) -> Grouped<K, T> {
    let mut all = Grouped::new();
    for (access, key, row) in found {
        let rows = all.entry(key).or_insert_with(|| access.decide(asker, permission).map(|()| Vec::new()));
        if let Ok(rows) = rows {
            rows.extend(row);
        }
    }
    all
}
