//! `/graphql`, asked of a real server.

mod introspection;
mod limits;
mod organizations;
mod outages;
mod refusals;
mod server;
