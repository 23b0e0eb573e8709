//! Issues: those of a space, and what was said about them.

use std::sync::Arc;

use aggregates::{
    authorization::Asker,
    catalog::issue,
    ids::{IssueId, SpaceId},
};
use async_graphql::{ComplexObject, Context, Enum, ID, Result, SimpleObject};

use crate::{
    database,
    graphql::{
        connections::{DEFAULT_FIRST, Nodes, cost, list, nodes},
        error::Fallible,
        organizations::{Person, asked},
        scalars::Time,
        siblings::{Belonging, Newest, Siblings, all_together, together},
        spaces::{Space, SpaceSummary},
    },
    readmodel::{
        Grouped, ReadModel,
        catalog::issues::{CommentView, IssueFilter, IssueView},
        spaces::SpaceReference,
    },
    web::{Code, Problem, words::Word},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "issue::IssueStatus")]
pub enum IssueStatus {
    Open,
    InProgress,
    Resolved,
    /// Nothing will be done about it.
    WontFix,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "issue::Priority")]
pub enum Priority {
    Low,
    Medium,
    High,
    Critical,
}

/// What narrows a list of issues down.
pub(super) type Filters = (Option<Vec<IssueStatus>>, Option<Priority>, Option<ID>, Option<String>);

/// The same in the words of REST.
pub(super) fn filters((status, priority, assignee, search): Filters) -> [(&'static str, Option<String>); 4] {
    let word = |status: IssueStatus| issue::IssueStatus::from(status).word();
    let status = status.map(|status| status.into_iter().map(word).collect::<Vec<_>>().join(","));
    let priority = priority.map(|priority| issue::Priority::from(priority).word().to_owned());
    let assignee = assignee.map(|id| id.to_string());
    [("status", status), ("priority", priority), ("assignee_id", assignee), ("search", search)]
}

/// Something in a space that someone has to see to.
#[derive(Debug, SimpleObject)]
#[graphql(complex)]
pub struct Issue {
    /// A UUID, which `node` takes too.
    pub id: ID,
    space: SpaceSummary,
    title: String,
    description: Option<String>,
    status: IssueStatus,
    priority: Priority,
    /// The person who sees to it.
    assignee_id: Option<ID>,
    /// The product that it is about.
    product_id: Option<ID>,
    comment_count: i64,
    /// Whoever created it, or is responsible for the key that did.
    created_by: ID,
    created_at: Time,
    /// A comment leaves it as it is.
    updated_at: Time,
    #[graphql(skip)]
    issue: IssueId,
    /// Issues that were found with this one.
    #[graphql(skip)]
    siblings: Arc<Siblings<IssueId>>,
}

impl Issue {
    /// An issue that was found by itself.
    pub fn alone(view: &IssueView) -> Self {
        Self::new(view, &Siblings::new(vec![view.issue.id]))
    }

    pub(super) fn new(IssueView { issue, space }: &IssueView, siblings: &Arc<Siblings<IssueId>>) -> Self {
        Self {
            id: issue.id.uuid().into(),
            space: space.into(),
            title: issue.title.clone(),
            description: issue.description.clone(),
            status: issue.status.into(),
            priority: issue.priority.into(),
            assignee_id: issue.assignee_id.map(|id| id.uuid().into()),
            product_id: issue.product_id.map(|id| id.uuid().into()),
            comment_count: issue.comment_count,
            created_by: issue.created_by.uuid().into(),
            created_at: Time(issue.created_at),
            updated_at: Time(issue.updated_at),
            issue: issue.id,
            siblings: Arc::clone(siblings),
        }
    }
}

/// What somebody said about an issue.
#[derive(Debug, SimpleObject)]
pub struct IssueComment {
    id: ID,
    author: Person,
    body: String,
    created_at: Time,
}

impl From<&CommentView> for IssueComment {
    fn from(CommentView { comment, author }: &CommentView) -> Self {
        Self {
            id: comment.id.uuid().into(),
            author: Person::new(comment.author_id, author.as_ref()),
            body: comment.body.clone(),
            created_at: Time(comment.created_at),
        }
    }
}

#[ComplexObject]
impl Issue {
    /// What was said about it, newest first.
    #[graphql(complexity = "cost(first, child_complexity)")]
    async fn comments(
        &self,
        ctx: &Context<'_>,
        #[graphql(default_with = "DEFAULT_FIRST", desc = "Rows on a page, 1 to 100.")] first: i32,
        after: Option<String>,
    ) -> Fallible<Nodes<IssueComment>> {
        Some(comments(ctx, self, first, after).await)
    }
}

async fn comments(ctx: &Context<'_>, issue: &Issue, first: i32, after: Option<String>) -> Result<Nodes<IssueComment>> {
    let (app, asker) = asked(ctx)?;
    let ((), list) = list(ctx, format!("/issues/{}/comments", issue.issue), [], (first, after))?;
    let rows = if list.goes_on() {
        let found = app.readmodel.issue_comments(asker, issue.issue, list.page(), false).await;
        found.map_err(Problem::from)?.ok_or_else(|| Problem::new(Code::IssueNotFound))?.rows
    } else {
        issue.siblings.load(ctx, issue.issue, Newest { filter: (), most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |view| view.comment.id.uuid(), IssueComment::from))
}

impl Belonging<IssueId> for Newest<()> {
    type Row = CommentView;

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[IssueId],
    ) -> Result<Grouped<IssueId, CommentView>, database::Error> {
        readmodel.comments_of_issues(asker, of, self.most).await
    }
}

/// Issues, each with all that were found.
impl Belonging<SpaceId> for Newest<IssueFilter> {
    type Row = (IssueView, Arc<Siblings<IssueId>>);

    async fn read(
        &self,
        readmodel: &ReadModel,
        asker: Asker,
        of: &[SpaceId],
    ) -> Result<Grouped<SpaceId, Self::Row>, database::Error> {
        let found = readmodel.issues_of(asker, of, &self.filter, self.most).await?;
        Ok(all_together(found, |view| view.issue.id))
    }
}

/// Those of a space.
pub async fn of(
    ctx: &Context<'_>,
    space: &Space,
    (first, after): (i32, Option<String>),
    narrowed: Filters,
) -> Result<Nodes<Issue>> {
    let (app, asker) = asked(ctx)?;
    let path = format!("/spaces/{}/issues", space.space);
    let (filter, list) = list::<IssueFilter>(ctx, path, filters(narrowed), (first, after))?;
    let rows = if list.goes_on() {
        let reference = SpaceReference::Id(space.space);
        let found = app.readmodel.issues(asker, &reference, &filter, list.page(), false).await;
        together(found.map_err(Problem::from)?.rows, |view| view.issue.id)
    } else {
        space.siblings.load(ctx, space.space, Newest { filter, most: list.page().limit }).await?
    };
    Ok(nodes(&list, &rows, |(view, _)| view.issue.id.uuid(), |(view, siblings)| Issue::new(view, siblings)))
}
