//! Lists of the classic door have no pages: they are complete unless the caller limits them.

use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::{
    readmodel::organizations::Page,
    web::{Problem, fields::FieldProblem},
};

/// How many rows are read at a time.
const CHUNK: i64 = 500;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// The largest number to return, newest first; all when absent.
    limit: Option<i64>,
}

/// A whole list that is read in chunks: ask for [`Whole::next`] and say what came until there is no next one.
pub(super) struct Whole {
    left: i64,
    after: Option<Uuid>,
}

impl Whole {
    pub fn new(params: &ListParams) -> Result<Self, Problem> {
        match params.limit {
            Some(limit) if limit < 1 => Err(Problem::invalid(vec![FieldProblem::new("?limit", "must be at least 1")])),
            limit => Ok(Self { left: limit.unwrap_or(i64::MAX), after: None }),
        }
    }

    pub fn next(&self) -> Option<Page> {
        (self.left > 0).then_some(Page { after: self.after, limit: CHUNK.min(self.left) })
    }

    /// Takes note of a chunk and of what its last row is ordered by. A chunk that is not full was the last.
    pub fn took<T>(&mut self, chunk: &[T], id: impl Fn(&T) -> Uuid) {
        let rows = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
        let is_full = rows == CHUNK.min(self.left);
        self.left = if is_full { self.left - rows } else { 0 };
        self.after = chunk.last().map(id);
    }
}
