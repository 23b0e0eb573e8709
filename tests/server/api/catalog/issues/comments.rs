//! `/api/v1/issues/{id}/comments`.

use serde_json::{Value, json};

use super::{super::space, issue, one};
use crate::support::Server;

both!(a_comment_is_kept, comments_come_in_pages, a_body_is_checked, a_comment_can_be_repeated_and_tried);

async fn a_comment_is_kept(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let dora = server.member("acme", "dora@example.com", "developer").await;
    let role = json!({ "role": "editor" });
    server.put(&format!("/api/v1/spaces/data/members/{}", dora.id)).json(role).send().await.expect(200);
    let comments = format!("{}/comments", one(&made));
    let said = json!({ "body": " Seen,\n\ttwice. " });
    let comment = server.post(&comments).by(&dora).json(said).send().await.expect(201);
    let expected = json!({
        "id": comment.id(), "author": { "id": dora.id, "email": "dora@example.com", "name": "Dora" },
        "body": "Seen,\n\ttwice.", "created_at": comment["created_at"],
    });
    assert_eq!(comment.json, expected);
    assert_eq!((comment.header("etag"), comment.header("location")), (None, Some(comments.as_str())));
    assert_eq!(server.get(&comments).send().await.expect(200).json, json!([expected]));
    let read = server.get(&one(&made)).send().await.expect(200);
    assert_eq!((&read["comment_count"], &read["updated_at"], read.version()), (&json!(1), &made["updated_at"], 1));
    // What was read before the comment can still be changed.
    let etag = made.etag().to_owned();
    server.patch(&one(&made)).header("if-match", &etag).json(json!({ "title": "x" })).send().await.expect(200);
    // Whatever has become of it.
    server.post(&format!("{}/resolve", one(&made))).send().await.expect(200);
    server.post(&comments).json(json!({ "body": "Good" })).send().await.expect(201);
    server.deployment().assert_projections_verify();
}

async fn comments_come_in_pages(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let (made, other) = (issue(&server, "data", "It stops").await, issue(&server, "data", "Other").await);
    server.post(&format!("{}/comments", one(&other))).json(json!({ "body": "elsewhere" })).send().await.expect(201);
    let comments = format!("{}/comments", one(&made));
    assert_eq!(server.get(&comments).send().await.expect(200).json, json!([]));
    for n in 0..5 {
        server.post(&comments).json(json!({ "body": format!("{n}") })).send().await.expect(201);
    }
    let first = server.get(&format!("{comments}?limit=2&include=total")).send().await.expect(200);
    assert_eq!((first.each("body"), first.header("x-total-count")), (vec!["4".into(), "3".into()], Some("5")));
    server.post(&comments).json(json!({ "body": "5" })).send().await.expect(201);
    let mut rest = vec![];
    let mut next = first.next();
    while let Some(path) = next {
        let page = server.get(&path).send().await.expect(200);
        rest.extend(page.each("body"));
        next = page.next();
    }
    assert_eq!(rest, ["2", "1", "0"]);
    let next = first.next().expect("a next page").replace(made.id(), other.id());
    server.refuses(server.get(&next), 400, "invalid_cursor").await;
    let unknown = "/api/v1/issues/0190163d-8694-739b-aea5-966c26f8ad91/comments";
    server.refuses(server.get(unknown), 404, "issue_not_found").await;
    server.refuses(server.get("/api/v1/issues/x/comments"), 404, "issue_not_found").await;
}

async fn a_body_is_checked(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let comments = format!("{}/comments", one(&made));
    for body in ["".to_owned(), " \n ".to_owned(), "x".repeat(10_001), "a\u{0}b".to_owned()] {
        let refused = server.refuses(server.post(&comments).json(json!({ "body": body })), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/body"]);
    }
    for (body, pointer) in
        [(json!({}), ""), (json!({ "body": null }), "/body"), (json!({ "body": "x", "author": "y" }), "/author")]
    {
        let refused = server.refuses(server.post(&comments).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), [pointer]);
    }
    let longest = "ü".repeat(10_000);
    let comment = server.post(&comments).json(json!({ "body": longest })).send().await.expect(201);
    assert_eq!(comment["body"], longest);
}

async fn a_comment_can_be_repeated_and_tried(server: Server) {
    server.organization("acme").await;
    space(&server, "acme", "data").await;
    let made = issue(&server, "data", "It stops").await;
    let comments = format!("{}/comments", one(&made));
    let request = server.post(&comments).json(json!({ "body": "Seen" }));
    let tried = request.clone().parameter("dry_run=true").send().await.expect(200);
    assert_eq!((&tried["events"][0]["type"], &tried["status"]), (&json!("IssueCommented"), &json!(201)));
    assert_eq!(server.get(&comments).send().await.expect(200).json, json!([]));
    let first = request.clone().key("once").send().await.expect(201);
    let again = request.clone().key("once").send().await.expect(201);
    assert_eq!((&again.json, again.is_replayed()), (&first.json, true));
    assert_eq!(server.get(&comments).send().await.expect(200).json, json!([first.json]));
    let insisting = request.header("if-match", made.etag());
    server.refuses(insisting, 422, "not_supported").await;
    assert_ne!(first.json, Value::Null);
}
