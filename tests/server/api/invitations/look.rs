//! `GET /invitations/{token}`.

use serde_json::json;

use super::{PATH, invite, link, token};
use crate::support::Server;

both!(
    whoever_has_the_token_sees_what_is_offered,
    what_is_not_a_token_finds_nothing,
    an_organization_that_is_away_offers_nothing
);

async fn whoever_has_the_token_sees_what_is_offered(server: Server) {
    server.organization("acme").await;
    let jane = server.member("acme", "jane@example.com", "admin").await;
    // The invitee has an account and a name; it is not shown before they belong.
    let bob = server.person("bob@example.com").await;
    let made = invite(&server, "bob@example.com", "developer").by(&jane).send().await.expect(201);
    let path = link(&token(&made), "");
    let look = || server.get(&path).anonymous();
    let seen = look().send().await.expect(200);
    let expected = json!({
        "organization": { "name": "acme", "slug": "acme" },
        "email": "bob@example.com",
        "role": "developer",
        "status": "pending",
        "expires_at": made["expires_at"],
        "invited_by": { "id": jane.id, "name": "Jane" },
    });
    assert_eq!(seen.json, expected);
    look().header("if-none-match", seen.etag()).send().await.expect(304);
    server.post(&link(&token(&made), "/decline")).by(&bob).send().await.expect(204);
    assert_eq!(look().send().await.expect(200)["status"], "declined");
    server.delete(&format!("{PATH}/acme/members/{}", jane.id)).send().await.expect(204);
    assert_eq!(look().send().await["invited_by"], json!({ "id": jane.id, "name": null }));
}

async fn what_is_not_a_token_finds_nothing(server: Server) {
    server.organization("acme").await;
    let made = invite(&server, "bob@example.com", "viewer").send().await.expect(201);
    let genuine = token(&made);
    let mut wrong = vec!["x".to_owned(), "%00".to_owned(), format!("{genuine}A"), genuine[1..].to_owned()];
    wrong.push(made.id().to_owned());
    for place in [0, 10, 22, 30, genuine.len() - 1] {
        let mut altered = genuine.clone().into_bytes();
        altered[place] = if altered[place] == b'A' { b'B' } else { b'A' };
        wrong.push(String::from_utf8(altered).expect("ASCII"));
    }
    for token in wrong {
        server.refuses(server.get(&link(&token, "")).anonymous(), 404, "invitation_not_found").await;
        for action in ["/accept", "/decline"] {
            server.refuses(server.post(&link(&token, action)), 404, "invitation_not_found").await;
        }
    }
    for action in ["/accept", "/decline"] {
        let nobody = server.post(&link(&genuine, action)).anonymous();
        server.refuses(nobody, 401, "not_authenticated").await;
    }
}

async fn an_organization_that_is_away_offers_nothing(server: Server) {
    server.organization("acme").await;
    let bob = server.person("bob@example.com").await;
    let made = invite(&server, "bob@example.com", "viewer").send().await.expect(201);
    let token = token(&made);
    let refused = async |status: u16, code: &str| {
        server.refuses(server.get(&link(&token, "")).anonymous(), status, code).await;
        for action in ["/accept", "/decline"] {
            server.refuses(server.post(&link(&token, action)).by(&bob), status, code).await;
        }
    };
    server.post(&format!("{PATH}/acme/suspend")).send().await.expect(200);
    refused(403, "organization_suspended").await;
    server.post(&format!("{PATH}/acme/reactivate")).send().await.expect(200);
    server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    refused(404, "organization_not_found").await;
    server.post(&format!("{PATH}/acme/restore")).send().await.expect(200);
    server.post(&link(&token, "/accept")).by(&bob).send().await.expect(200);
    server.delete(&format!("{PATH}/acme")).send().await.expect(204);
    server.post(&format!("{PATH}/acme/purge")).send().await.expect(204);
    refused(404, "invitation_not_found").await;
}
