//! One thing, by its name inside an organization or by its id alone.

use aggregates::{authorization::Asker, claim::ClaimKind};
use projections::row::Field;

use super::{
    Access, Parent, Selected, Shown, Within,
    access::decided,
    statement::{holder, holder_within},
};
use crate::{
    database::{self, Arg},
    readmodel::{Error, IdOrSlug, ReadModel, organizations::Reference},
};

/// They are asked for often, and written once.
#[derive(Debug)]
pub(super) struct Texts {
    /// In an organization that is named by its id: $1 is the asker, $2 the organization, $3 the thing.
    of_id: Named,
    /// In an organization that is named by its slug, $2; the other arguments are as above.
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
            of_slug: self.named(&holder(ClaimKind::OrganizationSlug, "$2")),
            anywhere: self.anywhere_text(),
        })
    }

    fn named(&self, organization: &str) -> Named {
        let Self { table, alias, parent, id, always, .. } = self;
        let (access, place, shown) = (Access::columns(), Access::joined("$1"), self.shown());
        let text = |thing: &str| {
            format!(
                "SELECT {access}, {shown} FROM organizations o {place} \
                 LEFT JOIN {table} ON {alias}.{parent} = o.id AND {alias}.{id} = {thing} {always} {} \
                 WHERE o.id = {organization}",
                V::JOINS
            )
        };
        // What has no slugs is not found by one.
        let by_slug = self.slugs.map_or("NULL".to_owned(), |kind| holder_within(kind, organization, "$3"));
        Named { by_id: text("$3"), by_slug: text(&by_slug) }
    }

    fn anywhere_text(&self) -> String {
        let Self { table, alias, parent, id, always, .. } = self;
        let (access, place, shown) = (Access::columns(), Access::joined("$1"), self.shown());
        format!(
            "SELECT {access}, {shown} FROM {table} JOIN organizations o ON o.id = {alias}.{parent} {place} {} \
             WHERE {alias}.{id} = $2 {always}",
            V::JOINS
        )
    }
}

impl<V: Selected> Within<V> {
    /// One of them, if the organization has it.
    pub async fn one<I: Field>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organization: &Reference,
        thing: &IdOrSlug<I>,
    ) -> Result<Option<V>, Error> {
        let texts = self.texts();
        let (named, organization) = match organization {
            IdOrSlug::Id(id) => (&texts.of_id, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&texts.of_slug, Arg::from(slug.as_str())),
        };
        let (sql, thing) = match thing {
            IdOrSlug::Id(id) => (&named.by_id, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&named.by_slug, Arg::from(slug.as_str())),
        };
        let args = [Arg::from(&asker.user()), organization, thing];
        let found: Vec<(Access, Shown<V>)> = readmodel.database.fetch(sql, &args).await?;
        Ok(decided(asker, self.permission(), found)?.into_iter().find_map(|Shown(row)| row))
    }

    /// One of them, whatever organization has it; none where the asker may not read it.
    pub async fn anywhere<I: Field>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        id: &I,
    ) -> Result<Option<V>, database::Error> {
        let args = [Arg::from(&asker.user()), Arg::from(id)];
        let found: Option<(Access, Shown<V>)> =
            readmodel.database.fetch_optional(&self.texts().anywhere, &args).await?;
        let readable = found.filter(|(access, _)| access.decide(asker, self.permission()).is_ok());
        Ok(readable.and_then(|(_, Shown(row))| row))
    }
}
