//! What can be archived, as a filter of lists.

use async_graphql::Enum;

use crate::{readmodel, web::words::Word};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(remote = "readmodel::StatusFilter")]
pub enum StatusFilter {
    Active,
    Archived,
    All,
}

/// What is wanted, in the words of REST.
pub fn archived(status: Option<StatusFilter>) -> Option<String> {
    status.map(|status| readmodel::StatusFilter::from(status).word().to_owned())
}
