//! Members of an organization.

use aggregates::{authorization::Asker, ids::OrganizationId};
use async_graphql::{Context, Enum, Result, SimpleObject};
use projections::memberships::MembershipStatus as Status;

use super::{
    connections::{Nodes, list, nodes},
    organizations::{Page, Person, asked},
    scalars::Time,
    siblings::{Belonging, Newest},
};
use crate::{
    database,
    readmodel::{
        Grouped, ReadModel,
        members::{MemberFilter, MemberView},
        organizations::Reference,
    },
    web::Problem,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "Status")]
pub enum MembershipStatus {
    Active,
    Suspended,
}

/// A person who belongs to an organization.
#[derive(Debug, SimpleObject)]
pub struct Member {
    user: Person,
    role: RoleSummary,
    status: MembershipStatus,
    joined_at: Time,
}

#[derive(Debug, SimpleObject)]
pub struct RoleSummary {
    pub key: String,
    pub name: String,
}

impl Member {
    fn new(view: &MemberView) -> Self {
        let MemberView { membership, user, role: _ } = view;
        Self {
            user: Person::new(membership.user_id, user.as_ref()),
            role: RoleSummary { key: membership.role.to_string(), name: view.role_name().to_owned() },
            status: membership.status.into(),
            joined_at: Time(membership.joined_at),
        }
    }
}

impl Belonging<OrganizationId> for Newest<MemberFilter> {
    type Row = MemberView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[OrganizationId],
    ) -> Result<Grouped<OrganizationId, MemberView>, database::Error> {
        readmodel.members_of(asker, of, &self.filter, self.most).await
    }
}

pub(super) async fn of(
    ctx: &Context<'_>,
    organization: Page<'_>,
    first: i32,
    after: Option<String>,
    role: Option<String>,
    search: Option<String>,
) -> Result<Nodes<Member>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/organizations/{}/members", organization.id);
    let filters = [("role", role), ("search", search)];
    let (filter, list) = list::<MemberFilter>(ctx, path, filters, (first, after))?;
    let rows = if list.goes_on() {
        let reference = Reference::Id(organization.id);
        let found = app.readmodel.members(asker, &reference, &filter, list.page(), false).await;
        found.map_err(Problem::from)?.rows
    } else {
        organization.load(ctx, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.membership.user_id.uuid(), Member::new))
}
