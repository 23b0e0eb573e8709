//! Scopes are bound to organizations, not to their names.

use serde_json::{Value, json};

use super::{KEYS, SELF, owned, path, personal, verify};
use crate::support::Server;

both!(a_renamed_organization_s_keys_go_with_it);

async fn a_renamed_organization_s_keys_go_with_it(server: Server) {
    let jane = super::acme(&server).await;
    let key = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let organization = owned(&server, "acme", &["org:acme:teams:*"]).await;
    let rename = |body: Value| server.post("/api/v1/organizations/umbrella/slug").json(body).send();
    server.post("/api/v1/organizations/acme/slug").json(json!({ "slug": "umbrella" })).send().await.expect(200);
    for (key, scopes) in [(&key, json!(["org:umbrella:teams:read"])), (&organization, json!(["org:umbrella:teams:*"]))]
    {
        key.reads(&server, "umbrella").send().await.expect(200);
        for reply in [
            server.get(&path(&key.id)).send().await,
            server.get(SELF).bearer(&key.key).send().await,
            verify(&server, &key.key).send().await,
            server.patch(&path(&key.id)).by(&jane).json(json!({})).send().await,
        ] {
            assert_eq!(reply.expect(200)["scopes"], scopes);
        }
    }
    let list = server.get(&format!("{KEYS}?organization=umbrella")).send().await.expect(200);
    assert_eq!(list.json[0]["scopes"], json!(["org:umbrella:teams:*"]));

    // Another one that takes the name gets nothing with it.
    rename(json!({ "slug": "parasol", "release": ["acme"] })).await.expect(200);
    let other = server.organization("acme").await;
    let body = json!({ "user_email": jane.email, "role": "admin" });
    server.post("/api/v1/organizations/acme/users").json(body).send().await.expect(201);
    for key in [&key, &organization] {
        server.refuses(key.reads(&server, "acme"), 403, "not_a_member").await;
        server.refuses(key.reads(&server, other.id()), 403, "not_a_member").await;
        key.reads(&server, "parasol").send().await.expect(200);
    }
    let asked = json!({ "key": key.key, "permission": "teams:read", "organization": "acme" });
    let answer = server.post(super::VERIFY).json(asked).send().await.expect(200);
    assert_eq!((&answer["code"], &answer["missing_permission"]), (&json!("INSUFFICIENT_SCOPE"), &json!("teams:read")));
    // And scopes are read by the names of today.
    let made = personal(&server, &jane, &["org:acme:teams:read"]).await;
    made.reads(&server, other.id()).send().await.expect(200);
    server.refuses(made.reads(&server, "parasol"), 403, "not_a_member").await;
}
