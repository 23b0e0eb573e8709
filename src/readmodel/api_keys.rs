//! API keys as their readers see them, and as requests with them are authenticated.

use std::{
    collections::{BTreeSet, HashMap},
    sync::LazyLock,
};

use aggregates::{
    api_key::{self, Owner},
    authorization::{Asker, Denied, Permission, Scopes},
    ids::{ApiKeyId, OrganizationId, UserId},
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    api_keys::{ApiKeyRow, KeyStatus},
    row::{Field, Kind, One},
    users::UserRow,
};

use uuid::Uuid;

use super::{
    Error, ReadModel,
    access::{Access, Grouped, InOrganization, Listed, grouped, wanted},
    columns::columns,
    organizations::{Page, Reference},
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

type ViewColumns = (ApiKeyRow, Option<UserRow>, One<Option<DateTime<Utc>>>);

impl From<ViewColumns> for ApiKeyView {
    fn from((key, creator, One(last_used_at)): ViewColumns) -> Self {
        Self { key, creator, last_used_at, scopes: vec![] }
    }
}

impl ApiKeyView {
    /// The rows that [`ApiKeyView::from_rows`] reads, and those of the organizations that scopes are written with.
    pub fn keys(id: ApiKeyId, creator: UserId, scopes: &Scopes) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.api_keys.insert((id,));
        keys.users.insert((creator,));
        keys.organizations.extend(scopes.organizations().into_iter().map(|organization| (organization,)));
        keys
    }

    pub fn from_rows(rows: &Rows, id: ApiKeyId, last_used_at: Option<DateTime<Utc>>) -> Option<Self> {
        let key = rows.api_keys.get(&(id,))?.clone();
        let slug = |id: OrganizationId| rows.organizations.get(&(id,)).map_or(id.to_string(), |row| row.slug.clone());
        let scopes = key.scopes.0.written(slug);
        let creator = rows.users.get(&(key.created_by,)).cloned();
        Some(Self { key, creator, last_used_at, scopes })
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

fn view(key: &str) -> String {
    format!("{}, {}, s.last_used_at", columns::<ApiKeyRow>(key), columns::<UserRow>("u"))
}

/// The tables of [`view`] beside the keys.
const BESIDE: &str = "LEFT JOIN users u ON u.id = k.created_by LEFT JOIN api_key_uses s ON s.api_key_id = k.id";

/// What [`ApiKeyRow::status`] says at `now`.
pub(super) fn status_at(now: &str) -> String {
    format!(
        "CASE WHEN k.revoked_at IS NOT NULL THEN 'revoked' WHEN k.expires_at <= {now} THEN 'expired' \
         WHEN k.disabled THEN 'disabled' ELSE 'active' END"
    )
}

/// $3 the last id of the page before, $4 how many rows, $5 whether all are counted, $6 which status, $7 at what time.
static OF_ORGANIZATION: LazyLock<InOrganization> = LazyLock::new(|| {
    InOrganization::new(|organization| {
        let meant = format!("($6 IS NULL OR {} = $6)", status_at("$7"));
        let of_it = format!("api_keys k WHERE k.owner_id = {organization} AND {meant}");
        format!(
            "SELECT {}, {}, CASE WHEN $5 THEN (SELECT count(*) FROM {of_it}) END {} \
             LEFT JOIN (SELECT k.* FROM {of_it} AND ($3 IS NULL OR k.id < $3) ORDER BY k.id DESC LIMIT $4) k \
                 ON k.owner_id = o.id \
             {BESIDE} WHERE o.id = {organization} ORDER BY k.id DESC",
            Access::columns(),
            view("k"),
            Access::from("organizations o", "$1"),
        )
    })
});

static OF_ORGANIZATIONS: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, o.id, {} {} \
         LEFT JOIN (SELECT k.*, row_number() OVER (PARTITION BY k.owner_id ORDER BY k.id DESC) AS place \
             FROM {{batch}} w JOIN api_keys k ON k.owner_id = w.id WHERE w.status IS NULL OR {} = w.status) k \
             ON k.owner_id = o.id AND k.place <= b.most \
         {BESIDE} ORDER BY k.id DESC",
        Access::columns(),
        view("k"),
        Access::from("{batch} b JOIN organizations o ON o.id = b.id", "b.asker"),
        status_at("w.now"),
    )
});

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
            format!(
                "SELECT {}, {} {} {BESIDE} WHERE k.id = $2",
                view("k"),
                Access::columns(),
                Access::from("api_keys k LEFT JOIN organizations o ON o.id = k.owner_id", "$1"),
            )
        });
        let args = [Arg::from(&asker.user()), Arg::from(&id)];
        let found: Option<(ViewColumns, Option<Access>)> = self.database.fetch_optional(&SQL, &args).await?;
        let Some((columns, access)) = found else { return Ok(None) };
        let mut found = ApiKeyView::from(columns);
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

    /// A person's own keys, newest first.
    pub async fn api_keys_of_user(
        &self,
        user: UserId,
        status: Option<KeyStatus>,
        page: Page,
        count: bool,
    ) -> Result<Listed<ApiKeyView>, database::Error> {
        static MEANT: LazyLock<String> = LazyLock::new(|| {
            let status = status_at("$2");
            format!("FROM api_keys k {BESIDE} WHERE k.owner_id = $1 AND ($3 IS NULL OR {status} = $3)")
        });
        static SQL: LazyLock<String> = LazyLock::new(|| {
            format!("SELECT {} {} AND ($4 IS NULL OR k.id < $4) ORDER BY k.id DESC LIMIT $5", view("k"), *MEANT)
        });
        static COUNT: LazyLock<String> = LazyLock::new(|| format!("SELECT count(*) {}", *MEANT));
        let status = status.map(|status| status.as_str().to_owned());
        let meant = vec![Arg::from(&user), Arg::from(&Utc::now()), Arg::from(&status)];
        let total = match count {
            true => self.database.fetch_optional(&COUNT, &meant).await?.map(|One(total)| total),
            false => None,
        };
        let args: Vec<_> = meant.into_iter().chain([Arg::from(&page.after), page.limit.into()]).collect();
        let found: Vec<ViewColumns> = self.database.fetch(&SQL, &args).await?;
        let mut rows: Vec<_> = found.into_iter().map(ApiKeyView::from).collect();
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
        let status = status.map(|status| status.as_str().to_owned());
        let paging = [Arg::from(&page.after), Arg::from(page.limit), Arg::from(&count)];
        let args = paging.into_iter().chain([Arg::from(&status), Arg::from(&Utc::now())]);
        let found: Vec<(Option<ViewColumns>, One<Option<i64>>)> =
            OF_ORGANIZATION.fetch(self, asker, organization, Permission::ApiKeysRead, args).await?;
        let found = found.into_iter().map(|(columns, total)| (columns.map(ApiKeyView::from), total)).collect();
        let mut listed: Listed<ApiKeyView> = Listed::new(found);
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
        let status = status.map(|status| status.as_str().to_owned());
        let filters = [("status", Kind::Text, status.to_value()), ("now", Kind::Time, Utc::now().to_value())];
        let batch = wanted(asker, organizations.iter().map(|id| id.uuid()), most, &filters);
        let found: Vec<(Access, One<OrganizationId>, Option<ViewColumns>)> =
            self.database.fetch_batch(&OF_ORGANIZATIONS, batch).await?;
        let found = found.into_iter().map(|(access, id, columns)| (access, id, columns.map(ApiKeyView::from)));
        let mut all = grouped(asker, Permission::ApiKeysRead, found.collect());
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
            let found: Vec<(One<OrganizationId>, One<String>)> = self.database.fetch_batch(sql, batch).await?;
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
