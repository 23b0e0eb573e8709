//! `POST /api/v1/api-keys/{id}/rotate`.

use serde_json::{Value, json};

use super::{Made, SELF, create_with, life::soon, owned, path, personal, verify};
use crate::support::{Request, Server, at_once, eventually};

both!(
    the_secret_before_ends_at_once_or_after_its_grace,
    a_grace_ends,
    a_grace_ends_before_the_key_does,
    a_rotation_can_change_when_it_expires,
    what_is_over_is_not_rotated,
    whoever_rotates_a_key_has_what_it_has,
    rotations_at_once_leave_one_secret,
);

fn rotate(server: &Server, id: &str, body: Value) -> Request {
    server.post(&format!("{}/rotate", path(id))).json(body)
}

async fn works(server: &Server, key: &str) -> bool {
    let reply = server.get(SELF).bearer(key).send().await;
    assert!(reply.status == 200 || reply.status == 401 && reply["code"] == "invalid_token", "{reply}");
    reply.status == 200
}

async fn the_secret_before_ends_at_once_or_after_its_grace(server: Server) {
    let jane = super::acme(&server).await;
    for first in [personal(&server, &jane, &["*:*"]).await, owned(&server, "acme", &["*:*"]).await] {
        let second: Made = rotate(&server, &first.id, json!({})).by(&jane).send().await.expect(200).into();
        assert_eq!((second.id.as_str(), second.reply.version()), (first.id.as_str(), 2));
        assert_eq!(second.key[..17], first.key[..17], "it is still found by the same part");
        assert_ne!(second.key, first.key);
        assert!(second.reply["grace_until"].is_null());
        assert!(!works(&server, &first.key).await && works(&server, &second.key).await);
        assert_eq!(super::code(verify(&server, &first.key)).await, "NOT_FOUND");

        let grace = json!({ "grace_seconds": 3600 });
        let third: Made = rotate(&server, &first.id, grace).by(&jane).send().await.expect(200).into();
        assert!(third.reply["grace_until"].is_string());
        for (key, good) in [(&first.key, false), (&second.key, true), (&third.key, true)] {
            assert_eq!(works(&server, key).await, good);
            assert_eq!(super::code(verify(&server, key)).await == "VALID", good);
        }
        // Both are the same key: what happens to one happens to both.
        let fourth: Made = rotate(&server, &first.id, json!({})).by(&jane).send().await.expect(200).into();
        for (key, good) in [(&second.key, false), (&third.key, false), (&fourth.key, true)] {
            assert_eq!(works(&server, key).await, good);
        }
    }
}

async fn a_grace_ends(server: Server) {
    let jane = super::acme(&server).await;
    let first = personal(&server, &jane, &["*:*"]).await;
    let second: Made =
        rotate(&server, &first.id, json!({ "grace_seconds": 1 })).by(&jane).send().await.expect(200).into();
    assert!(works(&server, &first.key).await);
    eventually("the grace is over", async || !works(&server, &first.key).await).await;
    assert!(works(&server, &second.key).await);
    let shown = server.get(&path(&first.id)).by(&jane).send().await.expect(200);
    assert!(shown["grace_until"].is_null(), "{shown}");
    // Revoking ends both.
    let third: Made =
        rotate(&server, &first.id, json!({ "grace_seconds": 60 })).by(&jane).send().await.expect(200).into();
    server.post(&format!("{}/revoke", path(&first.id))).by(&jane).json(json!({})).send().await.expect(200);
    for key in [&second.key, &third.key] {
        server.refuses(server.get(SELF).bearer(key), 401, "api_key_revoked").await;
    }
}

