//! Spaces, and who is in them, as those who may see them see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Denied, Permission, SpaceRole},
    claim::ClaimKind,
    ids::{OrganizationId, SpaceId, UserId},
};
use projections::{
    RowKeys, Rows,
    organizations::OrganizationRow,
    row::{Columns, Kind, One, Value, ValueError},
    spaces::{SpaceMemberRow, SpaceRow},
    users::UserRow,
};
use uuid::Uuid;

use super::{
    Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, StatusFilter, Versioned, View,
    columns::columns,
    organizations::{OrganizationSummary, Page, Reference},
    within::{
        Access, AcrossSpaces, Args, Conditions, Filter, InSpace, Selected, Within, allowed_in_each, asked, holder,
    },
};
use crate::database::{self, Arg};

/// How a space is named in a path.
pub type SpaceReference = IdOrSlug<SpaceId>;

/// What is shown of a space beside what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpaceSummary {
    pub id: SpaceId,
    pub name: String,
    pub slug: String,
}

impl SpaceSummary {
    /// The select list, of spaces `s`.
    pub(super) const COLUMNS: &str = "s.id, s.name, s.slug";
}

impl From<&SpaceRow> for SpaceSummary {
    fn from(row: &SpaceRow) -> Self {
        Self { id: row.id, name: row.name.clone(), slug: row.slug.clone() }
    }
}

impl Columns for SpaceSummary {
    fn kinds(kinds: &mut Vec<Kind>) {
        <(One<SpaceId>, One<String>, One<String>)>::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(id), One(name), One(slug)) = <(One<SpaceId>, One<String>, One<String>)>::read(values)?;
        Ok(Self { id, name, slug })
    }
}

/// A space with its organization, and what the asker is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceView {
    pub space: SpaceRow,
    pub organization: Option<OrganizationSummary>,
    /// The asker's own.
    pub role: Option<SpaceRole>,
}

impl View for SpaceView {
    /// With its organization, and the asker.
    type Of = (SpaceId, Option<OrganizationId>, Option<UserId>);

    fn rows(&(id, organization, asker): &Self::Of) -> RowKeys {
        RowKeys::of::<SpaceRow>([(id,)])
            .and::<OrganizationRow>(organization.map(|organization| (organization,)))
            .and::<SpaceMemberRow>(asker.map(|user| (id, user)))
    }

    fn read(rows: &Rows, &(id, _, asker): &Self::Of) -> Option<Self> {
        let space = rows.spaces.get(&(id,))?.clone();
        let organization = space.organization_id.and_then(|organization| rows.organizations.get(&(organization,)));
        let role = asker.and_then(|user| rows.space_members.get(&(id, user))).map(|row| row.role);
        Some(Self { organization: organization.map(Into::into), role, space })
    }

    fn current(rows: &Rows, &(id, ..): &Self::Of) -> Current {
        Current::of::<SpaceRow>(rows, &(id,))
    }
}

impl Versioned for SpaceView {
    fn version(&self) -> i64 {
        self.space.version
    }
}

impl Paged for SpaceView {
    fn id(&self) -> Uuid {
        self.space.id.uuid()
    }
}

impl Selected for SpaceView {
    type Parts = (SpaceRow, Option<OrganizationSummary>, One<Option<SpaceRole>>);

    fn columns() -> String {
        format!("{}, {}, e.role", columns::<SpaceRow>("s"), OrganizationSummary::COLUMNS)
    }

    fn new((space, organization, One(role)): Self::Parts) -> Self {
        Self { space, organization, role }
    }
}

/// A member of a space.
#[derive(Debug, Clone, PartialEq)]
pub struct SpaceMemberView {
    pub member: SpaceMemberRow,
    pub user: Option<UserRow>,
    /// That of the space.
    pub version: i64,
}

impl View for SpaceMemberView {
    type Of = (SpaceId, UserId);

    fn rows(&(space, user): &Self::Of) -> RowKeys {
        RowKeys::of::<SpaceRow>([(space,)]).and::<SpaceMemberRow>([(space, user)]).and::<UserRow>([(user,)])
    }

