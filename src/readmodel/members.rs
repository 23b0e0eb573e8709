//! Members, as those who may see them see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission, RoleKey},
    ids::{OrganizationId, UserId},
};
use projections::{RowKeys, Rows, memberships::MembershipRow, roles::RoleRow, users::UserRow};
use uuid::Uuid;

use super::{
    Current, Error, Grouped, Listed, Paged, ReadModel, Versioned, View,
    columns::columns,
    organizations::{Page, Reference, containing},
    within::{Conditions, Filter, Selected, Within},
};
use crate::database;

/// One member, with their account and their role, if it is one of the organization's own.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberView {
    pub membership: MembershipRow,
    pub user: Option<UserRow>,
    pub role: Option<RoleRow>,
}

impl MemberView {
    /// The display name of the role.
    pub fn role_name(&self) -> &str {
        self.membership.role_name(self.role.as_ref())
    }
}

impl View for MemberView {
    /// With the role that the member has afterwards.
    type Of = (OrganizationId, UserId, RoleKey);

    fn rows((organization, user, role): &Self::Of) -> RowKeys {
        RowKeys::of::<MembershipRow>([(*organization, *user)])
            .and::<UserRow>([(*user,)])
            .and::<RoleRow>(role.is_custom().then(|| (*organization, role.clone())))
    }

    fn read(rows: &Rows, (organization, user, _): &Self::Of) -> Option<Self> {
        let membership = rows.memberships.get(&(*organization, *user))?.clone();
        Some(Self {
            user: rows.users.get(&(*user,)).cloned(),
            role: rows.roles.get(&(*organization, membership.role.clone())).cloned(),
            membership,
        })
    }

    fn current(rows: &Rows, (organization, user, _): &Self::Of) -> Current {
        Current::of::<MembershipRow>(rows, &(*organization, *user))
    }
}

impl Versioned for MemberView {
    fn version(&self) -> i64 {
        self.membership.version
    }
}

impl Paged for MemberView {
    fn id(&self) -> Uuid {
        self.membership.user_id.uuid()
    }
}

impl Selected for MemberView {
    type Parts = (MembershipRow, Option<UserRow>, Option<RoleRow>);
    const JOINS: &str = "LEFT JOIN users u ON u.id = b.user_id \
        LEFT JOIN roles c ON c.organization_id = b.organization_id AND c.key = b.role";

    fn columns() -> String {
        [columns::<MembershipRow>("b"), columns::<UserRow>("u"), columns::<RoleRow>("c")].join(", ")
    }

    fn new((membership, user, role): Self::Parts) -> Self {
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

impl Filter for MemberFilter {
    fn narrow(&self, members: &mut Conditions<'_>) {
        if let Some(role) = &self.role {
            members.with("b.role = ?", role);
        }
        if let Some(search) = &self.search {
            let name = "(SELECT u.search_text FROM users u WHERE u.id = b.user_id)";
            members.with(&format!("{name} LIKE ? ESCAPE '\\'"), &containing(search));
        }
    }
}

/// The order of accounts is that of their ids.
static MEMBERS: LazyLock<Within<MemberView>> =
    LazyLock::new(|| Within::organizations("memberships b", Permission::MembersRead).told_by("user_id"));

impl ReadModel {
    /// The members of an organization, newest account first.
    pub async fn members(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &MemberFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<MemberView>, Error> {
        MEMBERS.page(self, asker, organization, filter, page, count).await
    }

    /// The newest members of each organization, at most so many.
    pub async fn members_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &MemberFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, MemberView>, database::Error> {
        MEMBERS.of_each(self, asker, organizations, filter, most).await
    }
}
