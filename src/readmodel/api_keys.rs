//! API keys as their readers see them, and as requests with them are authenticated.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use aggregates::{
    api_key::{self, Owner},
    authorization::{Asker, Denied, Permission},
    ids::{ApiKeyId, OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    api_keys::{ApiKeyRow, KeyStatus},
    organizations::OrganizationRow,
    row::{Field, Kind, One},
    users::UserRow,
};

use uuid::Uuid;

use super::{
    Current, Error, Grouped, Listed, ReadModel, View,
    columns::columns,
    organizations::{Page, Reference},
    within::{Access, Args, Conditions, Filter, InOrganization, Selected, Within},
};
use crate::database::{self, Arg, Batch};

/// A key with what is shown beside its own row.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiKeyView {
    pub key: ApiKeyRow,
    /// Who made it.
    pub creator: Option<UserRow>,
    /// Up to a second ago.
    pub last_used_at: Option<DateTime<Utc>>,
    /// As they are written today.
    pub scopes: Vec<String>,
}

impl Selected for ApiKeyView {
    type Parts = (ApiKeyRow, Option<UserRow>, One<Option<DateTime<Utc>>>);
    const JOINS: &str = "LEFT JOIN users u ON u.id = k.created_by LEFT JOIN api_key_uses s ON s.api_key_id = k.id";

    fn columns() -> String {
        format!("{}, {}, s.last_used_at", columns::<ApiKeyRow>("k"), columns::<UserRow>("u"))
    }

    fn new((key, creator, One(last_used_at)): Self::Parts) -> Self {
        Self { key, creator, last_used_at, scopes: vec![] }
    }
}

/// What names a key, with what no row says of it.
pub struct SeenKey {
    pub id: ApiKeyId,
    pub creator: UserId,
    /// Scopes are written with the slugs of these.
    pub organizations: Vec<OrganizationId>,
    pub last_used_at: Option<DateTime<Utc>>,
}

impl View for ApiKeyView {
    type Of = SeenKey;

    fn rows(of: &SeenKey) -> RowKeys {
        RowKeys::of::<ApiKeyRow>([(of.id,)])
            .and::<UserRow>([(of.creator,)])
            .and::<OrganizationRow>(of.organizations.iter().map(|organization| (*organization,)))
    }

    fn read(rows: &Rows, of: &SeenKey) -> Option<Self> {
        let key = rows.api_keys.get(&(of.id,))?.clone();
        let slug = |id: OrganizationId| rows.organizations.get(&(id,)).map_or(id.to_string(), |row| row.slug.clone());
        let scopes = key.scopes.0.written(slug);
        let creator = rows.users.get(&(of.creator,)).cloned();
        Some(Self { key, creator, last_used_at: of.last_used_at, scopes })
    }

    fn current(rows: &Rows, of: &SeenKey) -> Current {
        Current::of::<ApiKeyRow>(rows, &(of.id,))
    }
}

/// Keys that end, or lose something, when a member goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldKeys {
    /// How many were ever made that do.
    pub made: i64,
    /// Those that are not revoked, by their ids.
    pub ids: Vec<ApiKeyId>,
}

/// What [`ApiKeyRow::status`] says at `now`.
pub(super) fn status_at(now: &str) -> String {
    format!(
        "CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= {now} THEN 'expired' \
         WHEN k.disabled THEN 'disabled' ELSE 'active' END"
    )
}

impl Filter for Option<KeyStatus> {
    fn narrow(&self, keys: &mut Conditions<'_>) {
        if let Some(status) = self {
            keys.with(&format!("{} = '{}'", status_at("?"), status.as_str()), &Utc::now());
        }
    }
}

static API_KEYS: LazyLock<Within<ApiKeyView>> =
    LazyLock::new(|| Within::organizations("api_keys k", Permission::ApiKeysRead).owned_by("owner_id"));

impl ReadModel {
    /// The key that is found by this part of it.
    pub async fn api_key_with(&self, handle: &str) -> Result<Option<ApiKeyId>, database::Error> {
        let sql = "SELECT id FROM api_keys WHERE handle = $1";
        let found = self.database.fetch_optional(sql, &[Arg::from(handle)]).await?;
        Ok(found.map(|One(id)| id))
    }

