//! Invitations: as the organization sees them, and as the holder of a token does.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Action, Asker, Denied, Permission},
    ids::{InvitationId, OrganizationId, UserId},
    organization::Status,
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    invitations::{InvitationRow, InvitationStatus},
    organizations::OrganizationRow,
    row::{Field, Kind, One},
    users::UserRow,
};

use super::{
    Error, ReadModel,
    columns::columns,
    members::newest_of,
    organizations::{Page, Reference},
};
use crate::database::{self, Arg};

/// One invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct InvitationView {
    pub invitation: InvitationRow,
    /// The inviter, as long as they belong to the organization: a person's name is shown for that time only.
    pub inviter: Option<UserRow>,
}

impl InvitationView {
    /// The rows that [`InvitationView::from_rows`] reads.
    pub fn keys(organization: OrganizationId, id: InvitationId, inviter: UserId) -> RowKeys {
        let mut keys = RowKeys::default();
        keys.invitations.insert((id,));
        keys.memberships.insert((organization, inviter));
        keys.users.insert((inviter,));
        keys
    }

    pub fn from_rows(rows: &Rows, id: InvitationId) -> Option<Self> {
        let invitation = rows.invitations.get(&(id,))?.clone();
        let belongs = rows.memberships.get(&(invitation.organization_id, invitation.invited_by));
        let inviter = belongs.and_then(|membership| rows.users.get(&(membership.user_id,))).cloned();
        Some(Self { invitation, inviter })
    }
}

type ViewColumns = (InvitationRow, Option<UserRow>);

impl From<ViewColumns> for InvitationView {
    fn from((invitation, inviter): ViewColumns) -> Self {
        Self { invitation, inviter }
    }
}

/// What an invitation offers, to the holder of its token.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferView {
    pub invitation: InvitationView,
    pub organization: OrganizationRow,
}

/// The invitations of `i`, whatever that is.
fn select(from: &str, more: &[String]) -> String {
    let mut columns = vec![columns::<InvitationRow>("i"), columns::<UserRow>("u")];
    columns.extend_from_slice(more);
    format!("SELECT {} FROM {from} {JOINS}", columns.join(", "))
}

const JOINS: &str = "LEFT JOIN memberships b ON b.organization_id = i.organization_id AND b.user_id = i.invited_by \
    LEFT JOIN users u ON u.id = b.user_id";

/// That an invitation expires need not have been recorded. The same rule as [`InvitationRow::status_at`]; $3 is now.
const FILTER: &str = "i.organization_id = $1 \
    AND ($2 IS NULL OR $2 = CASE WHEN i.status = 'pending' AND i.expires_at <= $3 THEN 'expired' ELSE i.status END)";

static LIST: LazyLock<String> = LazyLock::new(|| {
    let select = select("invitations i", &[]);
    format!("{select} WHERE {FILTER} AND ($4 IS NULL OR i.id < $4) ORDER BY i.id DESC LIMIT $5")
});

static COUNT: LazyLock<String> = LazyLock::new(|| format!("SELECT count(*) FROM invitations i WHERE {FILTER}"));

static OFFER: LazyLock<String> = LazyLock::new(|| {
    let select = select("invitations i", &[columns::<OrganizationRow>("o")]);
    format!("{select} JOIN organizations o ON o.id = i.organization_id WHERE i.id = $1")
});

static ONE: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM invitations i WHERE i.id = $1", columns::<InvitationRow>("i")));

static OF_MANY: LazyLock<String> = LazyLock::new(|| {
    let newest = "(SELECT i.*, k.most, row_number() OVER (PARTITION BY i.organization_id ORDER BY i.id DESC) AS place \
         FROM {batch} k JOIN invitations i ON i.organization_id = k.organization_id \
         WHERE k.status IS NULL \
         OR k.status = CASE WHEN i.status = 'pending' AND i.expires_at <= k.now THEN 'expired' ELSE i.status END) i";
    format!("{} WHERE i.place <= i.most ORDER BY i.organization_id, i.id DESC", select(newest, &[]))
});

