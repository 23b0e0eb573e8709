//! Commands on issues. Their space, their product and who sees to them are only read: what allows them is a condition of the
//! append.

use aggregates::{
    catalog::{
        CatalogCommand,
        issue::{Issue, IssueCommand, IssueError, Priority},
    },
    ids::{CommentId, IssueId, OrganizationId, ProductId, SpaceId, UserId},
};
use uuid::Uuid;

use super::{has_product, responsible, writing};
use crate::{
    commands::{Command, Error, Shown, UnitOfWork},
    readmodel::catalog::issues::{CommentView, IssueView},
};

#[derive(Debug, Clone)]
pub struct CreateIssue {
    pub space: SpaceId,
    pub title: String,
    pub description: Option<String>,
    pub priority: Priority,
    pub assignee: Option<UserId>,
    pub product: Option<ProductId>,
}

impl Command for CreateIssue {
    type View = IssueView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let organization = work.writing_in_space(self.space).await?.aggregate.organization();
        check(work, self.space, self.assignee, self.product).await?;
        let id = IssueId::new(Uuid::now_v7());
        work.begin::<Issue>(id.uuid());
        let create = IssueCommand::Create {
            space: self.space,
            title: self.title.clone(),
            description: self.description.clone(),
            priority: self.priority,
            assignee: self.assignee,
            product: self.product,
            created_by: responsible(work)?,
        };
        handle(work, id, organization, create).await?;
        Ok((self.space, id))
    }
}

/// Absent fields stay as they are; `Some(None)` clears.
#[derive(Debug, Clone)]
pub struct UpdateIssue {
    pub issue: IssueId,
    pub title: Option<String>,
    pub description: Option<Option<String>>,
    pub priority: Option<Priority>,
    pub assignee: Option<Option<UserId>>,
    pub product: Option<Option<ProductId>>,
}

impl Command for UpdateIssue {
    type View = IssueView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (space, organization) = load(work, self.issue).await?;
        let issue = work.load::<Issue>(self.issue.uuid()).await?;
        // It may stay with somebody who has no access any more.
        let assignee = self.assignee.filter(|wanted| *wanted != issue.assignee()).flatten();
        let product = self.product.filter(|wanted| *wanted != issue.product()).flatten();
        check(work, space, assignee, product).await?;
        let update = IssueCommand::Update {
            title: self.title.clone(),
            description: self.description.clone(),
            priority: self.priority,
            product: self.product,
        };
        handle(work, self.issue, organization, update).await?;
        if let Some(assignee) = self.assignee {
            handle(work, self.issue, organization, IssueCommand::Assign { assignee }).await?;
        }
        Ok((space, self.issue))
    }
}

/// What becomes of an issue.
#[derive(Debug, Clone)]
pub struct MoveIssue {
    pub issue: IssueId,
    pub to: IssueMove,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssueMove {
    Start,
    Resolve,
    WontFix,
    Reopen,
}

impl Command for MoveIssue {
    type View = IssueView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (space, organization) = load(work, self.issue).await?;
        let command = match self.to {
            IssueMove::Start => IssueCommand::Start,
            IssueMove::Resolve => IssueCommand::Resolve,
            IssueMove::WontFix => IssueCommand::WontFix,
            IssueMove::Reopen => IssueCommand::Reopen,
        };
        handle(work, self.issue, organization, command).await?;
        Ok((space, self.issue))
    }
}

#[derive(Debug, Clone)]
pub struct CommentOnIssue {
    pub issue: IssueId,
    pub body: String,
}

impl Command for CommentOnIssue {
    type View = CommentView;

    async fn decide(&self, work: &mut UnitOfWork<'_>) -> Result<Shown<Self>, Error> {
        let (_, organization) = load(work, self.issue).await?;
        let (id, author) = (CommentId::new(Uuid::now_v7()), responsible(work)?);
        let comment = IssueCommand::Comment { id, author, body: self.body.clone() };
        handle(work, self.issue, organization, comment).await?;
        Ok((id, author))
    }
}

/// Loads an issue to be changed. Answers its space with the organization of that.
async fn load(work: &mut UnitOfWork<'_>, id: IssueId) -> Result<(SpaceId, Option<OrganizationId>), Error> {
    let space = work.load::<Issue>(id.uuid()).await?.space();
    writing(work, space, IssueError::NotFound).await
}

/// Refuses whoever could not see the issue, and products of other spaces.
async fn check(
    work: &mut UnitOfWork<'_>,
    space: SpaceId,
    assignee: Option<UserId>,
    product: Option<ProductId>,
) -> Result<(), Error> {
    if let Some(assignee) = assignee
        && !work.reads_space(assignee, space).await?
    {
        return Err(IssueError::AssigneeWithoutAccess.into());
    }
    if let Some(product) = product
        && !has_product(work, space, product).await?
    {
        return Err(IssueError::ProductElsewhere.into());
    }
    Ok(())
}

async fn handle(
    work: &mut UnitOfWork<'_>,
    id: IssueId,
    organization: Option<OrganizationId>,
    command: IssueCommand,
) -> Result<(), Error> {
    work.handle::<Issue>(id.uuid(), CatalogCommand { organization, command }).await
}
