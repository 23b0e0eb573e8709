//! What a read answers.

use std::marker::PhantomData;

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Serialize;
use utoipa::{ToSchema, openapi::Type};

use super::{etag, json, value};
use crate::web::describe::{Describe, Described, Header, list_of};

/// What most answers fit in, in bytes.
const USUAL: usize = 512;

pub(super) const ETAG: Header = Header("ETag", Type::String, "`\"v<version>-<hash of the body>\"`.");

/// One resource with its tag, or 304 when the caller has it already.
pub struct Found<T>(Response, PhantomData<T>);

impl<T> Found<T> {
    /// `known` are the values of If-None-Match.
    pub fn new<'a>(known: impl Iterator<Item = &'a str>, body: &impl Serialize, version: i64) -> Self {
        let body = serde_json::to_string(body).unwrap_or_default();
        let tag = etag(version, &body);
        let mut response =
            if knows(known, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { json(body.into_bytes()) };
        match value(&tag) {
            Ok(tag) => drop(response.headers_mut().insert(header::ETAG, tag)),
            Err(problem) => response = problem.into_response(),
        }
        Self(response, PhantomData)
    }
}

/// Whether a tag is among those of If-None-Match. Weak and strong tags compare alike (RFC 9110, 13.1.2).
fn knows<'a>(known: impl Iterator<Item = &'a str>, tag: &str) -> bool {
    known
        .flat_map(|list| list.split(','))
        .map(str::trim)
        .any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == tag)
}

impl<T> IntoResponse for Found<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: ToSchema> Describe for Found<T> {
    fn describe(operation: &mut Described<'_>) {
        let schema = operation.refer::<T>();
        operation.header("If-None-Match", "An ETag; 304 when it is still that of the resource.");
        operation.answers("200", "OK", vec![schema], &[ETAG]);
        operation.answers("304", "The caller has this state already", vec![], &[ETAG]);
    }
}

/// What was read, without a tag.
pub struct Plain<T>(Response, PhantomData<T>);

impl<T> Plain<T> {
    pub fn new(body: &impl Serialize) -> Self {
        let mut bytes = Vec::with_capacity(USUAL);
        // What cannot be written leaves nothing, as elsewhere.
        if serde_json::to_writer(&mut bytes, body).is_err() {
            bytes.clear();
        }
        Self(json(bytes), PhantomData)
    }
}

/// An answer that is sent while it is read.
impl<T> From<Response> for Plain<T> {
    fn from(response: Response) -> Self {
        Self(response, PhantomData)
    }
}

impl<T> IntoResponse for Plain<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

impl<T: ToSchema> Describe for Plain<T> {
    fn describe(operation: &mut Described<'_>) {
        let schema = operation.refer::<T>();
        operation.answers("200", "OK", vec![schema], &[]);
    }
}

/// A whole list.
pub struct Whole<T>(Plain<T>);

impl<T> Whole<T> {
    pub fn new(items: &impl Serialize) -> Self {
        Self(Plain::new(items))
    }
}

/// An answer that is sent while it is read.
impl<T> From<Response> for Whole<T> {
    fn from(response: Response) -> Self {
        Self(response.into())
    }
}

impl<T> IntoResponse for Whole<T> {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

impl<T: ToSchema> Describe for Whole<T> {
    fn describe(operation: &mut Described<'_>) {
        let schema = list_of(operation.refer::<T>());
        operation.answers("200", "OK", vec![schema], &[]);
    }
}

/// A page of a list, with the link to the next one.
pub struct Page<T>(Response, PhantomData<T>);

impl<T> Page<T> {
    pub fn new(items: &impl Serialize, next: Option<String>, total: Option<i64>) -> Self {
        let mut response = linked(Plain::<T>::new(items).0, next);
        if let Some(total) = total {
            response.headers_mut().insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
        }
        Self(response, PhantomData)
    }
}

impl<T> IntoResponse for Page<T> {
    fn into_response(self) -> Response {
        self.0
    }
}

/// An answer with the link to its next page, if it has one.
pub struct Linked<A>(pub A, pub Option<String>);

impl<A: IntoResponse> IntoResponse for Linked<A> {
    fn into_response(self) -> Response {
        linked(self.0.into_response(), self.1)
    }
}

impl<A: Describe> Describe for Linked<A> {
    fn describe(operation: &mut Described<'_>) {
        A::describe(operation);
        operation.says("200", &LINK);
    }
}

fn linked(mut response: Response, next: Option<String>) -> Response {
    let Some(next) = next else { return response };
    match value(&format!("<{next}>; rel=\"next\"")) {
        Ok(link) => {
            response.headers_mut().insert(header::LINK, link);
            response
        }
        Err(problem) => problem.into_response(),
    }
}

const LINK: Header = Header("Link", Type::String, "The next page, with `rel=\"next\"`, where there is one (RFC 8288).");
const TOTAL: Header = Header("X-Total-Count", Type::Integer, "How many rows are on all pages, with `include=total`.");

impl<T: ToSchema> Describe for Page<T> {
    fn describe(operation: &mut Described<'_>) {
        let schema = list_of(operation.refer::<T>());
        let counted = operation.takes("include");
        operation.answers("200", "OK", vec![schema], if counted { &[LINK, TOTAL] } else { &[LINK] });
    }
}