impl ReadModel {
    /// The invitations of an organization, newest first.
    pub async fn invitations(
        &self,
        asker: Asker,
        organization: OrganizationId,
        status: Option<InvitationStatus>,
        now: DateTime<Utc>,
        page: Page,
    ) -> Result<Vec<InvitationView>, Error> {
        self.permitted(asker, &Reference::Id(organization), Action::Use(Permission::MembersInvite)).await?;
        let mut args = vec![Arg::from(&organization), Arg::from(&status), Arg::from(&now)];
        args.extend([Arg::from(&page.after), page.limit.into()]);
        let found: Vec<ViewColumns> = self.database.fetch(&LIST, &args).await?;
        Ok(found.into_iter().map(InvitationView::from).collect())
    }

    /// How many invitations the whole list has, for an asker who may see it.
    pub async fn count_invitations(
        &self,
        organization: OrganizationId,
        status: Option<InvitationStatus>,
        now: DateTime<Utc>,
    ) -> Result<i64, database::Error> {
        let args = [Arg::from(&organization), Arg::from(&status), Arg::from(&now)];
        let count = self.database.fetch_optional(&COUNT, &args).await?;
        Ok(count.map_or(0, |One(count)| count))
    }

    /// The newest invitations of several organizations, at most so many of each. For an asker who may see all of them:
    /// that is decided on the organizations that were read before.
    pub async fn invitations_of(
        &self,
        organizations: &[OrganizationId],
        status: Option<InvitationStatus>,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<InvitationView>, database::Error> {
        let filters = [("status", Kind::Text, status.to_value()), ("now", Kind::Time, now.to_value())];
        let found: Vec<ViewColumns> =
            self.database.fetch_batch(&OF_MANY, newest_of(organizations, limit, &filters)).await?;
        Ok(found.into_iter().map(InvitationView::from).collect())
    }

    /// What the token with this hash offers; none for one that is not valid any more or never was.
    pub async fn offer(&self, id: InvitationId, token_hash: &str) -> Result<Option<OfferView>, Error> {
        let found: Option<(ViewColumns, OrganizationRow)> =
            self.database.fetch_optional(&OFFER, &[Arg::from(&id)]).await?;
        let found = found.filter(|((invitation, _), _)| invitation.token_hash == token_hash);
        let Some((invitation, organization)) = found else { return Ok(None) };
        match organization.status {
            Status::Active => Ok(Some(OfferView { invitation: invitation.into(), organization })),
            Status::Suspended => Err(Error::Denied(Denied::Suspended)),
            Status::Deleted => Err(Error::NotFound),
        }
    }

    /// One invitation, whoever asks. For deciding, not for showing.
    pub async fn invitation(&self, id: InvitationId) -> Result<Option<InvitationRow>, database::Error> {
        self.database.fetch_optional(&ONE, &[Arg::from(&id)]).await
    }

    /// Organizations with invitations whose time has passed and of which that is not recorded, each with the end of the
    /// last of them.
    pub async fn invitations_to_expire(
        &self,
        now: DateTime<Utc>,
        limit: i64,
    ) -> Result<Vec<(OrganizationId, DateTime<Utc>)>, database::Error> {
        let sql = "SELECT i.organization_id, max(i.expires_at) FROM invitations i \
                   JOIN organizations o ON o.id = i.organization_id AND o.status <> 'deleted' \
                   WHERE i.status = 'pending' AND i.expires_at <= $1 \
                   GROUP BY i.organization_id ORDER BY max(i.expires_at) LIMIT $2";
        let found: Vec<(One<OrganizationId>, One<DateTime<Utc>>)> =
            self.database.fetch(sql, &[Arg::from(&now), limit.into()]).await?;
        Ok(found.into_iter().map(|(One(id), One(at))| (id, at)).collect())
    }
}
