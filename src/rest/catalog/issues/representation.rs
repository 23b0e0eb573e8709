//! The representations of an issue, and of what was said about it.

use aggregates::{
    catalog::issue::{IssueStatus, Priority},
    ids::{CommentId, IssueId, ProductId, UserId},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    readmodel::catalog::issues::{CommentView, IssueView},
    rest::spaces::SpaceSummary,
    web::{
        Person,
        reply::Represents,
        time::time,
        words::{self, Named},
    },
};

/// Something in a space that someone has to see to.
#[derive(Debug, Serialize, ToSchema)]
pub struct Issue<'a> {
    #[schema(value_type = Uuid)]
    pub id: IssueId,
    pub space: SpaceSummary<'a>,
    pub title: &'a str,
    pub description: Option<&'a str>,
    #[schema(schema_with = words::schema::<IssueStatus>)]
    pub status: Named<IssueStatus>,
    #[schema(schema_with = words::schema::<Priority>)]
    pub priority: Named<Priority>,
    /// The person who sees to it.
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<UserId>,
    /// The product that it is about.
    #[schema(value_type = Option<Uuid>)]
    pub product_id: Option<ProductId>,
    pub comment_count: i64,
    /// Whoever created it, or is responsible for the key that did.
    #[schema(value_type = Uuid)]
    pub created_by: UserId,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
    /// A comment leaves it as it is.
    #[serde(serialize_with = "time")]
    pub updated_at: DateTime<Utc>,
}

impl<'a> From<&'a IssueView> for Issue<'a> {
    fn from(IssueView { issue, space }: &'a IssueView) -> Self {
        Self {
            id: issue.id,
            space: space.into(),
            title: &issue.title,
            description: issue.description.as_deref(),
            status: Named(issue.status),
            priority: Named(issue.priority),
            assignee_id: issue.assignee_id,
            product_id: issue.product_id,
            comment_count: issue.comment_count,
            created_by: issue.created_by,
            created_at: issue.created_at,
            updated_at: issue.updated_at,
        }
    }
}

impl Represents for Issue<'_> {
    type View = IssueView;
    type As<'v> = Issue<'v>;
}

/// What somebody said about an issue.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IssueComment)]
pub struct Comment<'a> {
    #[schema(value_type = Uuid)]
    pub id: CommentId,
    pub author: Person<'a>,
    pub body: &'a str,
    #[serde(serialize_with = "time")]
    pub created_at: DateTime<Utc>,
}

impl<'a> From<&'a CommentView> for Comment<'a> {
    fn from(CommentView { comment, author }: &'a CommentView) -> Self {
        let author = author.as_ref();
        let person = Person {
            id: comment.author_id.uuid(),
            email: author.and_then(|user| user.email.as_deref()),
            name: author.and_then(|user| user.name.as_deref()),
        };
        Self { id: comment.id, author: person, body: &comment.body, created_at: comment.created_at }
    }
}
