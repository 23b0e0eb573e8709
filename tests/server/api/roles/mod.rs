//! `/api/v1/organizations/{org}/roles`.

pub mod conventions;

use serde_json::{Value, json};

use crate::support::{Request, Server};

both!(
    every_organization_has_the_built_in_roles,
    a_role_is_made_changed_and_deleted,
    wildcards_are_written_out,
    built_in_roles_stay,
    a_role_in_use_is_replaced,
    a_role_of_another_organization_is_given_to_nobody,
    what_is_sent_is_checked,
);

const PATH: &str = "/api/v1/organizations";
const ROLES: &str = "/api/v1/organizations/acme/roles";

fn create(server: &Server, key: &str, permissions: &[&str]) -> Request {
    server.post(ROLES).json(json!({ "key": key, "name": "Own", "permissions": permissions }))
}

async fn every_organization_has_the_built_in_roles(server: Server) {
    server.organization("acme").await;
    server.member("acme", "jane@example.com", "viewer").await;
    let roles = server.get(ROLES).send().await.expect(200);
    assert_eq!(roles.each("key"), ["owner", "admin", "developer", "member", "viewer"]);
    assert_eq!(roles.each("name"), ["Owner", "Admin", "Developer", "Member", "Viewer"]);
    let rows = roles.json.as_array().expect("a list");
    assert!(rows.iter().all(|role| role["built_in"] == true));
    let counts: Vec<_> = rows.iter().map(|role| role["member_count"].as_i64()).collect();
    assert_eq!(counts, [Some(1), Some(0), Some(0), Some(0), Some(1)]);
    let viewer = [
        "organization:read",
        "teams:read",
        "workspaces:read",
        "projects:read",
        "agents:read",
        "spaces:read",
        "catalog:read",
    ];
    assert_eq!(rows[4]["permissions"], json!(viewer));
    for (row, key) in rows.iter().zip(["owner", "admin", "developer", "member", "viewer"]) {
        let one = server.get(&format!("{ROLES}/{key}")).send().await.expect(200);
        assert_eq!(&one.json, row);
    }
}

async fn a_role_is_made_changed_and_deleted(server: Server) {
    let acme = server.organization("acme").await;
    let body = json!({ "key": "clerk", "name": " Clerk ", "description": "Pays", "permissions": ["teams:read", "organization:read"] });
    let made = server.post(ROLES).json(body).send().await.expect(201);
    let expected = json!({
        "key": "clerk", "name": "Clerk", "description": "Pays", "built_in": false, "member_count": 0,
        "permissions": ["organization:read", "teams:read"],
    });
    assert_eq!((&made.json, made.version()), (&expected, 1));
    assert_eq!(made.header("location"), Some(format!("{PATH}/{}/roles/clerk", acme.id()).as_str()));
    let path = format!("{ROLES}/clerk");
    let read = server.get(&path).send().await.expect(200);
    assert_eq!((&read.json, read.etag()), (&made.json, made.etag()));
    server.member("acme", "jane@example.com", "clerk").await;
    let changed = server.patch(&path).json(json!({ "name": "Scribe", "description": null })).send().await.expect(200);
    assert_eq!((&changed["name"], &changed["description"], changed.version()), (&json!("Scribe"), &Value::Null, 2));
    assert_eq!((&changed["member_count"], &changed["permissions"]), (&json!(1), &expected["permissions"]));
    assert_eq!(server.get(&path).send().await.etag(), changed.etag());
    assert_eq!(server.get(ROLES).send().await.json[5], changed.json);
    let same = server.patch(&path).json(json!({ "name": "Scribe" })).send().await.expect(200);
    assert_eq!((same.etag(), same.position()), (changed.etag(), changed.position()));
    server.refuses(create(&server, "clerk", &[]), 409, "already_exists").await;
    create(&server, "auditor", &[]).send().await.expect(201);
    assert_eq!(server.get(ROLES).send().await.each("key")[5..], ["auditor", "clerk"]);
    server.delete(&format!("{ROLES}/auditor")).send().await.expect(204);
    server.refuses(server.get(&format!("{ROLES}/auditor")), 404, "role_not_found").await;
    server.deployment().assert_projections_verify();
}

