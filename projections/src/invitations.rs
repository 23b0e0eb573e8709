//! Offers of membership.

use std::str::FromStr;

use aggregates::{
    authorization::RoleKey,
    ids::{InvitationId, OrganizationId, UserId, WorkspaceId},
};
use chrono::{DateTime, Utc};

use crate::row::{row, word_field};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InvitationStatus {
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
}

impl InvitationStatus {
    pub const ALL: [Self; 5] = [Self::Pending, Self::Accepted, Self::Declined, Self::Revoked, Self::Expired];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
        }
    }
}

impl FromStr for InvitationStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

word_field!(InvitationStatus => as_str);

row! {
    /// One invitation, with what became of it.
    pub struct InvitationRow in "invitations", key(id: InvitationId), group(organization_id) {
        pub id: InvitationId,
        pub organization_id: OrganizationId,
        /// Null after it was erased.
        pub email: Option<String>,
        pub role: RoleKey,
        pub workspace_id: Option<WorkspaceId>,
        /// As it was recorded; see [`InvitationRow::status_at`].
        pub status: InvitationStatus,
        /// SHA-256 of the current token, in hexadecimal digits.
        pub token_hash: String,
        pub expires_at: DateTime<Utc>,
        pub invited_by: UserId,
        pub version: i64,
        pub created_at: DateTime<Utc>,
        pub updated_at: DateTime<Utc>,
    }
}

impl InvitationRow {
    /// What it is at a time: that it expires need not have been recorded.
    pub fn status_at(&self, now: DateTime<Utc>) -> InvitationStatus {
        match self.status {
            InvitationStatus::Pending if now >= self.expires_at => InvitationStatus::Expired,
            status => status,
        }
    }
}
