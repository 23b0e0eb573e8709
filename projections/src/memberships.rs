//! Who belongs to which organization.

use std::str::FromStr;

use aggregates::{
    authorization::{Permissions, RoleKey, Standing},
    ids::{OrganizationId, UserId},
};
use chrono::{DateTime, Utc};

use crate::{
    roles::RoleRow,
    row::{row, word_field},
};

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
        pub role: RoleKey,
        pub status: MembershipStatus,
        /// How many API keys were made that end when the member leaves.
        pub api_keys: i64,
        pub version: i64,
        pub joined_at: DateTime<Utc>,
    }
}

impl MembershipRow {
    /// What the read side feeds the decision with. `role` is the row of the membership's role, unless that is built in.
    pub fn standing(&self, role: Option<&RoleRow>) -> Standing {
        match self.status {
            MembershipStatus::Active => {
                Standing::Member { permissions: self.permissions(role), owner: self.role.is_owner() }
            }
            MembershipStatus::Suspended => Standing::Outsider,
        }
    }

    /// The display name of the role.
    pub fn role_name<'a>(&'a self, role: Option<&'a RoleRow>) -> &'a str {
        match &self.role {
            RoleKey::BuiltIn(role) => role.name(),
            RoleKey::Custom(key) => role.map_or(key.as_str(), |role| &role.name),
        }
    }

    /// What the role allows.
    pub fn permissions(&self, role: Option<&RoleRow>) -> Permissions {
        match &self.role {
            RoleKey::BuiltIn(role) => role.permissions(),
            RoleKey::Custom(_) => role.map(|role| role.permissions.0).unwrap_or_default(),
        }
    }
}
