//! What a write answers.

use std::marker::PhantomData;

use axum::{
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema, Type},
};

use super::{read::ETAG, response};
use crate::{
    ledger::Appended,
    web::{
        Problem,
        describe::{Describe, Described, Header},
    },
};

/// What a write with `dry_run=true` would do.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes what the commands write")]
pub struct DryRun {
    /// What would be appended, in this order.
    events: Vec<DryRunEvent>,
    /// The status that the write would be answered with.
    #[schema(example = 201)]
    status: u16,
    /// The body that the write would be answered with; null where it would have none.
    #[schema(value_type = Option<Object>)]
    result: Option<Value>,
}

/// An event that would be appended.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it describes what the commands write")]
pub struct DryRunEvent {
    #[schema(example = "ProjectCreated")]
    r#type: String,
    #[schema(value_type = Uuid)]
    stream_id: String,
    /// Its place in the stream, from 1.
    sequence: i64,
    #[schema(value_type = Object)]
    data: Value,
}

const POSITION: Header = Header("Ledger-Position", Type::Integer, "The position of the last event that was appended.");
const REPLAYED: Header = Header(
    "Idempotent-Replayed",
    Type::String,
    "`true` where the reply is that of an earlier request with the same key.",
);
const LOCATION: Header = Header("Location", Type::String, "The path of what was created.");

/// A committed write as a response.
fn written(appended: Appended) -> Result<Response, Problem> {
    let Appended { position, reply, replayed } = appended;
    let mut response = response(reply)?;
    let headers = response.headers_mut();
    headers.insert(HeaderName::from_static("ledger-position"), HeaderValue::from(position));
    if replayed {
        headers.insert(HeaderName::from_static("idempotent-replayed"), HeaderValue::from_static("true"));
    }
    Ok(response)
}

macro_rules! answers {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        pub struct $name<T = ()>(Appended, PhantomData<T>);

        impl<T> From<Appended> for $name<T> {
            fn from(appended: Appended) -> Self {
                Self(appended, PhantomData)
            }
        }

        impl<T> IntoResponse for $name<T> {
            fn into_response(self) -> Response {
                written(self.0).into_response()
            }
        }
    )*};
}

answers! {
    /// 201: what was created, with its tag and where it is.
    Created;
    /// 201: what was made, which has no tag, and where it is.
    Made;
    /// 200: what was changed, as it is now, with its tag. The caller can insist on a version of it.
    Changed;
    /// 204: what was changed is gone, or has nothing to show. The caller can insist on a version of it.
    Removed;
    /// 200: what the write leaves to say, which has no version.
    Answered;
    /// 200: what was made for this request alone. Its reply is not kept, so a key repeats nothing.
    Unrepeated;
    /// 204: nothing to say, and nothing that has a version.
    Done;
    /// 204: nothing to say, to a request that no key can repeat.
    Unkeyed;
}

/// The answers of a write: its own, and that of a dry run.
fn answers(operation: &mut Described<'_>, status: &str, own: Option<RefOr<Schema>>, more: &[Header]) {
    let dry_run = operation.refer::<DryRun>();
    let headers = [more, &[POSITION, REPLAYED]].concat();
    match status {
        "200" => operation.answers("200", "OK", own.into_iter().chain([dry_run]).collect(), &headers),
        _ => {
            let meaning = if status == "201" { "Created" } else { "Done" };
            operation.answers(status, meaning, own.into_iter().collect(), &headers);
            operation.answers("200", "With `dry_run=true`: what would be done", vec![dry_run], &[POSITION]);
        }
    }
}

/// The caller can insist on a version.
fn takes_if_match(operation: &mut Described<'_>) {
    operation.header("If-Match", "The ETag of the version that is to be changed; 412 when there is a newer one.");
    operation.problem("412");
}

impl<T: ToSchema> Describe for Created<T> {
    fn describe(operation: &mut Described<'_>) {
        let own = operation.refer::<T>();
        answers(operation, "201", Some(own), &[ETAG, LOCATION]);
    }
}

impl<T: ToSchema> Describe for Made<T> {
    fn describe(operation: &mut Described<'_>) {
        let own = operation.refer::<T>();
        answers(operation, "201", Some(own), &[LOCATION]);
    }
}

impl<T: ToSchema> Describe for Changed<T> {
    fn describe(operation: &mut Described<'_>) {
        let own = operation.refer::<T>();
        answers(operation, "200", Some(own), &[ETAG]);
        takes_if_match(operation);
    }
}

impl Describe for Removed {
    fn describe(operation: &mut Described<'_>) {
        answers(operation, "204", None, &[]);
        takes_if_match(operation);
    }
}

impl<T: ToSchema> Describe for Answered<T> {
    fn describe(operation: &mut Described<'_>) {
        let own = operation.refer::<T>();
        answers(operation, "200", Some(own), &[]);
    }
}

impl<T: ToSchema> Describe for Unrepeated<T> {
    fn describe(operation: &mut Described<'_>) {
        let (own, dry_run) = (operation.refer::<T>(), operation.refer::<DryRun>());
        operation.answers("200", "OK", vec![own, dry_run], &[POSITION]);
        operation.operation.parameters.iter_mut().for_each(|all| all.retain(|one| one.name != "Idempotency-Key"));
    }
}

impl Describe for Done {
    fn describe(operation: &mut Described<'_>) {
        answers(operation, "204", None, &[]);
    }
}

impl Describe for Unkeyed {
    fn describe(operation: &mut Described<'_>) {
        let dry_run = operation.refer::<DryRun>();
        operation.answers("204", "Done", vec![], &[POSITION]);
        operation.answers("200", "With `dry_run=true`: what would be done", vec![dry_run], &[POSITION]);
    }
}
