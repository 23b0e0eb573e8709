//! `PATCH /api/v1/api-keys/{id}`.

use serde_json::{Value, json};

use super::{create_with, events_after, owned, path, personal};
use crate::support::Server;

both!(fields_change_one_by_one, what_is_wrong_changes_nothing, scopes_are_given_by_whoever_has_them);

async fn fields_change_one_by_one(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "description": "Deploys", "rate_limit": { "requests": 10, "window_seconds": 60 } });
    let made = create_with(&server, &["org:acme:*"], body).by(&jane).send().await.expect(201);
    let patch = |body: Value| server.patch(&path(made.id())).by(&jane).json(body);
    let mut version = 1;
    for (field, sent, shown) in [
        ("name", json!(" CD "), json!("CD")),
        ("description", json!("Else"), json!("Else")),
        ("description", Value::Null, Value::Null),
        ("scopes", json!(["org:acme:teams:read"]), json!(["org:acme:teams:read"])),
        ("scopes", json!(["*:*"]), json!(["*:*"])),
        ("ip_allowlist", json!(["192.0.2.77/24", "::1"]), json!(["192.0.2.0/24", "::1/128"])),
        ("ip_allowlist", json!([]), json!([])),
        ("rate_limit", json!({ "requests": 5, "window_seconds": 1 }), json!({ "requests": 5, "window_seconds": 1 })),
        ("rate_limit", Value::Null, Value::Null),
        ("on_creator_leave", json!("revoke"), json!("revoke")),
    ] {
        let changed = patch(json!({ field: sent })).send().await.expect(200);
        version += 1;
        assert_eq!((&changed[field], changed.version()), (&shown, version), "{field}");
        assert_eq!(server.get(&path(made.id())).by(&jane).send().await.json, changed.json);
    }
    let head = server.head().await;
    let same = patch(json!({ "name": "CD", "scopes": ["*:*"] })).send().await.expect(200);
    assert_eq!((same.version(), events_after(&server, head).await), (version, vec![]), "nothing changed, no event");
}

async fn what_is_wrong_changes_nothing(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["*:*"]).await;
    for (body, pointer) in [
        (json!({ "name": null }), "/name"),
        (json!({ "name": "" }), "/name"),
        (json!({ "scopes": [] }), "/scopes"),
        (json!({ "scopes": null }), "/scopes"),
        (json!({ "scopes": ["x"] }), "/scopes/0"),
        (json!({ "scopes": ["org:nobody:*"] }), "/scopes/0"),
        (json!({ "ip_allowlist": ["x"] }), "/ip_allowlist/0"),
        (json!({ "rate_limit": { "requests": 0, "window_seconds": 1 } }), "/rate_limit"),
        (json!({ "on_creator_leave": "x" }), "/on_creator_leave"),
        (json!({ "expires_at": "2999-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "status": "active" }), "/status"),
    ] {
        let refused = server.refuses(server.patch(&path(&made.id)).by(&jane).json(body.clone()), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer], "{body}");
    }
}

async fn scopes_are_given_by_whoever_has_them(server: Server) {
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "developer").await;
    let joes = personal(&server, &joe, &["org:acme:teams:read"]).await;
    let patch = |id: &str, scopes: Value| server.patch(&path(id)).json(json!({ "scopes": scopes }));
    server.refuses(patch(&joes.id, json!(["org:acme:teams:*"])).by(&joe), 403, "exceeds_own_permissions").await;
    server.refuses(patch(&joes.id, json!(["org:acme:*"])).by(&joe), 403, "exceeds_own_permissions").await;
    patch(&joes.id, json!(["org:acme:workspaces:*"])).by(&joe).send().await.expect(200);
    server.refuses(joes.reads(&server, "acme"), 403, "missing_permission").await;
    // It is a person's own: not even the superadmin gives it something.
    server.refuses(patch(&joes.id, json!(["*:*"])), 403, "person_required").await;
    server.refuses(patch(&joes.id, json!(["*:*"])).by(&jane), 404, "api_key_not_found").await;
    // The organization's are changed by those who write keys there, within what they have.
    let key = owned(&server, "acme", &["org:acme:teams:read"]).await;
    server.refuses(patch(&key.id, json!(["org:acme:teams:read"])).by(&joe), 403, "missing_permission").await;
    patch(&key.id, json!(["org:acme:teams:*"])).by(&jane).send().await.expect(200);
    let boss = server.member("acme", "boss@example.com", "admin").await;
    server.refuses(patch(&key.id, json!(["org:acme:*"])).by(&boss), 403, "exceeds_own_permissions").await;
    let elsewhere = patch(&key.id, json!([format!("org:{}:*", jane.organization)])).by(&jane);
    assert_eq!(server.refuses(elsewhere, 422, "invalid").await.pointers(), ["/scopes"]);
}
