//! What can be asked of an organization. Every text in a command has been checked by the types it is made of.

use std::collections::BTreeMap;

use super::{LimitsPatch, Plan};
use crate::{
    email::Email,
    ids::{OrganizationId, UserId},
    slug::Slug,
};

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfilePatch {
    pub name: Option<String>,
    pub description: Option<Option<String>>,
    pub domain: Option<Option<String>>,
    pub billing_email: Option<Option<Email>>,
    pub settings: SettingsPatch,
    /// Pairs to set; a pair without a value is removed.
    pub metadata: Option<BTreeMap<String, Option<String>>>,
    pub jwt_expiry_secs: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsPatch {
    pub timezone: Option<Option<String>>,
    pub locale: Option<Option<String>>,
    pub logo_url: Option<Option<String>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationCommand {
    Create {
        name: String,
        slug: Slug,
        description: Option<String>,
        domain: Option<String>,
        owner: UserId,
        plan: Plan,
        is_personal: bool,
    },
    /// The id is whose personal data a billing address is.
    Update {
        id: OrganizationId,
        patch: ProfilePatch,
    },
    ChangePlan {
        plan: Plan,
    },
    /// Takes a slug, and gives up the named old ones.
    ChangeSlug {
        slug: Slug,
        release: Vec<Slug>,
    },
    /// Above what the plan includes only with `above_plan`.
    ChangeLimits {
        patch: LimitsPatch,
        above_plan: bool,
    },
    Suspend {
        reason: Option<String>,
    },
    Reactivate,
    Delete,
    Restore,
    /// Before the end of the time to restore only with `early`.
    Purge {
        early: bool,
    },
}
