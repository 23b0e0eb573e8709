//! Issues, and what was said about them.

use std::sync::LazyLock;

use aggregates::{
    authorization::{Asker, Permission},
    catalog::issue::{IssueStatus, Priority},
    ids::{CommentId, IssueId, OrganizationId, SpaceId, UserId},
};
use projections::{
    RowKeys, Rows,
    catalog::issues::{IssueCommentRow, IssueRow},
    spaces::SpaceRow,
    users::UserRow,
};
use uuid::Uuid;

use crate::{
    database,
    readmodel::{
        Current, Error, Grouped, IdOrSlug, Listed, Paged, ReadModel, Versioned, View,
        columns::columns,
        organizations::{Page, Reference, containing},
        spaces::{SpaceReference, SpaceSummary},
        within::{Conditions, Cut, Divided, Filter, Selected, Within},
    },
};

/// An issue with the space that it is in.
#[derive(Debug, Clone, PartialEq)]
pub struct IssueView {
    pub issue: IssueRow,
    pub space: SpaceSummary,
}

impl View for IssueView {
    type Of = (SpaceId, IssueId);

    fn rows(&(space, id): &Self::Of) -> RowKeys {
        RowKeys::of::<IssueRow>([(id,)]).and::<SpaceRow>([(space,)])
    }

    fn read(rows: &Rows, &(space, id): &Self::Of) -> Option<Self> {
        let issue = rows.issues.get(&(id,))?.clone();
        Some(Self { space: rows.spaces.get(&(space,))?.into(), issue })
    }

    fn current(rows: &Rows, &(_, id): &Self::Of) -> Current {
        Current::of::<IssueRow>(rows, &(id,))
    }
}

impl Versioned for IssueView {
    fn version(&self) -> i64 {
        self.issue.version
    }
}

impl Paged for IssueView {
    fn id(&self) -> Uuid {
        self.issue.id.uuid()
    }
}

impl Selected for IssueView {
    type Parts = (IssueRow, SpaceSummary);

    fn columns() -> String {
        format!("{}, {}", columns::<IssueRow>("i"), SpaceSummary::COLUMNS)
    }

    fn new((issue, space): Self::Parts) -> Self {
        Self { issue, space }
    }
}

/// What somebody said about an issue.
#[derive(Debug, Clone, PartialEq)]
pub struct CommentView {
    pub comment: IssueCommentRow,
    pub author: Option<UserRow>,
}

impl View for CommentView {
    type Of = (CommentId, UserId);

    fn rows(&(id, author): &Self::Of) -> RowKeys {
        RowKeys::of::<IssueCommentRow>([(id,)]).and::<UserRow>([(author,)])
    }

    fn read(rows: &Rows, &(id, author): &Self::Of) -> Option<Self> {
        let comment = rows.issue_comments.get(&(id,))?.clone();
        Some(Self { comment, author: rows.users.get(&(author,)).cloned() })
    }
}

impl Selected for CommentView {
    type Parts = (IssueCommentRow, Option<UserRow>);
    const JOINS: &str = "LEFT JOIN users u ON u.id = ic.author_id";

    fn columns() -> String {
        format!("{}, {}", columns::<IssueCommentRow>("ic"), columns::<UserRow>("u"))
    }

    fn new((comment, author): Self::Parts) -> Self {
        Self { comment, author }
    }
}

/// Which issues a list shows.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct IssueFilter {
    /// Those in one of these states; in any without them.
    pub status: Option<Vec<IssueStatus>>,
    pub priority: Option<Priority>,
    pub assignee: Option<UserId>,
    /// Part of the title or the description; case is ignored.
    pub search: Option<String>,
}

impl IssueFilter {
    /// By status, where an index has them in order within each.
    fn divided(&self) -> Divided {
        if self.assignee.is_some() || self.status.is_none() && self.priority.is_none() {
            return None;
        }
        let wanted = self.status.clone().unwrap_or_else(|| IssueStatus::ALL.to_vec());
        Some(("status", wanted.into_iter().map(IssueStatus::as_str).collect()))
    }
}

