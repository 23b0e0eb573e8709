//! What every door needs: extractors, problems, replies, lists, and what surrounds a request.

mod app;
mod client;
mod context;
mod cursor;
pub mod envelope;
pub mod extract;
pub mod fields;
pub mod list;
mod meters;
mod person;
pub mod problem;
pub mod reply;
mod routes;
pub mod streamed;
pub mod time;

pub use self::{
    app::{App, Health, Parts, Settings},
    client::{NotANetwork, TrustedProxies},
    context::ClientAddress,
    cursor::CursorKey,
    person::Person,
    problem::{Code, Problem, ProblemDocument},
    routes::Routes,
};
