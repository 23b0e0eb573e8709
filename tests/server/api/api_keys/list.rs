//! `GET /api/v1/api-keys`, a person's own and an organization's, and `GET /api/v1/api-keys/{id}`.

use serde_json::json;

use super::{KEYS, Made, create, create_with, owned, path, personal};
use crate::support::Server;

both!(a_list_is_ones_own, an_organization_s_list_is_for_its_readers, a_list_is_filtered_and_paged, a_key_can_be_read);

async fn a_list_is_ones_own(server: Server) {
    let jane = super::acme(&server).await;
    let joe = server.member("acme", "joe@example.com", "admin").await;
    let first = personal(&server, &jane, &["*:*"]).await;
    let second = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let joes = personal(&server, &joe, &["*:*"]).await;
    owned(&server, "acme", &["*:*"]).await;
    assert_eq!(server.get(KEYS).by(&jane).send().await.each("id"), [second.id.as_str(), &first.id], "newest first");
    assert_eq!(server.get(KEYS).by(&joe).send().await.each("id"), [joes.id.as_str()]);
    assert_eq!(server.get(KEYS).send().await.expect(200).json, json!([]));
    // A key with everything is the person; one with less is not.
    assert_eq!(server.get(KEYS).bearer(&first.key).send().await.each("id"), [second.id.as_str(), &first.id]);
    server.refuses(server.get(KEYS).bearer(&second.key), 403, "person_required").await;
    server.refuses(server.get(KEYS).anonymous(), 401, "not_authenticated").await;
}

async fn an_organization_s_list_is_for_its_readers(server: Server) {
    let acme = server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "developer").await;
    let viewer = server.member("acme", "joe@example.com", "viewer").await;
    let stranger = server.person("mallory@example.com").await;
    let key = owned(&server, "acme", &["org:acme:api_keys:read", "org:acme:teams:read"]).await;
    let blind = owned(&server, "acme", &["org:acme:teams:read"]).await;
    personal(&server, &jane, &["*:*"]).await;
    for reference in ["acme", acme.id()] {
        let list = format!("{KEYS}?organization={reference}");
        for reader in [server.get(&list).by(&jane), server.get(&list), server.get(&list).bearer(&key.key)] {
            assert_eq!(reader.send().await.expect(200).each("id"), [blind.id.as_str(), &key.id]);
        }
        server.refuses(server.get(&list).by(&viewer), 403, "missing_permission").await;
        server.refuses(server.get(&list).bearer(&blind.key), 403, "missing_permission").await;
        server.refuses(server.get(&list).by(&stranger), 403, "not_a_member").await;
    }
    server.refuses(server.get(&format!("{KEYS}?organization=nobody")), 404, "organization_not_found").await;
    server.organization("globex").await;
    let elsewhere = format!("{KEYS}?organization=globex");
    server.refuses(server.get(&elsewhere).bearer(&key.key), 403, "not_a_member").await;
    assert_eq!(server.get(&elsewhere).send().await.expect(200).json, json!([]));
    // It has no list of its own: it is nobody.
    server.refuses(server.get(KEYS).bearer(&key.key), 403, "person_required").await;
}

async fn a_list_is_filtered_and_paged(server: Server) {
    let jane = super::acme(&server).await;
    for organization in [None, Some("acme")] {
        let mut keys: Vec<Made> = Vec::new();
        for n in 0..5 {
            let body = json!({ "name": format!("key {n}"), "organization": organization });
            keys.insert(0, create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into());
        }
        let [expired, disabled, revoked, _, active] = keys.as_slice() else { panic!("five keys") };
        let act =
            |key: &Made, action: &str| server.post(&format!("{}/{action}", path(&key.id))).by(&jane).json(json!({}));
        act(revoked, "revoke").send().await.expect(200);
        act(disabled, "disable").send().await.expect(200);
        super::life::expire(&server, &jane, &expired.id).await;

        let of = organization.map(|org| format!("organization={org}&")).unwrap_or_default();
        let list = async |query: &str| server.get(&format!("{KEYS}?{of}{query}")).by(&jane).send().await.expect(200);
        for (status, ids) in [
            ("active", vec![&keys[3].id, &active.id]),
            ("disabled", vec![&disabled.id]),
            ("expired", vec![&expired.id]),
            ("revoked", vec![&revoked.id]),
        ] {
            let found = list(&format!("status={status}&include=total")).await;
            assert_eq!(found.each("id").iter().collect::<Vec<_>>(), ids, "{status}");
            assert!(found.each("status").iter().all(|shown| shown == status), "{found}");
            assert_eq!(found.header("x-total-count"), Some(ids.len().to_string().as_str()));
        }
        let first = list("limit=2&include=total").await;
        assert_eq!(first.header("x-total-count"), Some("5"));
        let mut met = first.each("id");
        let mut next = first.next();
        while let Some(link) = next {
            let page = server.get(&link).by(&jane).send().await.expect(200);
            met.extend(page.each("id"));
            next = page.next();
        }
        assert_eq!(met, keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>());
        // A cursor works for its own list.
        let link = first.next().expect("a second page");
        let other = server.get(&format!("{link}&status=active")).by(&jane);
        server.refuses(other, 400, "invalid_cursor").await;
        server.refuses(server.get(&link), 400, "invalid_cursor").await;
    }
    for (query, pointer) in [("status=gone", "?status"), ("limit=0", "?limit"), ("limit=101", "?limit")] {
        let refused = server.refuses(server.get(&format!("{KEYS}?{query}")).by(&jane), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
    }
}

async fn a_key_can_be_read(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["org:acme:teams:read"]).await;
    let shown = server.get(&path(&made.id)).by(&jane).send().await.expect(200);
    assert_eq!((shown.version(), &shown["masked_key"]), (1, &made.reply["masked_key"]));
    server.get(&path(&made.id)).by(&jane).header("if-none-match", shown.etag()).send().await.expect(304);
    assert_eq!(server.get(&path(&made.id)).send().await.expect(200).json, shown.json, "a superadmin sees every key");
    // It may look at itself.
    let own = server.get(super::SELF).bearer(&made.key).send().await.expect(200);
    assert_eq!((&own["id"], &own["scopes"]), (&json!(made.id), &json!(["org:acme:teams:read"])));
    assert_eq!((&own["owner"]["id"], &own["name"]), (&json!(jane.id), &json!("CI")));
    server.refuses(server.get(super::SELF).by(&jane), 401, "api_key_required").await;
    for unknown in [uuid::Uuid::now_v7().to_string(), "x".to_owned(), made.reply["masked_key"].to_string()] {
        let unknown = unknown.replace(['"', '.'], "");
        server.refuses(server.get(&path(&unknown)).by(&jane), 404, "api_key_not_found").await;
    }
    server.refuses(create(&server, &["*:*"]).by(&jane).header("if-match", "x"), 400, "invalid_header").await;
}
