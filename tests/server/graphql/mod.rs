//! `/graphql`, asked of a real server.

mod api_keys;
mod catalog;
mod graph;
mod introspection;
mod issues;
mod limits;
mod organizations;
mod outages;
mod people;
mod projects;
mod refusals;
mod usage;
