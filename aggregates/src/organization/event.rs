//! What can happen to an organization.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cqrs_es::DomainEvent;
use serde::{Deserialize, Serialize};

use super::{LimitChanges, Plan, Settings};
use crate::{ids::UserId, personal::Personal, slug::Slug};

/// The value before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change<T> {
    pub from: T,
    pub to: T,
}

/// What an update changed; fields that stayed are absent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ProfileChanges {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Change<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub domain: Option<Change<Option<String>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billing_email: Option<Change<Option<Personal<String>>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Change<Settings>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Change<BTreeMap<String, String>>>,
    /// Lifetime of access tokens that are bound to this organization, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwt_expiry_secs: Option<Change<i64>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum OrganizationEvent {
    /// Names the owner; that makes his membership.
    OrganizationCreated {
        name: String,
        slug: Slug,
        description: Option<String>,
        domain: Option<String>,
        owner: UserId,
        plan: Plan,
        is_personal: bool,
    },
    OrganizationUpdated {
        changes: Box<ProfileChanges>,
    },
    PlanChanged {
        from: Plan,
        to: Plan,
    },
    /// The old slug stays claimed and keeps resolving.
    OrganizationSlugChanged {
        from: Slug,
        to: Slug,
    },
    /// An old slug is given up; others may claim it.
    OrganizationSlugReleased {
        slug: Slug,
    },
    LimitsChanged {
        changes: LimitChanges,
    },
    OrganizationSuspended {
        reason: Option<String>,
    },
    OrganizationReactivated {},
    OrganizationDeleted {
        purge_after: DateTime<Utc>,
    },
    OrganizationRestored {},
    /// Gives up every slug, the current one first.
    OrganizationPurged {
        slugs: Vec<Slug>,
    },
}

impl DomainEvent for OrganizationEvent {
    fn event_type(&self) -> String {
        match self {
            Self::OrganizationCreated { .. } => "OrganizationCreated",
            Self::OrganizationUpdated { .. } => "OrganizationUpdated",
            Self::PlanChanged { .. } => "PlanChanged",
            Self::OrganizationSlugChanged { .. } => "OrganizationSlugChanged",
            Self::OrganizationSlugReleased { .. } => "OrganizationSlugReleased",
            Self::LimitsChanged { .. } => "LimitsChanged",
            Self::OrganizationSuspended { .. } => "OrganizationSuspended",
            Self::OrganizationReactivated {} => "OrganizationReactivated",
            Self::OrganizationDeleted { .. } => "OrganizationDeleted",
            Self::OrganizationRestored {} => "OrganizationRestored",
            Self::OrganizationPurged { .. } => "OrganizationPurged",
        }
        .to_owned()
    }

    fn event_version(&self) -> String {
        "1.0.0".to_owned()
    }
}
