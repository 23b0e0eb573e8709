//! Workspaces as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{OrganizationId, WorkspaceId},
};
use projections::{
    row::{Field, Kind},
    workspaces::WorkspaceRow,
};

use super::{
    Error, IdOrSlug, ReadModel, StatusFilter,
    access::{Access, Grouped, InOrganization, Listed, grouped, wanted},
    columns::columns,
    organizations::{Page, Reference},
};
use crate::database::{self, Arg};

/// How a workspace is named in a path, behind its organization.
pub type WorkspaceReference = IdOrSlug<WorkspaceId>;

/// $3 the id or the slug.
fn one(column: &str) -> InOrganization {
    InOrganization::new(|organization| {
        format!(
            "SELECT {}, {} {} LEFT JOIN workspaces w ON w.organization_id = o.id AND w.{column} = $3 \
             WHERE o.id = {organization}",
            Access::columns(),
            columns::<WorkspaceRow>("w"),
            Access::from("organizations o", "$1"),
        )
    })
}

static BY_ID: LazyLock<InOrganization> = LazyLock::new(|| one("id"));
static BY_SLUG: LazyLock<InOrganization> = LazyLock::new(|| one("slug"));

/// $3 the last id of the page before, $4 how many rows, $5 whether all are counted, $6 whether archived ones are meant.
static LIST: LazyLock<InOrganization> = LazyLock::new(|| {
    let meant = "($6 IS NULL OR (archived_at IS NOT NULL) = $6)";
    InOrganization::new(|organization| {
        let of_it = format!("workspaces WHERE organization_id = {organization} AND {meant}");
        format!(
            "SELECT {}, {}, CASE WHEN $5 THEN (SELECT count(*) FROM {of_it}) END {} \
             LEFT JOIN (SELECT * FROM {of_it} AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4) w \
                 ON w.organization_id = o.id \
             WHERE o.id = {organization} ORDER BY w.id DESC",
            Access::columns(),
            columns::<WorkspaceRow>("w"),
            Access::from("organizations o", "$1"),
        )
    })
});

static OF_ORGANIZATIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, o.id, {} {} \
         LEFT JOIN (SELECT w.*, row_number() OVER (PARTITION BY w.organization_id ORDER BY w.id DESC) AS place \
             FROM {{batch}} b JOIN workspaces w ON w.organization_id = b.id \
             WHERE b.archived IS NULL OR (w.archived_at IS NOT NULL) = b.archived) w \
             ON w.organization_id = o.id AND w.place <= k.most \
         ORDER BY w.id DESC",
        Access::columns(),
        columns::<WorkspaceRow>("w"),
        Access::from("{batch} k JOIN organizations o ON o.id = k.id", "k.asker"),
    )
});

const READ: Permission = Permission::WorkspacesRead;

impl ReadModel {
    /// One workspace, if the organization has it.
    pub async fn workspace(
        &self,
        asker: Asker,
        organization: &Reference,
        workspace: &WorkspaceReference,
    ) -> Result<Option<WorkspaceRow>, Error> {
        let (query, arg) = match workspace {
            IdOrSlug::Id(id) => (&BY_ID, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&BY_SLUG, Arg::from(slug.as_str())),
        };
        let found = query.fetch(self, asker, organization, READ, [arg]).await?;
        Ok(found.into_iter().next().flatten())
    }

    /// An organization's workspaces.
    pub async fn workspaces(
        &self,
        asker: Asker,
        organization: &Reference,
        status: StatusFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<WorkspaceRow>, Error> {
        let archived = status.archived();
        let args = [Arg::from(&page.after), Arg::from(page.limit), Arg::from(&count), Arg::from(&archived)];
        Ok(Listed::new(LIST.fetch(self, asker, organization, READ, args).await?))
    }

    /// The newest workspaces of each organization, at most so many.
    pub async fn workspaces_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        status: StatusFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, WorkspaceRow>, database::Error> {
        let archived = [("archived", Kind::Bool, status.archived().to_value())];
        let batch = wanted(asker, organizations.iter().map(|id| id.uuid()), most, &archived);
        Ok(grouped(asker, READ, self.database.fetch_batch(&OF_ORGANIZATIONS, batch).await?))
    }
}
