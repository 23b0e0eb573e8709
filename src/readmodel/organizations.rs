//! Organizations as their readers see them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission, RoleKey, Standing, decide},
    claim::ClaimKind,
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

use super::{
    Current, Error, IdOrSlug, ReadModel, View,
    columns::columns,
    within::{self, Access, Across, Args, Conditions, InOrganization, Reached, Selected, holder},
};
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

/// What names an organization and what one asker sees of it.
pub struct SeenOrganization {
    pub id: OrganizationId,
    /// The primary owner.
    pub owner: UserId,
    pub asker: Asker,
    /// What the asker has there.
    pub role: Option<RoleKey>,
}

impl View for OrganizationView {
    type Of = SeenOrganization;

    fn rows(SeenOrganization { id, owner, asker, role }: &Self::Of) -> RowKeys {
        RowKeys::of::<OrganizationRow>([(*id,)])
            .and::<OrganizationCountersRow>([(*id,)])
            .and::<UserRow>([(*owner,)])
            .and::<MembershipRow>(asker.user().map(|user| (*id, user)))
            .and::<RoleRow>(role.clone().filter(RoleKey::is_custom).map(|role| (*id, role)))
    }

    fn read(rows: &Rows, &SeenOrganization { id, asker, .. }: &Self::Of) -> Option<Self> {
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

    fn current(rows: &Rows, of: &Self::Of) -> Current {
        Current::of::<OrganizationRow>(rows, &(of.id,))
    }
}

impl OrganizationView {
    /// What the asker is to this organization.
    pub fn standing(&self, asker: Asker) -> Standing {
        let membership = self.membership.as_ref();
        let membership = membership.map_or(Standing::Outsider, |membership| membership.standing(self.role.as_ref()));
        asker.standing(self.organization.id, membership)
    }
}

impl Selected for OrganizationView {
    type Parts = (OrganizationRow, OrganizationCountersRow, Option<UserRow>, Option<MembershipRow>, Option<RoleRow>);
    const JOINS: &str =
        "JOIN organization_counters c ON c.organization_id = o.id LEFT JOIN users u ON u.id = o.owner_id";

    /// After those of the asker's place.
    fn columns() -> String {
        let columns = [
            columns::<OrganizationRow>("o"),
            columns::<OrganizationCountersRow>("c"),
            columns::<UserRow>("u"),
            columns::<MembershipRow>("m"),
            columns::<RoleRow>("r"),
        ];
        columns.join(", ")
    }

    fn new((organization, counters, owner, membership, role): Self::Parts) -> Self {
        Self { organization, counters, owner, membership, role }
    }
}

/// Which organizations a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OrganizationFilter {
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

/// One organization; $1 is the asker, $2 its name.
fn one(id: &str) -> String {
    let (columns, joins, place) = (OrganizationView::columns(), OrganizationView::JOINS, InOrganization::joined("$1"));
    format!("SELECT {columns} FROM organizations o {joins} {place} WHERE o.id = {id}")
}

static BY_ID: LazyLock<String> = LazyLock::new(|| one("$2"));
static BY_SLUG: LazyLock<String> = LazyLock::new(|| one(&holder(ClaimKind::OrganizationSlug, "$2")));

impl within::Filter for OrganizationFilter {
    fn narrow(&self, organizations: &mut Conditions<'_>) {
        match &self.status {
            Some(status) => organizations.with("o.status = ?", status),
            None => organizations.and("o.status <> 'deleted'"),
        }
        if let Some(search) = &self.search {
            organizations.with("o.search_text LIKE ? ESCAPE '\\'", &containing(search));
        }
    }
}

static READABLE: LazyLock<Across> = LazyLock::new(|| Across::new(Permission::OrganizationRead));
static COLUMNS: LazyLock<String> = LazyLock::new(OrganizationView::columns);

impl ReadModel {
    /// One organization that the asker may read.
    pub async fn organization(&self, asker: Asker, reference: &Reference) -> Result<OrganizationView, Error> {
        let view = self.find_organization(asker, reference).await?.ok_or(Error::NotFound)?;
        match decide(view.standing(asker), view.organization.status, Action::Use(Permission::OrganizationRead)) {
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
        let found: Option<<OrganizationView as Selected>::Parts> = match reference {
            Reference::Id(id) => self.database.fetch_optional(&BY_ID, &[Arg::from(&user), Arg::from(id)]).await?,
            Reference::Slug(slug) => {
                self.database.fetch_optional(&BY_SLUG, &[Arg::from(&user), Arg::from(slug.as_str())]).await?
            }
        };
        Ok(found.map(OrganizationView::new))
    }

    /// The id behind a reference, deleted organizations included.
    pub async fn organization_id(&self, reference: &Reference) -> Result<Option<OrganizationId>, database::Error> {
        let mut args = Args::default();
        let sql = match reference {
            Reference::Id(id) => return Ok(Some(*id)),
            Reference::Slug(_) => format!("SELECT {}", args.scope(reference)),
        };
        let found: Option<One<Option<OrganizationId>>> = self.database.fetch_optional(&sql, args.as_slice()).await?;
        Ok(found.and_then(|One(id)| id))
    }

    /// The organizations that the asker may read. One more row than asked for says that there is a next page.
    pub async fn organizations(
        &self,
        asker: Asker,
        filter: &OrganizationFilter,
        page: Page,
    ) -> Result<Vec<OrganizationView>, database::Error> {
        let mut args = Args::default();
        let (Reached { place, condition, id }, meant) = readable(asker, filter, &mut args);
        let behind = page.after.map(|after| format!("AND {id} < {}", args.bind(&after))).unwrap_or_default();
        let limit = args.bind(page.limit);
        let sql = format!(
            "SELECT {} FROM organizations o {} {place} WHERE {condition} {meant} {behind} ORDER BY {id} DESC LIMIT {limit}",
            *COLUMNS,
            OrganizationView::JOINS
        );
        let found: Vec<<OrganizationView as Selected>::Parts> = self.database.fetch(&sql, args.as_slice()).await?;
        Ok(found.into_iter().map(OrganizationView::new).collect())
    }

    /// How many organizations the whole list has.
    pub async fn count_organizations(&self, asker: Asker, filter: &OrganizationFilter) -> Result<i64, database::Error> {
        let mut args = Args::default();
        let (Reached { place, condition, .. }, meant) = readable(asker, filter, &mut args);
        let sql = format!("SELECT count(*) FROM organizations o {place} WHERE {condition} {meant}");
        let count = self.database.fetch_optional(&sql, args.as_slice()).await?;
        Ok(count.map_or(0, |One(count)| count))
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

/// What the asker may read of what is meant.
fn readable(asker: Asker, filter: &OrganizationFilter, args: &mut Args) -> (Reached, String) {
    let reached = READABLE.reached(asker, args);
    let meant = Conditions::of(filter, "o", "o.id", args);
    (reached, meant)
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