    fn read(rows: &Rows, &(space, user): &Self::Of) -> Option<Self> {
        let member = rows.space_members.get(&(space, user))?.clone();
        Some(Self { member, user: rows.users.get(&(user,)).cloned(), version: rows.spaces.get(&(space,))?.version })
    }

    fn current(rows: &Rows, &(space, _): &Self::Of) -> Current {
        Current::of::<SpaceRow>(rows, &(space,))
    }
}

impl Versioned for SpaceMemberView {
    fn version(&self) -> i64 {
        self.version
    }
}

impl Paged for SpaceMemberView {
    fn id(&self) -> Uuid {
        self.member.user_id.uuid()
    }
}

impl Selected for SpaceMemberView {
    type Parts = (SpaceMemberRow, Option<UserRow>, One<i64>);
    const JOINS: &str = "LEFT JOIN users u ON u.id = b.user_id";

    fn columns() -> String {
        format!("{}, {}, s.version", columns::<SpaceMemberRow>("b"), columns::<UserRow>("u"))
    }

    fn new((member, user, One(version)): Self::Parts) -> Self {
        Self { member, user, version }
    }
}

/// Which spaces a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct SpaceFilter {
    pub status: StatusFilter,
}

impl Filter for SpaceFilter {
    fn narrow(&self, spaces: &mut Conditions<'_>) {
        self.status.narrow(spaces);
    }
}

static MEMBERS: LazyLock<Within<SpaceMemberView, SpaceId>> =
    LazyLock::new(|| Within::spaces("space_members b", Permission::SpacesRead).told_by("user_id"));

static SPACES: LazyLock<AcrossSpaces> = LazyLock::new(|| AcrossSpaces::new(Permission::SpacesRead));

static COLUMNS: LazyLock<String> = LazyLock::new(SpaceView::columns);

