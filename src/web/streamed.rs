//! Lists without pages. What is long is sent while it is read, so that it takes the memory of a part of it.

use std::convert::Infallible;

use axum::{
    BoxError,
    body::Body,
    http::{HeaderValue, header},
    response::Response,
};
use futures::{
    StreamExt, TryStream, TryStreamExt,
    stream::{self, once},
};

/// A JSON list in which `show` writes each row, between what comes before and after it. What refuses a request is found
/// out with the first rows; a failure after that breaks off the answer.
pub fn list<R, S>(
    (before, after): (&'static str, &'static str),
    first: Vec<R>,
    rest: Option<S>,
    show: impl Fn(&R) -> serde_json::Result<Vec<u8>> + Send + 'static,
) -> Response
where
    R: Send + 'static,
    S: TryStream<Ok = Vec<R>> + Send + 'static,
    S::Error: Into<BoxError>,
{
    let mut is_first = true;
    let mut write = move |rows: Vec<R>| {
        let mut text = Vec::new();
        for row in &rows {
            if !std::mem::take(&mut is_first) {
                text.push(b',');
            }
            text.extend(show(row)?);
        }
        Ok::<_, BoxError>(text)
    };
    let begun = write(first).map(|rows| [before.as_bytes(), &rows].concat());
    let body = match (begun, rest) {
        (Ok(begun), None) => Body::from([&begun, after.as_bytes()].concat()),
        (begun, rest) => {
            let rest = stream::iter(rest).flat_map(|rest| rest.into_stream().map_err(Into::into));
            let rest = rest.and_then(move |rows| std::future::ready(write(rows)));
            let end = once(std::future::ready(Ok::<_, Infallible>(after.as_bytes().to_vec())));
            Body::from_stream(once(std::future::ready(begun)).chain(rest).chain(end.map_err(Into::into)))
        }
    };
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
