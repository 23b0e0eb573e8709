//! Invitations: as the organization sees them, and as the holder of a token does.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Denied, Permission},
    ids::{InvitationId, OrganizationId, UserId},
    organization::Status,
};
use chrono::{DateTime, Utc};
use projections::{
    RowKeys, Rows,
    invitations::{InvitationRow, InvitationStatus},
    memberships::MembershipRow,
    organizations::OrganizationRow,
    row::One,
    users::UserRow,
};

use super::{
    Current, Error, Grouped, Listed, ReadModel, View,
    columns::columns,
    organizations::{Page, Reference},
    within::{Conditions, Filter, Selected, Within},
};
use crate::database::{self, Arg};

/// One invitation.
#[derive(Debug, Clone, PartialEq)]
pub struct InvitationView {
    pub invitation: InvitationRow,
    /// The inviter, as long as they belong to the organization: a person's name is shown for that time only.
    pub inviter: Option<UserRow>,
}

impl View for InvitationView {
    /// With the inviter.
    type Of = (OrganizationId, InvitationId, UserId);

    fn rows(&(organization, id, inviter): &Self::Of) -> RowKeys {
        RowKeys::of::<InvitationRow>([(id,)])
            .and::<MembershipRow>([(organization, inviter)])
            .and::<UserRow>([(inviter,)])
    }

    fn read(rows: &Rows, &(organization, id, inviter): &Self::Of) -> Option<Self> {
        let invitation = rows.invitations.get(&(id,))?.clone();
        let belongs = rows.memberships.get(&(organization, inviter));
        let inviter = belongs.and_then(|membership| rows.users.get(&(membership.user_id,))).cloned();
        Some(Self { invitation, inviter })
    }

    fn current(rows: &Rows, &(_, id, _): &Self::Of) -> Current {
        Current::of::<InvitationRow>(rows, &(id,))
    }
}

impl Selected for InvitationView {
    type Parts = (InvitationRow, Option<UserRow>);
    const JOINS: &str = "LEFT JOIN memberships b ON b.organization_id = i.organization_id AND b.user_id = i.invited_by \
        LEFT JOIN users u ON u.id = b.user_id";

    fn columns() -> String {
        format!("{}, {}", columns::<InvitationRow>("i"), columns::<UserRow>("u"))
    }

    fn new((invitation, inviter): Self::Parts) -> Self {
        Self { invitation, inviter }
    }
}

/// What an invitation offers, to the holder of its token.
#[derive(Debug, Clone, PartialEq)]
pub struct OfferView {
    pub invitation: InvitationView,
    pub organization: OrganizationRow,
}

/// Which invitations a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvitationFilter {
    pub status: Option<InvitationStatus>,
    /// When they have that status.
    pub now: DateTime<Utc>,
}

/// The rule of [`InvitationRow::status_at`]: that an invitation expires need not have been recorded.
impl Filter for InvitationFilter {
    fn narrow(&self, invitations: &mut Conditions<'_>) {
        let Self { status, now } = self;
        match status {
            None => {}
            Some(status @ InvitationStatus::Pending) => {
                invitations.with("i.status = ?", status);
                invitations.with("i.expires_at > ?", now);
            }
            Some(InvitationStatus::Expired) => {
                invitations.with("(i.status = 'pending' AND i.expires_at <= ? OR i.status = 'expired')", now);
            }
            Some(status) => invitations.with("i.status = ?", status),
        }
    }
}

static INVITATIONS: LazyLock<Within<InvitationView>> =
    LazyLock::new(|| Within::organizations("invitations i", Permission::MembersInvite));

static OFFER: LazyLock<String> = LazyLock::new(|| {
    format!(
        "SELECT {}, {} FROM invitations i JOIN organizations o ON o.id = i.organization_id {} WHERE i.id = $1",
        InvitationView::columns(),
        columns::<OrganizationRow>("o"),
        InvitationView::JOINS,
    )
});

static ONE: LazyLock<String> =
    LazyLock::new(|| format!("SELECT {} FROM invitations i WHERE i.id = $1", columns::<InvitationRow>("i")));

impl ReadModel {
    /// The invitations of an organization, newest first.
    pub async fn invitations(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &InvitationFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<InvitationView>, Error> {
        INVITATIONS.page(self, asker, organization, filter, page, count).await
    }

    /// The newest invitations of each organization, at most so many.
    pub async fn invitations_of(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &InvitationFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, InvitationView>, database::Error> {
        INVITATIONS.of_each(self, asker, organizations, filter, most).await
    }

    /// What the token with this hash offers; none for one that is not valid any more or never was.
    pub async fn offer(&self, id: InvitationId, token_hash: &str) -> Result<Option<OfferView>, Error> {
        let found: Option<(<InvitationView as Selected>::Parts, OrganizationRow)> =
            self.database.fetch_optional(&OFFER, &[Arg::from(&id)]).await?;
        let found = found.filter(|((invitation, _), _)| invitation.token_hash == token_hash);
        let Some((invitation, organization)) = found else { return Ok(None) };
        match organization.status {
            Status::Active => Ok(Some(OfferView { invitation: InvitationView::new(invitation), organization })),
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
