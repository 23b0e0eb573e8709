//! The schema, put together from the resources.

use async_graphql::{EmptyMutation, EmptySubscription, MergedObject, SDLExportOptions};

use super::{
    api_keys::ApiKeyQueries, limits, me::MeQuery, node::NodeQuery, organizations::OrganizationQueries,
    projects::ProjectQueries, spaces::SpaceQueries,
};

/// The fields that a query starts from.
#[derive(Default, MergedObject)]
pub struct Query(MeQuery, OrganizationQueries, ProjectQueries, SpaceQueries, ApiKeyQueries, NodeQuery);

pub type Schema = async_graphql::Schema<Query, EmptyMutation, EmptySubscription>;

/// Only in development the schema describes itself: by introspection, and by suggesting names in errors.
pub fn build(development: bool) -> Schema {
    let builder = Schema::build(Query::default(), EmptyMutation, EmptySubscription)
        .limit_complexity(limits::COMPLEXITY)
        .limit_directives(limits::DIRECTIVES);
    if development { builder } else { builder.disable_introspection().disable_suggestions() }.finish()
}

/// The schema in the schema definition language.
pub fn sdl() -> String {
    let options = SDLExportOptions::new().prefer_single_line_descriptions().use_space_ident().include_specified_by();
    build(true).sdl_with_options(options)
}