    /// A key, whoever asks. For deciding, not for showing.
    pub async fn api_key_row(&self, id: ApiKeyId) -> Result<Option<ApiKeyRow>, database::Error> {
        static SQL: LazyLock<String> =
            LazyLock::new(|| format!("SELECT {} FROM api_keys k WHERE k.id = $1", columns::<ApiKeyRow>("k")));
        self.database.fetch_optional(&SQL, &[Arg::from(&id)]).await
    }

    /// How many keys of a person or an organization are neither revoked nor expired.
    pub async fn live_keys(&self, owner: Uuid, now: DateTime<Utc>) -> Result<i64, database::Error> {
        let sql = "SELECT count(*) FROM api_keys WHERE owner_id = $1 AND revoked_at IS NULL \
                   AND (expires_at IS NULL OR expires_at > $2)";
        let found = self.database.fetch_optional(sql, &[Arg::from(&owner), Arg::from(&now)]).await?;
        Ok(found.map_or(0, |One(count)| count))
    }

    /// When a key was used last.
    pub async fn last_use(&self, id: ApiKeyId) -> Result<Option<DateTime<Utc>>, database::Error> {
        let sql = "SELECT last_used_at FROM api_key_uses WHERE api_key_id = $1";
        let found = self.database.fetch_optional(sql, &[Arg::from(&id)]).await?;
        Ok(found.map(|One(at)| at))
    }

