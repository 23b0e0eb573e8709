//! Activation: a person was added to an organization before they had an account.

use serde_json::{Value, json};

use super::{access, is_good, login, refresh, refresh_token, reset, reset_link};
use crate::support::{Reply, Request, Server, at_once};

both!(
    an_invited_person_comes_in,
    a_token_is_used_once_under_a_race,
    what_is_wrong_does_not_use_the_token,
    a_repeated_activation_shows_no_tokens,
    an_activation_is_no_reset,
    a_disabled_account_is_not_activated,
    a_person_activated_in_a_deleted_organization_gets_their_own,
);

const ACTIVATE: &str = "/api/v1/auth/activate";
const PASSWORD: &str = "an entirely new password";

/// Adds somebody nobody knows to `acme`. Answers the id of the account and the token.
async fn added(server: &Server, email: &str) -> (String, String) {
    server.organization("acme").await;
    let body = json!({ "user_email": email, "role": "developer" });
    let added = server.post("/api/v1/organizations/acme/users").json(body).send().await.expect(201);
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("no text: {added}")).to_owned();
    (text(&added["user"]["id"]), text(&added["activation"]["token"]))
}

fn activate(server: &Server, token: &str, password: &str) -> Request {
    let body = json!({ "token": token, "password": password, "name": "Jane Doe" });
    server.post(ACTIVATE).anonymous().json(body)
}

async fn an_invited_person_comes_in(server: Server) {
    let (user, token) = added(&server, "jane@example.com").await;
    server.refuses(login(&server, "jane@example.com", PASSWORD), 401, "invalid_credentials").await;
    let head = server.head().await;
    let dry = json!({ "token": token, "password": PASSWORD, "name": "Jane Doe" });
    let dry = server.post(&format!("{ACTIVATE}?dry_run=true")).anonymous().json(dry).send().await.expect(200);
    assert_eq!((&dry["result"]["tokens"], server.head().await), (&Value::Null, head));
    let done = activate(&server, &token, PASSWORD).send().await.expect(200);
    assert_eq!((done.keys(), done.position()), (vec!["secret_available", "tokens", "user"], head + 2));
    assert_eq!((&done["user"]["id"], &done["user"]["name"]), (&json!(user), &json!("Jane Doe")));
    assert!(is_good(&server, &access(&done)).await);
    let me = server.get("/api/v1/me").bearer(&access(&done)).send().await.expect(200);
    let memberships = me["memberships"].as_array().expect("memberships");
    let place = (&memberships[0]["organization"]["slug"], &memberships[0]["role"]["key"]);
    assert_eq!((memberships.len(), place), (1, (&json!("acme"), &json!("developer"))));
    let sessions = server.get("/api/v1/me/sessions").bearer(&access(&done)).send().await.expect(200);
    assert_eq!(sessions.each("method"), ["activation"]);
    refresh(&server, &refresh_token(&done)).send().await.expect(200);
    login(&server, "JANE@example.com", PASSWORD).send().await.expect(200);
    server.refuses(activate(&server, &token, "another long password"), 404, "link_not_found").await;
    login(&server, "jane@example.com", PASSWORD).send().await.expect(200);
    server.deployment().assert_projections_verify();
}

async fn a_token_is_used_once_under_a_race(server: Server) {
    let (_, token) = added(&server, "jane@example.com").await;
    let password = |n: usize| format!("password of number {n}");
    let replies: Vec<Reply> = at_once((0..20).map(|n| activate(&server, &token, &password(n)).send())).await;
    let winners: Vec<_> = (0..20).filter(|n| replies[*n].status == 200).collect();
    assert_eq!(winners.len(), 1);
    assert_eq!(replies.iter().filter(|reply| reply["code"] == "link_not_found").count(), 19);
    login(&server, "jane@example.com", &password(winners[0])).send().await.expect(200);
}

async fn what_is_wrong_does_not_use_the_token(server: Server) {
    let (_, token) = added(&server, "jane.miller@example.com").await;
    for weak in ["elevenchars", "password1234", "jane.miller@example.com", "Jane.Miller2026"] {
        let refused = server.refuses(activate(&server, &token, weak), 422, "invalid").await;
        assert_eq!(refused.pointers(), ["/password"]);
        let guessed = super::tokens::forge::flipped(&token, token.len() - 3);
        server.refuses(activate(&server, &guessed, weak), 404, "link_not_found").await;
    }
    let body = json!({ "token": token, "password": PASSWORD, "name": " " });
    let refused = server.refuses(server.post(ACTIVATE).anonymous().json(body), 422, "invalid").await;
    assert_eq!(refused.pointers(), ["/name"]);
    activate(&server, &token, PASSWORD).send().await.expect(200);
}

async fn a_repeated_activation_shows_no_tokens(server: Server) {
    let (_, token) = added(&server, "jane@example.com").await;
    let done = activate(&server, &token, PASSWORD).key("k").send().await.expect(200);
    let again = activate(&server, &token, PASSWORD).key("k").send().await.expect(200);
    assert!(again.is_replayed());
    assert_eq!((&again["tokens"], &again["secret_available"]), (&Value::Null, &json!(false)));
    assert_eq!((&again["user"], again.position()), (&done["user"], done.position()));
    let other = activate(&server, &token, "another long password").key("k");
    server.refuses(other, 422, "idempotency_key_reused").await;
}

async fn an_activation_is_no_reset(server: Server) {
    let (user, token) = added(&server, "jane@example.com").await;
    server.refuses(reset(&server, &token, PASSWORD), 404, "link_not_found").await;
    // A reset lets the person in as well, and then there is nothing left to activate.
    reset(&server, &reset_link(&server, &user).await, PASSWORD).send().await.expect(204);
    server.refuses(activate(&server, &token, "another long password"), 404, "link_not_found").await;
    login(&server, "jane@example.com", PASSWORD).send().await.expect(200);
}

async fn a_disabled_account_is_not_activated(server: Server) {
    let (user, token) = added(&server, "jane@example.com").await;
    let path = format!("/api/v1/users/{user}");
    server.post(&format!("{path}/disable")).send().await.expect(200);
    server.refuses(activate(&server, &token, PASSWORD), 404, "link_not_found").await;
    assert_eq!(server.get(&path).send().await["status"], "disabled");
    server.post(&format!("{path}/enable")).send().await.expect(200);
    assert_eq!(server.get(&path).send().await["status"], "invited");
    // What was given out before lets nobody in any more; a superadmin asks for another one.
    server.refuses(activate(&server, &token, PASSWORD), 404, "link_not_found").await;
    let link = server.post(&format!("{path}/password-reset")).send().await.expect(200);
    let body = json!({ "token": link["token"], "password": PASSWORD });
    server.post("/api/v1/auth/password-reset").anonymous().json(body).send().await.expect(204);
    login(&server, "jane@example.com", PASSWORD).send().await.expect(200);
}

async fn a_person_activated_in_a_deleted_organization_gets_their_own(server: Server) {
    let (_, token) = added(&server, "jane@acme.example").await;
    server.delete("/api/v1/organizations/acme").send().await.expect(204);
    let done = activate(&server, &token, PASSWORD).send().await.expect(200);
    let token = access(&done);
    let head = server.head().await;
    let replies = at_once((0..20).map(|_| server.get("/api/organizations").bearer(&token).send())).await;
    for reply in &replies {
        assert_eq!((reply.status, &reply.json), (200, &replies[0].json), "{reply}");
    }
    assert_eq!((replies[0].each("domain"), server.head().await), (vec!["acme.example".to_owned()], head + 3));
}