impl Filter for IssueFilter {
    fn narrow(&self, issues: &mut Conditions<'_>) {
        if let Some(status) = &self.status {
            let words: Vec<_> = status.iter().map(|status| format!("'{}'", status.as_str())).collect();
            let status = issues.column("status");
            issues.and(&format!("{status} IN ({})", words.join(", ")));
        }
        if let Some(priority) = &self.priority {
            issues.with(&format!("{} = ?", issues.column("priority")), priority);
        }
        if let Some(assignee) = &self.assignee {
            issues.with(&format!("{} = ?", issues.column("assignee_id")), assignee);
        }
        if let Some(search) = &self.search {
            issues.with(&format!("{} LIKE ? ESCAPE '\\'", issues.column("search_text")), &containing(search));
        }
    }
}

static ISSUES: LazyLock<Within<IssueView, SpaceId>> =
    LazyLock::new(|| Within::spaces("issues i", Permission::CatalogRead));

static COMMENTS: LazyLock<Within<CommentView, IssueId>> =
    LazyLock::new(|| Within::issues("issue_comments ic", Permission::CatalogRead));

impl ReadModel {
    /// One issue, whatever space has it, if the asker may know of it.
    pub async fn issue(&self, asker: Asker, id: IssueId) -> Result<Option<IssueView>, Error> {
        ISSUES.by_id(self, asker, &id).await
    }

    /// One issue, whatever space has it; none where the asker may not read it.
    pub async fn issue_anywhere(&self, asker: Asker, id: IssueId) -> Result<Option<IssueView>, database::Error> {
        ISSUES.anywhere(self, asker, &id).await
    }

    /// The issues of a space.
    pub async fn issues(
        &self,
        asker: Asker,
        space: &SpaceReference,
        filter: &IssueFilter,
        page: Page,
        count: bool,
    ) -> Result<Listed<IssueView>, Error> {
        ISSUES.page(self, asker, space, filter, page, count).await
    }

    /// The newest issues of each space, at most so many.
    pub async fn issues_of(
        &self,
        asker: Asker,
        spaces: &[SpaceId],
        filter: &IssueFilter,
        most: i64,
    ) -> Result<Grouped<SpaceId, IssueView>, database::Error> {
        ISSUES.of_each(self, asker, spaces, filter, most).await
    }

    /// What was said about an issue, newest first; none where there is no such issue for the asker.
    pub async fn issue_comments(
        &self,
        asker: Asker,
        id: IssueId,
        page: Page,
        count: bool,
    ) -> Result<Option<Listed<CommentView>>, Error> {
        let Some(view) = self.issue(asker, id).await? else { return Ok(None) };
        let space = IdOrSlug::Id(view.issue.space_id);
        COMMENTS.page_inside(self, asker, (&space, id), &(), page, count).await
    }

    /// The newest that was said about each issue, at most so much.
    pub async fn comments_of_issues(
        &self,
        asker: Asker,
        issues: &[IssueId],
        most: i64,
    ) -> Result<Grouped<IssueId, CommentView>, database::Error> {
        COMMENTS.of_each(self, asker, issues, &(), most).await
    }

    /// The issues of an organization's spaces.
    pub async fn issues_across(
        &self,
        asker: Asker,
        organization: &Reference,
        filter: &IssueFilter,
        cut: Cut,
    ) -> Result<Listed<IssueView>, Error> {
        let cut = Cut { divided: filter.divided(), ..cut };
        ISSUES.across(self, asker, organization, filter, cut).await
    }

    /// The newest issues of each organization's spaces, at most so many.
    pub async fn issues_across_each(
        &self,
        asker: Asker,
        organizations: &[OrganizationId],
        filter: &IssueFilter,
        most: i64,
    ) -> Result<Grouped<OrganizationId, IssueView>, database::Error> {
        ISSUES.across_each(self, asker, organizations, filter, most).await
    }
}
