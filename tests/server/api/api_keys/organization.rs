//! What an organization's key does: somebody answers for it.

use serde_json::{Value, json};

use super::{Made, SELF, create_with, events_after, owned, path, teams};
use crate::support::{Server, eventually};

both!(
    a_purged_organization_takes_its_keys_along,
    a_purged_organization_leaves_nothing_that_nobody_can_reach,
    an_organization_s_key_invites,
    what_a_key_does_is_written_down_as_its_doing,
    an_organization_s_key_leads_nowhere_else
);

async fn an_organization_s_key_invites(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "organization": "acme" });
    let scopes = ["org:acme:members:*", "org:acme:organization:read", "org:acme:teams:read"];
    let key: Made = create_with(&server, &scopes, body).by(&jane).send().await.expect(201).into();
    let invite = |email: &str, role: &str| {
        let body = json!({ "email": email, "role": role });
        server.post("/api/v1/organizations/acme/members/invite").bearer(&key.key).json(body)
    };
    // A role that has more than the key is not the key's to give.
    server.refuses(invite("x@example.com", "admin"), 403, "exceeds_own_permissions").await;
    server.refuses(invite("x@example.com", "owner"), 403, "owners_only").await;
    let role = json!({ "key": "guest", "name": "Guest", "permissions": ["teams:read"] });
    server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
    let invited = invite("joe@example.com", "guest").send().await.expect(201);
    assert_eq!(invited["invited_by"]["id"], json!(jane.id), "{invited}");
    let joe = server.person("joe@example.com").await;
    let token = invited["token"].as_str().expect("a token");
    let accept = server.post(&format!("/api/v1/invitations/{token}/accept")).by(&joe).json(json!({}));
    assert!(accept.send().await.status < 300);
    assert_eq!(server.get(&teams("acme")).by(&joe).send().await.expect(200).json, json!([]));
    let list = server.get("/api/v1/organizations/acme/members").bearer(&key.key).send().await.expect(200);
    assert_eq!(list.json.as_array().map(Vec::len), Some(3));
}

async fn what_a_key_does_is_written_down_as_its_doing(server: Server) {
    let jane = super::acme(&server).await;
    for made in [owned(&server, "acme", &["*:*"]).await, super::personal(&server, &jane, &["*:*"]).await] {
        let name = json!({ "name": format!("Team of {}", made.id) });
        let written = server.post(&teams("acme")).bearer(&made.key).json(name).send().await.expect(201);
        assert_eq!(events_after(&server, written.position() - 1).await.len(), 1);
        let ledger = server.deployment().ledger().await;
        let sql =
            format!("SELECT CAST(metadata AS text), position FROM events WHERE position = {}", written.position());
        let metadata: Value = serde_json::from_str(&ledger.rows(&sql).await[0].0).expect("metadata");
        ledger.close().await;
        assert_eq!(
            (&metadata["actor_type"], &metadata["actor_id"]),
            (&json!("api_key"), &json!(made.id)),
            "{metadata}"
        );
        assert_eq!(
            metadata["credential"].as_str().or(metadata["credential_id"].as_str()),
            Some(format!("key:{}", made.id).as_str())
        );
    }
}

