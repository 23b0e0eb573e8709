//! Closed sets of words, as they stand in queries, bodies and representations.

use std::fmt::Write;

use aggregates::{
    api_key,
    authorization::SpaceRole,
    catalog::{
        contract::ContractStatus,
        issue::{IssueStatus, Priority},
        quality_check::{Outcome, Severity},
    },
    organization, session,
};
use projections::{api_keys::KeyStatus, invitations::InvitationStatus, memberships::MembershipStatus};
use serde::{Serialize, Serializer};
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type, schema::SchemaType};

use crate::{
    billing,
    identity::VerificationCode,
    readmodel::{Lifecycle, StatusFilter, security, usage, users::UserStatus},
};

/// A value that is one of a few words.
pub trait Word: Copy + 'static {
    const ALL: &'static [Self];

    fn word(self) -> &'static str;
}

/// The value of a word, or what it must be.
pub fn parse<W: Word>(text: &str) -> Result<W, String> {
    W::ALL.iter().copied().find(|value| value.word() == text).ok_or_else(|| {
        let mut must = "must be ".to_owned();
        for (place, value) in W::ALL.iter().enumerate() {
            let between = match place {
                0 => "",
                _ if place + 1 == W::ALL.len() => " or ",
                _ => ", ",
            };
            let _ = write!(must, "{between}{}", value.word());
        }
        must
    })
}

/// A word where it is shown. Its schema is `#[schema(schema_with = schema::<W>)]`.
#[derive(Debug, Clone, Copy)]
pub struct Named<W>(pub W);

impl<W: Word> Serialize for Named<W> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.word())
    }
}

/// The schema of a set of words.
pub fn schema<W: Word>() -> RefOr<Schema> {
    let words = W::ALL.iter().map(|value| value.word());
    Schema::Object(ObjectBuilder::new().schema_type(Type::String).enum_values(Some(words)).build()).into()
}

/// The schema of a set of words, or null.
pub fn nullable<W: Word>() -> RefOr<Schema> {
    let words = W::ALL.iter().map(|value| Some(value.word())).chain([None]);
    let types = SchemaType::from_iter([Type::String, Type::Null]);
    Schema::Object(ObjectBuilder::new().schema_type(types).enum_values(Some(words)).build()).into()
}

/// Gives sets of words their words.
macro_rules! words {
    ($($type:ty { $($value:ident = $word:literal,)* })*) => {$(
        impl $crate::web::words::Word for $type {
            const ALL: &'static [Self] = &[$(Self::$value,)*];

            fn word(self) -> &'static str {
                match self { $(Self::$value => $word,)* }
            }
        }
    )*};
}

pub(crate) use words;

words! {
    organization::Plan { Free = "free", Pro = "pro", Enterprise = "enterprise", }
    organization::Status { Active = "active", Suspended = "suspended", Deleted = "deleted", }
    session::Method { Password = "password", Signup = "signup", Activation = "activation", }
    api_key::OnCreatorLeave { Keep = "keep", Revoke = "revoke", }
    api_key::Revocation {
        Unspecified = "unspecified",
        KeyCompromise = "key_compromise",
        AffiliationChanged = "affiliation_changed",
        Superseded = "superseded",
        CessationOfOperation = "cessation_of_operation",
        PrivilegeWithdrawn = "privilege_withdrawn",
    }
    billing::Item { ApiRequests = "api_requests", KeyVerifications = "key_verifications", }
    security::Check { FullAccessKeyWithoutExpiry = "full_access_key_without_expiry", UnusedKey = "unused_key", }
    usage::Granularity { Hour = "hour", Day = "day", Month = "month", }
    UserStatus { Invited = "invited", Active = "active", Disabled = "disabled", }
    VerificationCode {
        Valid = "VALID",
        Malformed = "MALFORMED",
        NotFound = "NOT_FOUND",
        Revoked = "REVOKED",
        Disabled = "DISABLED",
        Expired = "EXPIRED",
        InsufficientScope = "INSUFFICIENT_SCOPE",
        RateLimited = "RATE_LIMITED",
        IpNotAllowed = "IP_NOT_ALLOWED",
        OrganizationSuspended = "ORGANIZATION_SUSPENDED",
        OrganizationDeleted = "ORGANIZATION_DELETED",
    }
    ContractStatus { Draft = "draft", Active = "active", Expired = "expired", Deprecated = "deprecated", }
    InvitationStatus {
        Pending = "pending",
        Accepted = "accepted",
        Declined = "declined",
        Revoked = "revoked",
        Expired = "expired",
    }
    IssueStatus { Open = "open", InProgress = "in_progress", Resolved = "resolved", WontFix = "wont_fix", }
    KeyStatus { Active = "active", Disabled = "disabled", Expired = "expired", Revoked = "revoked", }
    Lifecycle { Active = "active", Archived = "archived", }
    MembershipStatus { Active = "active", Suspended = "suspended", }
    Outcome { Passed = "passed", Warning = "warning", Failed = "failed", Error = "error", }
    Priority { Low = "low", Medium = "medium", High = "high", Critical = "critical", }
    Severity { Warning = "warning", Error = "error", Critical = "critical", }
    SpaceRole { Admin = "admin", Editor = "editor", Viewer = "viewer", }
    StatusFilter { Active = "active", Archived = "archived", All = "all", }
}
