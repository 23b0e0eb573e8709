//! One thing, by its name inside an organization or by its id alone.

use aggregates::authorization::{Asker, Denied};
use projections::row::Field;

use super::{
    Access, AccessOf, Parent, Scope, Selected, Shown, Within,
    access::decided,
    statement::{holder, holder_within},
};
use crate::{
    database::{self, Arg},
    readmodel::{Error, IdOrSlug, ReadModel},
};

/// They are asked for often, and written once.
#[derive(Debug)]
pub(super) struct Texts {
    /// In a scope that is named by its id: $1 is the asker, $2 the organization or space, $3 the thing.
    of_id: Named,
    /// In a scope that is named by its slug, $2; the other arguments are as above.
    of_slug: Named,
    /// $1 is the asker, $2 the thing.
    anywhere: String,
}

#[derive(Debug)]
struct Named {
    by_id: String,
    by_slug: String,
}

impl<V: Selected, P: Parent> Within<V, P> {
    fn texts(&self) -> &Texts {
        self.one.get_or_init(|| Texts {
            of_id: self.named("$2"),
            of_slug: self.named(&holder(P::Scope::SLUGS, "$2")),
            anywhere: self.anywhere_text(),
        })
    }

    fn named(&self, scope: &str) -> Named {
        let Self { table, alias, parent, id, always, .. } = self;
        let (access, place, shown) = (AccessOf::<P>::columns(), AccessOf::<P>::joined("$1"), self.shown());
        let (from, of) = (P::Scope::FROM, P::ID);
        let text = |thing: &str| {
            format!(
                "SELECT {access}, {shown} FROM {from} {place} \
                 LEFT JOIN {table} ON {alias}.{parent} = {of} AND {alias}.{id} = {thing} {always} {} \
                 WHERE {} = {scope}",
                V::JOINS,
                P::Scope::ID,
            )
        };
        // What has no slugs is not found by one.
        let by_slug = self.slugs.map_or("NULL".to_owned(), |kind| holder_within(kind, scope, "$3"));
        Named { by_id: text("$3"), by_slug: text(&by_slug) }
    }

    fn anywhere_text(&self) -> String {
        let Self { table, alias, parent, id, always, .. } = self;
        let (access, place, shown) = (AccessOf::<P>::columns(), AccessOf::<P>::joined("$1"), self.shown());
        let (from, of) = (P::Scope::FROM, P::ID);
        format!(
            "SELECT {access}, {shown} FROM {table} CROSS JOIN {from} {place} {} \
             WHERE {of} = {alias}.{parent} AND {alias}.{id} = $2 {always}",
            V::JOINS
        )
    }
}

impl<V: Selected, S: Scope + Parent<Scope = S>> Within<V, S> {
    /// One of them, if the organization or space has it.
    pub async fn one<I: Field>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        scope: &IdOrSlug<S>,
        thing: &IdOrSlug<I>,
    ) -> Result<Option<V>, Error> {
        let texts = self.texts();
        let (named, scope) = match scope {
            IdOrSlug::Id(id) => (&texts.of_id, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&texts.of_slug, Arg::from(slug.as_str())),
        };
        let (sql, thing) = match thing {
            IdOrSlug::Id(id) => (&named.by_id, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&named.by_slug, Arg::from(slug.as_str())),
        };
        let args = [Arg::from(&asker.user()), scope, thing];
        let found: Vec<(S::Access, Shown<V>)> = readmodel.database.fetch(sql, &args).await?;
        Ok(decided::<S, _>(asker, self.permission(), found)?.into_iter().find_map(|Shown(row)| row))
    }

    /// One of them by its id alone; none where the asker may not know of it.
    pub async fn by_id<I: Field>(&self, readmodel: &ReadModel, asker: Asker, id: &I) -> Result<Option<V>, Error> {
        let Some((access, Shown(row))) = self.found(readmodel, asker, id).await? else { return Ok(None) };
        match access.decide(asker, self.permission()) {
            Ok(()) => Ok(row),
            Err(Denied::NotFound) => Ok(None),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }

    /// One of them, whatever organization or space has it; none where the asker may not read it.
    pub async fn anywhere<I: Field>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        id: &I,
    ) -> Result<Option<V>, database::Error> {
        let found = self.found(readmodel, asker, id).await?;
        let readable = found.filter(|(access, _)| access.decide(asker, self.permission()).is_ok());
        Ok(readable.and_then(|(_, Shown(row))| row))
    }

    async fn found<I: Field>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        id: &I,
    ) -> Result<Option<(S::Access, Shown<V>)>, database::Error> {
        let args = [Arg::from(&asker.user()), Arg::from(id)];
        readmodel.database.fetch_optional(&self.texts().anywhere, &args).await
    }
}
