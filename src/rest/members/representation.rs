//! The representation of a member.

use chrono::{DateTime, Utc};
use projections::memberships::MembershipStatus;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    commands::members::AddedMember,
    readmodel::members::MemberView,
    rest::organizations::ActivationLink,
    web::{
        Person,
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// A person who belongs to an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member<'a> {
    pub user: Person<'a>,
    pub role: MemberRole<'a>,
    #[schema(schema_with = words::schema::<MembershipStatus>)]
    pub status: Named<MembershipStatus>,
    #[serde(serialize_with = "time")]
    pub joined_at: DateTime<Utc>,
}

/// The role that a member has.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRole<'a> {
    pub key: &'a str,
    pub name: &'a str,
}

impl<'a> From<&'a MemberView> for Member<'a> {
    fn from(view: &'a MemberView) -> Self {
        let MemberView { membership, user, role: _ } = view;
        Self {
            user: Person {
                id: membership.user_id.uuid(),
                email: user.as_ref().and_then(|user| user.email.as_deref()),
                name: user.as_ref().and_then(|user| user.name.as_deref()),
            },
            role: MemberRole { key: membership.role.as_str(), name: view.role_name() },
            status: Named(membership.status),
            joined_at: membership.joined_at,
        }
    }
}

impl Represents for Member<'_> {
    type View = MemberView;
    type As<'v> = Member<'v>;
}

/// A member who was added.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AddedMember)]
pub struct NewlyAdded<'a> {
    pub user: Person<'a>,
    pub role: MemberRole<'a>,
    #[schema(schema_with = words::schema::<MembershipStatus>)]
    pub status: Named<MembershipStatus>,
    #[serde(serialize_with = "time")]
    pub joined_at: DateTime<Utc>,
    /// How the person gets in, if the account was created just now. Null for an account that existed already.
    pub activation: Option<ActivationLink>,
}

impl<'a> NewlyAdded<'a> {
    /// Without the secret. Nobody belongs yet after a dry run, so no name is shown.
    pub fn new(view: &'a AddedMember, dry_run: bool) -> Self {
        let Member { mut user, role, status, joined_at } = Member::from(&view.member);
        if dry_run {
            user.name = None;
        }
        let activation = view.activation_expires_at.map(ActivationLink::without_secret);
        Self { user, role, status, joined_at, activation }
    }
}
