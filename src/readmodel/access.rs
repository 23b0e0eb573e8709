//! What the decision about an organization needs, as a part of the queries for what belongs to it.

use std::{
    collections::{BTreeSet, HashMap},
    hash::Hash,
    sync::LazyLock,
};

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, Standing, decide, decide_by_id},
    ids::{OrganizationId, UserId},
    organization::Status,
};
use projections::{
    memberships::MembershipRow,
    roles::RoleRow,
    row::{Columns, Field, Kind, One, Value, ValueError},
};

use uuid::Uuid;

use super::{Error, ReadModel, columns::columns, organizations::Reference};
use crate::database::{self, Arg, Batch};

type AccessColumns = (One<OrganizationId>, One<Status>, Option<MembershipRow>, Option<RoleRow>);

/// The asker's place in an organization, read in the same statement as what it gives access to.
#[derive(Debug, Clone)]
pub(super) struct Access {
    pub organization: OrganizationId,
    status: Status,
    membership: Option<MembershipRow>,
    role: Option<RoleRow>,
}

impl Columns for Access {
    fn kinds(kinds: &mut Vec<Kind>) {
        AccessColumns::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(organization), One(status), membership, role) = AccessColumns::read(values)?;
        Ok(Self { organization, status, membership, role })
    }
}

impl Access {
    /// The select list of this part, after [`Access::from`].
    pub fn columns() -> String {
        format!("o.id, o.status, {}, {}", columns::<MembershipRow>("m"), columns::<RoleRow>("r"))
    }

    /// The tables of this part, begun with what `organizations` and the text of the asker's id are in the statement.
    pub fn from(organizations: &str, asker: &str) -> String {
        format!(
            "FROM {organizations} \
             LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = {asker} \
             LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role"
        )
    }

    pub fn decide(&self, asker: Asker, permission: Permission) -> Result<(), Denied> {
        decide(asker.standing(self.organization, self.membership()), self.status, Action::Use(permission))
    }

    /// Decides on what is named by its own id and known to holders of one of the last permissions.
    pub fn decide_by_id(&self, asker: Asker, wanted: Permission, known_by: &[Permission]) -> Result<(), Denied> {
        decide_by_id(asker.standing(self.organization, self.membership()), self.status, wanted, known_by)
    }

    /// What the membership gives.
    fn membership(&self) -> Standing {
        self.membership.as_ref().map_or(Standing::Outsider, |row| row.standing(self.role.as_ref()))
    }
}

/// What an organization is to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub slug: String,
    pub status: Status,
    /// By the membership alone, whatever the credential.
    pub standing: Standing,
}

impl ReadModel {
    /// What an organization is to a user, or to nobody. For deciding, not for showing.
    pub async fn place(
        &self,
        organization: OrganizationId,
        user: Option<UserId>,
    ) -> Result<Option<Place>, database::Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let from = Access::from("organizations o", "$1");
            format!("SELECT o.slug, {} {from} WHERE o.id = $2", Access::columns())
        });
        let args = [Arg::from(&user), Arg::from(&organization)];
        let found: Option<(One<String>, Access)> = self.database.fetch_optional(&SQL, &args).await?;
        Ok(found.map(|(One(slug), access)| Place { slug, status: access.status, standing: access.membership() }))
    }
}

/// A query about one organization: $1 is the asker, $2 its id or its slug.
pub(super) struct InOrganization {
    by_id: String,
    by_slug: String,
}

impl InOrganization {
    /// `text` makes the statement from what stands for the organization's id.
    pub fn new(text: impl Fn(&str) -> String) -> Self {
        Self {
            by_id: text("$2"),
            by_slug: text("(SELECT holder FROM claims WHERE kind = 'organization_slug' AND value = $2)"),
        }
    }

    /// The rows, each with the access to the organization, when that allows it. An organization has at least one.
    pub async fn fetch<T: Columns>(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        organization: &Reference,
        permission: Permission,
        args: impl IntoIterator<Item = Arg>,
    ) -> Result<Vec<T>, Error> {
        let (sql, reference) = match organization {
            Reference::Id(id) => (&self.by_id, Arg::from(id)),
            Reference::Slug(slug) => (&self.by_slug, Arg::from(slug.as_str())),
        };
        let args: Vec<Arg> = [Arg::from(&asker.user()), reference].into_iter().chain(args).collect();
        let found: Vec<(Access, T)> = readmodel.database.fetch(sql, &args).await?;
        let (access, _) = found.first().ok_or(Error::NotFound)?;
        match access.decide(asker, permission) {
            Ok(()) => Ok(found.into_iter().map(|(_, part)| part).collect()),
            Err(Denied::NotFound) => Err(Error::NotFound),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }
}

/// A page of what belongs to something, and how many there are on all pages, if that was asked for.
#[derive(Debug, Clone)]
pub struct Listed<T> {
    pub rows: Vec<T>,
    pub total: Option<i64>,
}

impl<T> Listed<T> {
    /// From the rows of an outer join: where nothing is on the page, it has one row without a right side.
    pub(super) fn new(found: Vec<(Option<T>, One<Option<i64>>)>) -> Self {
        let total = found.first().and_then(|(_, One(total))| *total);
        Self { rows: found.into_iter().filter_map(|(row, _)| row).collect(), total }
    }
}

/// What loaders get: for each of the things that were asked for and exist, what belongs to it, or why the asker may not
/// see that.
pub type Grouped<K, T> = HashMap<K, Result<Vec<T>, Denied>>;

/// The rows of an outer join over several things at once, as the asker may see them.
pub(super) fn grouped<K: Eq + Hash, T>(
    asker: Asker,
    permission: Permission,
    found: Vec<(Access, One<K>, Option<T>)>,
) -> Grouped<K, T> {
    let mut all = Grouped::new();
    for (access, One(key), row) in found {
        let rows = all.entry(key).or_insert_with(|| access.decide(asker, permission).map(|()| Vec::new()));
        if let Ok(rows) = rows {
            rows.extend(row);
        }
    }
    all
}

/// What a loader sends: the ids of the things, each with who asks, how many of what belongs to it are wanted, and what
/// narrows that down.
pub(super) fn wanted(
    asker: Asker,
    ids: impl IntoIterator<Item = Uuid>,
    most: i64,
    filters: &[(&'static str, Kind, Value)],
) -> Batch {
    let columns = [("id", Kind::Uuid), ("asker", Kind::Uuid), ("most", Kind::Int)];
    let columns: Vec<_> = columns.into_iter().chain(filters.iter().map(|(name, kind, _)| (*name, *kind))).collect();
    let distinct: BTreeSet<_> = ids.into_iter().collect();
    let row = |id| {
        let own = [Value::Uuid(id), asker.user().to_value(), Value::Int(most)];
        own.into_iter().chain(filters.iter().map(|(_, _, value)| value.clone())).collect()
    };
    Batch::new(&columns, distinct.into_iter().map(row).collect())
}
