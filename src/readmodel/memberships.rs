//! Where a person belongs.

use std::sync::LazyLock;

use aggregates::ids::UserId;
use projections::{memberships::MembershipRow, organizations::OrganizationRow, roles::RoleRow};

use super::{ReadModel, columns::columns};
use crate::database::{Arg, Error};

/// A place in an organization that is not deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct MembershipView {
    pub organization: OrganizationRow,
    pub membership: MembershipRow,
    /// Where the membership's role is one that the organization made for itself.
    pub role: Option<RoleRow>,
}

type ViewColumns = (OrganizationRow, MembershipRow, Option<RoleRow>);

static OF_USER: LazyLock<String> = LazyLock::new(|| {
    let columns = [columns::<OrganizationRow>("o"), columns::<MembershipRow>("m"), columns::<RoleRow>("r")];
    format!(
        "SELECT {} FROM memberships m \
         JOIN organizations o ON o.id = m.organization_id AND o.status <> 'deleted' \
         LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.key = m.role \
         WHERE m.user_id = $1 ORDER BY o.id",
        columns.join(", ")
    )
});

impl ReadModel {
    /// Every place of a user, oldest organization first.
    pub async fn memberships_of(&self, user: UserId) -> Result<Vec<MembershipView>, Error> {
        let found: Vec<ViewColumns> = self.database.fetch(&OF_USER, &[Arg::from(&user)]).await?;
        let view = |(organization, membership, role)| MembershipView { organization, membership, role };
        Ok(found.into_iter().map(view).collect())
    }
}
