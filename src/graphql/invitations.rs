//! Invitations of an organization.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Enum, ID, Result, SimpleObject};
use chrono::{DateTime, Utc};
use projections::invitations::InvitationStatus as Status;

use super::{
    connections::{Nodes, list, nodes},
    organizations::{Page, asked},
    scalars::Time,
    siblings::{Belonging, Newest},
};
use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        invitations::{InvitationFilter, InvitationView},
        organizations::Reference,
    },
    web::Problem,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum InvitationStatus {
    Pending,
    Accepted,
    Declined,
    Revoked,
    Expired,
}

/// An offer of membership.
#[derive(Debug, SimpleObject)]
pub struct Invitation {
    id: ID,
    email: Option<String>,
    /// The key of the role that is offered.
    role: String,
    /// The workspace that the invited person starts in.
    workspace_id: Option<ID>,
    status: InvitationStatus,
    expires_at: Time,
    invited_by: Inviter,
    created_at: Time,
}

#[derive(Debug, SimpleObject)]
pub struct Inviter {
    id: ID,
    /// Null for a person who does not belong to the organization or has given no name.
    name: Option<String>,
}

impl Invitation {
    fn new(view: &InvitationView, now: DateTime<Utc>) -> Self {
        let row = &view.invitation;
        Self {
            id: row.id.uuid().into(),
            email: row.email.clone(),
            role: row.role.to_string(),
            workspace_id: row.workspace_id.map(|id| id.uuid().into()),
            status: row.status_at(now).into(),
            expires_at: Time(row.expires_at),
            invited_by: Inviter {
                id: row.invited_by.uuid().into(),
                name: view.inviter.as_ref().and_then(|inviter| inviter.name.clone()),
            },
            created_at: Time(row.created_at),
        }
    }
}

impl Belonging<OrganizationId> for Newest<Option<Status>> {
    type Row = InvitationView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, InvitationView>, database::Error> {
        let filter = InvitationFilter { status: self.filter, now: Utc::now() };
        readmodel.invitations_of(asker, of, &filter, self.most).await
    }
}

pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    status: Option<InvitationStatus>,
) -> Result<Nodes<Invitation>> {
    let ((app, asker), now) = (asked(ctx)?, Utc::now());
    let status = status.map(Status::from);
    let path = format!("/organizations/{}/invitations", organization.id);
    let filters = [("status", status.map(|status| status.as_str().to_owned()))];
    let (filter, list) = list::<InvitationFilter>(ctx, path, filters, (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.invitations(asker, &reference, &filter, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter: filter.status, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.invitation.id.uuid(), |view| Invitation::new(view, now)))
}
