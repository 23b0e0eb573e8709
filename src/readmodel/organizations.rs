//! Organizations as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, RoleKey, Standing, decide},
    ids::{OrganizationId, UserId},
    organization::Status,
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    memberships::MembershipRow,
    organizations::{OrganizationCountersRow, OrganizationRow},
    roles::RoleRow,
    row::{Columns, Kind, One, Value, ValueError},
    users::UserRow,
};
use uuid::Uuid;

use super::{Error, IdOrSlug, ReadModel, across::AcrossOrganizations, columns::columns};
use crate::database::{self, Arg};

/// How an organization is named in a path. A slug is today's or an old one.
pub type Reference = IdOrSlug<OrganizationId>;

/// What is shown of an organization beside what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationSummary {
    pub id: OrganizationId,
    pub name: String,
    pub slug: String,
}

impl OrganizationSummary {
    /// The select list, of organizations `o`.
    pub(super) const COLUMNS: &str = "o.id, o.name, o.slug";
}

impl From<&OrganizationRow> for OrganizationSummary {
    fn from(row: &OrganizationRow) -> Self {
        Self { id: row.id, name: row.name.clone(), slug: row.slug.clone() }
    }
}

impl Columns for OrganizationSummary {
    fn kinds(kinds: &mut Vec<Kind>) {
        <(One<OrganizationId>, One<String>, One<String>)>::kinds(kinds);
    }

    fn read(values: &mut impl Iterator<Item = Value>) -> Result<Self, ValueError> {
        let (One(id), One(name), One(slug)) = <(One<OrganizationId>, One<String>, One<String>)>::read(values)?;
        Ok(Self { id, name, slug })
    }
}

/// An organization with what one asker sees beside its own row.
#[derive(Debug, Clone, PartialEq)]
pub struct OrganizationView {
    pub organization: OrganizationRow,
    pub counters: OrganizationCountersRow,
    /// The primary owner.
    pub owner: Option<UserRow>,
    /// The asker's own.
    pub membership: Option<MembershipRow>,
    /// The role of the asker's membership, if it is one that the organization made for itself.
    pub role: Option<RoleRow>,
}

type ViewColumns = (OrganizationRow, OrganizationCountersRow, Option<UserRow>, Option<MembershipRow>, Option<RoleRow>);

impl OrganizationView {
    /// The rows that [`OrganizationView::from_rows`] reads.
    /// `role` is what the asker has there.
    pub fn keys(id: OrganizationId, owner: UserId, asker: Asker, role: Option<&RoleKey>) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.organizations.insert((id,));
        keys.organization_counters.insert((id,));
        keys.users.insert((owner,));
        keys.memberships.extend(asker.user().map(|user| (id, user)));
        keys.roles.extend(role.filter(|role| matches!(role, RoleKey::Custom(_))).map(|role| (id, role.clone())));
        keys
    }

    pub fn from_rows(rows: &Rows, id: OrganizationId, asker: Asker) -> Option<Self> {
        let organization = rows.organizations.get(&(id,))?.clone();
        let membership = asker.user().and_then(|user| rows.memberships.get(&(id, user)).cloned());
        let role = membership.as_ref().and_then(|membership| rows.roles.get(&(id, membership.role.clone())).cloned());
        Some(Self {
            counters: rows.organization_counters.get(&(id,))?.clone(),
            owner: rows.users.get(&(organization.owner_id,)).cloned(),
            membership,
            role,
            organization,
        })
    }

    /// What the asker is to this organization.
    pub fn standing(&self, asker: Asker) -> Standing {
        let membership = self.membership.as_ref();
        let membership = membership.map_or(Standing::Outsider, |membership| membership.standing(self.role.as_ref()));
        asker.standing(self.organization.id, membership)
    }
}

impl From<ViewColumns> for OrganizationView {
    fn from((organization, counters, owner, membership, role): ViewColumns) -> Self {
        Self { organization, counters, owner, membership, role }
    }
}

/// Which organizations a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Part of the name or slug; case is ignored.
    pub search: Option<String>,
    /// Deleted ones are only shown when asked for.
    pub status: Option<Status>,
}

/// One page of a list, newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// The last id of the page before.
    pub after: Option<Uuid>,
    pub limit: i64,
}

/// The tables of a view, with those of the asker's place in the organization.
fn from(place: &str) -> String {
    format!(
        "FROM organizations o \
         JOIN organization_counters c ON c.organization_id = o.id \
         LEFT JOIN users u ON u.id = o.owner_id \
         {place}"
    )
}

fn select(place: &str) -> String {
    let columns = [
        columns::<OrganizationRow>("o"),
        columns::<OrganizationCountersRow>("c"),
        columns::<UserRow>("u"),
        columns::<MembershipRow>("m"),
        columns::<RoleRow>("r"),
    ];
    format!("SELECT {} {}", columns.join(", "), from(place))
}

/// The asker's place in one organization; $1 is the asker.
const PLACE: &str = "LEFT JOIN memberships m ON m.organization_id = o.id AND m.user_id = $1 \
    LEFT JOIN roles r ON r.organization_id = o.id AND r.key = m.role";

static BY_ID: LazyLock<String> = LazyLock::new(|| format!("{} WHERE o.id = $2", select(PLACE)));

