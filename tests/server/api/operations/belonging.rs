//! Which organization the events in the ledger belong to.

use serde_json::json;

use crate::support::Server;

both!(events_carry_the_organization_that_they_belong_to);

async fn events_carry_the_organization_that_they_belong_to(server: Server) {
    let [acme, beta] = [server.organization("acme").await, server.organization("beta").await];
    let jane = server.member("acme", "jane@example.com", "developer").await;
    let add = json!({ "user_email": jane.email, "role": "developer" });
    server.post("/api/v1/organizations/beta/users").json(add).send().await.expect(201);
    let head = server.head().await;

    let add = json!({ "user_email": "new@example.com", "role": "viewer" });
    server.post("/api/v1/organizations/acme/users").json(add).send().await.expect(201);
    server.post("/api/v1/organizations/acme/teams").json(json!({ "name": "Lab" })).send().await.expect(201);
    server.patch("/api/v1/me").by(&jane).json(json!({ "name": "Jane Doe" })).send().await.expect(200);
    let both = ["org:acme:teams:read", "org:beta:teams:read"];
    let key = server.post("/api/v1/api-keys").by(&jane).json(json!({ "name": "CI", "scopes": both }));
    let key = key.send().await.expect(201);
    for patch in [
        json!({ "name": "Both" }),
        json!({ "scopes": ["org:acme:teams:read"] }),
        json!({ "name": "One" }),
        json!({ "scopes": ["org:beta:teams:read"] }),
    ] {
        server.patch(&format!("/api/v1/api-keys/{}", key.id())).by(&jane).json(patch).send().await.expect(200);
    }
    server.delete(&format!("/api/v1/organizations/beta/members/{}", jane.id)).send().await.expect(204);

    let ledger = server.deployment().ledger().await;
    let name = |id: &str| format!("WHEN CAST(organization_id AS text) = '{id}'");
    let sql = format!(
        "SELECT event_type || ' ' || CASE {} THEN 'acme' {} THEN 'beta' WHEN organization_id IS NULL THEN 'none' END, \
         position FROM events WHERE position > {head} ORDER BY position",
        name(acme.id()),
        name(beta.id()),
    );
    let mut found: Vec<_> = ledger.rows(&sql).await.into_iter().map(|(event, _)| event).collect();
    // The member and the key go together, in either order.
    found[10..].sort_unstable();
    assert_eq!(
        found,
        [
            "UserRegistered acme",
            "ActivationIssued acme",
            "MemberAdded acme",
            "TeamCreated acme",
            "UserUpdated none",
            "ApiKeyCreated none",
            "ApiKeyUpdated none",
            "ApiKeyUpdated none",
            "ApiKeyUpdated acme",
            "ApiKeyUpdated none",
            "ApiKeyRevoked beta",
            "MemberRemoved beta",
        ]
    );
}