async fn wildcards_are_written_out(server: Server) {
    server.organization("acme").await;
    let agents = create(&server, "agents", &["agents:*", "agents:read"]).send().await.expect(201);
    assert_eq!(agents["permissions"], json!(["agents:read", "agents:write", "agents:run"]));
    let all = create(&server, "all", &["*"]).send().await.expect(201);
    let owner = server.get(&format!("{ROLES}/owner")).send().await.expect(200);
    assert_eq!(all["permissions"], owner["permissions"]);
}

async fn built_in_roles_stay(server: Server) {
    server.organization("acme").await;
    for key in ["owner", "admin", "developer", "member", "viewer"] {
        let path = format!("{ROLES}/{key}");
        server.refuses(server.patch(&path).json(json!({ "name": "x" })), 409, "built_in_role").await;
        server.refuses(server.delete(&format!("{path}?remap_to=viewer")), 409, "built_in_role").await;
        let refused = server.refuses(create(&server, key, &[]), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/key"]);
    }
}

async fn a_role_in_use_is_replaced(server: Server) {
    server.organization("acme").await;
    create(&server, "own", &["members:read"]).send().await.expect(201);
    let jane = server.member("acme", "jane@example.com", "own").await;
    let delete = |query: &str| server.delete(&format!("{ROLES}/own{query}"));
    let refused = server.refuses(delete(""), 409, "role_in_use").await;
    assert_eq!((&refused["members"], &refused["invitations"]), (&json!(1), &json!(0)));
    for query in ["?remap_to=own", "?remap_to=nobody", "?remap_to=No", "?remap=viewer", "?remap_to=viewer&x=1"] {
        let refused = server.refuses(delete(query), 422, "invalid").await;
        assert_eq!(refused.pointers().len(), 1, "{refused}");
    }
    let tried = delete("?remap_to=viewer&dry_run=true").send().await.expect(200);
    assert_eq!(tried["events"][0]["type"], "RoleDeleted");
    let deleted = delete("?remap_to=viewer").key("k").send().await.expect(204);
    assert_eq!(delete("?remap_to=viewer").key("k").send().await.expect(204).position(), deleted.position());
    server.refuses(delete("?remap_to=admin").key("k"), 422, "idempotency_key_reused").await;
    server.refuses(delete("?remap_to=viewer"), 404, "role_not_found").await;
    let seen = server.get(&format!("{PATH}/acme")).by(&jane).send().await.expect(200);
    assert_eq!(seen["role"], "viewer");
    server.deployment().assert_projections_verify();
}

async fn a_role_of_another_organization_is_given_to_nobody(server: Server) {
    server.organization("acme").await;
    server.organization("other").await;
    create(&server, "own", &["*"]).send().await.expect(201);
    let body = json!({ "user_email": "a@example.com", "role": "own" });
    let refused = server.refuses(server.post(&format!("{PATH}/other/users")).json(body), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/role"]);
    assert_eq!(server.get(&format!("{PATH}/other/roles")).send().await.each("key").len(), 5);
}

async fn what_is_sent_is_checked(server: Server) {
    server.organization("acme").await;
    for (body, pointers) in [
        (json!({}), vec![""]),
        (json!({ "key": "No", "name": "", "permissions": [] }), vec!["/key", "/name"]),
        (json!({ "key": "own", "name": "x", "permissions": "*" }), vec!["/permissions"]),
        (json!({ "key": "own", "name": "x", "permissions": [7] }), vec!["/permissions/0"]),
        (
            json!({ "key": "own", "name": "x", "permissions": ["teams:read", "teams:fly", "*:*"] }),
            vec!["/permissions/1", "/permissions/2"],
        ),
        (
            json!({ "key": "own", "name": "x", "permissions": [], "description": "x".repeat(2001) }),
            vec!["/description"],
        ),
        (json!({ "key": "own", "name": "x", "permissions": [], "organization_id": "x" }), vec!["/organization_id"]),
        (json!({ "key": "own", "name": "x", "permissions": [], "built_in": true }), vec!["/built_in"]),
    ] {
        let refused = server.refuses(server.post(ROLES).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    }
    create(&server, "own", &[]).send().await.expect(201);
    for (body, pointers) in [
        (json!({ "name": null }), vec!["/name"]),
        (json!({ "permissions": ["x"] }), vec!["/permissions/0"]),
        (json!({ "key": "other" }), vec!["/key"]),
    ] {
        let refused = server.refuses(server.patch(&format!("{ROLES}/own")).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    }
}