async fn an_organization_s_key_leads_nowhere_else(server: Server) {
    let acme = server.organization("acme").await;
    server.organization("globex").await;
    let key = owned(&server, "acme", &["*:*"]).await;
    let list = server.get("/api/v1/organizations?include=total").bearer(&key.key).send().await.expect(200);
    assert_eq!((list.each("slug"), list.header("x-total-count")), (vec!["acme".to_owned()], Some("1")));
    let shown = server.get("/api/v1/organizations/acme").bearer(&key.key).send().await.expect(200);
    assert_eq!((shown.id(), &shown["is_owner"], &shown["role"]), (acme.id(), &json!(false), &Value::Null), "{shown}");
    for path in ["/api/v1/organizations/globex", &teams("globex")] {
        server.refuses(server.get(path).bearer(&key.key), 403, "not_a_member").await;
    }
    let query = "{ organization(slug: \"globex\") { id } organizations { edges { node { slug } } } }";
    let answer = server.post("/graphql").bearer(&key.key).json(json!({ "query": query })).send().await.expect(200);
    assert_eq!(answer["data"]["organization"], Value::Null, "{answer}");
    assert_eq!(answer["data"]["organizations"]["edges"], json!([{ "node": { "slug": "acme" } }]), "{answer}");
    let blind = owned(&server, "acme", &["org:acme:teams:read"]).await;
    let list = server.get("/api/v1/organizations").bearer(&blind.key).send().await.expect(200);
    assert_eq!(list.json, json!([]));
    // It changes the organization as far as it may.
    let rename =
        |key: &Made| server.patch("/api/v1/organizations/acme").bearer(&key.key).json(json!({ "name": "New" }));
    rename(&key).send().await.expect(200);
    server.refuses(rename(&blind), 403, "missing_permission").await;
    server.delete("/api/v1/organizations/acme").bearer(&key.key).send().await.expect(204);
    server.refuses(server.get(super::SELF).bearer(&key.key), 401, "invalid_token").await;
}

async fn a_purged_organization_takes_its_keys_along(server: Server) {
    super::acme(&server).await;
    let key = owned(&server, "acme", &["org:acme:*"]).await;
    key.reads(&server, "acme").send().await.expect(200);
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.post("/api/v1/organizations/acme/purge").send().await.expect(204);
    for verb in ["revoke", "disable"] {
        let request = server.post(&format!("{}/{verb}", path(&key.id)));
        server.refuses(request, 404, "api_key_not_found").await;
    }
    let request = server.post("/api/v1/api-keys/revoke-self").bearer(&key.key);
    let found = request.send().await;
    assert!([401, 404].contains(&found.status), "{found}");
    server.refuses(server.get(SELF).bearer(&key.key), 401, "invalid_token").await;
}

/// Beside its events, only claims inside of it stay: they hold its id, which nothing will ever have again.
async fn a_purged_organization_leaves_nothing_that_nobody_can_reach(server: Server) {
    let jane = super::acme(&server).await;
    let id = server.get("/api/v1/organizations/acme").send().await.expect(200).id().to_owned();
    let named = |what: &str| server.post(&format!("/api/v1/organizations/acme/{what}")).json(json!({ "name": "Lab" }));
    let mut made = vec![id];
    for what in ["teams", "workspaces", "projects"] {
        made.push(named(what).send().await.expect(201).id().to_owned());
    }
    let invite = json!({ "email": "joe@example.com", "role": "viewer" });
    server.post("/api/v1/organizations/acme/members/invite").json(invite).send().await.expect(201);
    let its = owned(&server, "acme", &["org:acme:*"]).await;
    let hers = super::personal(&server, &jane, &["*:*"]).await;
    for key in [&its, &hers] {
        key.reads(&server, "acme").send().await.expect(200);
    }
    made.push(its.id);
    let ledger = server.deployment().ledger().await;
    let used = "SELECT CAST(api_key_id AS text), CAST(0 AS bigint) FROM api_key_uses";
    eventually("both uses are told", async || ledger.rows(used).await.len() == 2).await;
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    server.post("/api/v1/organizations/acme/purge").send().await.expect(204);
    for id in &made {
        let mut left = ledger.occurrences(id).await;
        left.sort_unstable();
        assert_eq!(left, ["claims", "events"], "{id}");
    }
    let slugs = format!("SELECT count(*) FROM claims WHERE CAST(holder AS text) = '{}'", made[0]);
    assert_eq!(ledger.number(&slugs).await, 0);
    // What was hers outlives it.
    assert_eq!(ledger.rows(used).await, [(hers.id, 0)]);
    ledger.close().await;
}
