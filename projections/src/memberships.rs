//! Who belongs to which organization.

use std::str::FromStr;

use aggregates::{
    authorization::{BuiltInRole, Standing},
    ids::{OrganizationId, UserId},
};
use chrono::{DateTime, Utc};

use crate::row::{row, word_field};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MembershipStatus {
    Active,
    Suspended,
}

impl MembershipStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
        }
    }
}

impl FromStr for MembershipStatus {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        [Self::Active, Self::Suspended].into_iter().find(|status| status.as_str() == text).ok_or(())
    }
}

word_field!(MembershipStatus => as_str);

row! {
    /// A user's place in an organization.
    pub struct MembershipRow in "memberships",
        key(organization_id: OrganizationId, user_id: UserId), group(organization_id)
    {
        pub organization_id: OrganizationId,
        pub user_id: UserId,
        pub role: BuiltInRole,
        pub status: MembershipStatus,
        pub joined_at: DateTime<Utc>,
    }
}

impl MembershipRow {
    /// What the read side feeds the decision with.
    pub fn standing(&self) -> Standing {
        match self.status {
            MembershipStatus::Active => {
                Standing::Member { permissions: self.role.permissions(), owner: self.role == BuiltInRole::Owner }
            }
            MembershipStatus::Suspended => Standing::Outsider,
        }
    }
}
