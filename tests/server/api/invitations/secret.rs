//! The token of an invitation: shown once, kept nowhere.

use serde_json::{Value, json};

use super::{PATH, invite, token};
use crate::support::{Reply, Server};

both!(a_token_is_shown_once_and_stored_nowhere, a_dry_run_makes_no_token);

fn assert_without_secret(reply: &Value) {
    assert_eq!(
        (&reply["token"], &reply["url"], &reply["secret_available"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
}

async fn a_token_is_shown_once_and_stored_nowhere(server: Server) {
    server.organization("acme").await;
    let request = invite(&server, "jane@example.com", "viewer").key("k");
    let made = request.clone().send().await.expect(201);
    let resend = server.post(&format!("{PATH}/acme/invitations/{}/resend", made.id())).key("k");
    let sent = resend.clone().send().await.expect(200);
    let replayed: [Reply; 2] = [request.send().await.expect(201), resend.send().await.expect(200)];
    for (again, first) in replayed.iter().zip([&made, &sent]) {
        assert!(again.is_replayed());
        assert_without_secret(&again.json);
        assert_eq!(
            (again.id(), &again["expires_at"], again.position()),
            (first.id(), &first["expires_at"], first.position())
        );
    }
    let ledger = server.deployment().ledger().await;
    for secret in [token(&made), token(&sent)] {
        assert_eq!(ledger.occurrences(&secret).await, Vec::<String>::new(), "only its hash is kept");
        assert!(!server.process.stderr().contains(&secret));
    }
    // What is looked for would be found.
    assert!(!ledger.occurrences(made.id()).await.is_empty());
    ledger.close().await;
}

async fn a_dry_run_makes_no_token(server: Server) {
    server.organization("acme").await;
    let path = format!("{PATH}/acme/members/invite?dry_run=true");
    let body = json!({ "email": "jane@example.com", "role": "viewer" });
    let tried = server.post(&path).json(body).send().await.expect(200);
    assert_eq!(tried["events"][0]["type"], "MemberInvited");
    assert_without_secret(&tried["result"]);
    assert!(server.get(&format!("{PATH}/acme/invitations")).send().await.expect(200).each("id").is_empty());
}
