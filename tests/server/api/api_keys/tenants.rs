//! Another tenant's keys do not exist.

use serde_json::json;

use super::{owned, path, personal};
use crate::support::Server;

both!(another_tenant_s_keys_do_not_exist);

async fn another_tenant_s_keys_do_not_exist(server: Server) {
    let jane = super::acme(&server).await;
    server.organization("globex").await;
    let eve = server.member("globex", "eve@example.com", "owner").await;
    let hers = [personal(&server, &eve, &["*:*"]).await, personal(&server, &eve, &["org:globex:*"]).await];
    let organization = owned(&server, "acme", &["*:*"]).await;
    let viewer = server.member("acme", "viewer@example.com", "viewer").await;
    let foreign = [
        personal(&server, &jane, &["*:*"]).await,
        personal(&server, &jane, &["org:acme:*"]).await,
        organization.clone(),
    ];
    let global = owned(&server, "globex", &["*:*"]).await;
    for key in &foreign {
        for asker in [&eve.access_token, &hers[0].key, &hers[1].key, &global.key] {
            let of = |method: &str, action: &str| {
                server.request(method, &format!("{}{action}", path(&key.id))).bearer(asker)
            };
            let mut refused = vec![
                server.refuses(of("GET", ""), 404, "api_key_not_found").await,
                server.refuses(of("PATCH", "").json(json!({ "name": "Mine" })), 404, "api_key_not_found").await,
                server.refuses(of("PATCH", "").json(json!({ "scopes": ["*:*"] })), 404, "api_key_not_found").await,
            ];
            for action in ["/rotate", "/disable", "/enable", "/revoke"] {
                refused.push(server.refuses(of("POST", action).json(json!({})), 404, "api_key_not_found").await);
            }
            // The answer is that of a key that never existed.
            let unknown = server.get(&path(&uuid::Uuid::now_v7().to_string())).bearer(asker).send().await;
            for reply in refused {
                assert_eq!((&reply["detail"], &reply["title"]), (&unknown["detail"], &unknown["title"]));
            }
        }
    }
    // Nor those of the organization for a member who may not know of them; a person's own keys are theirs alone.
    let of = |key: &str| server.get(&path(key)).by(&viewer);
    server.refuses(of(&foreign[1].id), 404, "api_key_not_found").await;
    server.refuses(of(&organization.id), 404, "api_key_not_found").await;
    let disable = server.post(&format!("{}/disable", path(&organization.id))).by(&viewer).json(json!({}));
    server.refuses(disable, 404, "api_key_not_found").await;
    foreign[2].reads(&server, "acme").send().await.expect(200);
}
