//! `POST /organizations/{org}/users`.

use serde_json::{Value, json};

use super::{PATH, members, organization, table};
use crate::support::{Server, at_once};

both!(
    a_known_address_is_a_member_at_once,
    an_unknown_address_becomes_an_invited_user_who_gets_in_with_the_token,
    the_token_is_shown_once_and_stored_nowhere,
    who_is_added_has_nothing_to_accept,
    one_new_address_at_once_is_one_user,
    what_is_sent_is_checked,
);

const ADD: &str = "/api/v1/organizations/acme/users";

async fn a_known_address_is_a_member_at_once(server: Server) {
    let made = server.organization("acme").await;
    let jane = server.person("jane@example.com").await;
    let head = server.head().await;
    let body = json!({ "user_email": "JANE@example.com", "role": "developer" });
    let added = server.post(ADD).json(body).send().await.expect(201);
    assert_eq!(added.keys(), ["activation", "joined_at", "role", "status", "user"]);
    assert_eq!(added["user"], json!({ "id": jane.id, "email": "jane@example.com", "name": "Jane" }));
    assert_eq!(added["role"], json!({ "key": "developer", "name": "Developer" }));
    assert_eq!((&added["status"], &added["activation"]), (&json!("active"), &Value::Null));
    let location = format!("{PATH}/{}/members/{}", made.id(), jane.id);
    assert_eq!((added.header("location"), added.position()), (Some(location.as_str()), head + 1));
    assert_eq!(organization(&server, "acme").await["user_count"], 2);
    let bob = server.person("bob@example.com").await;
    let by_id = server.post(ADD).json(json!({ "user_id": bob.id, "role": "viewer" })).send().await.expect(201);
    assert_eq!(by_id["user"]["email"], "bob@example.com");
    for body in [json!({ "user_email": "jane@example.com" }), json!({ "user_id": jane.id })] {
        let mut body = body;
        body["role"] = json!("viewer");
        server.refuses(server.post(ADD).json(body), 409, "already_member").await;
    }
    let seen = server.get("/api/v1/organizations").bearer(&jane.access_token).send().await;
    assert!(seen.each("slug").contains(&"acme".to_owned()));
}

async fn an_unknown_address_becomes_an_invited_user_who_gets_in_with_the_token(server: Server) {
    server.organization("acme").await;
    let head = server.head().await;
    let body = json!({ "user_email": "New@Example.com", "role": "member" });
    let added = server.post(ADD).json(body).send().await.expect(201);
    assert_eq!(added.position(), head + 3, "registered, given a way in, and added");
    assert_eq!((&added["user"]["email"], &added["user"]["name"]), (&json!("New@Example.com"), &Value::Null));
    let token = added["activation"]["token"].as_str().expect("a token");
    assert_eq!(added["activation"]["url"], format!("{}/activate/{token}", server.url));
    assert_eq!(added["activation"]["secret_available"], true);
    let expires_at =
        added["activation"]["expires_at"].as_str().expect("a time").parse::<chrono::DateTime<chrono::Utc>>();
    let days = (expires_at.expect("a time") - chrono::Utc::now()).num_hours();
    assert!((719..=720).contains(&days), "{days} hours are not 30 days");

    let sign_up = json!({ "email": "new@example.com", "password": "a fine long password", "name": "Thief" });
    server.refuses(server.post("/api/v1/auth/signup").anonymous().json(sign_up), 409, "email_taken").await;
    let activate = json!({ "token": token, "password": "a fine long password", "name": "Nina" });
    server.post("/api/v1/auth/activate").anonymous().json(activate).send().await.expect(200);
    server.login("new@example.com").send().await.expect(200);
    let listed = server.get(&members("acme")).send().await;
    assert_eq!(listed.json[0]["user"]["name"], "Nina");
    // A caller who adds them elsewhere gets no way into an account that is theirs.
    server.organization("other").await;
    let again = server
        .post(&format!("{PATH}/other/users"))
        .json(json!({ "user_email": "new@example.com", "role": "viewer" }))
        .send()
        .await
        .expect(201);
    assert_eq!(again["activation"], Value::Null);
}

