//! Whether every resource that there is has its conventions run.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Resource;

/// Every tag of the OpenAPI document whose operations list and create is that of a described resource, or is left out
/// for a reason.
pub fn assert_each_is_described(openapi: &Value, resources: &[&Resource], left_out: &[(&str, &str)]) {
    let mut tags: BTreeMap<&str, [bool; 2]> = BTreeMap::new();
    for (path, item) in openapi["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let Some(tag) = operation["tags"][0].as_str() else { continue };
            let responses = &operation["responses"];
            let [lists, creates] = tags.entry(tag).or_default();
            let listed = &responses["200"]["content"]["application/json"]["schema"]["type"];
            *lists |= method == "get" && !path.ends_with('}') && listed == "array";
            *creates |= method == "post" && responses["201"].is_object();
        }
    }
    let both = tags.iter().filter(|(_, has)| **has == [true, true]).map(|(tag, _)| *tag);
    let described = resources.iter().map(|resource| resource.tag).chain(left_out.iter().map(|(tag, _)| *tag));
    assert_eq!(both.collect::<BTreeSet<_>>(), described.collect::<BTreeSet<_>>(), "a resource without conventions");
}
