//! What can be archived, as a filter of lists.

use async_graphql::Enum;

use crate::readmodel;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "readmodel::StatusFilter")]
pub enum StatusFilter {
    Active,
    Archived,
    All,
}

/// What is wanted, and how REST names it when it is asked for.
pub fn archived(status: Option<StatusFilter>) -> (readmodel::StatusFilter, Option<String>) {
    let wanted = status.map(readmodel::StatusFilter::from);
    (wanted.unwrap_or_default(), wanted.map(|status| status.as_str().to_owned()))
}
