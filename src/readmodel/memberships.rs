//! Where a person belongs.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permissions, Reach, Standing},
    ids::{OrganizationId, UserId},
    organization::Status,
};
use projections::{memberships::MembershipRow, roles::RoleRow, row::One};

use super::{
    ReadModel,
    columns::columns,
    organizations::Page,
    within::{Access, Args, InOrganization},
};
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

/// Up to the condition; $1 is the user.
static OF_USER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT o.id, o.name, o.slug, o.status, o.is_personal, {}, {} FROM memberships m \
         JOIN organizations o ON o.id = m.organization_id AND o.status <> 'deleted' \
         LEFT JOIN roles r ON r.organization_id = m.organization_id AND r.key = m.role WHERE m.user_id = $1",
        columns::<MembershipRow>("m"),
        columns::<RoleRow>("r"),
    )
});

impl ReadModel {
    /// The memberships of a user that the asker's credential reaches, oldest organization first; all of them without a
    /// page.
    pub async fn memberships_of(
        &self,
        asker: Asker,
        user: UserId,
        page: Option<Page>,
    ) -> Result<Vec<MembershipView>, Error> {
        let mut args = Args::default();
        args.bind(&user);
        let mut sql = OF_USER.clone();
        if let Asker::User { reach: Reach::Scoped(granted), .. } = asker {
            let reached = granted.iter().filter(|(_, permissions)| *permissions != Permissions::default());
            let ids = reached.map(|(id, _)| id.to_string()).collect::<Vec<_>>().join(" ");
            sql += &format!(" AND {} LIKE '%' || CAST(o.id AS text) || '%'", args.bind(ids.as_str()));
        }
        if let Some(after) = page.and_then(|page| page.after) {
            sql += &format!(" AND m.organization_id > {}", args.bind(&after));
        }
        sql += " ORDER BY m.organization_id";
        if let Some(page) = page {
            sql += &format!(" LIMIT {}", args.bind(page.limit));
        }
        let found: Vec<ViewColumns> = self.database.fetch(&sql, args.as_slice()).await?;
        let view = |(organization, membership, role): ViewColumns| {
            let organization = MembershipOrganization::from(organization);
            let all = membership.permissions(role.as_ref());
            let permissions = match asker {
                Asker::User { reach: Reach::Scoped(granted), .. } => {
                    all.intersection(granted.permissions(organization.id))
                }
                _ => all,
            };
            MembershipView { organization, membership, role, permissions }
        };
        Ok(found.into_iter().map(view).collect())
    }

    /// What an organization is to a user, or to nobody. For deciding, not for showing.
    pub async fn place(&self, organization: OrganizationId, user: Option<UserId>) -> Result<Option<Place>, Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let (columns, place) = (InOrganization::columns(), InOrganization::joined("$1"));
            format!("SELECT o.slug, {columns} FROM organizations o {place} WHERE o.id = $2")
        });
        let args = [Arg::from(&user), Arg::from(&organization)];
        let found: Option<(One<String>, InOrganization)> = self.database.fetch_optional(&SQL, &args).await?;
        Ok(found.map(|(One(slug), access)| Place { slug, status: access.status, standing: access.standing() }))
    }
}
