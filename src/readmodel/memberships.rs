//! Where a person belongs.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permissions, Reach, Standing},
    ids::{OrganizationId, UserId},
    organization::Status,
};
use projections::{memberships::MembershipRow, roles::RoleRow, row::One};

use super::{ReadModel, columns::columns, within::Access};
use crate::database::{Arg, Error};

/// What an organization is to a user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub slug: String,
    pub status: Status,
    /// By the membership alone, whatever the credential.
    pub standing: Standing,
}

/// What is shown of an organization to somebody who belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipOrganization {
    pub id: OrganizationId,
    pub name: String,
    pub slug: String,
    pub status: Status,
    pub is_personal: bool,
}

/// A membership in an organization that is not deleted.
#[derive(Debug, Clone, PartialEq)]
pub struct MembershipView {
    pub organization: MembershipOrganization,
    pub membership: MembershipRow,
    /// Where the membership's role is one that the organization made for itself.
    pub role: Option<RoleRow>,
    /// What the role allows, as far as the asker's credential allows it too.
    pub permissions: Permissions,
}

type OrganizationColumns = (One<OrganizationId>, One<String>, One<String>, One<Status>, One<bool>);

impl From<OrganizationColumns> for MembershipOrganization {
    fn from((One(id), One(name), One(slug), One(status), One(is_personal)): OrganizationColumns) -> Self {
        Self { id, name, slug, status, is_personal }
    }
}

type ViewColumns = (OrganizationColumns, MembershipRow, Option<RoleRow>);

static OF_USER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT o.id, o.name, o.slug, o.status, o.is_personal, {}, {} FROM memberships m \
         JOIN organizations o ON o.id = m.organization_id AND o.status <> 'deleted' \
         LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.key = m.role \
         WHERE m.user_id = $1 ORDER BY m.organization_id",
        columns::<MembershipRow>("m"),
        columns::<RoleRow>("r"),
    )
});

impl ReadModel {
    /// Every membership of a user that the asker's credential reaches, oldest organization first.
    pub async fn memberships_of(&self, asker: Asker, user: UserId) -> Result<Vec<MembershipView>, Error> {
        let found: Vec<ViewColumns> = self.database.fetch(&OF_USER, &[Arg::from(&user)]).await?;
        let view = |(organization, membership, role): ViewColumns| {
            let organization = MembershipOrganization::from(organization);
            let all = membership.permissions(role.as_ref());
            let permissions = match asker {
                Asker::User { reach: Reach::Scoped(granted), .. } => {
                    Some(granted.permissions(organization.id)).filter(|granted| *granted != Permissions::default())?
                }
                _ => all,
            };
            Some(MembershipView { organization, membership, role, permissions: all.intersection(permissions) })
        };
        Ok(found.into_iter().filter_map(view).collect())
    }

    /// What an organization is to a user, or to nobody. For deciding, not for showing.
    pub async fn place(&self, organization: OrganizationId, user: Option<UserId>) -> Result<Option<Place>, Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let (columns, place) = (Access::columns(), Access::joined("$1"));
            format!("SELECT o.slug, {columns} FROM organizations o {place} WHERE o.id = $2")
        });
        let args = [Arg::from(&user), Arg::from(&organization)];
        let found: Option<(One<String>, Access)> = self.database.fetch_optional(&SQL, &args).await?;
        Ok(found.map(|(One(slug), access)| Place { slug, status: access.status, standing: access.standing() }))
    }
}
