//! `POST /api/v1/issues/{id}/start`, `/resolve`, `/wont-fix` and `/reopen`.

use serde_json::json;

use super::{super::space, issue, one};
use crate::support::{Server, at_once};

both!(every_transition, many_at_once_move_it_once);

const MOVES: [(&str, &str, &[&str]); 4] = [
    ("start", "in_progress", &["open"]),
    ("resolve", "resolved", &["open", "in_progress"]),
    ("wont-fix", "wont_fix", &["open", "in_progress", "resolved"]),
    ("reopen", "open", &["resolved", "wont_fix"]),
];

async fn every_transition(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    for (from, way) in
        [("open", None), ("in_progress", Some("start")), ("resolved", Some("resolve")), ("wont_fix", Some("wont-fix"))]
    {
        for (action, to, of) in MOVES {
            let made = issue(&server, "data", "It stops").await;
            if let Some(way) = way {
                server.post(&format!("{}/{way}", one(&made))).send().await.expect(200);
            }
            let request = server.post(&format!("{}/{action}", one(&made)));
            if of.contains(&from) {
                let moved = request.send().await.expect(200);
                assert_eq!(
                    (&moved["status"], moved.version()),
                    (&json!(to), 2 + i64::from(way.is_some())),
                    "{action} of {from}"
                );
                assert_eq!(server.get(&one(&made)).send().await.expect(200).json, moved.json);
            } else {
                let refused = server.refuses(request, 409, "invalid_transition").await;
                assert_eq!((&refused["from"], &refused["to"]), (&json!(from), &json!(to)), "{action} of {from}");
            }
        }
    }
    server.deployment().assert_projections_verify();
}

async fn many_at_once_move_it_once(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let start = server.post(&format!("{}/start", one(&made)));
    let mut replies = at_once((0..10).map(|_| start.clone().send())).await;
    replies.sort_by_key(|reply| reply.status);
    replies[0].clone().expect(200);
    assert!(replies[1..].iter().all(|lost| (lost.status, &lost["code"]) == (409, &json!("invalid_transition"))));
}
