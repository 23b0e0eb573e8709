//! `?dry_run=true`: decides and shows, and appends nothing.

use serde_json::{Value, json};

use crate::support::Server;

both!(a_dry_run_shows_what_would_happen, a_dry_run_is_refused_as_the_write_would_be, a_dry_run_keeps_no_key);

const PATH: &str = "/api/v1/organizations";

async fn a_dry_run_shows_what_would_happen(server: Server) {
    let head = server.head().await;
    let body = json!({ "name": "Acme", "slug": "acme", "owner_email": "jane@example.com" });
    let tried = server.post(&format!("{PATH}?dry_run=true")).json(body.clone()).send().await.expect(200);
    assert_eq!(tried.keys(), ["events", "result", "status"]);
    let types: Vec<_> = tried["events"].as_array().expect("events").iter().map(|event| &event["type"]).collect();
    assert_eq!(types, ["UserRegistered", "ActivationIssued", "OrganizationCreated", "WorkspaceCreated"]);
    assert_eq!(tried["events"][2]["data"]["name"], "Acme");
    assert_eq!((&tried["status"], &tried["result"]["slug"]), (&json!(201), &json!("acme")));
    assert_eq!((tried.position(), server.head().await), (head, head));
    server.get(&format!("{PATH}/acme")).send().await.expect(404);

    let mut made = server.post(PATH).json(body).send().await.expect(201);
    let fields = |reply: &Value| reply.as_object().expect("an object").keys().cloned().collect::<Vec<_>>();
    assert_eq!(fields(&tried["result"]), fields(&made.json));
    made.json.as_object_mut().expect("an object").remove("activation").expect("a way in");

    for (method, action, body, status, events) in [
        ("PATCH", "", json!({ "name": "B", "plan": "pro" }), 200, vec!["OrganizationUpdated", "PlanChanged"]),
        ("PATCH", "", json!({}), 200, vec![]),
        ("PATCH", "/limits", json!({ "max_spaces": 3 }), 200, vec!["LimitsChanged"]),
        ("POST", "/slug", json!({ "slug": "b" }), 200, vec!["OrganizationSlugChanged"]),
        ("POST", "/suspend", json!({}), 200, vec!["OrganizationSuspended"]),
        ("DELETE", "", json!({}), 204, vec!["OrganizationDeleted"]),
    ] {
        let head = server.head().await;
        let request = server.request(method, &format!("{PATH}/acme{action}?dry_run=true")).json(body);
        let tried = request.send().await.expect(200);
        let types: Vec<_> = tried["events"].as_array().expect("events").iter().map(|event| &event["type"]).collect();
        assert_eq!(
            (types, &tried["status"]),
            (events.iter().map(|e| json!(e)).collect::<Vec<_>>().iter().collect(), &json!(status))
        );
        assert_eq!((tried.position(), server.head().await), (head, head), "{method} {action}");
    }
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await.json, made.json);
    server.patch(&format!("{PATH}/acme?dry_run=false")).json(json!({ "name": "B" })).send().await.expect(200);
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await["name"], "B");
}

async fn a_dry_run_is_refused_as_the_write_would_be(server: Server) {
    let acme = server.organization("acme").await;
    let create = |body: Value| server.post(&format!("{PATH}?dry_run=true")).json(body);
    server.refuses(create(json!({ "name": "x", "slug": "acme" })), 409, "slug_taken").await;
    server.refuses(create(json!({ "name": "" })), 422, "invalid").await;
    let patch = |query: &str| server.patch(&format!("{PATH}/acme?{query}")).json(json!({ "name": "x" }));
    server.refuses(patch("dry_run=true").header("if-match", "\"v9-0\""), 412, "version_mismatch").await;
    for malformed in ["dry_run=1", "dry_run=", "dry_run=TRUE", "dry_run=false&dry_run=yes"] {
        let refused = server.refuses(patch(malformed), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["?dry_run"]);
    }
    server.refuses(patch("as_of=1"), 422, "not_supported").await;
    assert_eq!(server.get(&format!("{PATH}/acme")).send().await.json, acme.json);
}

async fn a_dry_run_keeps_no_key(server: Server) {
    let body = json!({ "name": "Acme", "slug": "acme" });
    server.post(&format!("{PATH}?dry_run=true")).key("k").json(body.clone()).send().await.expect(200);
    let made = server.post(PATH).key("k").json(body).send().await.expect(201);
    assert!(!made.is_replayed());
}