static BY_SLUG: LazyLock<String> = LazyLock::new(|| {
    let by_slug = "o.id = (SELECT holder FROM claims WHERE kind = 'organization_slug' AND value = $2)";
    format!("{} WHERE {by_slug}", select(PLACE))
});

/// $1 status, $2 search pattern.
const FILTER: &str = "($1 IS NULL AND o.status <> 'deleted' OR o.status = $1) \
    AND ($2 IS NULL OR o.search_text LIKE $2 ESCAPE '\\')";

/// $3 the last id of the page before, $4 how many rows.
static LIST: LazyLock<AcrossOrganizations> = LazyLock::new(|| {
    AcrossOrganizations::new(Permission::OrganizationRead, 4, |place, readable| {
        let select = select(place);
        format!("{select} WHERE {readable} AND {FILTER} AND ($3 IS NULL OR o.id < $3) ORDER BY o.id DESC LIMIT $4")
    })
});

static COUNT: LazyLock<AcrossOrganizations> = LazyLock::new(|| {
    AcrossOrganizations::new(Permission::OrganizationRead, 2, |place, readable| {
        format!("SELECT count(*) {} WHERE {readable} AND {FILTER}", from(place))
    })
});

impl ReadModel {
    /// One organization that the asker may read.
    pub async fn organization(&self, asker: Asker, reference: &Reference) -> Result<OrganizationView, Error> {
        self.permitted(asker, reference, Action::Use(Permission::OrganizationRead)).await
    }

    /// One organization to which the asker may do this.
    pub async fn permitted(
        &self,
        asker: Asker,
        reference: &Reference,
        action: Action,
    ) -> Result<OrganizationView, Error> {
        let view = self.find_organization(asker, reference).await?.ok_or(Error::NotFound)?;
        match decide(view.standing(asker), view.organization.status, action) {
            Ok(()) => Ok(view),
            Err(Denied::NotFound) => Err(Error::NotFound),
            Err(denied) => Err(Error::Denied(denied)),
        }
    }

    /// One organization, whoever asks. For deciding, not for showing.
    pub async fn find_organization(
        &self,
        asker: Asker,
        reference: &Reference,
    ) -> Result<Option<OrganizationView>, database::Error> {
        let user = asker.user();
        let found: Option<ViewColumns> = match reference {
            Reference::Id(id) => self.database.fetch_optional(&BY_ID, &[Arg::from(&user), Arg::from(id)]).await?,
            Reference::Slug(slug) => {
                self.database.fetch_optional(&BY_SLUG, &[Arg::from(&user), Arg::from(slug.as_str())]).await?
            }
        };
        Ok(found.map(OrganizationView::from))
    }

    /// The id behind a reference, deleted organizations included.
    pub async fn organization_id(&self, reference: &Reference) -> Result<Option<OrganizationId>, database::Error> {
        let slug = match reference {
            Reference::Id(id) => return Ok(Some(*id)),
            Reference::Slug(slug) => slug,
        };
        let sql = "SELECT holder FROM claims WHERE kind = 'organization_slug' AND value = $1";
        let found = self.database.fetch_optional(sql, &[Arg::from(slug.as_str())]).await?;
        Ok(found.map(|One(id)| id))
    }

    /// The organizations that the asker may read. One more row than asked for says that there is a next page.
    pub async fn organizations(
        &self,
        asker: Asker,
        filter: &Filter,
        page: Page,
    ) -> Result<Vec<OrganizationView>, database::Error> {
        let args = filtered(filter).into_iter().chain([Arg::from(&page.after), Arg::from(page.limit)]);
        let found: Vec<ViewColumns> = LIST.fetch(self, asker, args).await?;
        Ok(found.into_iter().map(OrganizationView::from).collect())
    }

    /// How many organizations the whole list has.
    pub async fn count_organizations(&self, asker: Asker, filter: &Filter) -> Result<i64, database::Error> {
        let count = COUNT.fetch(self, asker, filtered(filter)).await?;
        Ok(count.first().map_or(0, |One(count)| *count))
    }

    /// Deleted organizations whose time to be restored has passed.
    pub async fn organizations_to_purge(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, DateTime<Utc>)>, database::Error> {
        let sql = "SELECT id, purge_after FROM organizations WHERE purge_after IS NOT NULL AND purge_after <= $1 \
                   ORDER BY purge_after LIMIT $2";
        let found: Vec<(One<OrganizationId>, One<DateTime<Utc>>)> =
            self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|(One(id), One(at))| (id, at)).collect())
    }
}

fn filtered(filter: &Filter) -> [Arg; 2] {
    let pattern = filter.search.as_deref().map(containing);
    let status = filter.status.map(|status| status.as_str().to_owned());
    [Arg::from(&status), Arg::from(&pattern)]
}

/// PostgreSQL refuses a text with NUL, and SQLite ends a pattern there. No stored text has a control character, so
/// another one in its place matches nothing either.
pub(super) fn without_nul(text: &str) -> String {
    text.replace('\0', "\u{1}")
}

/// The pattern of texts in lower case that have this one in them, in any case.
pub(super) fn containing(text: &str) -> String {
    format!("%{}%", escape(&text.to_lowercase()))
}

/// Makes the wildcards of LIKE ordinary characters.
fn escape(text: &str) -> String {
    without_nul(text).replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
