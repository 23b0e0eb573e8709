//! Members, as those who may see them see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Permission, RoleKey},
    ids::{OrganizationId, UserId},
};
use projections::{
    RowKeys, Rows,
    memberships::MembershipRow,
    roles::RoleRow,
    row::{Field, Kind, One, Value},
    users::UserRow,
};

use super::{
    Error, ReadModel,
    columns::columns,
    organizations::{Page, Reference, containing},
};
use crate::database::{self, Arg, Batch};

/// One member, with their account and their role, if it is one of the organization's own.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    pub membership: MembershipRow,
    pub user: Option<UserRow>,
    pub role: Option<RoleRow>,
}

type ViewColumns = (MembershipRow, Option<UserRow>, Option<RoleRow>);

impl MemberView {
    /// The rows that [`MemberView::from_rows`] reads.
    pub fn keys(organization: OrganizationId, user: UserId, role: &RoleKey) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.memberships.insert((organization, user));
        keys.users.insert((user,));
        if let RoleKey::Custom(_) = role {
            keys.roles.insert((organization, role.clone()));
        }
        keys
    }

    pub fn from_rows(rows: &Rows, organization: OrganizationId, user: UserId) -> Option<Self> {
        let membership = rows.memberships.get(&(organization, user))?.clone();
        Some(Self {
            user: rows.users.get(&(user,)).cloned(),
            role: rows.roles.get(&(organization, membership.role.clone())).cloned(),
            membership,
        })
    }

    /// The display name of the role.
    pub fn role_name(&self) -> &str {
        self.membership.role_name(self.role.as_ref())
    }
}

impl From<ViewColumns> for MemberView {
    fn from((membership, user, role): ViewColumns) -> Self {
        Self { membership, user, role }
    }
}

/// Which members a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct MemberFilter {
    pub role: Option<RoleKey>,
    /// Part of the name or e-mail address; case is ignored.
    pub search: Option<String>,
}

/// The members of `m`, whatever that is.
fn select(from: &str) -> String {
    let columns = [columns::<MembershipRow>("m"), columns::<UserRow>("u"), columns::<RoleRow>("r")];
    format!("SELECT {} FROM {from} {JOINS}", columns.join(", "))
}

const JOINS: &str = "LEFT JOIN users u ON u.id = m.user_id \
    LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.key = m.role";

const FILTER: &str = "m.organization_id = $1 AND ($2 IS NULL OR m.role = $2) \
    AND ($3 IS NULL OR u.search_text LIKE $3 ESCAPE '\\')";

static LIST: LazyLock<String> = LazyLock::new(|| {
    let select = select("memberships m");
    format!("{select} WHERE {FILTER} AND ($4 IS NULL OR m.user_id < $4) ORDER BY m.user_id DESC LIMIT $5")
});

static COUNT: LazyLock<String> = LazyLock::new(|| format!("SELECT count(*) FROM memberships m {JOINS} WHERE {FILTER}"));

static OF_MANY: LazyLock<String> = LazyLock::new(|| {
    let newest = "(SELECT m.*, k.most, \
         row_number() OVER (PARTITION BY m.organization_id ORDER BY m.user_id DESC) AS place \
         FROM {batch} k JOIN memberships m ON m.organization_id = k.organization_id \
         LEFT JOIN users f ON f.id = m.user_id \
         WHERE (k.role IS NULL OR m.role = k.role) \
         AND (k.pattern IS NULL OR f.search_text LIKE k.pattern ESCAPE '\\')) m";
    format!("{} WHERE m.place <= m.most ORDER BY m.organization_id, m.user_id DESC", select(newest))
});

impl ReadModel {
    /// The members of an organization, newest account first.
    pub async fn members(
        &self,
        asker: Asker,
        organization: OrganizationId,
        filter: &MemberFilter,
        page: Page,
    ) -> Result<Vec<MemberView>, Error> {
        self.permitted(asker, &Reference::Id(organization), Action::Use(Permission::MembersRead)).await?;
        let mut args = filtered(organization, filter);
        args.extend([Arg::from(&page.after), page.limit.into()]);
        let found: Vec<ViewColumns> = self.database.fetch(&LIST, &args).await?;
        Ok(found.into_iter().map(MemberView::from).collect())
    }

    /// How many members the whole list has, for an asker who may see it.
    pub async fn count_members(
        &self,
        organization: OrganizationId,
        filter: &MemberFilter,
    ) -> Result<i64, database::Error> {
        let count = self.database.fetch_optional(&COUNT, &filtered(organization, filter)).await?;
        Ok(count.map_or(0, |One(count)| count))
    }

    /// The newest members of several organizations, at most so many of each. For an asker who may see all of them: that
    /// is decided on the organizations that were read before.
    pub async fn members_of(
        &self,
        organizations: &[OrganizationId],
        filter: &MemberFilter,
        limit: i64,
    ) -> Result<Vec<MemberView>, database::Error> {
        let (role, pattern) = (filter.role.to_value(), filter.search.as_deref().map(containing).to_value());
        let more = [("role", Kind::Text, role), ("pattern", Kind::Text, pattern)];
        let found: Vec<ViewColumns> =
            self.database.fetch_batch(&OF_MANY, newest_of(organizations, limit, &more)).await?;
        Ok(found.into_iter().map(MemberView::from).collect())
    }
}

/// Organizations, how many rows of each are wanted, and what narrows them down.
pub(super) fn newest_of(
    organizations: &[OrganizationId],
    limit: i64,
    filters: &[(&'static str, Kind, Value)],
) -> Batch {
    let columns: Vec<_> = [("organization_id", Kind::Uuid), ("most", Kind::Int)]
        .into_iter()
        .chain(filters.iter().map(|(name, kind, _)| (*name, *kind)))
        .collect();
    let row = |id: &OrganizationId| {
        let own = [Value::Uuid(id.uuid()), Value::Int(limit)];
        own.into_iter().chain(filters.iter().map(|(_, _, value)| value.clone())).collect()
    };
    Batch::new(&columns, organizations.iter().map(row).collect())
}

fn filtered(organization: OrganizationId, filter: &MemberFilter) -> Vec<Arg> {
    let pattern = filter.search.as_deref().map(containing);
    vec![Arg::from(&organization), Arg::from(&filter.role), Arg::from(&pattern)]
}