async fn a_grace_ends_before_the_key_does(server: Server) {
    let jane = super::acme(&server).await;
    let body = json!({ "expires_at": soon(3_600_000) });
    let made: Made = create_with(&server, &["*:*"], body).by(&jane).send().await.expect(201).into();
    for grace in [json!(3601), json!(-1), json!(2_592_001)] {
        let body = json!({ "grace_seconds": grace });
        let refused = server.refuses(rotate(&server, &made.id, body).by(&jane), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/grace_seconds"], "{grace}");
    }
    // Nor with a new time that is later: it is the old secret's end that counts.
    let body = json!({ "grace_seconds": 3700, "expires_in": "90d" });
    let refused = server.refuses(rotate(&server, &made.id, body).by(&jane), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/grace_seconds"]);
    let body = json!({ "grace_seconds": 3500, "expires_in": "90d" });
    rotate(&server, &made.id, body).by(&jane).send().await.expect(200);
    assert!(works(&server, &made.key).await);
}

async fn a_rotation_can_change_when_it_expires(server: Server) {
    let jane = super::acme(&server).await;
    let at = "2999-01-01T00:00:00.000Z";
    let made: Made =
        create_with(&server, &["*:*"], json!({ "expires_at": at })).by(&jane).send().await.expect(201).into();
    for (body, expires_at) in [
        (json!({}), json!(at)),
        (json!({ "expires_at": "2998-01-01T00:00:00Z" }), json!("2998-01-01T00:00:00.000Z")),
        (json!({ "expires_in": "never" }), Value::Null),
    ] {
        let rotated = rotate(&server, &made.id, body.clone()).by(&jane).send().await.expect(200);
        assert_eq!(rotated["expires_at"], expires_at, "{body}");
    }
    for (body, pointer) in [
        (json!({ "expires_at": "2020-01-01T00:00:00Z" }), "/expires_at"),
        (json!({ "expires_in": "2y" }), "/expires_in"),
        (json!({ "grace": 1 }), "/grace"),
    ] {
        let refused = server.refuses(rotate(&server, &made.id, body).by(&jane), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
    }
}

async fn what_is_over_is_not_rotated(server: Server) {
    let jane = super::acme(&server).await;
    let expired = personal(&server, &jane, &["*:*"]).await;
    super::life::expire(&server, &jane, &expired.id).await;
    let revoked = personal(&server, &jane, &["*:*"]).await;
    server.post(&format!("{}/revoke", path(&revoked.id))).by(&jane).json(json!({})).send().await.expect(200);
    for made in [expired, revoked] {
        for body in [json!({}), json!({ "expires_in": "never" }), json!({ "grace_seconds": 10 })] {
            let refused = rotate(&server, &made.id, body).by(&jane).send().await;
            assert_eq!((refused.status, &refused["code"]), (409, &json!("api_key_over")), "{refused}");
        }
    }
    // A disabled key can be rotated, and stays disabled.
    let disabled = personal(&server, &jane, &["*:*"]).await;
    server.post(&format!("{}/disable", path(&disabled.id))).by(&jane).json(json!({})).send().await.expect(200);
    let rotated: Made = rotate(&server, &disabled.id, json!({})).by(&jane).send().await.expect(200).into();
    server.refuses(rotated.reads(&server, "acme"), 401, "api_key_disabled").await;
}

async fn whoever_rotates_a_key_has_what_it_has(server: Server) {
    super::acme(&server).await;
    let role = json!({ "key": "keeper", "name": "Keeper", "permissions": ["api_keys:*", "teams:read"] });
    server.post("/api/v1/organizations/acme/roles").json(role).send().await.expect(201);
    let keeper = server.member("acme", "keeper@example.com", "keeper").await;
    for (scopes, allowed) in
        [(["org:acme:teams:read"], true), (["org:acme:teams:*"], false), (["org:acme:*"], false), (["*:*"], false)]
    {
        let made = owned(&server, "acme", &scopes).await;
        let request = rotate(&server, &made.id, json!({})).by(&keeper);
        if allowed {
            request.send().await.expect(200);
            continue;
        }
        server.refuses(request, 403, "exceeds_own_permissions").await;
        // Those who manage keys may stop what they could not make.
        server.post(&format!("{}/revoke", path(&made.id))).by(&keeper).json(json!({})).send().await.expect(200);
    }
}

async fn rotations_at_once_leave_one_secret(server: Server) {
    let jane = super::acme(&server).await;
    let made = personal(&server, &jane, &["*:*"]).await;
    let replies = at_once((0..20).map(|_| rotate(&server, &made.id, json!({})).by(&jane).send())).await;
    let mut good = 0;
    for reply in replies {
        let rotated = Made::from(reply.expect(200));
        good += usize::from(works(&server, &rotated.key).await);
    }
    assert_eq!(good, 1);
    assert!(!works(&server, &made.key).await);
}
