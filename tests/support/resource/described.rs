//! Replies, held against the OpenAPI document.

use std::collections::BTreeSet;

use super::{Has, Kit};
use crate::support::{Reply, schema::Walk};

/// Every operation answers with statuses and fields that are described, and every operation of the resource is met here
/// or stands in its description as one that is met elsewhere.
pub async fn replies(kit: &mut Kit) {
    let resource = kit.resource;
    let mut walk = Walk::of(&kit.server).await;
    for (operation, status, reply) in exchange(kit).await {
        walk.check(operation.0, operation.1, reply, status);
    }
    let beside: BTreeSet<_> = resource.beside.iter().map(|(operation, _)| (*operation).to_owned()).collect();
    assert!(walk.checked.is_disjoint(&beside), "an operation is met here and elsewhere");
    let met: BTreeSet<_> = walk.checked.union(&beside).cloned().collect();
    assert_eq!(met, walk.operations(&[resource.tag]), "an operation is not met");
    if let Has::Not(reason) = resource.read {
        assert!(!walk.describes("get", resource.one), "{} can be read: {reason}", resource.one);
    }
    if let Has::Not(reason) = resource.pages {
        assert!(!walk.takes("get", resource.list, "cursor"), "{} has pages: {reason}", resource.list);
    }
}

/// The headers of every reply are those that are described, and what a dry run answers is described as well.
pub async fn headers(kit: &mut Kit) {
    let resource = kit.resource;
    let walk = Walk::of(&kit.server).await;
    let mut wrong = BTreeSet::new();
    for (operation, _, reply) in exchange(kit).await {
        wrong.extend(walk.openapi.headers_that_differ(operation.0, operation.1, &reply));
    }
    let place = kit.place().await;
    for write in resource.writes() {
        let method = write.method.to_lowercase();
        let tried = place.ready(write).await.parameter("dry_run=true").send().await.expect(200);
        wrong.extend(walk.openapi.headers_beyond(&method, write.path, &tried));
        if walk.takes(&method, write.path, "If-Match") != write.versioned.this().is_some() {
            wrong.insert(format!("{method} {}: If-Match", write.path));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for write in resource.writes() {
        let tried = place.ready(write).await.parameter("dry_run=true").send().await;
        walk.openapi.check(&write.method.to_lowercase(), write.path, &tried);
    }
}

/// An operation of the document, a status, and the reply that should have it.
type Met = ((&'static str, &'static str), u16, Reply);

/// Asks for everything in as many ways as it can be answered.
async fn exchange(kit: &Kit) -> Vec<Met> {
    let (place, resource) = (kit.place().await, kit.resource);
    let mut met: Vec<Met> = Vec::new();
    let row = place.reference(&place.row().await.json);
    let list = ("get", resource.list);
    met.push((list, 200, place.list("").send().await));
    met.push((list, 401, place.list("").anonymous().send().await));
    met.push((list, 422, place.list("sort=name").send().await));
    if resource.pages.this().is_some() {
        place.row().await;
        met.push((list, 200, place.list("limit=1&include=total").send().await));
        met.push((list, 400, place.list("cursor=x").send().await));
    }
    if resource.read.this().is_some() {
        let one = ("get", resource.one);
        met.push((one, 200, place.one(&row).send().await));
        met.push((one, 304, place.one(&row).header("if-none-match", "*").send().await));
        met.push((one, 404, place.one("nobody").send().await));
    }
    for write in resource.writes() {
        let operation = (lowercase(write.method), write.path);
        let row = place.target(write).await;
        let request = place.write(write, &row, place.number()).key(&format!("{}-{}", place.org, place.number()));
        met.push((operation, write.status, request.clone().send().await));
        met.push((operation, write.status, request.clone().send().await));
        met.push((operation, 401, request.clone().anonymous().send().await));
        met.push((operation, 415, place.bare(write, &row).body("text/plain", "x").send().await));
        met.push((operation, 400, request.clone().key("another").send().await));
        met.push((operation, 422, place.ready(write).await.parameter("force=true").send().await));
        if write.path.contains("{org}") {
            met.push((operation, 403, request.by(&kit.outsider).send().await));
        }
        if !std::ptr::eq(write, &raw const resource.create) {
            let (status, _) = write.not_found;
            met.push((operation, status, place.write(write, resource.unknown, place.number()).send().await));
        }
        if write.versioned.this().is_some() {
            let stale = place.ready(write).await.header("if-match", "\"v999-0\"");
            met.push((operation, 412, stale.send().await));
        }
    }
    place.act("delete").await;
    for write in resource.writes().filter(|write| write.closed.this().is_some()) {
        let operation = (lowercase(write.method), write.path);
        met.push((operation, 409, place.write(write, &row, place.number()).send().await));
    }
    met
}

fn lowercase(method: &'static str) -> &'static str {
    match method {
        "GET" => "get",
        "POST" => "post",
        "PUT" => "put",
        "PATCH" => "patch",
        _ => "delete",
    }
}