    /// One key that the asker may see: their own, or one of an organization whose keys they may read; superadmins see
    /// any. None where they may not even know of it.
    pub async fn api_key(&self, asker: Asker, id: ApiKeyId) -> Result<Option<ApiKeyView>, Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            let (shown, access, joins) = (ApiKeyView::columns(), InOrganization::columns(), ApiKeyView::JOINS);
            let from =
                format!("api_keys k LEFT JOIN organizations o ON o.id = k.owner_id {}", InOrganization::joined("$1"));
            format!("SELECT {shown}, {access} FROM {from} {joins} WHERE k.id = $2")
        });
        let args = [Arg::from(&asker.user()), Arg::from(&id)];
        let found: Option<(<ApiKeyView as Selected>::Parts, Option<InOrganization>)> =
            self.database.fetch_optional(&SQL, &args).await?;
        let Some((parts, access)) = found else { return Ok(None) };
        let mut found = ApiKeyView::new(parts);
        let decided = match (found.key.owner(), access) {
            _ if asker.operates() => Ok(()),
            (Owner::User(owner), _) if asker.user() == Some(owner) && asker.carries(&found.key.scopes.0) => Ok(()),
            (Owner::Organization(_), Some(access)) => {
                access.decide_by_id(asker, Permission::ApiKeysRead, api_key::KNOWN_BY)
            }
            _ => Err(Denied::NotFound),
        };
        match decided {
            Ok(()) => {}
            Err(Denied::NotFound) => return Ok(None),
            Err(denied) => return Err(Error::Denied(denied)),
        }
        self.write_scopes(std::iter::once(&mut found)).await?;
        Ok(Some(found))
    }

    /// The asker's own keys, newest first. A credential that does not carry all of a person does not tell about them.
    pub async fn own_api_keys(
        &self,
        asker: Asker,
        status: Option<KeyStatus>,
        page: Page,
        count: bool,
    ) -> Result<Listed<ApiKeyView>, Error> {
        static COLUMNS: LazyLock<String> = LazyLock::new(ApiKeyView::columns);
        let user = asker.person().ok_or(Error::Denied(Denied::PersonRequired))?;
        let mut args = Args::default();
        let owner = args.bind(&user);
        let meant = format!("k.owner_id = {owner} {}", Conditions::of(&status, "k", "NULL", &mut args));
        let total = match count {
            true => {
                let sql = format!("SELECT count(*) FROM api_keys k WHERE {meant}");
                self.database.fetch_optional(&sql, args.as_slice()).await?.map(|One(total)| total)
            }
            false => None,
        };
        let behind = page.after.map(|after| format!("AND k.id < {}", args.bind(&after))).unwrap_or_default();
        let sql = format!(
            "SELECT {} FROM api_keys k {} WHERE {meant} {behind} ORDER BY k.id DESC LIMIT {}",
            *COLUMNS,
            ApiKeyView::JOINS,
            args.bind(page.limit)
        );
        let found: Vec<<ApiKeyView as Selected>::Parts> = self.database.fetch(&sql, args.as_slice()).await?;
        let mut rows: Vec<_> = found.into_iter().map(ApiKeyView::new).collect();
        self.write_scopes(&mut rows).await?;
        Ok(Listed { rows, total })
    }

    /// An organization's own keys, newest first.
    pub async fn api_keys(
        &self,
        asker: Asker,
        organization: &Reference,
        status: Option<KeyStatus>,
        page: Page,
        count: bool,
    ) -> Result<Listed<ApiKeyView>, Error> {
        let mut listed = API_KEYS.page(self, asker, organization, &status, page, count).await?;
        self.write_scopes(&mut listed.rows).await?;
        Ok(listed)
    }

    /// The newest keys of each organization, at most so many.
    pub async fn api_keys_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        status: Option<KeyStatus>,
        most: i64,
    ) -> Result<Grouped<OrganizationId, ApiKeyView>, database::Error> {
        let mut all = API_KEYS.of_each(self, asker, organizations, &status, most).await?;
        self.write_scopes(all.values_mut().flatten().flatten()).await?;
        Ok(all)
    }

    /// Writes the scopes of keys that are shown together, with one statement for all names of organizations.
    async fn write_scopes(&self, views: impl IntoIterator<Item = &mut ApiKeyView>) -> Result<(), database::Error> {
        let views: Vec<_> = views.into_iter().collect();
        let named: BTreeSet<_> = views.iter().flat_map(|view| view.key.scopes.0.organizations()).collect();
        let mut slugs = HashMap::new();
        if !named.is_empty() {
            let sql = "SELECT o.id, o.slug FROM {batch} k JOIN organizations o ON o.id = k.id";
            let batch = Batch::new(&[("id", Kind::Uuid)], named.iter().map(|id| vec![id.to_value()]).collect());
            let found: Vec<(One<OrganizationId>, One<String>)> = self.database.fetch_batch(sql, &[], batch).await?;
            slugs.extend(found.into_iter().map(|(One(id), One(slug))| (id, slug)));
        }
        // A purged organization has no name any more.
        let name = |id| slugs.get(&id).cloned().unwrap_or_else(|| id.to_string());
        for view in views {
            view.scopes = view.key.scopes.0.written(name);
        }
        Ok(())
    }

    /// What goes with a member: their own keys that name the organization, and the organization's keys that they made
    /// and that end with them.
    pub async fn keys_held(&self, organization: OrganizationId, user: UserId) -> Result<HeldKeys, database::Error> {
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!(
                "SELECT m.api_keys, {} FROM memberships m \
                 LEFT JOIN api_keys k ON k.revoked_at IS NULL AND (k.owner_id = m.user_id \
                     OR k.owner_id = m.organization_id AND k.created_by = m.user_id AND k.on_creator_leave = 'revoke') \
                 WHERE m.organization_id = $1 AND m.user_id = $2 ORDER BY k.id",
                columns::<ApiKeyRow>("k")
            )
        });
        let args = [Arg::from(&organization), Arg::from(&user)];
        let found: Vec<(One<i64>, Option<ApiKeyRow>)> = self.database.fetch(&SQL, &args).await?;
        let made = found.first().map_or(0, |(One(made), _)| *made);
        let held = |row: &ApiKeyRow| match row.owner() {
            Owner::User(_) => row.scopes.0.organizations().contains(&organization),
            Owner::Organization(_) => true,
        };
        let ids = found.into_iter().filter_map(|(_, row)| row).filter(held).map(|row| row.id).collect();
        Ok(HeldKeys { made, ids })
    }

    /// Keys that have expired and whose expiry the ledger has not recorded yet.
    pub async fn api_keys_to_expire(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(ApiKeyId, DateTime<Utc>)>, database::Error> {
        let sql = "SELECT id, expires_at FROM api_keys \
                   WHERE expires_at IS NOT NULL AND NOT expiry_recorded AND revoked_at IS NULL AND expires_at <= $1 \
                   ORDER BY expires_at LIMIT $2";
        let found: Vec<(One<ApiKeyId>, One<DateTime<Utc>>)> =
            self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|(One(id), One(at))| (id, at)).collect())
    }
}
