//! Projects as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    ids::{OrganizationId, ProjectId},
};
use projections::{
    RowKeys, Rows,
    projects::ProjectRow,
    row::{Field, Kind, One},
};

use super::{
    Error, IdOrSlug, ReadModel, StatusFilter,
    access::{Access, Grouped, InOrganization, Listed, grouped, wanted},
    across::AcrossOrganizations,
    columns::columns,
    organizations::{OrganizationSummary, Page, Reference},
    workspaces::WorkspaceReference,
};
use crate::database::{self, Arg};

/// How a project is named in a path, behind its organization.
pub type ProjectReference = IdOrSlug<ProjectId>;

/// A project with the organization that it belongs to.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectView {
    pub organization: OrganizationSummary,
    pub project: ProjectRow,
}

impl ProjectView {
    /// The rows that [`ProjectView::from_rows`] reads.
    pub fn keys(organization: OrganizationId, id: ProjectId) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.organizations.insert((organization,));
        keys.projects.insert((id,));
        keys
    }

    pub fn from_rows(rows: &Rows, id: ProjectId) -> Option<Self> {
        let project = rows.projects.get(&(id,))?.clone();
        let organization = rows.organizations.get(&(project.organization_id,))?.into();
        Some(Self { organization, project })
    }
}

/// A project of an organization, if there is one.
type Found = (OrganizationSummary, Option<ProjectRow>);

fn view((organization, project): Found) -> Option<ProjectView> {
    project.map(|project| ProjectView { organization, project })
}

/// Which projects of an organization a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ProjectFilter {
    pub status: StatusFilter,
    /// Those in this workspace only.
    pub workspace: Option<WorkspaceReference>,
}

/// Which projects the list over all organizations shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProjectsFilter {
    pub status: StatusFilter,
    /// Those of this organization only.
    pub organization: Option<Reference>,
}

/// The select list of a [`Found`].
fn view_columns() -> String {
    format!("{}, {}", OrganizationSummary::COLUMNS, columns::<ProjectRow>("p"))
}

/// $3 the id or the slug.
fn one(column: &str) -> InOrganization {
    InOrganization::new(|organization| {
        format!(
            "SELECT {}, {} {} LEFT JOIN projects p ON p.organization_id = o.id AND p.{column} = $3 \
             WHERE o.id = {organization}",
            Access::columns(),
            view_columns(),
            Access::from("organizations o", "$1"),
        )
    })
}

static BY_ID: LazyLock<InOrganization> = LazyLock::new(|| one("id"));
static BY_SLUG: LazyLock<InOrganization> = LazyLock::new(|| one("slug"));

/// $1 the asker, $2 the project.
static ANYWHERE: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {} {} WHERE p.id = $2",
        Access::columns(),
        view_columns(),
        Access::from("projects p JOIN organizations o ON o.id = p.organization_id", "$1"),
    )
});

/// What a [`ProjectFilter`] leaves of the projects `p` of an organization.
fn meant(organization: &str, [archived, workspace_id, workspace_slug]: [&str; 3]) -> String {
    format!(
        "({archived} IS NULL OR (p.archived_at IS NOT NULL) = {archived}) \
         AND ({workspace_id} IS NULL OR p.workspace_id = {workspace_id}) \
         AND ({workspace_slug} IS NULL OR p.workspace_id = (SELECT w.id FROM workspaces w \
             WHERE w.organization_id = {organization} AND w.slug = {workspace_slug}))"
    )
}

/// $3 the last id of the page before, $4 how many rows, $5 whether all are counted, $6 to $8 the filter.
static LIST: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        let meant = meant(organization, ["$6", "$7", "$8"]);
        let of_it = format!("projects p WHERE p.organization_id = {organization} AND {meant}");
        format!(
            "SELECT {}, {}, CASE WHEN $5 THEN (SELECT count(*) FROM {of_it}) END {} \
             LEFT JOIN (SELECT p.* FROM {of_it} AND ($3 IS NULL OR p.id < $3) ORDER BY p.id DESC LIMIT $4) p \
                 ON p.organization_id = o.id \
             WHERE o.id = {organization} ORDER BY p.id DESC",
            Access::columns(),
            view_columns(),
            Access::from("organizations o", "$1"),
        )
    })
});

static OF_ORGANIZATIONS: LazyLock<String> = LazyLock::new(|| {
    let meant = meant("b.id", ["b.archived", "b.workspace_id", "b.workspace_slug"]);
    format!(
        "SELECT {}, o.id, {} {} \
         LEFT JOIN (SELECT p.*, row_number() OVER (PARTITION BY p.organization_id ORDER BY p.id DESC) AS place \
             FROM {{batch}} b JOIN projects p ON p.organization_id = b.id WHERE {meant}) p \
             ON p.organization_id = o.id AND p.place <= k.most \
         ORDER BY p.id DESC",
        Access::columns(),
        view_columns(),
        Access::from("{batch} k JOIN organizations o ON o.id = k.id", "k.asker"),
    )
});

const READ: Permission = Permission::ProjectsRead;

