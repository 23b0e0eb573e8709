//! What every door needs: extractors, problems, replies, lists, and what surrounds a request.

mod app;
mod client;
mod context;
mod cursor;
pub mod describe;
pub mod envelope;
pub mod extract;
pub mod fields;
pub mod list;
mod meters;
mod person;
pub mod problem;
pub mod query;
pub mod reply;
mod routes;
pub mod streamed;
pub mod time;
pub mod words;

pub(crate) use self::routes::routes;
pub use self::{
    app::{App, Health, Parts, Settings},
    client::{NotANetwork, TrustedProxies},
    context::ClientAddress,
    cursor::CursorKey,
    person::Person,
    problem::{Code, Problem, ProblemDocument},
    routes::{Route, Routes},
};