async fn the_token_is_shown_once_and_stored_nowhere(server: Server) {
    server.organization("acme").await;
    let body = json!({ "user_email": "new@example.com", "role": "member" });
    let tried = server.post(&format!("{ADD}?dry_run=true")).json(body.clone()).send().await.expect(200);
    let shown = &tried["result"]["activation"];
    assert_eq!((&shown["token"], &shown["secret_available"]), (&Value::Null, &json!(false)));
    let add = server.post(ADD).key("k").json(body);
    let first = add.clone().send().await.expect(201);
    let token = first["activation"]["token"].as_str().expect("a token").to_owned();
    let again = add.send().await.expect(201);
    assert!(again.is_replayed());
    let shown = &again["activation"];
    assert_eq!(
        (&shown["token"], &shown["url"], &shown["secret_available"]),
        (&Value::Null, &Value::Null, &json!(false))
    );
    assert_eq!((&again["user"], again.etag()), (&first["user"], first.etag()));
    assert!(!again.body.contains(&token));
    let ledger = server.deployment().ledger().await;
    assert_eq!(ledger.occurrences(&token).await, Vec::<String>::new());
    ledger.close().await;
    assert!(!server.process.stderr().contains(&token));
}

async fn who_is_added_has_nothing_to_accept(server: Server) {
    server.organization("acme").await;
    let limit = json!({ "max_members": 2 });
    server.patch(&format!("{PATH}/acme/limits")).json(limit).send().await.expect(200);
    let jane = server.person("jane@example.com").await;
    let invite = json!({ "email": "Jane@Example.com", "role": "viewer" });
    let invited = server.post(&format!("{PATH}/acme/members/invite")).json(invite).send().await.expect(201);
    // The only seat that is left is that of the invitation.
    server.post(ADD).json(json!({ "user_id": jane.id, "role": "admin" })).send().await.expect(201);
    let listed = server.get(&format!("{PATH}/acme/invitations")).send().await;
    assert_eq!(listed.each("status"), ["revoked"]);
    let token = invited["token"].as_str().expect("a token");
    let accept = server.post(&format!("/api/v1/invitations/{token}/accept")).bearer(&jane.access_token);
    server.refuses(accept, 410, "invitation_closed").await;
    let another = server.post(ADD).json(json!({ "user_email": "bob@example.com", "role": "viewer" }));
    let refused = server.refuses(another, 409, "member_limit_reached").await;
    assert_eq!((&refused["limit"], &refused["current"]), (&json!(2), &json!(2)));
    server.deployment().assert_projections_verify();
}

async fn one_new_address_at_once_is_one_user(server: Server) {
    for n in 0..5 {
        server.organization(&format!("org-{n}")).await;
    }
    let add = |n: usize| {
        let body = json!({ "user_email": "new@example.com", "role": "viewer" });
        server.post(&format!("{PATH}/org-{n}/users")).json(body).send()
    };
    let added = at_once((0..5).map(add)).await;
    let mut ids: Vec<_> = added.iter().map(|reply| reply.clone().expect(201)["user"]["id"].to_string()).collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    let ways_in = added.iter().filter(|reply| reply["activation"].is_object()).count();
    assert_eq!(ways_in, 1, "only whoever made the account gets a way into it");
}

async fn what_is_sent_is_checked(server: Server) {
    let acme = server.organization("acme").await;
    let id = acme["owner"]["id"].clone();
    for (body, pointers) in [
        (json!({}), vec![""]),
        (json!({ "role": "viewer" }), vec!["/user_email"]),
        (json!({ "user_email": "x", "role": "Viewer" }), vec!["/role", "/user_email"]),
        (json!({ "user_email": "a@example.com", "role": "nobody" }), vec!["/role"]),
        (json!({ "user_id": "x", "role": "viewer" }), vec!["/user_id"]),
        (json!({ "user_email": "a@example.com", "user_id": id, "role": "viewer" }), vec!["/user_id"]),
        // The path says which organization; a body does not.
        (json!({ "user_email": "a@example.com", "role": "viewer", "organization": "other" }), vec!["/organization"]),
        (json!({ "user_email": "a@example.com", "role": "viewer", "organization_id": id }), vec!["/organization_id"]),
    ] {
        let refused = server.refuses(server.post(ADD).json(body), 422, "invalid").await;
        assert_eq!(refused.pointers(), pointers, "{refused}");
    }
    let stranger = json!({ "user_id": "0190163d-8694-739b-aea5-966c26f8ad91", "role": "viewer" });
    server.refuses(server.post(ADD).json(stranger), 404, "user_not_found").await;
    let nowhere = server.post(&format!("{PATH}/nowhere/users"));
    let body = json!({ "user_email": "a@example.com", "role": "viewer" });
    server.refuses(nowhere.json(body), 404, "organization_not_found").await;
    assert_eq!(table(&server, "acme").await.len(), 1);
}