impl ReadModel {
    /// One space that the asker may see.
    pub async fn space(&self, asker: Asker, space: &SpaceReference) -> Result<SpaceView, Error> {
        let one = |id: &str| {
            let (access, place) = (InSpace::columns(), InSpace::joined("$1"));
            format!(
                "SELECT {access}, {} FROM spaces s LEFT JOIN organizations o ON o.id = s.organization_id {place} \
                 WHERE s.id = {id}",
                *COLUMNS
            )
        };
        let (sql, name) = match space {
            SpaceReference::Id(id) => (one("$2"), Arg::from(id)),
            SpaceReference::Slug(slug) => (one(&holder(ClaimKind::SpaceSlug, "$2")), Arg::from(slug.as_str())),
        };
        let found: Option<(InSpace, <SpaceView as Selected>::Parts)> =
            self.database.fetch_optional(&sql, &[Arg::from(&asker.user()), name]).await?;
        let (access, parts) = found.ok_or(Error::SpaceNotFound)?;
        match access.decide(asker, Permission::SpacesRead) {
            Ok(()) => Ok(SpaceView::new(parts)),
            Err(Denied::NotFound) => Err(Error::SpaceNotFound),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }

    /// The id behind a reference, whoever asks. For deciding, not for showing.
    pub async fn space_id(&self, space: &SpaceReference) -> Result<Option<SpaceId>, database::Error> {
        let mut args = Args::default();
        let sql = match space {
            SpaceReference::Id(id) => return Ok(Some(*id)),
            SpaceReference::Slug(_) => format!("SELECT {}", args.scope(space)),
        };
        let found: Option<One<Option<SpaceId>>> = self.database.fetch_optional(&sql, args.as_slice()).await?;
        Ok(found.and_then(|One(id)| id))
    }

    /// The spaces that the asker may see: all of them, or those of an organization.
    pub async fn spaces(
        &self,
        asker: Asker,
        organization: Option<&Reference>,
        filter: &SpaceFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<SpaceView>, Error> {
        if let Some(organization) = organization {
            SPACES.decide(self, asker, organization).await?;
        }
        let mut args = Args::default();
        let reached = SPACES.reached(asker, organization, &mut args);
        let meant = Conditions::of(filter, "s", "s.organization_id", &mut args);
        let total = match count {
            true => {
                let sql = format!("SELECT count(*) FROM {} WHERE {} {meant}", reached.from, reached.condition);
                self.database.fetch_optional(&sql, args.as_slice()).await?.map(|One(total)| total)
            }
            false => None,
        };
        let behind = page.after.map(|after| format!("AND s.id < {}", args.bind(&after))).unwrap_or_default();
        let limit = args.bind(page.limit);
        let sql = format!(
            "SELECT {} FROM {} WHERE {} {meant} {behind} ORDER BY s.id DESC LIMIT {limit}",
            *COLUMNS, reached.from, reached.condition
        );
        let found: Vec<<SpaceView as Selected>::Parts> = self.database.fetch(&sql, args.as_slice()).await?;
        Ok(Listed { rows: found.into_iter().map(SpaceView::new).collect(), total })
    }

    /// The newest spaces of each organization that the asker may see, at most so many.
    pub async fn spaces_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &SpaceFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, SpaceView>, database::Error> {
        let mut args = Args::default();
        let sql = SPACES.newest_of_each(asker, &COLUMNS, filter, most, &mut args);
        let found: Vec<(One<OrganizationId>, <SpaceView as Selected>::Parts)> =
            self.database.fetch_batch(&sql, args.as_slice(), asked(organizations)).await?;
        let mut all = allowed_in_each(self, asker, Permission::SpacesRead, organizations).await?;
        for (One(organization), parts) in found {
            if let Some(Ok(spaces)) = all.get_mut(&organization) {
                spaces.push(SpaceView::new(parts));
            }
        }
        Ok(all)
    }

    /// Who is in a space.
    pub async fn space_members(
        &self,
        asker: Asker,
        space: &SpaceReference,
        page: Page,
        count: bool,
    ) -> Result<Listed<SpaceMemberView>, Error> {
        MEMBERS.page(self, asker, space, &(), page, count).await
    }

    /// One member of a space.
    pub async fn space_member(
        &self,
        asker: Asker,
        space: &SpaceReference,
        user: UserId,
    ) -> Result<Option<SpaceMemberView>, Error> {
        MEMBERS.one(self, asker, space, &IdOrSlug::Id(user)).await
    }

    /// Who is in each space, at most so many.
    pub async fn members_of_spaces(
        &self,
        asker: Asker,
        spaces: &[SpaceId],
        most: i64,
    ) -> Result<Grouped<SpaceId, SpaceMemberView>, database::Error> {
        MEMBERS.of_each(self, asker, spaces, &(), most).await
    }

    /// Whether two people are active members of the same organization. For deciding, not for showing.
    pub async fn are_together(&self, one: UserId, other: UserId) -> Result<bool, database::Error> {
        let sql = "SELECT o.id FROM memberships a JOIN memberships b ON b.organization_id = a.organization_id \
                   JOIN organizations o ON o.id = a.organization_id AND o.status = 'active' \
                   WHERE a.user_id = $1 AND b.user_id = $2 AND a.status = 'active' AND b.status = 'active' LIMIT 1";
        let found: Option<One<OrganizationId>> =
            self.database.fetch_optional(sql, &[Arg::from(&one), Arg::from(&other)]).await?;
        Ok(found.is_some())
    }

    /// The ids of all spaces of an organization, whoever asks. For deciding, not for showing.
    pub async fn space_ids(&self, organization: OrganizationId) -> Result<Vec<SpaceId>, database::Error> {
        let sql = "SELECT id FROM spaces WHERE organization_id = $1 ORDER BY id";
        let found: Vec<One<SpaceId>> = self.database.fetch(sql, &[Arg::from(&organization)]).await?;
        Ok(found.into_iter().map(|One(id)| id).collect())
    }
}
