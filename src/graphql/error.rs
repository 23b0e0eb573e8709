//! Problems in the form that GraphQL gives errors.

use async_graphql::{Error, ErrorExtensionValues, Response, Result, ServerError, Value};

use crate::web::{Code, Problem};

/// What a field answers that can fail: null, and an error beside it.
///
/// For a plain `Result` the library leaves the field out of the data instead.
pub type Fallible<T> = Option<Result<T>>;

impl From<Problem> for Error {
    /// The code and the members stand where the problem document has them; the message is its detail.
    fn from(problem: Problem) -> Self {
        let mut extensions = ErrorExtensionValues::default();
        for (name, member) in &problem.members {
            extensions.set(name, Value::from_json(member.clone()).unwrap_or_default());
        }
        extensions.set("code", problem.code.as_str());
        let mut error = Self::new(problem.detail);
        error.extensions = Some(extensions);
        error
    }
}

/// An error that stands for a whole query.
pub fn refusal(problem: Problem) -> ServerError {
    Error::from(problem).into_server_error(async_graphql::Pos::default())
}

/// Gives every error its code and the id of its request. What the library refuses by itself is the query's fault.
pub fn finish(mut response: Response, request_id: &str) -> Response {
    for error in &mut response.errors {
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            let too_complex = error.message == TOO_COMPLEX;
            let code = if too_complex { Code::QueryTooComplex } else { Code::InvalidQuery };
            extensions.set("code", code.as_str());
        }
        extensions.set("requestId", request_id);
        // Zero is not a position.
        error.locations.retain(|place| place.line > 0);
    }
    response
}

/// What the library says beyond `limit_complexity`; it has no type for it.
const TOO_COMPLEX: &str = "Query is too complex.";
