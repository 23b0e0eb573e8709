//! Signing out.

use serde_json::json;

use super::{ME, access, is_good, refresh};
use crate::support::{Server, at_once};

both!(signing_out_ends_this_session_alone, signing_out_needs_a_session, signing_out_at_once_is_done_once);

const LOGOUT: &str = "/api/v1/auth/logout";

async fn signing_out_ends_this_session_alone(server: Server) {
    let jane = server.person("jane@example.com").await;
    let elsewhere = server.login("jane@example.com").send().await.expect(200);
    let head = server.head().await;
    let tried = server.post(&format!("{LOGOUT}?dry_run=true")).by(&jane).send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], server.head().await), (&json!("SessionEnded"), head));
    let out = server.post(LOGOUT).by(&jane).send().await.expect(204);
    assert_eq!((out.position(), out.body.as_str()), (head + 1, ""));
    assert!(!is_good(&server, &jane.access_token).await);
    refresh(&server, &jane.refresh_token).send().await.expect(401);
    server.post(LOGOUT).by(&jane).send().await.expect(401);
    assert!(is_good(&server, &access(&elsewhere)).await);
    server.deployment().assert_projections_verify();
}

async fn signing_out_needs_a_session(server: Server) {
    server.refuses(server.post(LOGOUT), 403, "session_required").await;
    server.refuses(server.post(LOGOUT).anonymous(), 401, "not_authenticated").await;
    let jane = server.person("jane@example.com").await;
    let unknown = server.post(LOGOUT).by(&jane).json(json!({ "everywhere": true }));
    server.refuses(unknown, 422, "invalid").await;
    server.get(ME).by(&jane).send().await.expect(200);
}

async fn signing_out_at_once_is_done_once(server: Server) {
    let jane = server.person("jane@example.com").await;
    let head = server.head().await;
    let replies = at_once((0..20).map(|_| server.post(LOGOUT).by(&jane).send())).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 204).count(), 1);
    for reply in &replies {
        // A client that came too late is signed out, or was not when it asked.
        assert!([204, 401, 404].contains(&reply.status), "{reply}");
    }
    assert_eq!(server.head().await, head + 1);
}
