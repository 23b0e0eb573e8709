//! The representation of a member.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    commands::members::AddedMember,
    readmodel::members::MemberView,
    rest::organizations::ActivationLink,
    web::{Person, time::time},
};

/// A person who belongs to an organization.
#[derive(Debug, Serialize, ToSchema)]
pub struct Member<'a> {
    pub user: Person<'a>,
    pub role: MemberRole<'a>,
    /// `active` or `suspended`.
    pub status: &'static str,
    #[serde(serialize_with = "time")]
    pub joined_at: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MemberRole<'a> {
    pub key: &'a str,
    pub name: &'a str,
}

impl<'a> Member<'a> {
    pub fn new(view: &'a MemberView) -> Self {
        let MemberView { membership, user, role: _ } = view;
        Self {
            user: Person {
                id: membership.user_id.uuid(),
                email: user.as_ref().and_then(|user| user.email.as_deref()),
                name: user.as_ref().and_then(|user| user.name.as_deref()),
            },
            role: MemberRole { key: membership.role.as_str(), name: view.role_name() },
            status: membership.status.as_str(),
            joined_at: membership.joined_at,
        }
    }
}

/// A member who was added.
#[derive(Debug, Serialize, ToSchema)]
pub struct NewMember<'a> {
    pub user: Person<'a>,
    pub role: MemberRole<'a>,
    /// `active`.
    pub status: &'static str,
    #[serde(serialize_with = "time")]
    pub joined_at: DateTime<Utc>,
    /// How the person gets in, if the account was created just now. Null for an account that existed already.
    pub activation: Option<ActivationLink>,
}

impl<'a> NewMember<'a> {
    /// Without the secret. Nobody belongs yet after a dry run, so no name is shown.
    pub fn new(view: &'a AddedMember, dry_run: bool) -> Self {
        let Member { mut user, role, status, joined_at } = Member::new(&view.member);
        if dry_run {
            user.name = None;
        }
        let activation = view.activation_expires_at.map(ActivationLink::without_secret);
        Self { user, role, status, joined_at, activation }
    }
}
