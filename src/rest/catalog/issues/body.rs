//! What is sent to create or change an issue, and what is said about it.

use std::str::FromStr;

use aggregates::{
    catalog::issue::Priority,
    ids::{IssueId, SpaceId},
    name::{Lines, TextError, parse_name, parse_text},
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    commands::catalog::issues::{CommentOnIssue, CreateIssue, UpdateIssue},
    web::{
        Problem,
        fields::{Fields, description, not_null, present},
        words,
    },
};

/// The longest comment, in characters.
const MAX_COMMENT: usize = 10_000;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewIssue {
    /// 1 to 255 characters.
    #[schema(example = "The export stops half-way")]
    pub title: String,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// `medium` when absent.
    #[schema(schema_with = words::schema::<Priority>)]
    pub priority: Option<String>,
    /// The person who sees to it; they need access to the space.
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<String>,
    /// The product that it is about; one of the space.
    #[schema(value_type = Option<Uuid>)]
    pub product_id: Option<String>,
}

impl NewIssue {
    pub fn check(self, space: SpaceId) -> Result<CreateIssue, Problem> {
        let mut fields = Fields::default();
        let title = fields.check("/title", parse_name(&self.title));
        let description = fields.optional("/description", self.description, description);
        let description = description.filter(|text| !text.is_empty());
        let priority = fields.optional("/priority", self.priority, |priority| words::parse(&priority));
        let priority = priority.unwrap_or_default();
        let assignee = fields.optional("/assignee_id", self.assignee_id, id);
        let product = fields.optional("/product_id", self.product_id, id);
        fields.finish(title.map(|title| CreateIssue { space, title, description, priority, assignee, product }))
    }
}

/// Absent fields keep their values; null clears.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueChanges {
    #[serde(default, deserialize_with = "not_null")]
    #[schema(nullable = false)]
    pub title: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>)]
    pub description: Option<Option<String>>,
    #[serde(default, deserialize_with = "not_null")]
    #[schema(schema_with = words::schema::<Priority>)]
    pub priority: Option<String>,
    /// The person who sees to it; they need access to the space.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub assignee_id: Option<Option<String>>,
    /// The product that it is about; one of the space.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<Uuid>)]
    pub product_id: Option<Option<String>>,
}

impl IssueChanges {
    pub fn check(self, issue: IssueId) -> Result<UpdateIssue, Problem> {
        let mut fields = Fields::default();
        let title = fields.optional("/title", self.title, |title| parse_name(&title));
        let description = fields.nullable("/description", self.description, description);
        let priority = fields.optional("/priority", self.priority, |priority| words::parse(&priority));
        let assignee = fields.nullable("/assignee_id", self.assignee_id, id);
        let product = fields.nullable("/product_id", self.product_id, id);
        fields.finish(Some(UpdateIssue { issue, title, description, priority, assignee, product }))
    }
}

/// What is said about an issue.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewComment {
    /// 1 to 10,000 characters.
    #[schema(example = "It stops at the first row without a date.")]
    pub body: String,
}

impl NewComment {
    pub fn check(self, issue: IssueId) -> Result<CommentOnIssue, Problem> {
        let mut fields = Fields::default();
        let body = match parse_text(&self.body, MAX_COMMENT, Lines::Many) {
            Ok(text) if text.is_empty() => Err(TextError::Empty),
            checked => checked,
        };
        let body = fields.check("/body", body);
        fields.finish(body.map(|body| CommentOnIssue { issue, body }))
    }
}

fn id<I: FromStr>(text: String) -> Result<I, &'static str> {
    text.parse().map_err(|_| "must be a UUID")
}