/// The tables of the list over all organizations, and what it leaves of them: $1 and $2 the only organization, $3 whether
/// archived ones are meant. Those of deleted organizations are only shown when asked for by name.
fn everywhere(place: &str, readable: &str) -> String {
    format!(
        "FROM projects p JOIN organizations o ON o.id = p.organization_id {place} \
         WHERE {readable} AND (o.status <> 'deleted' OR $1 IS NOT NULL OR $2 IS NOT NULL) \
         AND ($1 IS NULL OR o.id = $1) \
         AND ($2 IS NULL OR o.id = (SELECT holder FROM claims WHERE kind = 'organization_slug' AND value = $2)) \
         AND ($3 IS NULL OR (p.archived_at IS NOT NULL) = $3)"
    )
}

/// $4 the last id of the page before, $5 how many rows.
static EVERYWHERE: LazyLock<AcrossOrganizations> = LazyLock::new(|| {
    AcrossOrganizations::new(READ, 5, |place, readable| {
        let (columns, everywhere) = (view_columns(), everywhere(place, readable));
        format!("SELECT {columns} {everywhere} AND ($4 IS NULL OR p.id < $4) ORDER BY p.id DESC LIMIT $5")
    })
});

static COUNT: LazyLock<AcrossOrganizations> = LazyLock::new(|| {
    AcrossOrganizations::new(READ, 3, |place, readable| format!("SELECT count(*) {}", everywhere(place, readable)))
});

impl ReadModel {
    /// One project, if the organization has it.
    pub async fn project(
        &self,
        asker: Asker,
        organization: &Reference,
        project: &ProjectReference,
    ) -> Result<Option<ProjectView>, Error> {
        let (query, arg) = match project {
            IdOrSlug::Id(id) => (&BY_ID, Arg::from(id)),
            IdOrSlug::Slug(slug) => (&BY_SLUG, Arg::from(slug.as_str())),
        };
        let found: Vec<Found> = query.fetch(self, asker, organization, READ, [arg]).await?;
        Ok(found.into_iter().next().and_then(view))
    }

    /// One project, whatever organization has it; none where the asker may not read it.
    pub async fn project_anywhere(&self, asker: Asker, id: ProjectId) -> Result<Option<ProjectView>, database::Error> {
        let args = [Arg::from(&asker.user()), Arg::from(&id)];
        let found: Option<(Access, Found)> = self.database.fetch_optional(&ANYWHERE, &args).await?;
        let readable = found.filter(|(access, _)| access.decide(asker, READ).is_ok());
        Ok(readable.and_then(|(_, found)| view(found)))
    }

    /// An organization's projects.
    pub async fn projects(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &ProjectFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<ProjectView>, Error> {
        let paging = [Arg::from(&page.after), Arg::from(page.limit), Arg::from(&count)];
        let (id, slug) = named(filter.workspace.as_ref());
        let filter = [Arg::from(&filter.status.archived()), Arg::from(&id), Arg::from(&slug)];
        let args = paging.into_iter().chain(filter);
        let found: Vec<(Found, One<Option<i64>>)> = LIST.fetch(self, asker, organization, READ, args).await?;
        Ok(Listed::new(found.into_iter().map(|(found, total)| (view(found), total)).collect()))
    }

    /// The projects of all organizations in which the asker may read them. One more row than asked for says that there
    /// is a next page.
    pub async fn projects_everywhere(
        &self,
        asker: Asker,
        filter: &ProjectsFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<ProjectView>, database::Error> {
        let paging = [Arg::from(&page.after), Arg::from(page.limit)];
        let found: Vec<Found> = EVERYWHERE.fetch(self, asker, filtered(filter).into_iter().chain(paging)).await?;
        let total =
            if count { COUNT.fetch(self, asker, filtered(filter)).await?.first().map(|One(n)| *n) } else { None };
        Ok(Listed { rows: found.into_iter().filter_map(view).collect(), total })
    }

    /// The newest projects of each organization, at most so many.
    pub async fn projects_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &ProjectFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, ProjectView>, database::Error> {
        let (id, slug) = named(filter.workspace.as_ref());
        let filters = [
            ("archived", Kind::Bool, filter.status.archived().to_value()),
            ("workspace_id", Kind::Uuid, id.to_value()),
            ("workspace_slug", Kind::Text, slug.to_value()),
        ];
        let batch = wanted(asker, organizations.iter().map(|id| id.uuid()), most, &filters);
        let found: Vec<(Access, One<OrganizationId>, Found)> =
            self.database.fetch_batch(&OF_ORGANIZATIONS, batch).await?;
        Ok(grouped(asker, READ, found.into_iter().map(|(access, id, found)| (access, id, view(found))).collect()))
    }
}

fn named<I: Copy>(reference: Option<&IdOrSlug<I>>) -> (Option<I>, Option<String>) {
    (reference.and_then(IdOrSlug::id), reference.and_then(IdOrSlug::slug).map(str::to_owned))
}

fn filtered(filter: &ProjectsFilter) -> [Arg; 3] {
    let (id, slug) = named(filter.organization.as_ref());
    [Arg::from(&id), Arg::from(&slug), Arg::from(&filter.status.archived())]
}
