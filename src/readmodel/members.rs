//! Members as those who may see them do.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Permission, RoleKey},
    ids::{OrganizationId, UserId},
};
use projections::{
    Keys, Rows,
    memberships::MembershipRow,
    roles::RoleRow,
    row::{Kind, One, Value},
    users::UserRow,
};

use super::{
    Error, ReadModel,
    columns::columns,
    organizations::{Page, Reference, containing},
};
use crate::database::{self, Arg, Batch};

/// One member, with his account and the role of the organization's own that he has, if it is one.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    pub membership: MembershipRow,
    pub user: Option<UserRow>,
    pub role: Option<RoleRow>,
}

type ViewColumns = (MembershipRow, Option<UserRow>, Option<RoleRow>);

impl MemberView {
    /// The rows that [`MemberView::from_rows`] reads.
    pub fn keys(organization: OrganizationId, user: UserId, role: &RoleKey) -> Keys {
        let mut keys = Keys::default();
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
        match (&self.membership.role, &self.role) {
            (RoleKey::BuiltIn(role), _) => role.name(),
            (RoleKey::Custom(_), Some(role)) => &role.name,
            (RoleKey::Custom(key), None) => key.as_str(),
        }
    }
}

impl From<ViewColumns> for MemberView {
    fn from((membership, user, role): ViewColumns) -> Self {
        Self { membership, user, role }
    }
}

/// Which members a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberFilter {
    pub role: Option<RoleKey>,
    /// Part of the name or address, in any case.
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
         FROM {batch} k JOIN memberships m ON m.organization_id = k.organization_id) m";
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
        limit: i64,
    ) -> Result<Vec<MemberView>, database::Error> {
        let found: Vec<ViewColumns> = self.database.fetch_batch(&OF_MANY, newest_of(organizations, limit)).await?;
        Ok(found.into_iter().map(MemberView::from).collect())
    }
}

/// Organizations, and how many rows of each are wanted.
pub(super) fn newest_of(organizations: &[OrganizationId], limit: i64) -> Batch {
    let row = |id: &OrganizationId| vec![Value::Uuid(id.uuid()), Value::Int(limit)];
    Batch::new(&[("organization_id", Kind::Uuid), ("most", Kind::Int)], organizations.iter().map(row).collect())
}

fn filtered(organization: OrganizationId, filter: &MemberFilter) -> Vec<Arg> {
    let pattern = filter.search.as_deref().map(containing);
    vec![Arg::from(&organization), Arg::from(&filter.role), Arg::from(&pattern)]
}
