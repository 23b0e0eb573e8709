//! The representation of a member.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    commands::members::AddedMember,
    readmodel::members::MemberView,
    rest::organizations::{Person, time},
};

/// Somebody who belongs to an organization.
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
    /// Where nobody had the address: the way in for the person who has it. Null for an account that was there already.
    pub activation: Option<ActivationLink>,
}

/// The only way into an account that was made for somebody. Shown once, to whoever added him.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivationLink {
    /// For POST `/api/v1/auth/activate`. Null where `secret_available` is false.
    pub token: Option<&'static str>,
    /// A link with the token.
    pub url: Option<&'static str>,
    #[serde(serialize_with = "time")]
    pub expires_at: DateTime<Utc>,
    /// Whether token and link are here: only in the first answer, not in a repeated one.
    pub secret_available: bool,
}

impl<'a> NewMember<'a> {
    /// Without the secret.
    pub fn new(view: &'a AddedMember) -> Self {
        let Member { user, role, status, joined_at } = Member::new(&view.member);
        let activation = view.activation_expires_at.map(|expires_at| ActivationLink {
            token: None,
            url: None,
            expires_at,
            secret_available: false,
        });
        Self { user, role, status, joined_at, activation }
    }
}
