//! What is sent to invite a person.

use aggregates::{
    email::Email,
    ids::{InvitationId, OrganizationId},
};
use chrono::TimeDelta;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::invitations::{Invite, NewToken, ResendInvitation},
    identity::one_time::OneTime,
    rest::workspaces::workspace_named,
    web::{Problem, fields::Fields},
};

const DEFAULT_DAYS: i64 = 7;
const DAYS: std::ops::RangeInclusive<i64> = 1..=30;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    #[schema(example = "user@example.com")]
    email: String,
    /// The key of a role.
    #[schema(example = "developer", min_length = 1, max_length = 63)]
    role: String,
    /// Id or slug of the workspace that the invited person starts in.
    workspace: Option<String>,
    /// How long the invitation is valid, 1 to 30 days; 7 when absent.
    #[schema(minimum = 1, maximum = 30)]
    expires_in_days: Option<i64>,
}

impl NewInvitation {
    pub fn check(self, organization: OrganizationId, id: InvitationId, token: &OneTime) -> Result<Invite, Problem> {
        let mut fields = Fields::default();
        let email = fields.check("/email", Email::parse(&self.email));
        let role = fields.check("/role", self.role.parse());
        let workspace = fields.optional("/workspace", self.workspace, workspace_named);
        let token = new_token(&mut fields, self.expires_in_days, token);
        let whole = email.zip(role).map(|(email, role)| Invite { organization, id, email, role, workspace, token });
        fields.finish(whole)
    }
}

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationResending {
    /// How long the new token is valid, 1 to 30 days; 7 when absent.
    #[schema(minimum = 1, maximum = 30)]
    expires_in_days: Option<i64>,
}

impl InvitationResending {
    pub fn check(
        self,
        organization: OrganizationId,
        id: InvitationId,
        token: &OneTime,
    ) -> Result<ResendInvitation, Problem> {
        let mut fields = Fields::default();
        let token = new_token(&mut fields, self.expires_in_days, token);
        fields.finish(Some(ResendInvitation { organization, id, token }))
    }
}

fn new_token(fields: &mut Fields, days: Option<i64>, token: &OneTime) -> NewToken {
    let days = days.unwrap_or(DEFAULT_DAYS);
    if !DAYS.contains(&days) {
        fields.problem("/expires_in_days", "must be between 1 and 30");
    }
    NewToken { hash: token.hash.clone(), lifetime: TimeDelta::days(days.clamp(*DAYS.start(), *DAYS.end())) }
}
