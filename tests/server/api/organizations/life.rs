//! Suspending, deleting, restoring, purging.

use serde_json::{Value, json};

use crate::support::{Request, Server, at_once};

both!(
    suspended_and_reactivated,
    deleted_and_restored,
    a_suspended_one_is_restored_suspended,
    a_purge_is_for_good_and_frees_the_slugs,
    of_many_deletions_one_takes_effect,
);

const PATH: &str = "/api/v1/organizations";

fn act(server: &Server, action: &str) -> Request {
    server.post(&format!("{PATH}/acme/{action}"))
}

async fn status(server: &Server) -> Value {
    server.get(&format!("{PATH}/acme")).send().await.expect(200)["status"].clone()
}

async fn suspended_and_reactivated(server: Server) {
    server.organization("acme").await;
    server.refuses(act(&server, "reactivate"), 409, "not_suspended").await;
    let long = act(&server, "suspend").json(json!({ "reason": "x".repeat(501) }));
    assert_eq!(server.refuses(long, 422, "invalid").await.pointers(), ["/reason"]);
    let suspended = act(&server, "suspend").json(json!({ "reason": "unpaid" })).send().await.expect(200);
    assert_eq!(suspended["status"], "suspended");
    assert_eq!(status(&server).await, "suspended");
    server.refuses(act(&server, "suspend").json(json!({})), 409, "already_suspended").await;
    // The superadmin can still change it, and finds it in the list.
    server.patch(&format!("{PATH}/acme")).json(json!({ "name": "B" })).send().await.expect(200);
    for query in ["", "?status=suspended"] {
        assert_eq!(server.get(&format!("{PATH}{query}")).send().await.expect(200).each("slug"), ["acme"]);
    }
    assert!(server.get(&format!("{PATH}?status=active")).send().await.each("slug").is_empty());
    let active = act(&server, "reactivate").send().await.expect(200);
    assert_eq!((&active["status"], &active["name"]), (&json!("active"), &json!("B")));
}

async fn deleted_and_restored(server: Server) {
    let made = server.organization("acme").await;
    server.refuses(act(&server, "restore"), 409, "not_deleted").await;
    server.refuses(act(&server, "purge"), 409, "not_deleted").await;
    let deleted = server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    assert_eq!((deleted.body.as_str(), deleted.position()), ("", made.position() + 1));

    // A superadmin still sees it, when they ask for it.
    let shown = server.get(&format!("{PATH}/acme")).send().await.expect(200);
    assert_eq!(shown["status"], "deleted");
    let at = |value: &Value| chrono::DateTime::parse_from_rfc3339(value.as_str().expect("a time")).expect("a time");
    // Counted from the decision, which comes a little before the commit.
    let decided = at(&shown["purge_after"]) - chrono::TimeDelta::days(30);
    assert!(decided >= at(&shown["created_at"]) && decided <= at(&shown["updated_at"]), "{shown}");
    assert!(server.get(PATH).send().await.each("slug").is_empty());
    assert_eq!(server.get(&format!("{PATH}?status=deleted")).send().await.each("slug"), ["acme"]);
    assert_eq!(server.get("/api/organizations").send().await.expect(200)["organizations"], json!([]));

    // Nothing else can be done to it, and its slug stays taken.
    for (method, action, body) in [
        ("DELETE", "", json!({})),
        ("PATCH", "", json!({ "name": "B" })),
        ("PATCH", "/limits", json!({ "max_spaces": 1 })),
        ("POST", "/slug", json!({ "slug": "other" })),
        ("POST", "/suspend", json!({})),
        ("POST", "/reactivate", json!({})),
    ] {
        let request = server.request(method, &format!("{PATH}/acme{action}")).json(body);
        server.refuses(request, 409, "organization_deleted").await;
    }
    server
        .refuses(server.put("/api/organizations/acme").json(json!({ "name": "B" })), 404, "organization_not_found")
        .await;
    server.refuses(server.post(PATH).json(json!({ "name": "x", "slug": "acme" })), 409, "slug_taken").await;

    let restored = act(&server, "restore").send().await.expect(200);
    assert_eq!((&restored["status"], &restored["purge_after"]), (&json!("active"), &Value::Null));
    assert_eq!(status(&server).await, "active");
    server.refuses(act(&server, "restore"), 409, "not_deleted").await;
    assert_eq!(server.get(PATH).send().await.each("slug"), ["acme"]);
}

async fn a_suspended_one_is_restored_suspended(server: Server) {
    server.organization("acme").await;
    act(&server, "suspend").json(json!({})).send().await.expect(200);
    server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    assert_eq!(status(&server).await, "deleted");
    assert_eq!(act(&server, "restore").send().await.expect(200)["status"], "suspended");
}

async fn a_purge_is_for_good_and_frees_the_slugs(server: Server) {
    let made = server.organization("one").await;
    let id = format!("{PATH}/{}", made.id());
    server.post(&format!("{id}/slug")).json(json!({ "slug": "acme" })).send().await.expect(200);
    server.delete(&id).send().await.expect(204);
    for taken in ["one", "acme"] {
        server.refuses(server.post(PATH).json(json!({ "name": "x", "slug": taken })), 409, "slug_taken").await;
    }
    let purged = act(&server, "purge").send().await.expect(204);
    assert_eq!(purged.body, "");
    for path in [&id, "/api/v1/organizations/one", "/api/v1/organizations/acme", "/api/organizations/acme"] {
        server.refuses(server.get(path), 404, "organization_not_found").await;
    }
    for action in ["restore", "purge", "suspend", "reactivate"] {
        server.refuses(server.post(&format!("{id}/{action}")).json(json!({})), 404, "organization_not_found").await;
    }
    server.refuses(server.patch(&id).json(json!({ "name": "x" })), 404, "organization_not_found").await;
    server.refuses(server.delete(&id), 404, "organization_not_found").await;
    assert!(server.get(&format!("{PATH}?status=deleted")).send().await.each("slug").is_empty());
    for free in ["one", "acme"] {
        assert_ne!(server.organization(free).await.id(), made.id());
    }
}

async fn of_many_deletions_one_takes_effect(server: Server) {
    server.organization("acme").await;
    let delete = server.delete(&format!("{PATH}/acme"));
    let mut statuses: Vec<_> =
        at_once((0..10).map(|_| delete.clone().send())).await.iter().map(|reply| reply.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (204, [409; 9].as_slice()));
}
