//! Every resource keeps the conventions.

use crate::{
    api::{
        api_keys,
        catalog::{contracts, issues, products, quality},
        invitations, members, projects, roles, spaces, teams, workspaces,
    },
    support::resource::assert_each_is_described,
};

#[test]
fn no_resource_is_without_them() {
    let openapi = std::fs::read_to_string(format!("{}/openapi.json", env!("CARGO_MANIFEST_DIR")));
    let openapi = serde_json::from_str(&openapi.expect("a checked-in document")).expect("JSON");
    let resources = [
        api_keys::conventions::RUN,
        contracts::conventions::RUN,
        invitations::conventions::RUN,
        issues::conventions::RUN,
        members::conventions::RUN,
        products::conventions::RUN,
        projects::conventions::RUN,
        quality::conventions::RUN,
        roles::conventions::RUN,
        spaces::conventions::RUN,
        teams::conventions::RUN,
        workspaces::conventions::RUN,
    ];
    let left_out = [("organizations", "they are what the others are in: the files beside this one run on them")];
    assert_each_is_described(&openapi, &resources, &left_out);
}
